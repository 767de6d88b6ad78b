'use strict'

// What users hold beyond plain values: handles, secrets, errors, answers. From text to values, too:
// what is written in the native part is read here and in the generated part, and nowhere else.

const { inspect } = require('node:util')

const native = require('./native.cjs')

/** What the generated part knows; it says so when it is loaded. */
const generated = { decodeJson: null, error: null, errors: null, event: null, nothing: null, otherNames: null }

/** A mistake of the program. The message never holds the value, which may be a secret. */
function wrong(name, due, value) {
  const seen = value === null ? 'null' : typeof value === 'object' ? `an object (${value.constructor?.name ?? 'no class'})` : typeof value
  return new TypeError(`${name} must be ${due}, not ${seen}`)
}

const date = (milliseconds) => (milliseconds === null ? null : new Date(milliseconds))

/** Whether a member, by its name here, is among those that are listed by their stable words. */
function isAmong(member, listed, words) {
  const word = typeof member === 'string' ? member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : null
  if (!words.includes(word)) throw wrong('member', `one of ${words.map(camel).join(', ')}`, member)
  return listed.includes(word)
}

const camel = (word) => word.replace(/_[a-z]/g, (pair) => pair[1].toUpperCase())

// ---- Handles

const MADE = Symbol('made by this package')
let handleOf

/** An object whose substance is native. Its reference is private: nothing prints, copies or clones it. */
class Handle {
  #native

  constructor(made, native) {
    if (made !== MADE) throw new TypeError(`a ${new.target.name} cannot be made with new`)
    this.#native = native
  }

  static {
    handleOf = (object) => object.#native
  }
}

/** What an object lives on: a sandbox must not end while a clock of it, or a client on that clock, is held. */
const livesOn = new WeakMap()
const keep = (object, on) => livesOn.set(object, on)

// ---- Secrets

const SHOWN = '[secret]'

/**
 * A key, password or token that prints nowhere. Its text stays in the native part until it is
 * exposed: no heap snapshot holds it before.
 */
class Secret extends Handle {
  constructor(text, ...more) {
    if (text !== MADE && more.length > 0) throw new TypeError('a Secret takes one argument: its text')
    super(MADE, text === MADE ? more[0] : taken(text))
  }

  expose() {
    return native.expose(handleOf(this))
  }

  fingerprint() {
    return native.fingerprint(handleOf(this))
  }

  equals(other) {
    return other instanceof Secret && other.expose() === this.expose()
  }

  toString() {
    return SHOWN
  }

  toJSON() {
    return SHOWN
  }

  [Symbol.toPrimitive]() {
    return SHOWN
  }

  [inspect.custom]() {
    return `Secret ${SHOWN}`
  }
}

function taken(text) {
  if (typeof text !== 'string') throw wrong('a secret', 'a string', text)
  const handle = native.secret(text)
  if (typeof handle === 'string') throw fromText(handle)
  return handle
}

const secretOf = (handle) => new Secret(MADE, handle)

/** The native form of a `Secret` or of plain text. */
function secretHandle(value, name) {
  if (value instanceof Secret) return handleOf(value)
  if (typeof value === 'string') return taken(value)
  // `undefined` too: a variable that is not set must not quietly become another key.
  throw wrong(name, 'a string or a Secret', value)
}

// ---- Errors

/** Why a call failed: one base class with the same attributes for all, one class for each kind. */
class KeywrightError extends Error {
  constructor(message, details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    for (const [name, nothing] of Object.entries(generated.nothing)) this[name] = details[name] ?? nothing
    // The class of a kind knows it; the base class is told.
    this.kind = new.target.kind ?? this.kind
  }

  get name() {
    return this.constructor.name
  }
}

/** Failures of the program's own functions, until an error names them as its cause. */
const failures = new Map()
const MOST_FAILURES = 1000

/** Keeps what a function of the program failed with. */
function keepFailure(id, error) {
  if (failures.size >= MOST_FAILURES) failures.delete(failures.keys().next().value)
  failures.set(id, error)
}

/** The error that a text of the native part tells. */
function fromText(text) {
  const info = generated.error(JSON.parse(text))
  const cause = failures.get(info.hostFailure)
  failures.delete(info.hostFailure)
  const Class = generated.errors[info.kind] ?? KeywrightError
  return new Class(info.text, { ...info, cause })
}

/** The error of a defect of this package. */
const defect = () => new (generated.errors?.internal ?? KeywrightError)('keywright: a panic was caught: please report it')

// ---- Answers

/** The answer to a request of the program's own. */
class Response {
  constructor({ status, headers, body, meta }) {
    this.status = status
    this.headers = headersOf(headers)
    // A body may hold a new key, so it is not shown.
    Object.defineProperty(this, 'body', { value: body })
    this.meta = meta
    Object.freeze(this)
  }

  get ok() {
    return true
  }

  text() {
    return this.body.toString('utf8')
  }

  json() {
    return generated.decodeJson(this.body)
  }

  [inspect.custom](depth, options) {
    return `Response ${inspect({ status: this.status, body: `${this.body.length} bytes`, meta: this.meta }, options)}`
  }
}

/** Names in lower case; values of a repeated name are joined as HTTP joins them. */
function headersOf(pairs) {
  const headers = {}
  for (const [name, value] of pairs) headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value
  return Object.freeze(headers)
}

module.exports = {
  Handle, KeywrightError, MADE, Response, Secret, date, defect, fromText, generated, handleOf, isAmong, keep, keepFailure, secretHandle, secretOf, wrong,
}
