// What a program in JavaScript expects of a package: promises, options, pages, signals, errors.

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { before, describe, it } from 'node:test'

import * as keywright from 'keywright'
import { AgentIdentityClient, Client, ConfigError, DecodeError, Dialect, KeywrightError, Sandbox, Seclai, SegOps, SidClaw, decodeJson } from 'keywright'

import { failure, program, silent, until } from './support.mjs'

let sandbox
before(async () => {
  sandbox = await Sandbox.start()
})

const world = (options) => sandbox.world(options)

describe('clients', () => {
  // SEC-72, SID-20
  it('the snippets of the pages run as they are printed', async () => {
    const { apiKey, baseUrl, clock } = sandbox.seclai()
    const client = new Seclai({ apiKey, baseUrl, clock })
    const agents = await client.agents.list()
    assert.equal(agents.items.length, 2)
    const sidclaw = sandbox.sidclaw()
    const guard = new AgentIdentityClient({ apiKey: sidclaw.apiKey, agentId: sidclaw.agentId, baseUrl: sidclaw.baseUrl, clock: sidclaw.clock })
    const action = { operation: 'read', target_integration: 'crm', resource_scope: 'contacts', data_classification: 'internal' }
    assert.equal((await guard.evaluate(action)).data.decision, 'allow')
  })

  it('a handle is of the class of its client and shares its functions', async () => {
    const seen = []
    const client = new Seclai({ ...sandbox.seclai(), onEvent: (event) => seen.push(event.name) })
    const handle = client.withOptions({ maxAttempts: 1 })
    assert.ok(handle instanceof Seclai && handle !== client)
    await handle.get('/agents')
    assert.ok(seen.includes('call_start'))
  })

  it('a client of a service of one file works like the others', async () => {
    const client = new Client('seclai', sandbox.seclai())
    assert.equal(client.service(), 'seclai')
    assert.ok(client.supports('keys.archive') && !client.supports('keys.rotate'))
    assert.equal(Dialect.builtin('sidclaw').title(), 'SidClaw')
    assert.throws(() => Dialect.fromToml('service = 1'), ConfigError)
  })

  it('two clients of one process never mix their keys', async () => {
    const own = world({ lenient: true })
    const first = new Seclai(own.seclai())
    const second = first.withKey((await first.keys.create({ name: 'second' })).secret)
    await Promise.all(Array.from({ length: 500 }, (_, n) => (n % 2 ? first : second).get('/agents', { query: { q: String(n) } })))
    const calls = own.journal().filter((entry) => entry.path === '/agents')
    const keyOf = (entry) => Object.fromEntries(entry.headers)['x-api-key']
    const odd = (entry) => Number(Object.fromEntries(entry.query).q) % 2
    assert.equal(calls.length, 500)
    assert.equal(new Set(calls.filter(odd).map(keyOf)).size, 1)
    assert.equal(new Set(calls.map(keyOf)).size, 2)
  })
})

describe('arguments', () => {
  it('an unknown option is a TypeError that names it, before anything is sent', async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    const sent = own.journal().length
    await assert.rejects(client.keys.list({ pagesize: 10 }).then(), { name: 'TypeError', message: /keys\.list has no option "pagesize"; it takes pageSize, after, signal/ })
    await assert.rejects(client.keys.create({ nmae: 'x' }), TypeError)
    await assert.rejects(client.get('/agents', { header: {} }), TypeError)
    assert.throws(() => new Seclai({ apikey: 'x' }), TypeError)
    for (const [option, meant] of [['timeout', 'timeoutMs'], ['max_retries', 'maxAttempts'], ['maxRetries', 'maxAttempts'], ['timeout_ms', 'timeoutMs']]) {
      assert.throws(() => client.withOptions({ [option]: 1 }), { name: 'TypeError', message: new RegExp(`no option "${option}": did you mean "${meant}"`) })
    }
    for (const [option, meant] of [['baseURL', 'baseUrl'], ['api_base', 'baseUrl'], ['api_key', 'apiKey'], ['token', 'apiKey']]) {
      assert.throws(() => new Seclai({ [option]: 'x' }), { name: 'TypeError', message: new RegExp(`no option "${option}": did you mean "${meant}"`) })
    }
    assert.throws(() => client.withOptions({ colour: 1 }), /no option "colour"; it takes/)
    await assert.rejects(Sandbox.start({ seeed: 1 }), TypeError)
    assert.equal(own.journal().length, sent)
  })

  it('a wrong type is a TypeError that does not show the value', async () => {
    const client = new Seclai(sandbox.seclai())
    for (const wrong of [undefined, null, 7, Buffer.from('sk-canary'), ['sk-canary'], { key: 'sk-canary' }, Symbol('sk-canary')]) {
      const error = assert.throws(() => new Seclai({ apiKey: wrong }), TypeError) ?? (await failure((async () => client.withKey(wrong))()))
      assert.ok(error instanceof TypeError && !error.message.includes('canary'))
    }
    for (const call of [
      () => client.keys.get(),
      () => client.keys.get(5),
      () => client.keys.create({ name: 5 }),
      () => client.keys.create({ scopes: 'evaluate' }),
      () => client.keys.create({ expiresAt: '2026-01-01' }),
      () => client.keys.create({ expiresAt: new Date(NaN) }),
      () => client.keys.create({ deliver: 'vault' }),
      () => client.keys.create('name'),
      () => client.keys.create(null),
      () => client.keys.list({ pageSize: '10' }),
      () => client.keys.list({ pageSize: 1.5 }),
      () => client.keys.list({ pageSize: -1 }),
      () => client.keys.list({ signal: {} }),
      () => client.get('/agents', { query: 'q=1' }),
      () => client.get('/agents', { query: { q: 1 } }),
      () => client.post('/agents', { body: 'text' }),
      () => client.agents.create(undefined),
      () => client.agents.create({ a: NaN }),
      () => client.agents.create({ a: 10n }),
      async () => client.withOptions({ timeoutMs: '5' }),
      async () => new Seclai({ clock: {} }),
      async () => new Seclai({ onEvent: true }),
      async () => client.resource(7),
    ]) {
      assert.ok((await failure(call().then?.((value) => value) ?? call())) instanceof TypeError, String(call))
    }
  })

  it('an unknown word and a length of time that is none are kind config', async () => {
    const client = new Seclai(sandbox.seclai())
    await assert.rejects(client.keys.usage('k', { granularity: 'hour' }), { name: 'ConfigError', kind: 'config', field: 'granularity' })
    for (const timeoutMs of [-1, 0]) assert.throws(() => client.withOptions({ timeoutMs }), ConfigError)
    assert.throws(() => client.withOptions({ timeoutMs: NaN }), ConfigError)
    assert.ok(client.withOptions({ timeoutMs: null, attemptTimeoutMs: Infinity }))
  })

  it('half a surrogate pair is refused wherever a text stands', async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    const half = 'a\ud83d'
    for (const call of [
      () => client.keys.get(half),
      () => client.keys.create({ name: half }),
      () => client.agents.create({ name: half }),
      () => client.get('/agents', { query: { q: half } }),
      async () => new Seclai({ apiKey: half }),
      async () => new keywright.Secret(half),
    ]) {
      const error = await failure(call())
      assert.ok(error instanceof ConfigError, String(error))
    }
    assert.equal(own.journal().length, 0)
  })

  it('text goes out as it came in', async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    for (const name of ['\u{1f511} ключ', 'שלום', '"</script>', '鍵'.repeat(30)]) {
      const { key } = await client.keys.create({ name })
      assert.equal(key.name, name)
      assert.equal(own.journal().at(-1).body.name, name)
    }
  })

  it('names and values are taken as an object or as pairs', async () => {
    const own = world({ lenient: true })
    const client = new Seclai(own.seclai())
    await client.get('/agents', { query: [['a', '1'], ['a', '2']], headers: { 'X-Trace': 't' } })
    const entry = own.journal().at(-1)
    assert.deepEqual(entry.query, [['a', '1'], ['a', '2']])
    assert.equal(Object.fromEntries(entry.headers)['x-trace'], 't')
  })
})

describe('values', () => {
  it('are frozen, with Date, milliseconds and null', async () => {
    const client = new Seclai(sandbox.seclai())
    const { key, secret, meta } = await client.keys.create({ name: 'values' })
    assert.ok(key.createdAt instanceof Date && key.lastUsedAt === null && key.expiresAt === null)
    assert.equal(typeof meta.elapsedMs, 'number')
    assert.ok(Object.isFrozen(key) && Object.isFrozen(key.scopes) && Object.isFrozen(meta))
    assert.throws(() => (key.name = 'other'), TypeError)
    assert.ok(Object.values(key).every((member) => member !== undefined))
    assert.equal(secret.expose().length, 46)
    assert.deepEqual(structuredClone(key), { ...key })
    assert.ok(key.told('createdAt') && !key.told('expiresAt') && !JSON.stringify(key).includes('"told"'))
    assert.throws(() => key.told('expiry'), TypeError)
  })

  it('hold every year from 1 to 9999, and refuse dates beyond', async () => {
    const client = new SidClaw(world().sidclaw())
    const ends = new Date('9999-12-31T23:59:59.999Z')
    const { key } = await client.keys.create({ name: 'ends', scopes: ['read'], expiresAt: ends })
    assert.equal(key.expiresAt.getTime(), ends.getTime())
    for (const beyond of [8.64e15, -8.64e15, ends.getTime() + 1]) {
      const late = client.keys.create({ name: 'late', scopes: ['read'], expiresAt: new Date(beyond) })
      await assert.rejects(late, (error) => error instanceof ConfigError && /expires_?at/i.test(error.message) && /9999/.test(error.message))
    }
  })

  it('a response has status, headers, text, bytes and strict JSON', async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    const response = await client.get('/agents')
    assert.deepEqual([response.status, response.ok, response.headers['content-type']], [200, true, 'application/json'])
    assert.deepEqual(JSON.parse(response.text()), response.json())
    assert.ok(Buffer.isBuffer(response.body) && response.body.toString() === response.text())
    own.fault({ phase: 'before_handler', action: { kind: 'status', status: 200, body: '{"a":1,"a":2}' } })
    const twice = await client.get('/agents')
    assert.throws(() => twice.json(), DecodeError)
  })

  it('integers that no double holds stay exact, as text', () => {
    assert.deepEqual(decodeJson(Buffer.from('[9007199254740993, 1, "x"]')), ['9007199254740993', 1, 'x'])
    assert.throws(() => decodeJson(Buffer.from('{"a":1}{')), DecodeError)
    assert.throws(() => decodeJson('{}'), TypeError)
  })
})

describe('lists', () => {
  const many = async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    for (let n = 0; n < 24; n += 1) await client.keys.create({ name: `k${n}` })
    return { own, client, lists: () => own.journal().filter((entry) => entry.method === 'GET').length }
  }

  it('await is one page, and the page leads on', async () => {
    const { client, lists } = await many()
    const page = await client.keys.list({ pageSize: 10 })
    assert.deepEqual([page.items.length, page.hasNext, lists()], [10, true, 1])
    const second = await page.nextPage()
    const third = await second.nextPage()
    assert.deepEqual([third.hasNext, await third.nextPage(), lists()], [false, null, 3])
    assert.equal(new Set([page, second, third].flatMap(({ items }) => items.map(({ id }) => id))).size, 25)
  })

  it('for await walks all pages, from a list or from a page', async () => {
    const { client, lists } = await many()
    let count = 0
    for await (const key of client.keys.list({ pageSize: 10 })) count += key.id ? 1 : 0
    assert.deepEqual([count, lists()], [25, 3])
    for await (const key of await client.keys.list({ pageSize: 10 })) count -= key.id ? 1 : 0
    assert.equal(count, 0)
  })

  it('nothing is sent before somebody awaits, and once is enough', async () => {
    const { client, lists } = await many()
    const listing = client.keys.list()
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(lists(), 0)
    const [first, again] = [await listing, await listing]
    assert.ok(first === again && lists() === 1)
    for await (const key of client.keys.list({ pageSize: 10 })) if (key) break
    assert.equal(lists(), 2)
  })

  it('a signal ends the walk on any page', async () => {
    const { client } = await many()
    const stop = new AbortController()
    let seen = 0
    const walk = (async () => {
      for await (const key of client.keys.list({ pageSize: 10, signal: stop.signal })) {
        seen += key.id ? 1 : 0
        if (seen === 10) stop.abort()
      }
    })()
    assert.equal(await failure(walk), stop.signal.reason)
    assert.equal(seen, 10)
  })
})

describe('signals', () => {
  it('one that has fired lets nothing be sent', async () => {
    const own = world()
    const reason = new Error('enough')
    const error = await failure(new Seclai(own.seclai()).get('/agents', { signal: AbortSignal.abort(reason) }))
    assert.ok(error === reason && own.journal().length === 0)
  })

  it('ends a call on its way with its reason, closes the connection and leaves no listener', async () => {
    const own = await silent()
    const stop = new AbortController()
    const call = new Seclai(own.seclai()).get('/agents', { signal: stop.signal })
    await until(() => own.journal().length === 1)
    assert.equal(getEventListeners(stop.signal, 'abort').length, 1)
    stop.abort()
    assert.equal((await failure(call)).name, 'AbortError')
    assert.equal(getEventListeners(stop.signal, 'abort').length, 0)
    await until(() => own.connections().open === 0)
    own.close()
  })

  it('a call that ends by itself leaves no listener either', async () => {
    const { signal } = new AbortController()
    const client = new Seclai(sandbox.seclai())
    await client.get('/agents', { signal })
    await failure(client.keys.get('../x', { signal }))
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  it('a time limit of the platform works', async () => {
    const own = await silent()
    assert.equal((await failure(new Seclai(own.seclai()).get('/agents', { signal: AbortSignal.timeout(5) }))).name, 'TimeoutError')
    own.close()
  })
})

describe('errors', () => {
  const kinds = {
    config: 'ConfigError', unsupported: 'UnsupportedError', unauthenticated: 'UnauthenticatedError', forbidden: 'ForbiddenError',
    not_found: 'NotFoundError', conflict: 'ConflictError', invalid: 'InvalidError', plan_limit: 'PlanLimitError',
    rate_limited: 'RateLimitedError', server: 'ServerError', timeout: 'CallTimeoutError', network: 'NetworkError',
    redirect: 'RedirectError', decode: 'DecodeError', cancelled: 'CancelledCallError', internal: 'InternalError',
  }

  it('every kind has a class of its own, which the base catches', () => {
    for (const [kind, name] of Object.entries(kinds)) {
      const error = new keywright[name]('said', { status: 500 })
      assert.ok(error instanceof KeywrightError && error instanceof Error)
      assert.deepEqual([error.kind, error.name, error.message, error.status, error.outcome], [kind, name, 'said', 500, 'not_sent'])
    }
  })

  it('what the service or the network does becomes the class of its kind', async () => {
    const own = world()
    const client = new Seclai(own.seclai()).withOptions({ maxAttempts: 1, throttle: 'fail' })
    const status = (status, more) => ({ kind: 'status', status, ...more })
    const actions = {
      unauthenticated: status(401), forbidden: status(403), not_found: status(404), conflict: status(409), invalid: status(422),
      server: status(500), network: { kind: 'reset' }, redirect: status(302, { headers: { Location: 'https://evil.example/' } }),
      rate_limited: status(429, { headers: { 'Retry-After': '1' } }),
    }
    for (const [kind, action] of Object.entries(actions)) {
      // A connection that was used before may have been closed meanwhile: the first reset is not counted.
      own.fault({ phase: 'before_handler', times: kind === 'network' ? 2 : 1, action })
      const error = await failure(client.get('/agents').then((answer) => assert.fail(`${kind}: ${answer.status}, ${answer.meta.attempts}`)))
      assert.ok(error instanceof keywright[kinds[kind]], `${kind}: ${error}`)
      assert.equal(error.kind, kind)
      assert.ok(error.attempts.length > 0)
    }
    own.finish()
  })

  it('its trace shows who asked', async () => {
    async function theCaller() {
      return await new Seclai(sandbox.seclai()).agents.get('nobody')
    }
    const error = await failure(theCaller())
    assert.match(error.stack, /NotFoundError: seclai refused agents\.get/)
    assert.match(error.stack, /theCaller/)
    assert.equal(error.serviceMessage, 'Agent not found')
  })
})

describe('functions of the program', () => {
  it('a key provider, sync or async, is asked for every call', async () => {
    const { apiKey, ...options } = sandbox.seclai()
    let asked = 0
    for (const keyProvider of [() => ((asked += 1), apiKey), async () => ((asked += 1), apiKey.expose())]) {
      const client = new Seclai({ ...options, keyProvider })
      assert.equal((await client.get('/agents')).status, 200)
      await Promise.all([client.get('/agents'), client.withOptions({ maxAttempts: 1 }).agents.list()])
    }
    assert.equal(asked, 6)
  })

  it('what a key provider fails with is the cause', async () => {
    const { apiKey: _, ...options } = sandbox.seclai()
    const locked = new RangeError('the vault is locked: sk-canary')
    const fails = [() => { throw locked }, async () => { throw locked }]
    for (const keyProvider of fails) {
      const error = await failure(new Seclai({ ...options, keyProvider }).get('/agents'))
      assert.ok(error instanceof KeywrightError, String(error))
      assert.equal(error.cause, locked)
      assert.ok(!error.message.includes('canary'))
    }
    const error = await failure(new Seclai({ ...options, keyProvider: () => 7 }).get('/agents'))
    assert.ok(error.cause instanceof TypeError)
  })

  it('a provider that never answers does not outlive its call', async () => {
    const { apiKey: _, ...options } = sandbox.seclai()
    const stop = new AbortController()
    const call = new Seclai({ ...options, keyProvider: () => (stop.abort(), new Promise(() => {})) }).get('/agents', { signal: stop.signal })
    assert.equal(await failure(call), stop.signal.reason)
  })

  it('each call has its own place for its secret', async () => {
    const client = new Seclai(sandbox.seclai())
    const stored = new Map()
    const names = Array.from({ length: 20 }, (_, n) => `deliver ${n}`)
    const made = await Promise.all(names.map((name) => client.keys.create({ name, deliver: async (secret) => void stored.set(name, secret.expose()) })))
    made.forEach(({ secret }, n) => assert.equal(stored.get(names[n]), secret.expose()))
  })

  it('a secret that cannot be stored takes its key with it', async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    const full = new Error('disk full')
    const error = await failure(client.keys.create({ name: 'lost', deliver: () => { throw full } }))
    assert.ok(error.kind === 'cancelled' && error.cause === full)
    const names = (await client.keys.list()).items.map(({ name }) => name)
    assert.ok(!names.includes('lost'))
  })

  it('events come before the end of their call', async () => {
    const seen = []
    const client = new Seclai({ ...sandbox.seclai(), onEvent: (event) => seen.push(event.name) })
    await client.get('/agents').then(() => seen.push('end'))
    assert.deepEqual(seen.slice(0, 1).concat(seen.slice(-2)), ['call_start', 'call_end', 'end'])
    seen.length = 0
    await failure(client.keys.get('nobody')).then(() => seen.push('end'))
    assert.deepEqual(seen.slice(-2), ['call_end', 'end'])
  })

  it('a listener that throws is the fault of the program, and the call is not touched', async () => {
    const { code, out, err } = await program(`
      import { Sandbox, Seclai } from 'keywright'
      const sandbox = await Sandbox.start()
      process.on('uncaughtException', (error) => console.log(error.message))
      const client = new Seclai({ ...sandbox.seclai(), onEvent: () => { throw new Error('mine') } })
      console.log((await client.get('/agents')).status)
      setImmediate(() => process.exit(3))
    `)
    assert.deepEqual([code, err], [3, ''])
    assert.ok(out.includes('200') && out.includes('mine'))
  })
})

describe('streams and clocks', () => {
  it('events of a run are walked, and leaving the loop closes the connection', async () => {
    const own = world()
    const client = new Seclai(own.seclai())
    const agent = (await client.agents.list()).items[0].id
    const names = []
    for await (const event of await client.runs.stream(agent, { input: 'x' })) names.push(event.event)
    assert.ok(names.length > 1, String(names))
    const stream = await client.runs.stream(agent, { input: 'x' })
    for await (const event of stream) if (event) break
    assert.equal(await stream.nextEvent(), null)
  })

  it('a minute passes in no time, and a held clock stands still', async () => {
    const own = world()
    const clock = own.clock()
    const before = clock.elapsed()
    clock.advance(60_000)
    assert.equal(clock.elapsed() - before, 60_000)
    await clock.held(() => assert.equal(clock.now().getTime() - own.clock().now().getTime(), 0))
    assert.throws(() => new keywright.Clock(), TypeError)
  })

  it('a sandbox lives as long as a client on its clock', { skip: globalThis.gc === undefined && 'needs --expose-gc' }, async () => {
    const client = new Seclai((await Sandbox.start()).seclai()).withOptions({ maxAttempts: 1 })
    for (let n = 0; n < 20; n += 1) {
      globalThis.gc()
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal((await client.get('/agents')).status, 200)
    }
  })

  it('an account, a tenant and a plan are set as the service names them', async () => {
    const own = world()
    const client = new SegOps(own.segops()).account(own.access('segops').tenantSlug)
    assert.equal((await client.keys.create({ name: 'x' })).key.name, 'x')
    const admin = await new SidClaw(own.sidclaw()).keys.create({ name: 'root', scopes: ['admin'] })
    assert.ok((await new SidClaw(own.sidclaw()).withKey(admin.secret).billingStatus()).data.plan)
    own.setCredits('seclai', { credits: 0 })
    own.setActive('itellico', true)
  })
})
