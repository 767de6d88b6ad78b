// A new key belongs to its caller only when its promise is resolved: created = received + discarded + kept,
// each one once. Callers leave at every moment around the answer. KEYWRIGHT_RACES says how often (500 unless
// given; 10,000 for the full count).

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, it } from 'node:test'

import { Sandbox, Seclai } from 'keywright'

import { failure, until } from './support.mjs'

const RACES = Number(process.env.KEYWRIGHT_RACES ?? 500)
const GATED = 100
/** As many as a sandbox's journal remembers with their discards, and a list is still short. */
const BATCH = 500

async function all(client) {
  const ids = []
  for await (const key of client.keys.list()) ids.push(key.id)
  return ids
}

/** What became of every key that a sandbox has made. */
class Account {
  received = []
  told = []

  static async of(sandbox) {
    const account = new Account()
    account.sandbox = sandbox
    account.before = new Set(await all(new Seclai(sandbox.seclai())))
    return account
  }

  client(more) {
    return new Seclai({ ...this.sandbox.seclai(), ...more, onEvent: (event) => event.name === 'orphan_key' && this.told.push(event.keyId) })
  }

  ended(method) {
    return this.sandbox.journal().filter((entry) => entry.method === method && [201, 204].includes(entry.status)).length
  }

  /** Waits until every key is accounted for, and checks the account: how many were received, and how many not. */
  async settle(keeps = false) {
    await until(() => this.ended('POST') === this.received.length + this.told.length)
    const left = new Set((await all(new Seclai(this.sandbox.seclai()))).filter((id) => !this.before.has(id)))
    const [received, told] = [new Set(this.received), new Set(this.told)]
    assert.equal(received.size, this.received.length)
    assert.equal(told.size, this.told.length)
    assert.ok([...received].every((id) => !told.has(id)))
    assert.deepEqual(left, keeps ? new Set([...received, ...told]) : received)
    assert.equal(this.ended('DELETE'), keeps ? 0 : told.size)
    return [received.size, told.size]
  }
}

async function account() {
  return Account.of(await Sandbox.start())
}

describe('a new key', () => {
  it(`is received or discarded and told in ${RACES} races with a free loop`, async () => {
    const ends = [0, 0]
    // Around the answer, which takes longer on a busy machine.
    let span = 20
    for (let left = RACES; left > 0; left -= BATCH) {
      const one = await account()
      const client = one.client()
      const race = async () => {
        const stop = new AbortController()
        const at = performance.now() + Math.random() * span
        let isOver = false
        const tick = () => (performance.now() >= at ? stop.abort() : isOver || setImmediate(tick))
        setImmediate(tick)
        try {
          one.received.push((await client.keys.create({ name: 'ci', signal: stop.signal })).key.id)
          span = Math.max(span * 0.9, 1)
        } catch (error) {
          assert.equal(error, stop.signal.reason)
          span = Math.min(span * 1.1, 2000)
        }
        isOver = true
      }
      for (let n = 0; n < Math.min(left, BATCH); n += 10) await Promise.all(Array.from({ length: 10 }, race))
      const [received, told] = await one.settle()
      ends[0] += received
      ends[1] += told
      one.sandbox.close()
    }
    assert.ok(ends[0] > 0 && ends[1] > 0, ends)
  })

  for (const keeps of [false, true]) {
    it(`that waits while the loop is busy and its caller leaves is ${keeps ? 'kept' : 'discarded'} and told, ${GATED} times`, async () => {
      const one = await account()
      const client = one.client()
      for (let n = 0; n < GATED; n += 1) {
        const stop = new AbortController()
        const sent = one.ended('POST')
        const call = client.keys.create({ name: 'ci', onCancel: keeps ? 'keep' : 'discard', signal: stop.signal })
        await null
        // The loop does nothing else until the answer has gone out.
        while (one.ended('POST') === sent);
        if (n % 2 === 0) await Promise.resolve()
        stop.abort()
        await assert.rejects(call, (error) => error === stop.signal.reason)
      }
      assert.deepEqual(await one.settle(keeps), [0, GATED])
      one.sandbox.close()
    })
  }

  it('whose caller leaves from a function that is served before its answer goes back', async () => {
    const one = await account()
    const stop = new AbortController()
    let isAnswered = false
    const client = new Seclai({
      ...one.sandbox.seclai(),
      onEvent: (event) => {
        if (event.name === 'orphan_key') one.told.push(event.keyId)
        if (event.name !== 'call_end' || isAnswered) return
        isAnswered = true
        stop.abort()
      },
    })
    await assert.rejects(client.keys.create({ name: 'ci', signal: stop.signal }))
    assert.deepEqual([isAnswered, await one.settle()], [true, [0, 1]])
    one.sandbox.close()
  })

  it('whose caller leaves while it is stored is discarded when that fails, and kept when it ends well', async () => {
    for (const endsWell of [false, true]) {
      const one = await account()
      const stop = new AbortController()
      const deliver = (_, { signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => (endsWell ? resolve() : reject(signal.reason)))
          setImmediate(() => stop.abort())
        })
      const error = await failure(one.client().keys.create({ name: 'ci', deliver, signal: stop.signal }))
      assert.equal(error, stop.signal.reason)
      assert.deepEqual(await one.settle(endsWell), [0, 1])
      one.sandbox.close()
    }
  })

  it('is told of though its client is gone, without keeping the process alive', async () => {
    const one = await account()
    const stop = new AbortController()
    const begun = (client) => client.keys.create({ name: 'ci', signal: stop.signal })
    const call = begun(one.client())
    await null
    while (one.ended('POST') === 0);
    stop.abort()
    await failure(call)
    globalThis.gc?.()
    assert.deepEqual(await one.settle(), [0, 1])
    one.sandbox.close()
  })
})

describe('a function of the program', () => {
  const tenant = new AsyncLocalStorage()

  it('is asked in the context of the call that asks, among 100 tenants on one client', async () => {
    const sandbox = await Sandbox.start()
    const { apiKey, ...given } = sandbox.seclai()
    const [asked, heard] = [[], new Map()]
    const client = new Seclai({
      ...given,
      keyProvider: async () => {
        const name = tenant.getStore()
        await new Promise((resolve) => setImmediate(resolve))
        assert.equal(tenant.getStore(), name)
        asked.push(name)
        return name?.startsWith('tenant ') ? apiKey : 'sk-of-nobody-of-nobody-of-nobody'
      },
      onEvent: (event) => heard.set(event.call, (heard.get(event.call) ?? new Set()).add(tenant.getStore())),
    })
    const names = Array.from({ length: 100 }, (_, n) => `tenant ${n}`)
    await Promise.all(
      names.map((name) =>
        tenant.run(name, async () => {
          assert.equal((await client.get('/agents')).status, 200)
          assert.equal(tenant.getStore(), name)
        }),
      ),
    )
    assert.deepEqual(asked.sort(), names.sort())
    assert.deepEqual([...heard.values()].flatMap((seen) => [...seen]).sort(), names)
    sandbox.close()
  })

  it('stores a secret in the context of its call', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const stored = new Map()
    const create = (name) => tenant.run(name, () => client.keys.create({ name, deliver: () => void stored.set(name, tenant.getStore()) }))
    await Promise.all(Array.from({ length: 20 }, (_, n) => create(`tenant ${n}`)))
    assert.ok(stored.size === 20 && [...stored].every(([name, seen]) => name === seen))
    sandbox.close()
  })

  it('is asked in the context of a caller that has left for what is still done for it', async () => {
    const one = await account()
    const { apiKey, ...given } = one.sandbox.seclai()
    const asked = []
    const client = new Seclai({
      ...given,
      keyProvider: () => (asked.push(tenant.getStore()), apiKey),
      onEvent: (event) => event.name === 'orphan_key' && one.told.push(event.keyId),
    })
    const stop = new AbortController()
    const call = tenant.run('the one who left', () => client.keys.create({ name: 'ci', signal: stop.signal }))
    await until(() => one.ended('POST') === 1)
    stop.abort()
    const result = await call.then((made) => made.key.id, () => null)
    if (result !== null) one.received.push(result)
    await one.settle()
    assert.ok(asked.length > 0 && asked.every((name) => name === 'the one who left'))
    one.sandbox.close()
  })
})
