'use strict'

// A key, password or token that prints nowhere. Its text stays in the native part until it is
// exposed: no heap snapshot holds it before.

const { inspect } = require('node:util')

const native = require('./native.cjs')
const { fromText } = require('./answer.cjs')
const { MADE } = require('./handle.cjs')

const SHOWN = '[secret]'

class Secret {
  #native

  constructor(text, handle) {
    if (text === MADE) {
      this.#native = handle
      return
    }
    if (typeof text !== 'string') throw new TypeError(`a secret is made of a string, not ${text === null ? 'null' : typeof text}`)
    const made = native.secret([text])
    if (typeof made === 'string') throw fromText(made)
    this.#native = made
  }

  static handle(secret) {
    return secret.#native
  }

  expose() {
    return native.expose(this.#native)
  }

  fingerprint() {
    return native.fingerprint(this.#native)
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

const secretOf = (handle) => new Secret(MADE, handle)
const handleOfSecret = Secret.handle
delete Secret.handle

/** The native form of a `Secret` or of plain text. */
function secretHandle(value, name) {
  if (value instanceof Secret) return handleOfSecret(value)
  if (typeof value === 'string') return handleOfSecret(new Secret(value))
  // `undefined` too: a variable that is not set must not quietly become another key.
  throw new TypeError(`${name} must be a string or a Secret, not ${value === null ? 'null' : typeof value}`)
}

module.exports = { Secret, secretOf, secretHandle }
