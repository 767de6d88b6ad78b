'use strict'

// Lists: a page, and the way on to those that follow.

const { call } = require('./runtime.cjs')

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

  async nextPage() {
    return this.nextToken === null ? null : this.#next(this.nextToken)
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

/** Asks for a list. Nothing is sent before somebody awaits or walks it. */
function list(of, target, given, options) {
  const page = async (more) => {
    const first = await call(of, target, given, more)
    return new Page(first, (after) => page({ ...more, after }))
  }
  return new Listing(() => page(options))
}

module.exports = { Listing, Page, list }
