'use strict'

// Why a call failed: one base class with the same attributes for all, one class for each kind.

const HIDDEN = new Set(['text', 'hostFailure', 'message'])

/** What an error says of itself when nobody said more. */
const NOTHING = Object.freeze({
  kind: 'internal', reason: null, service: null, operation: null, field: null, remedy: null, status: null, code: null,
  serviceMessage: null, requestId: null, retryAfterMs: null, outcome: 'not_sent', stop: null, timeoutScope: null,
  attempts: Object.freeze([]), candidates: Object.freeze([]), nonce: null, fields: Object.freeze([]), excerpt: null,
  isRetryable: false,
})

class KeywrightError extends Error {
  /** The kind of a class, where it has one. */
  static kind = undefined

  constructor(message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    const kind = new.target.kind ?? details.kind ?? NOTHING.kind
    for (const name of Object.keys(NOTHING)) this[name] = details[name] ?? NOTHING[name]
    this.kind = kind
  }

  get name() {
    return this.constructor.name
  }
}

const classes = new Map()

/** Makes the class of a kind. */
function kindOf(kind, name) {
  const made = { [name]: class extends KeywrightError {} }[name]
  made.kind = kind
  classes.set(kind, made)
  return made
}

/** Makes the error of what the native part tells. The service's own words are `serviceMessage`. */
function errorOf(info, cause) {
  const details = { cause, serviceMessage: info.message }
  for (const [name, value] of Object.entries(info)) if (!HIDDEN.has(name)) details[name] = value
  const Class = classes.get(info.kind) ?? KeywrightError
  return new Class(info.text, details)
}

module.exports = { KeywrightError, kindOf, errorOf }
