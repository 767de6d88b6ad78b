// What can go wrong, how it looks, and what to do about each kind.
//
// node examples/node/05_errors.mjs

import { Sandbox, Seclai, SegOps } from 'keywright'

const sandbox = await Sandbox.start()
const client = new Seclai(sandbox.seclai())
const { keys } = client
const made = await keys.create({ name: 'used' })
await client.withKey(made.secret).get('/agents')

console.log('Before anything is sent')
await show(() => new SegOps({ apiKey: 'pk_live_x' }))
await show(() => new Seclai({ apiKey: 'two\nlines' }))
await show(() => keys.get('../agents'))
await show(() => keys.list({ pageSize: 7 }))
await show(() => keys.update(made.key.id, { name: 'x' }))

console.log('\nWhat the service refuses')
await show(() => keys.delete(made.key.id))
await show(() => client.agents.get('nobody'))
await show(() => client.withKey('sk-not-a-real-key-at-all').get('/agents'))

console.log('\nWhat may or may not have happened')
fault('POST', { phase: 'after_commit', action: { kind: 'reset' } })
await show(() => keys.create({ name: 'lost' }))
fault('GET', { phase: 'before_handler', times: 4, action: { kind: 'status', status: 503 } })
await show(() => client.get('/agents'))
fault('GET', { phase: 'before_handler', action: { kind: 'delay', by: 'PT90S' } })
await show(() => client.withOptions({ attemptTimeoutMs: 30_000, maxAttempts: 1 }).get('/agents'))

console.log('\nWhat is not an answer of the service')
fault('GET', { phase: 'before_handler', action: { kind: 'status', status: 200, body: '<html>Log in</html>' } })
await show(() => client.agents.list())
const elsewhere = { kind: 'status', status: 302, headers: { Location: 'https://evil.example/?q=1' } }
fault('GET', { phase: 'before_handler', action: elsewhere })
await show(() => client.get('/agents'))

function fault(method, rule) {
  sandbox.fault({ match: { service: 'seclai', method }, ...rule })
}

/** One line for a program, one for a person. */
async function show(call) {
  try {
    await call()
    console.log('  ok')
  } catch (error) {
    console.log(`  ${error.kind} outcome ${error.outcome} ${error.reason ?? ''}`)
    console.log(`      ${plain(error)}`)
  }
}

/** The sentence without what differs from run to run. */
function plain(error) {
  const text = error.candidates.reduce((text, id) => text.replaceAll(id, 'KEY_ID'), error.message)
  return error.requestId === null ? text : text.replaceAll(error.requestId, 'ID')
}
