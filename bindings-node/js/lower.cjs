'use strict'

// What may be given: each function checks one argument and puts it into the form that crosses.
// A mistake of the program is a `TypeError`, thrown before anything native is asked. No message
// holds the value, which may be a secret.

const { Handle, handleOf } = require('./handle.cjs')
const { secretHandle } = require('./secret.cjs')

function wrong(name, due, value) {
  const seen = value === null ? 'null' : typeof value === 'object' ? `an object (${value.constructor?.name ?? 'no class'})` : typeof value
  return new TypeError(`${name} must be ${due}, not ${seen}`)
}

const text = (value, name) => {
  if (typeof value !== 'string') throw wrong(name, 'a string', value)
  return value
}

const bool = (value, name) => {
  if (typeof value !== 'boolean') throw wrong(name, 'true or false', value)
  return value
}

const float = (value, name) => {
  if (typeof value !== 'number' || Number.isNaN(value)) throw wrong(name, 'a number', value)
  return value
}

const whole = (most) => (value, name) => {
  if (typeof value !== 'number') throw wrong(name, 'a whole number', value)
  if (!Number.isInteger(value) || value < 0 || value > most) throw new TypeError(`${name} must be a whole number from 0 to ${most}`)
  return value
}

const int16 = whole(0xffff)
const int32 = whole(0xffffffff)
const int64 = whole(Number.MAX_SAFE_INTEGER)

/** A length of time in milliseconds. */
const duration = (value, name) => {
  if (typeof value !== 'number') throw wrong(name, 'a number of milliseconds', value)
  return value
}

/** A time limit in milliseconds; `null` is no limit. */
const limit = (value, name) => {
  if (value === null) return Infinity
  if (typeof value !== 'number') throw wrong(name, 'a number of milliseconds, or null for no limit', value)
  return value
}

const time = (value, name) => {
  if (!(value instanceof Date)) throw wrong(name, 'a Date', value)
  if (Number.isNaN(value.getTime())) throw new TypeError(`${name} is an invalid Date`)
  return value.getTime()
}

const bytes = (value, name) => {
  if (!(value instanceof Uint8Array)) throw wrong(name, 'a Buffer or Uint8Array', value)
  // A view of another kind, as a Buffer in a pool, is fine: it crosses by copy.
  return value
}

const secret = (value, name) => secretHandle(value, name)

/** Any value that JSON can hold, as text. */
const json = (value, name) => {
  const made = JSON.stringify(value, (_, member) => {
    if (typeof member === 'number' && !Number.isFinite(member)) throw new TypeError(`${name} holds a number that is not finite`)
    return member
  })
  if (made === undefined) throw wrong(name, 'a value that JSON can hold', value)
  return made
}

const list = (each) => (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, 'an array', value)
  return value.map((one, place) => each(one, `${name}[${place}]`))
}

/** Names and values: an object, or a list of pairs where names repeat. */
const pairs = (value, name) => {
  if (typeof value !== 'object' || value === null) throw wrong(name, 'an object or a list of pairs', value)
  const found = Array.isArray(value) ? value : Object.entries(value)
  return found.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrong(name, 'a list of pairs of a name and a value', pair)
    return [text(pair[0], `a name of ${name}`), text(pair[1], `${name}.${pair[0]}`)]
  })
}

const instance = (Class) => (value, name) => {
  if (!(value instanceof Handle) || !(value instanceof Class())) throw wrong(name, `a ${Class().name}`, value)
  return handleOf(value)
}

const callback = (value, name) => {
  if (typeof value !== 'function') throw wrong(name, 'a function', value)
  return value
}

module.exports = { bool, bytes, callback, duration, float, instance, int16, int32, int64, json, limit, list, pairs, secret, text, time, wrong }
