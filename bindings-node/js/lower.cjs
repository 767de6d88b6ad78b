'use strict'

// What may be given: each function checks one argument and puts it into the form that crosses.
// A mistake of the program is a `TypeError`, thrown before anything native is asked.

const { Handle, Secret, handleOf, secretHandle, wrong } = require('./values.cjs')

/** Takes as it is what is fit for it. */
const fit = (due, isFit) => (value, name) => {
  if (!isFit(value)) throw wrong(name, due, value)
  return value
}

/** What JSON shows as it is. */
const PLAIN = ['[object Object]', '[object Array]', '[object String]', '[object Number]', '[object Boolean]']

/** Whether JSON would show an object as something else: empty, as numbered bytes, without its message. */
const isMisshown = (value) => {
  if (value instanceof Handle || ArrayBuffer.isView(value) || value instanceof Error) return true
  if (value instanceof Date && (Number.isNaN(value.getTime()) || typeof value.toJSON !== 'function')) return true
  if (typeof value.toJSON === 'function' || PLAIN.includes(Object.prototype.toString.call(value))) return false
  return Object.keys(value).length === 0
}

const isNumber = (value) => typeof value === 'number'

const text = fit('a string', (value) => typeof value === 'string')
const bool = fit('true or false', (value) => typeof value === 'boolean')
const float = fit('a number', (value) => isNumber(value) && !Number.isNaN(value))
const duration = fit('a number of milliseconds', isNumber)
const callback = fit('a function', (value) => typeof value === 'function')
// A view of another kind, as a Buffer in a pool, is fine: it crosses by copy.
const bytes = fit('a Buffer or Uint8Array', (value) => value instanceof Uint8Array)

const whole = (most) => (value, name) => {
  if (!isNumber(value)) throw wrong(name, 'a whole number', value)
  if (!Number.isInteger(value) || value < 0 || value > most) throw new TypeError(`${name} must be a whole number from 0 to ${most}`)
  return value
}

const int16 = whole(0xffff)
const int32 = whole(0xffffffff)
const int64 = whole(Number.MAX_SAFE_INTEGER)

/** A time limit in milliseconds; `null` is no limit. */
const limit = (value, name) => {
  if (value === null) return Infinity
  if (!isNumber(value)) throw wrong(name, 'a number of milliseconds, or null for no limit', value)
  return value
}

const time = (value, name) => {
  if (!(value instanceof Date)) throw wrong(name, 'a Date', value)
  if (Number.isNaN(value.getTime())) throw new TypeError(`${name} is an invalid Date`)
  return value.getTime()
}

/** Any value that JSON can hold, as text. What JSON would silently turn into something else is refused. */
const json = (value, name) => {
  const refused = (what, remedy) => new TypeError(`${name} holds ${what}, which is no JSON${remedy === undefined ? '' : `: ${remedy}`}`)
  const check = function (key, member) {
    // `this` holds what stood there before its own `toJSON`.
    const whole = this[key]
    if (isNumber(member) && !Number.isFinite(member)) throw new TypeError(`${name} holds a number that is not finite`)
    if (typeof member === 'function' || typeof member === 'symbol') throw refused(`a ${typeof member}`)
    if (typeof member === 'bigint') throw refused('a bigint', 'give its text')
    if (member instanceof Number && !Number.isFinite(Number(member))) throw new TypeError(`${name} holds a number that is not finite`)
    if (member === undefined && whole !== undefined && typeof whole !== 'function' && typeof whole !== 'symbol') throw refused(`a ${whole.constructor?.name ?? 'value'} whose toJSON gives nothing`)
    if (member === undefined && Array.isArray(this)) throw refused('a list with an item that is undefined', 'give null')
    // What stood there, and what its `toJSON` made of it.
    for (const one of [whole, member]) {
      if (one instanceof Secret) throw new TypeError(`${name} holds a Secret: give what expose() gives, where you mean to send it`)
      if (typeof one !== 'object' || one === null || !isMisshown(one)) continue
      throw refused(one instanceof Date && Number.isNaN(one.getTime()) ? 'an invalid Date' : `a ${one.constructor?.name ?? 'object without a class'}`)
    }
    return member
  }
  const made = written(value, name, check)
  if (made === undefined) throw wrong(name, 'a value that JSON can hold', value)
  return made
}

const written = (value, name, check) => {
  try {
    return JSON.stringify(value, check)
  } catch (error) {
    if (error instanceof RangeError) throw new TypeError(`${name} is nested too deeply`)
    throw error
  }
}

const list = (each) => (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, 'an array', value)
  return value.map((one, place) => each(one, `${name}[${place}]`))
}

/** Names and values: an object, or pairs where names repeat: a list, a `Map`, `Headers`, `URLSearchParams`. */
const pairs = (value, name) => {
  if (typeof value !== 'object' || value === null) throw wrong(name, 'an object or a list of pairs', value)
  const found = typeof value[Symbol.iterator] === 'function' ? [...value] : Object.entries(value)
  return found.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw wrong(name, 'a list of pairs of a name and a value', pair)
    return [text(pair[0], `a name of ${name}`), text(pair[1], `${name}.${pair[0]}`)]
  })
}

const instance = (Class) => (value, name) => {
  if (!(value instanceof Class())) throw wrong(name, `a ${Class().name}`, value)
  return handleOf(value)
}

/** That there is a function crosses; the function itself is kept for its client. */
const asked = (value, name) => {
  callback(value, name)
  return true
}

/** The function that stores a new secret is kept with its call, and the call's number crosses. */
const deliver = (value, name, call) => {
  call.deliver = callback(value, name)
  return call.number
}

module.exports = {
  asked, bool, bytes, deliver, duration, float, instance, int16, int32, int64, json, limit, list, pairs, secret: secretHandle, text, time,
}
