'use strict'

// What a few values can do beyond holding their members.

const { inspect } = require('node:util')

const { keep } = require('./handle.cjs')

/** The answer to a request of the program's own. */
class Response {
  constructor(members, decode) {
    this.status = members.status
    this.headers = headersOf(members.headers)
    // A body may hold a new key, so it is not shown.
    Object.defineProperty(this, 'body', { value: members.body })
    Object.defineProperty(this, 'json', { value: () => decode(members.body) })
    this.meta = members.meta
    Object.freeze(this)
  }

  get ok() {
    return true
  }

  text() {
    return this.body.toString('utf8')
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

/** Gives a stream of events the protocol of `for await`; leaving the loop closes it. */
async function* eventsOf(stream) {
  try {
    for (let event = await stream.nextEvent(); event !== null; event = await stream.nextEvent()) yield event
  } finally {
    await stream.close()
  }
}

/** Holds a clock while some work is done. */
async function held(clock, work) {
  clock.hold()
  try {
    return await work()
  } finally {
    clock.release()
  }
}

/** What of a sandbox's access a client is made with. The sandbox stays while a client is on its clock. */
function optionsOf(sandbox, { baseUrl, apiKey, management, email, password, agentId, clock }) {
  keep(clock, sandbox)
  const options = { baseUrl, apiKey, management, email, password, agentId, clock }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))
}

module.exports = { Response, eventsOf, held, optionsOf }
