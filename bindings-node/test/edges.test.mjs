// Where the package meets what is around it: panics, the environment, arguments that carry nothing.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

import { Client, Dialect, InternalError, ItellicoAI, NotFoundError, Sandbox, Seclai, Secret, Seenty } from 'keywright'

import { failure, until } from './support.mjs'

const require = createRequire(import.meta.url)
const native = require(join(require.resolve('keywright/package.json'), '../js/native.cjs'))
const repository = process.env.KEYWRIGHT_REPOSITORY ?? fileURLToPath(new URL('../..', import.meta.url))
const KEY = 'sk-0123456789abcdef0123456789abcdef'

/** Does some work while the environment is another. */
async function within(environment, work) {
  const before = process.env
  process.env = { ...before, ...environment }
  try {
    return await work()
  } finally {
    process.env = before
  }
}

describe('a panic', () => {
  it('at an entry point is an InternalError', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const secret = new Secret('sk-1')
    const entries = [
      () => new Seclai({ apiKey: KEY }),
      () => new Secret('sk-1'),
      () => secret.expose(),
      () => secret.fingerprint(),
      () => client.describe(),
      () => client.agents.list(),
      () => client.keys.create({ name: 'ci' }),
      () => Dialect.builtin('seclai'),
      () => sandbox.connections(),
    ]
    for (const entry of entries) {
      native.panicNext('entry')
      const error = await failure((async () => entry())())
      assert.ok(error instanceof InternalError, `${entry}: ${error}`)
      assert.match(error.message, /a panic was caught/)
      await entry()
    }
  })

  it('on the io thread is an InternalError', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    native.panicNext('call')
    assert.ok((await failure(client.get('/agents'))) instanceof InternalError)
    assert.equal((await client.get('/agents')).status, 200)
  })
})

describe('the environment', () => {
  const origin = (client) => client.describe().credentials[0]?.origin

  it('is what process.env says', async () => {
    await within({ SECLAI_API_KEY: KEY, SECLAI_API_URL: 'https://staging.seclai.test' }, () => {
      const client = new Seclai()
      assert.equal(origin(client), 'environment SECLAI_API_KEY')
      assert.equal(client.describe().baseUrl, 'https://staging.seclai.test')
      assert.equal(client.describe().credentials[0].digest, new Secret(KEY).fingerprint())
      assert.deepEqual(new Seclai({ env: {} }).describe().credentials, [])
    })
    assert.deepEqual(new Seclai().describe().credentials, [])
  })

  it('of a worker is its own', async () => {
    const text = `
      const { parentPort, workerData } = require('node:worker_threads')
      Object.assign(process.env, workerData.set)
      const { Seclai } = require(workerData.place)
      parentPort.postMessage(new Seclai().describe().credentials.map(({ origin }) => origin))`
    const place = require.resolve('keywright')
    const origins = (options, set) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(text, { eval: true, workerData: { place, set }, ...options })
        worker.on('message', resolve).on('error', reject)
      })
    assert.deepEqual(await origins({ env: {} }, {}), [])
    assert.deepEqual(await origins({ env: { SECLAI_API_KEY: KEY } }, {}), ['environment SECLAI_API_KEY'])
    assert.deepEqual(await origins({}, { SECLAI_API_KEY: KEY }), ['environment SECLAI_API_KEY'])
  })

  it('must not say two things of one setting', async () => {
    await within({ ITELLICO_API_KEY: KEY, ITELLICOAI_API_KEY: KEY.replace('0', '1') }, () => {
      assert.throws(() => new ItellicoAI({ variant: 'live' }), /ITELLICO_API_KEY and ITELLICOAI_API_KEY differ/)
    })
  })

  it('of a dialect of ones own has the variables that it names', async () => {
    const dialect = Dialect.fromToml(readFileSync(join(repository, 'examples/acme.toml'), 'utf8'), { env: ['ACME_API_KEY'] })
    assert.ok(dialect.variables().includes('ACME_API_KEY') && dialect.variables().includes('https_proxy'))
    await within({ ACME_API_KEY: 'acme_0123456789abcdef' }, () => {
      const client = Client.withDialect(dialect, { baseUrl: 'https://acme.test', checkKeyShape: false })
      assert.equal(origin(client), 'environment ACME_API_KEY')
    })
  })
})

describe('nothing', () => {
  it('is no key and no address', async () => {
    await within({ SECLAI_API_KEY: KEY, SEENTY_TOKEN: 'seenty_0123456789abcdef' }, () => {
      for (const name of ['apiKey', 'keyProvider', 'management', 'email', 'password', 'baseUrl']) {
        for (const value of [undefined, null]) {
          for (const make of [(options) => new Seclai(options), (options) => new Seenty(options), (options) => new Client('seclai', options)]) {
            assert.throws(() => make({ [name]: value }), new RegExp(`^TypeError: ${name} is ${value}: .*leave it out`))
          }
        }
      }
      assert.throws(() => new Seclai().withKey(undefined), TypeError)
    })
  })

  it('leaves out what may be left out', async () => {
    const sandbox = await Sandbox.start()
    const made = await new ItellicoAI(sandbox.itellico()).keys.create({ name: 'ci', expiresAt: null, deliver: null, recover: null, signal: null })
    assert.equal(made.key.expiresAt, null)
    const client = new Seclai({ ...sandbox.seclai(), account: null, maxAttempts: null, onEvent: null, readTimeoutMs: null, env: null })
    assert.ok((await client.keys.create({ name: null })).key.id)
    assert.equal((await client.get('/agents', { query: null, headers: undefined })).status, 200)
    assert.ok((await client.agents.list({ pageSize: null, after: null })).items.length > 0)
    assert.equal(client.withOptions({ timeoutMs: null }).service(), 'seclai')
  })

  it('does not say whether an expiry is kept or removed', async () => {
    const sandbox = await Sandbox.start()
    const client = new ItellicoAI(sandbox.itellico())
    const { key } = await client.keys.create({ name: 'ci' })
    await assert.rejects(client.keys.update(key.id, { expiresAt: null }), /^TypeError: expiresAt is null: .*neverExpires/)
    assert.equal((await client.keys.update(key.id, { neverExpires: true })).expiresAt, null)
  })
})

describe('arguments', () => {
  it('that a method does not take are refused', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const signal = new AbortController().signal
    const id = (await client.keys.list()).items[0].id
    const more = [
      () => client.keys.create({ name: 'ci' }, { deliver: () => {} }),
      () => client.agents.list({}, { signal }),
      () => client.keys.get(id, {}, { signal }),
      () => client.keys.usage(id, {}, { signal }),
      () => client.get('/agents', {}, { signal }),
      () => client.request('GET', '/agents', {}, { signal }),
      () => client.describe({ signal }),
      () => client.resource('agents', { signal }),
      () => client.withKey(KEY, { signal }),
      () => client.withOptions({ timeoutMs: 1 }, { maxAttempts: 1 }),
      () => new Seclai({ apiKey: KEY }, { account: 'x' }),
      () => new Client('seclai', { apiKey: KEY }, { account: 'x' }),
      () => Client.withDialect(Dialect.builtin('seclai'), { apiKey: KEY }, { account: 'x' }),
      () => Dialect.builtin('seclai', 'live'),
      () => sandbox.clock().advance(1, 2),
      () => sandbox.clock().held(() => {}, 1),
      () => sandbox.seclai({}, {}),
      async () => (await client.agents.list()).nextPage({}, { signal }),
    ]
    for (const call of more) {
      const error = await failure((async () => call())())
      assert.ok(error instanceof TypeError && /takes fewer arguments/.test(error.message), `${call}: ${error}`)
    }
    assert.ok(!sandbox.journal().some(({ method }) => method === 'POST'))
  })

  it('of the next page are honoured', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    for (let n = 0; n < 11; n += 1) await client.keys.create({ name: `k${n}` })
    const page = await client.keys.list({ pageSize: 10 })
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await assert.rejects(page.nextPage({ signal: controller.signal }), /enough/)
    assert.ok((await page.nextPage()).items.length > 0)
  })

  it('hold their members wherever they stand, or are refused', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    for (let n = 0; n < 21; n += 1) await client.keys.create({ name: `k${n}` })
    const first = await client.keys.list(Object.create({ pageSize: 10 }))
    assert.deepEqual([first.items.length, (await first.nextPage()).items.length], [10, 10])
    await assert.rejects(client.agents.list(Object.create({ pagesize: 10 })), /has no option "pagesize"/)
    for (const odd of [new Map([['pageSize', 10]]), new Set(), [], new Date(), new URLSearchParams('pageSize=10')]) {
      await assert.rejects(client.agents.list(odd), TypeError)
    }
    assert.throws(() => new Seclai(client), TypeError)
    const heard = []
    for (const headers of [new Headers({ 'x-mark': '1' }), new Map([['x-mark', '1']]), { 'x-mark': '1' }, [['x-mark', '1']]]) {
      heard.push(client.toCurl('GET', '/agents', { headers }).includes('x-mark'))
      heard.push(client.toCurl('GET', '/agents', { query: new URLSearchParams({ mark: '1' }) }).includes('mark=1'))
    }
    assert.ok(heard.every(Boolean), heard.join())
  })

  it('that JSON would silently turn into something else are refused', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    for (const [value, words] of [
      [{ token: new Secret(KEY) }, /holds a Secret/],
      [[{ deep: new Map([['a', 1]]) }], /holds a Map/],
      [{ set: new Set([1]) }, /holds a Set/],
      [{ client }, /holds a Seclai/],
      [{ later: Promise.resolve(1) }, /holds a Promise/],
      [{ pattern: /x/ }, /holds a RegExp/],
      [{ failed: new RangeError('x') }, /holds a RangeError/],
      [{ bytes: new Uint8Array([1]) }, /holds a Uint8Array/],
      [{ bytes: Buffer.from('x') }, /holds a Buffer/],
      [[new ArrayBuffer(1)], /holds a ArrayBuffer/],
      [{ at: new Date(NaN) }, /holds an invalid Date/],
      [{ name: Symbol('x') }, /holds a symbol/],
      [{ run: () => 1 }, /holds a function/],
      [{ count: 1n }, /holds a bigint.*text/],
      [[undefined], /undefined.*null/],
      [nested(100_000), /nested too deeply/],
      [{ count: new Number(NaN) }, /not finite/],
      [{ map: { toJSON: () => new Map([[1, 2]]) } }, /holds a Map/],
      [{ secret: { toJSON: () => new Secret(KEY) } }, /holds a Secret/],
      [{ gone: { toJSON: () => undefined } }, /toJSON gives nothing/],
      [{ at: Object.assign(new Date(0), { toJSON: undefined }) }, /holds a Date/],
    ]) {
      await assert.rejects(client.post('/agents/x/runs', { json: value }), (error) => error instanceof TypeError && words.test(error.message))
    }
    class Point {
      x = 1
    }
    const fine = { left: undefined, at: new Date(0), url: new URL('http://h.test/'), point: new Point(), bare: Object.create(null), text: new String('x') }
    await assert.rejects(client.post('/nowhere', { json: fine }), NotFoundError)
    await assert.rejects(client.post('/agents', { json: {}, body: new Uint8Array() }), /body.*beside.*json/)
  })
})

function nested(depth) {
  let value = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

describe('the options of a sandbox', () => {
  it('give way to what is given', async () => {
    const sandbox = await Sandbox.start()
    const owner = new Seclai(sandbox.seclai())
    const { secret } = await owner.keys.create({ name: 'ci' })
    const client = new Seclai(sandbox.seclai({ apiKey: secret }))
    assert.equal(client.describe().credentials[0].digest, secret.fingerprint())
    assert.equal((await new Seclai(sandbox.seclai({ keyProvider: () => secret })).get('/agents')).status, 200)
    assert.throws(() => new Seclai(sandbox.seclai({ apiKey: undefined })), TypeError)
  })
})

describe('a stream', () => {
  it('that is left in the middle frees its connection', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const agent = (await client.agents.list()).items[0].id
    const before = sandbox.connections().open
    const stream = await client.runs.stream(agent, { input: 'hello' })
    for await (const _ of stream) break
    for await (const event of stream) assert.fail(event.event)
    await until(() => sandbox.connections().open <= before)
  })
})

describe('a first call without descriptors', () => {
  it('fails, and the next is made', async () => {
    const text = `
      import { openSync, closeSync } from 'node:fs'
      import { Seclai } from 'keywright'
      const client = new Seclai({ apiKey: '${KEY}', baseUrl: 'http://127.0.0.1:9', maxAttempts: 1 })
      const said = () => client.get('/agents').catch((error) => console.log(error.kind, error.reason, error.outcome))
      const held = []
      try { for (;;) held.push(openSync('/dev/null')) } catch {}
      await said()
      await said()
      held.forEach(closeSync)
      await said()`
    const script = ['-c', 'ulimit -n 64 && exec "$0" "$@"', process.execPath, '--input-type=module', '--eval', text]
    const child = spawn('sh', script, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (data) => (out += data))
    assert.equal((await once(child, 'close'))[0], 0)
    const lines = out.trim().split('\n')
    assert.deepEqual(lines.slice(0, 2), ['network resources not_sent', 'network resources not_sent'])
    assert.equal(lines[2], 'network connect not_sent')
  })
})

describe('what a function of the program throws', () => {
  it('ends what it was asked for, whatever its name is', async () => {
    const sandbox = await Sandbox.start()
    const odd = [
      Object.assign(new Error('x'), { name: 5 }),
      Object.defineProperty(new Error('x'), 'name', { get: () => { throw new Error('no name') } }),
      new Proxy(new Error('x'), { get: () => { throw new Error('no member') } }),
      null,
      Symbol('x'),
    ]
    const options = sandbox.seclai()
    delete options.apiKey
    for (const thrown of odd) {
      const client = new Seclai(sandbox.seclai())
      assert.equal((await failure(client.keys.create({ name: 'ci', deliver: () => { throw thrown } }))).reason, 'not_delivered')
      const provided = new Seclai({ ...options, keyProvider: () => { throw thrown } })
      assert.equal((await failure(provided.get('/agents'))).field, 'api_key')
    }
  })
})

describe('the options of nextPage', () => {
  it('are a signal at most, also where no page follows', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const last = await client.keys.list()
    for (let made = 0; made < 10; made++) await client.keys.create({ name: `key ${made}` })
    const first = await client.keys.list({ pageSize: 10 })
    for (const page of [first, last]) {
      await assert.rejects(page.nextPage({ bogus: 1 }), /has no option "bogus"/)
      for (const wrong of [5, 'x', new Map([['signal', 1]])]) await assert.rejects(page.nextPage(wrong), /must be a plain object/)
      await assert.rejects(page.nextPage({ signal: AbortSignal.abort() }), { name: 'AbortError' })
    }
    assert.equal(await last.nextPage({ signal: new AbortController().signal }), null)
    assert.ok((await first.nextPage({})).items.length === 1)
  })
})
