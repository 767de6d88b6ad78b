// The main job at all five services, on the embedded sandbox: create a key, use it, see it in the
// list, survive a rate limit, take it out of service, and watch the old secret being refused.
//
// node examples/node/01_quickstart.mjs

import { ItellicoAI, Sandbox, Seclai, Seenty, SegOps, SidClaw, UnauthenticatedError } from 'keywright'

import { line, table, title } from './show.mjs'

const sandbox = await Sandbox.start()
console.log('Five services on this machine: no account, no network, time is virtual.')

const tenant = sandbox.access('segops').tenantSlug
const services = [
  { title: 'Seclai', client: new Seclai(sandbox.seclai()), path: '/agents' },
  { title: 'SegOps', client: new SegOps(sandbox.segops()).account(tenant), path: '/api/segments/' },
  { title: 'SidClaw', client: new SidClaw(sandbox.sidclaw()), path: '/api/v1/agents' },
  { title: 'Seenty', client: new Seenty(sandbox.seenty()), path: '/v1/monitors' },
  { title: 'itellicoAI', client: new ItellicoAI(sandbox.itellico()), path: '/v1/agents' },
]

const rows = [['Service', 'Created', 'Used', 'Listed', 'Rate limit', 'Taken out', 'Old secret']]
for (const service of services) rows.push(await mainJob(service))
await routedToASubaccount()
console.log()
table(rows)

async function mainJob(service) {
  const { client, path } = service
  title(service.title)

  // The secret is in the result and is never shown again: it would go into a vault here.
  const made = await client.keys.create({ name: 'quickstart' })
  line('keys.create', `${made.key.displayName} (secret received, ${made.secret.expose().length} characters)`)

  const user = client.withKey(made.secret)
  const answer = await user.get(path)
  line(`GET ${path}`, answer.status)

  const found = await listed(client, made.key.id)
  line('keys.list', found)

  const waited = await rateLimited(user, path)
  line('429, Retry-After: 2', `waited ${waited}, then 200`)

  const takenOut = await takeOut(client, made.key.id)
  line(takenOut === 'rotated' ? 'keys.rotate' : 'keys.retire', takenOut)

  const old = await refused(user, path)
  line('the old secret', old)
  return [service.title, 'yes', String(answer.status), found, `waited ${waited}`, takenOut, old]
}

/** The key in the list, with its status and last use; SegOps documents no list and says so. */
async function listed(client, id) {
  if (!client.supports('keys.list')) return 'no list is documented'
  for await (const key of client.keys.list()) {
    if (key.id === id) return `${key.statusLabel}, ${key.lastUsedAt === null ? 'never used' : 'used'}`
  }
  return 'missing'
}

/** The service says "too many requests"; the call waits as long as it is told and then succeeds. */
async function rateLimited(user, path) {
  sandbox.fault({
    match: { service: user.service(), method: 'GET' },
    phase: 'before_handler',
    action: { kind: 'status', status: 429, headers: { 'Retry-After': '2' } },
  })
  const answer = await user.get(path)
  return `${Math.trunc(answer.meta.elapsedMs / 1000)} s`
}

/** SidClaw gives the same key a new secret; elsewhere the key is retired in the service's own way. */
async function takeOut(client, id) {
  if (client.supports('keys.rotate')) {
    await client.keys.rotate(id)
    return 'rotated'
  }
  const retired = await client.keys.retire(id)
  return { archive: 'archived', revoke: 'revoked', delete: 'deleted' }[retired.action]
}

async function refused(user, path) {
  try {
    const answer = await user.get(path)
    return `still works (${answer.status})`
  } catch (error) {
    if (error instanceof UnauthenticatedError) return 'refused (401)'
    throw error
  }
}

/** One key of a parent account reaches the accounts below it; the account stands in the path. */
async function routedToASubaccount() {
  title('itellicoAI, a subaccount')
  const client = new ItellicoAI(sandbox.itellico()).account(sandbox.access('itellico').subaccountId)
  const agents = await client.agents.list()
  line('agents.list', `${agents.items.length} of the subaccount`)
  const made = await client.keys.create({ name: 'only for the subaccount' })
  line('keys.create', made.key.displayName)
}
