'use strict'

// How calls are made: one table of those under way, one wake-up for all that has arrived.
//
// A call is described by what `cargo xtask gen` writes: its number, what it takes in order, its
// options by name, and how its answer is read. Nothing here knows a service or a rule.
//
// A result is the caller's in the tick that resolves its promise: a new secret is signed for there,
// and what has come for a call that was left goes back. A function of the program runs in the async
// context of the call that it is asked for, whoever serves it.

const { AsyncResource } = require('node:async_hooks')

const native = require('./native.cjs')
const { json, limit, secret } = require('./lower.cjs')
const { Handle, KeywrightError, MADE, fromText, generated, handleOf, keep, keepFailure, secretOf } = require('./values.cjs')

const bridge = native.open(arrived)

/** The calls under way, by number. */
const calls = new Map()
let lastCall = 0

/** Calls that may ask the program for something, by number: until the core has done with them, which may be later than they end. */
const askers = new Map()

/** What stands in the place of an answer in what has arrived. */
const ASKED = 0
const OVER = 1

/** The functions of a program that a client may ask, by the client; handles share them. */
const hosts = new WeakMap()

// ---- Arguments

/** Puts everything that was given into one array, by place. */
function put(of, target, given, options, more, entry) {
  nothingMore(of.name, more)
  const args = target === null ? [] : [handleOf(target)]
  const takes = of.takes
  for (let at = 0; at < takes.length; at += 1) {
    const [name, place, lower] = takes[at]
    args[place] = lower(given[at], name)
  }
  if (options !== undefined) putOptions(of, args, options, entry)
  if (of.environment !== undefined) putEnvironment(of.environment, args, given[0])
  return args
}

/** Refuses what a method does not take: dropped, it would be missed when it is too late. */
function nothingMore(name, more) {
  if (more.length > 0 && more.some((one) => one !== undefined)) {
    throw new TypeError(`${name} takes fewer arguments: everything optional goes into one object`)
  }
}

/** Options that are a signal at most. */
function onlySignal(name, options) {
  if (options === undefined || options === null) return
  if (typeof options !== 'object' || (Object.keys(options).length === 0 && !isPlain(options))) throw new TypeError(`the options of ${name} must be a plain object`)
  for (const option in options) if (option !== 'signal') throw new TypeError(`${name} has no option "${option}"; it takes signal`)
  if (options.signal !== undefined && options.signal !== null) {
    if (!(options.signal instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal')
    options.signal.throwIfAborted()
  }
}

/** What this environment of JavaScript says of the variables that a client reads: it may differ from the process's. */
function putEnvironment([place, member], args, of) {
  const options = (args[place] ??= [])
  if (options[member] !== undefined) return
  const names = typeof of === 'string' ? native.clientVariables(of) : native.dialectVariables(handleOf(of))
  options[member] = names.filter((name) => process.env[name] !== undefined).map((name) => [name, String(process.env[name])])
}

/** Whether something holds its members as a plain object does; a `Map`, say, would look empty. */
function isPlain(options) {
  const prototype = Object.getPrototypeOf(options)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Nothing is as good as left out, but where `null` is a value: no limit, and JSON's own. */
function isLeftOut(value, known) {
  return value === undefined || (value === null && known.lower !== limit && known.lower !== json)
}

function putOptions(of, args, options, entry) {
  if (typeof options !== 'object' || options === null) throw new TypeError(`the options of ${of.name} must be an object`)
  let isEmpty = true
  // Members that an object inherits are as good as its own.
  for (const name in options) {
    isEmpty = false
    const value = options[name]
    if (name === 'signal' && entry !== null) {
      if (value === undefined || value === null) continue
      if (!(value instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal')
      entry.signal = value
      continue
    }
    const known = of.options[name]
    if (known === undefined) {
      const all = [...Object.keys(of.options), ...(entry === null ? [] : ['signal'])]
      const meant = generated.otherNames[name.replaceAll('_', '').toLowerCase()]
      const hint = meant !== undefined && all.includes(meant) ? `: did you mean "${meant}"? It` : '; it'
      throw new TypeError(`${of.name} has no option "${name}"${hint} takes ${all.join(', ') || 'none'}`)
    }
    if (isLeftOut(value, known)) {
      if (known.refuses.includes(value)) throw new TypeError(`${name} is ${value}: ${known.instead}`)
      continue
    }
    const lowered = known.lower(value, name, entry)
    if (known.member === -1) args[known.place] = lowered
    else (args[known.place] ??= [])[known.member] = lowered
  }
  if (isEmpty && !isPlain(options)) throw new TypeError(`the options of ${of.name} must be a plain object`)
}

// ---- Sync methods

function invoke(of, target, given, options, more) {
  const [hasFailed, text, beside] = native.invoke(of.number, put(of, target, given, options, more, null))
  if (hasFailed) throw seenFrom(fromText(text), invoke)
  const made = of.gives?.(JSON.parse(text), beside)
  if (made instanceof Handle && target !== null) keep(made, target)
  return made
}

// ---- Async methods

/** Makes a call. Never throws at once: what is wrong with its arguments rejects too. */
async function call(of, target, given, options, more) {
  lastCall += 1
  const entry = { of, target, number: lastCall, signal: undefined, deliver: undefined, storing: null, resolve: null, reject: null }
  const args = put(of, target, given, options, more, entry)
  entry.signal?.throwIfAborted()
  try {
    return await new Promise((resolve, reject) => {
      entry.resolve = resolve
      entry.reject = reject
      const failure = native.begin(bridge, entry.number, of.number, args)
      if (failure !== null) throw fromText(failure)
      calls.set(entry.number, entry)
      if (entry.deliver !== undefined || hosts.has(target)) {
        // It takes the async context along, as it is where the call begins.
        askers.set(entry.number, { client: target, context: new AsyncResource('Keywright', { requireManualDestroy: true }) })
      }
      if (entry.signal !== undefined) listen(entry)
    })
  } catch (error) {
    throw error instanceof KeywrightError ? seenFrom(error, call) : error
  }
}

/** Makes the trace of an error begin at the caller: on arrival nobody stands there but us. */
function seenFrom(error, own) {
  Error.captureStackTrace(error, own)
  return error
}

/** Settles what has arrived. Requests of the core come before a call's own end. */
function arrived() {
  const batch = native.arrivals(bridge)
  for (let at = 0; at < batch.length; at += 5) {
    const number = batch[at]
    const what = batch[at + 1]
    const asker = askers.get(number)
    if (asker !== undefined) serve(asker.client)
    if (what === ASKED) continue
    if (what === OVER) {
      askers.delete(number)
      asker?.context.emitDestroy()
      continue
    }
    const entry = calls.get(number)
    // What was just served may have ended it.
    if (entry === undefined) native.forget(bridge, number)
    else settle(entry, what, batch[at + 2], batch[at + 3], batch[at + 4])
  }
}

function settle(entry, hasFailed, text, beside, isOwed) {
  forget(entry)
  try {
    if (hasFailed) entry.reject(fromText(text))
    else entry.resolve(entry.of.gives?.(JSON.parse(text), beside))
  } catch (error) {
    if (isOwed) native.forget(bridge, entry.number)
    entry.reject(error)
    return
  }
  if (isOwed) native.taken(bridge, entry.number)
}

function forget(entry) {
  calls.delete(entry.number)
  if (entry.signal !== undefined) unlisten(entry)
}

// ---- Cancellation

/** For each signal the calls that it ends: one listener, however many they are. */
const listening = new WeakMap()

function listen(entry) {
  let ended = listening.get(entry.signal)
  if (ended === undefined) {
    const entries = new Set()
    ended = { entries, stop: () => entries.forEach(cancel) }
    listening.set(entry.signal, ended)
    entry.signal.addEventListener('abort', ended.stop, { once: true })
  }
  ended.entries.add(entry)
}

function unlisten(entry) {
  const ended = listening.get(entry.signal)
  ended.entries.delete(entry)
  if (ended.entries.size > 0) return
  listening.delete(entry.signal)
  entry.signal.removeEventListener('abort', ended.stop)
}

function cancel(entry) {
  native.forget(bridge, entry.number)
  forget(entry)
  entry.storing?.abort(entry.signal.reason)
  entry.reject(entry.signal.reason)
}

// ---- Requests of the core to the program

function serve(client) {
  const handle = handleOf(client)
  for (let next = native.nextRequest(handle); next !== null; next = native.nextRequest(handle)) {
    const [what, request, number, handed, caller] = next
    within(caller, () => {
      if (what === 'event') tell(client, request)
      else if (what === 'key') void answered(request, async () => secret(await hosts.get(client).keyProvider(), 'the key'))
      else void answered(request, () => delivered(number, secretOf(handed)))
    })
  }
}

/** Does something in the async context of a call; without one, in that of no call. */
function within(caller, work) {
  const asker = askers.get(caller)
  if (asker === undefined) work()
  else asker.context.runInAsyncScope(work)
}

function tell(client, text) {
  try {
    hosts.get(client)?.onEvent?.(generated.event(JSON.parse(text)))
  } catch (error) {
    // A mistake of the listener is not the call's: it surfaces like that of any other listener.
    process.nextTick(() => {
      throw error
    })
  }
}

async function delivered(number, made) {
  const entry = calls.get(number)
  if (entry === undefined) throw new Error('the call has ended')
  entry.storing = new AbortController()
  await entry.deliver(made, { signal: entry.storing.signal })
}

/** What was thrown, in a word. It is the program's: its `name` may be anything, or throw itself. */
function nameOf(thrown) {
  try {
    const name = thrown instanceof Error ? thrown.name : typeof thrown
    return typeof name === 'string' ? name.slice(0, 100) : 'Error'
  } catch {
    return 'Error'
  }
}

async function answered(request, work) {
  try {
    native.answer(request, await work())
  } catch (error) {
    keepFailure(native.fail(request, nameOf(error)), error)
  }
}

// ---- Clients

/** Keeps the functions that the core may ask for a client, and the clock that it runs on. */
function keepHost(client, options) {
  if (options?.clock) keep(client, options.clock)
  const { keyProvider, onEvent } = options ?? {}
  if (keyProvider || onEvent) hosts.set(client, { keyProvider, onEvent })
}

/** A further handle of the same class, with the functions of the one it was made from. */
function alike(of, client, given, options, more, Class) {
  const made = new Class(MADE, invoke(of, client, given, options, more))
  Object.setPrototypeOf(made, Object.getPrototypeOf(client))
  keep(made, client)
  const host = hosts.get(client)
  if (host !== undefined) hosts.set(made, host)
  return made
}

module.exports = { alike, call, invoke, keepHost, nothingMore, onlySignal }
