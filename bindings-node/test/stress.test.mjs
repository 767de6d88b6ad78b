// Many of everything: no call lost, no listener or byte left over.
// KEYWRIGHT_CALLS sets how many calls the memory test makes (100,000 unless given).

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'

import { ConfigError, Sandbox, Seclai } from 'keywright'

import { failure, silent, until } from './support.mjs'

const CALLS = Number(process.env.KEYWRIGHT_CALLS ?? 100_000)
const AT_ONCE = 64
const MEGABYTE = 2 ** 20

async function many(count, call) {
  let left = count
  const one = async () => {
    while (left > 0) {
      left -= 1
      await call()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
}

/** What the process holds after everything that can go has gone. */
async function held() {
  for (let n = 0; n < 5; n += 1) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().rss
}

describe('stress', () => {
  it('5,000 calls on one signal end with it, and leave no listener', async () => {
    const sandbox = await silent()
    const client = new Seclai(sandbox.seclai())
    const stop = new AbortController()
    const warnings = []
    process.on('warning', (warning) => warnings.push(warning))
    const calls = Array.from({ length: 5000 }, () => client.get('/agents', { signal: stop.signal }).then(() => 'answered', (error) => error))
    await until(() => sandbox.journal().length > 0)
    assert.equal(getEventListeners(stop.signal, 'abort').length, 1)
    stop.abort()
    const ends = await Promise.all(calls)
    assert.ok(ends.every((end) => end === stop.signal.reason))
    assert.equal(getEventListeners(stop.signal, 'abort').length, 0)
    await until(() => sandbox.connections().open === 0)
    assert.deepEqual(warnings, [])
    sandbox.close()
  })

  it('20,000 races of an abort with an answer each end in one of both', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const ends = { answered: 0, left: 0 }
    await many(20_000, async () => {
      const stop = new AbortController()
      const call = client.get('/agents', { signal: stop.signal }).then(
        () => (ends.answered += 1),
        (error) => (ends.left += Number(error === stop.signal.reason)),
      )
      if (Math.random() < 0.5) setImmediate(() => stop.abort())
      await call
    })
    assert.equal(ends.answered + ends.left, 20_000)
    assert.ok(ends.answered > 0 && ends.left > 0, JSON.stringify(ends))
    sandbox.close()
  })

  it(`${CALLS} calls leave the memory as it was`, { skip: globalThis.gc === undefined && 'needs --expose-gc' }, async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    // The journal of the sandbox fills up first: it remembers ten thousand requests.
    await many(Math.max(12_000, CALLS / 10), () => client.get('/agents'))
    const before = await held()
    await many(CALLS, () => client.agents.list())
    const grown = (await held()) - before
    assert.ok(grown < 12 * MEGABYTE, `${(grown / MEGABYTE).toFixed(1)} MB more`)
    sandbox.close()
  })

  it('20,000 failures and 5,000 clients leave nothing behind', { skip: globalThis.gc === undefined && 'needs --expose-gc' }, async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const { apiKey, ...given } = sandbox.seclai()
    const fails = async (count) => many(count, async () => assert.ok((await failure(client.keys.get('../x'))) instanceof ConfigError))
    const clients = async (count) => many(count, async () => void new Seclai({ ...given, keyProvider: () => apiKey, onEvent: () => {} }))
    const all = async () => {
      await fails(20_000)
      await clients(5000)
    }
    // The first time fills what the engine and the allocator keep for later.
    await all()
    const before = await held()
    await all()
    const grown = (await held()) - before
    assert.ok(grown < 8 * MEGABYTE, `${(grown / MEGABYTE).toFixed(1)} MB more`)
    sandbox.close()
  })
})
