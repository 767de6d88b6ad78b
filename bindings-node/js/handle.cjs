'use strict'

// An object whose substance is native. Its reference is private: nothing prints, copies or clones it.

const MADE = Symbol('made by this package')

class Handle {
  #native

  constructor(made, native) {
    if (made !== MADE) throw new TypeError(`a ${new.target.name} cannot be made with new`)
    this.#native = native
  }

  static of(object) {
    return object.#native
  }
}

/** What an object lives on: a sandbox must not end while a clock of it, or a client on that clock, is held. */
const livesOn = new WeakMap()
const keep = (object, on) => livesOn.set(object, on)

const handleOf = Handle.of
delete Handle.of

module.exports = { Handle, handleOf, keep, MADE }
