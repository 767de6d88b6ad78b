// One key through its whole life, at each service in that service's own way.
//
// node examples/node/02_life_of_a_key.mjs

import { AgentIdentityClient, ItellicoAI, Sandbox, Seclai, Seenty, SegOps } from 'keywright'

import { line, said, title } from './show.mjs'

const DAY = 24 * 3600 * 1000
const later = (client, days) => new Date(client.now().getTime() + days * DAY)

const sandbox = await Sandbox.start()
await seclai()
await segops()
await sidclaw()
await seenty()
await itellico()

/** Used keys are archived, unused ones deleted; every call and every credit is on record. */
async function seclai() {
  title('Seclai')
  const client = new Seclai(sandbox.seclai())
  const { keys } = client
  const { key, secret } = await keys.create()
  line('create without a name', `${key.displayName} in lists, ${key.displayNameDetail} on its page`)

  const user = client.withKey(secret)
  const agents = await user.agents.list()
  const agent = agents.items[0].id
  const begun = await user.runs.create(agent, { input: 'Analyze latest changes in main branch' })
  const run = await user.runs.wait(begun.id)
  line('run an agent and wait', `${run.status}, ${run.data.credits} credit`)
  line('run without input', await said(user.post(`/agents/${agent}/runs`, { json: {} })))

  for await (const call of keys.calls(key.id, { method: 'POST' })) {
    line('a call on record', `${call.method} ${call.endpoint.replace(agent, '{id}')} ${call.status}`)
  }
  // A report ends before "now"; the run has ended just now.
  sandbox.clock().advance(60_000)
  const usage = await keys.usage(key.id, { range: '7d' })
  line('usage of 7 days', `${usage.total} credit in ${usage.slices.length} slices of a ${usage.granularity}`)
  line('rename', await said(keys.update(key.id, { name: 'better' })))
  line('delete', await said(keys.delete(key.id)))
  const archived = await keys.archive(key.id)
  line('archive', `${archived.statusLabel}, still on record`)
}

/** Keys are managed with a login and used with a scheme of their own; deleting revokes. */
async function segops() {
  title('SegOps')
  const client = new SegOps(sandbox.segops()).account(sandbox.access('segops').tenantSlug)
  const made = await client.keys.create({ name: 'Production Ingestor' })
  line('create (logs in first)', made.key.displayName)

  const user = client.withKey(made.secret)
  const one = await user.events.track({ event: 'signed_up', user_id: 'u_1' })
  line('track an event', `queued: ${one.data.queued}`)
  const events = Array.from({ length: 1200 }, (_, n) => ({ event: 'seen', user_id: `u_${n}` }))
  const many = await user.events.trackBatch(events)
  line('track 1200 at once', `${many.data.queued} queued, in parts of 500`)

  line('list', await said(client.keys.list()))
  await client.keys.revoke(made.key.id)
  line('revoke (a delete)', await said(user.events.track({ event: 'late', user_id: 'u_1' })))
}

/** Keys have scopes, and rotate in place. */
async function sidclaw() {
  title('SidClaw')
  const client = new AgentIdentityClient(sandbox.sidclaw())
  const made = await client.keys.create({ name: 'Production SDK', scopes: ['evaluate'] })
  line('create with a scope', made.key.scopes.join(', '))

  const user = client.withKey(made.secret)
  const action = { operation: 'read', target_integration: 'crm', resource_scope: 'contacts', data_classification: 'internal' }
  const judged = await user.evaluate(action)
  line('evaluate', judged.data.decision)
  line('read without the scope', await said(user.agents.list()))

  const rotated = await client.keys.rotate(made.key.id)
  line('rotate', `same id: ${rotated.key.id === made.key.id}, new secret: ${!rotated.secret.equals(made.secret)}`)
  line('the old secret', await said(user.evaluate(action)))
  await client.keys.delete(made.key.id)
  line('delete', 'gone')
}

/** Keys belong to the organization, expire by the clock, and are revoked for good. */
async function seenty() {
  title('Seenty')
  const client = new Seenty(sandbox.seenty())
  const made = await client.keys.create({ name: 'GitHub Actions CI', expiresAt: later(client, 90) })
  const user = client.withKey(made.secret)
  line('create for 90 days', `effective: ${made.key.isEffective}`)
  line('use', (await user.get('/v1/monitors')).status)
  sandbox.clock().advance(91 * DAY)
  const key = await client.keys.get(made.key.id)
  line('91 days later', `status still ${key.statusLabel}, effective: ${key.isEffective}`)
  line('use', await said(user.get('/v1/monitors')))
  const revoked = await client.keys.revoke(made.key.id)
  line('revoke', revoked.key?.statusLabel ?? 'gone')
  line('reactivate', await said(client.keys.reactivate(made.key.id)))
}

/** Revoking can be undone, label and expiry can change. */
async function itellico() {
  title('itellicoAI')
  const client = new ItellicoAI(sandbox.itellico())
  const { keys } = client
  const { key, secret } = await keys.create({ name: 'CI/CD - GitHub Actions' })
  const shown = (changed) => `${changed.displayName}, expires: ${changed.expiresAt !== null}`
  line('update label and expiry', shown(await keys.update(key.id, { name: 'CI/CD - GitLab', expiresAt: later(client, 30) })))
  line('clear the expiry', shown(await keys.update(key.id, { neverExpires: true })))

  const user = client.withKey(secret)
  await keys.revoke(key.id)
  line('revoke', await said(user.agents.list()))
  await keys.reactivate(key.id)
  line('reactivate', `${(await user.agents.list()).items.length} agents`)
  await keys.delete(key.id)
  line('delete', await said(keys.get(key.id)))
}
