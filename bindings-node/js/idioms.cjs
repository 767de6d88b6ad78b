'use strict'

// What JavaScript expects beyond calls: lists and streams that are walked, a clock that is held
// while some work is done, a sandbox whose access is a client's options.

const { call, nothingMore, onlySignal } = require('./runtime.cjs')
const { keep } = require('./values.cjs')

/** One page. Walking it walks on through the following pages. */
class Page {
  #next

  constructor(page, next) {
    this.items = page.items
    this.nextToken = page.nextToken
    this.meta = page.meta
    this.#next = next
    Object.freeze(this)
  }

  get hasNext() {
    return this.nextToken !== null
  }

  async nextPage(options, ...more) {
    nothingMore('page.nextPage', more)
    onlySignal('page.nextPage', options)
    return this.nextToken === null ? null : this.#next(this.nextToken, options)
  }

  async *[Symbol.asyncIterator]() {
    for (let page = this; page !== null; page = await page.nextPage()) yield* page.items
  }
}

/** A list that was asked for: awaited it is its first page, walked it is all items. */
class Listing {
  #begin
  #first

  constructor(begin) {
    this.#begin = begin
  }

  #page() {
    this.#first ??= this.#begin()
    return this.#first
  }

  then(done, failed) {
    return this.#page().then(done, failed)
  }

  catch(failed) {
    return this.#page().catch(failed)
  }

  finally(ended) {
    return this.#page().finally(ended)
  }

  async *[Symbol.asyncIterator]() {
    yield* await this.#page()
  }

  get [Symbol.toStringTag]() {
    return 'Listing'
  }
}

/** The members of options, its own and those that it inherits. */
function members(options) {
  const all = {}
  for (const name in options) all[name] = options[name]
  return all
}

/** Asks for a list. Nothing is sent before somebody awaits or walks it. */
function listing(of, target, given, options, more) {
  const page = async (asked) => {
    const first = await call(of, target, given, asked, more)
    return new Page(first, (after, changed) => page({ ...members(asked), ...members(changed), after }))
  }
  return new Listing(() => page(options))
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
function optionsOf(sandbox, { baseUrl, apiKey, management, email, password, agentId, clock }, instead = {}) {
  if (typeof instead !== 'object' || instead === null) throw new TypeError('what takes the place of options must be an object')
  keep(clock, sandbox)
  const options = { baseUrl, apiKey, management, email, password, agentId, clock }
  for (const name of Object.keys(instead)) for (const other of INSTEAD_OF[name] ?? []) delete options[other]
  return { ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)), ...instead }
}

/** What cannot stand beside an option that is given in its place. */
const INSTEAD_OF = { __proto__: null, keyProvider: ['apiKey'], management: ['email', 'password'], email: ['management'] }

module.exports = { Listing, Page, eventsOf, held, listing, optionsOf }
