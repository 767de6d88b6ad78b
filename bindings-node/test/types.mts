// What strict TypeScript accepts, and what it must refuse. Compiled by `cargo xtask test node`, never run.

import {
  AgentIdentityClient, Client, ConflictError, Dialect, KeywrightError, Listing, Page, RateLimitedError, Response, Sandbox, Seclai, Secret,
  type ClientOptions, type ErrorKind, type Event, type Item, type Key, type Meta,
} from 'keywright'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => {}

const client = new Seclai({ apiKey: 'YOUR_API_KEY', timeoutMs: null, onEvent: (event: Event) => void event.durationMs })
new AgentIdentityClient({ apiKey: new Secret('x'), agentId: 'a' })
new Client('seclai', { keyProvider: async () => new Secret('x') })
new Client('seclai', { keyProvider: () => 'x', variant: 'live', proxy: 'direct' })
Client.withDialect(Dialect.fromToml(''), {}).resource('things').list()

const listing = client.keys.list({ pageSize: 10, signal: AbortSignal.timeout(1) })
same<typeof listing, Listing<Key>>(true)
const page = await listing
same<typeof page, Page<Key>>(true)
same<typeof page.items, readonly Key[]>(true)
const next = await page.nextPage()
same<typeof next, Page<Key> | null>(true)
for await (const item of client.agents.list()) same<typeof item, Item>(true)
for await (const item of page) same<typeof item, Key>(true)

const made = await client.keys.create({ name: 'ci', scopes: ['a'], expiresAt: new Date(), recover: 'replace', deliver: async (secret) => void secret.expose() })
same<typeof made.secret, Secret>(true)
same<typeof made.key.expiresAt, Date | null>(true)
same<typeof made.key.name, string | null>(true)
same<typeof made.meta, Meta>(true)
const handle: Seclai = client.withKey(made.secret).account('a').withOptions({ attemptTimeoutMs: 5 })
const status: string = made.key.status
if (made.key.status === 'archived') status.trim()

const response = await handle.post('/agents', { json: { a: 1 }, query: [['a', '1']], headers: { a: 'b' } })
same<typeof response, Response>(true)
same<typeof response.body, Buffer>(true)
const run = await client.runs.create('agent', { input: 'x' }, { signal: new AbortController().signal })
run.data.anything.goes

try {
  await client.keys.delete('id')
} catch (error) {
  if (error instanceof RateLimitedError) same<typeof error.retryAfterMs, number | null>(true)
  if (error instanceof ConflictError) same<typeof error.kind, 'conflict'>(true)
  if (error instanceof KeywrightError) {
    const kind: ErrorKind = error.kind
    kind.length
    error.attempts[0]?.startedAt.getTime()
  }
}
const fake: KeywrightError = new RateLimitedError('slow down', { status: 429, retryAfterMs: 5 })
fake.message.trim()

const sandbox: Sandbox = await Sandbox.start({ seed: 1 })
const options: ClientOptions = sandbox.seclai()
new Seclai({ ...options, maxAttempts: 1 })
await sandbox.clock().held(() => 1)
const access = sandbox.access('segops')
same<typeof access.tenantSlug, string | null>(true)
for await (const event of await client.runs.stream('agent', {})) same<typeof event.data, string>(true)

// @ts-expect-error an unknown option
await client.keys.create({ nmae: 'x' })
// @ts-expect-error a length of time says its unit
client.withOptions({ attemptTimeout: 5 })
// @ts-expect-error results are read-only
made.key.name = 'x'
// @ts-expect-error and so are their lists
made.key.scopes.push('x')
// @ts-expect-error an id is needed
await client.keys.get()
// @ts-expect-error a word of a closed list
await client.keys.create({ recover: 'rotat' })
// @ts-expect-error an account may be absent
handle.describe().account.trim()
// @ts-expect-error made by the package alone
new Page()
// @ts-expect-error a secret is no text
const text: string = made.secret
// @ts-expect-error a Date, not a text
await client.keys.create({ expiresAt: '2026-01-01' })
