'use strict'

// From text to values: what is written in the native part is read here, and nowhere else.

const { errorOf } = require('./errors.cjs')

/** What the generated part knows of the shapes; it says so when it is loaded. */
const shapes = { error: null, event: null }

/** Failures of the program's own functions, until an error names them as its cause. */
const failures = new Map()
const MOST_FAILURES = 1000

/** The error that a text of the native part tells. */
function fromText(text) {
  const info = shapes.error(JSON.parse(text))
  const cause = info.hostFailure === null ? undefined : failures.get(info.hostFailure)
  failures.delete(info.hostFailure)
  return errorOf(info, cause)
}

/** Keeps what a function of the program failed with. */
function keepFailure(id, error) {
  if (failures.size >= MOST_FAILURES) failures.delete(failures.keys().next().value)
  failures.set(id, error)
}

const date = (milliseconds) => (milliseconds === null ? null : new Date(milliseconds))

module.exports = { shapes, fromText, keepFailure, date }
