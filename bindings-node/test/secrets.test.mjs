// A secret prints nowhere: not in what inspects, serializes, copies, throws or dumps.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { format, inspect } from 'node:util'
import { getHeapSnapshot, serialize } from 'node:v8'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'

import { Sandbox, Seclai, Secret } from 'keywright'

import { failure } from './support.mjs'

// Put together, so that the text stands whole in no constant of this file.
const CANARY = ['sk', 'live', 'CANARY0123456789'].join('_')

/** Everything that shows a value without being told to expose it. */
function shown(value) {
  const all = { depth: Infinity, showHidden: true, getters: true, showProxy: true }
  const texts = [inspect(value, all), inspect(value, { customInspect: false, ...all }), format('%s %j %o %O %d', value, value, value, value, value)]
  texts.push(`${value}`, String(value), `${[value]}`, JSON.stringify({ value }), JSON.stringify([value]))
  texts.push(Object.entries(value).toString(), Reflect.ownKeys(value).map((key) => String(value[key])).toString())
  texts.push(serialize(structuredClone(plain(value))).toString('latin1'))
  return texts.join('\n')
}

/** What of a value can be cloned; functions cannot. */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, member) => (typeof member === 'function' ? undefined : member)))

describe('secrets', () => {
  it('a secret is read by expose and by nothing else', () => {
    const secret = new Secret(CANARY)
    assert.equal(secret.expose(), CANARY)
    assert.match(secret.fingerprint(), /^[0-9a-f]{8}$/)
    assert.ok(secret.equals(new Secret(CANARY)) && !secret.equals(new Secret('other')) && !secret.equals(CANARY))
    assert.ok(!shown(secret).includes('CANARY'), shown(secret))
    assert.ok(!inspect({ deep: { in: [new Map([['key', secret]])] } }, { depth: 9 }).includes('CANARY'))
    assert.equal(JSON.stringify({ secret }), '{"secret":"[secret]"}')
    assert.equal(`${secret}`, '[secret]')
    assert.throws(() => new Secret(CANARY, 1), /takes one argument/)
    assert.ok(Number.isNaN(+secret) && !(secret + '').includes('CANARY'))
  })

  it('neither a clone nor a message carries it', () => {
    const secret = new Secret(CANARY)
    assert.deepEqual(Reflect.ownKeys(structuredClone(secret)), [])
    const { port1, port2 } = new MessageChannel()
    port1.postMessage({ secret })
    assert.ok(!inspect(receiveMessageOnPort(port2), { depth: 9 }).includes('CANARY'))
    port1.close()
    assert.ok(!Buffer.from(serialize({ secret: { ...secret } })).includes('CANARY'))
  })

  it('client, options, results and errors show no key', async () => {
    const sandbox = await Sandbox.start()
    const events = []
    const client = new Seclai({ ...sandbox.seclai(), onEvent: (event) => events.push(event) })
    const wrong = client.withKey(CANARY)
    const made = await client.keys.create({ name: 'x' })
    const values = [client, wrong, client.describe(), wrong.describe(), sandbox.access('seclai'), made, await client.get('/agents'), events]
    const calls = [
      wrong.get('/agents'), wrong.get(`/agents/${CANARY}\n`), wrong.keys.get(`../${CANARY}`), client.keys.list({ after: CANARY }).then(),
      client.get('/agents', { headers: { 'X-API-Key': CANARY } }), client.get('/agents', { headers: { 'X-A': `${CANARY}\n` } }),
      (async () => new Seclai({ apiKey: `${CANARY}\n1` }))(), (async () => new Seclai({ apiKey: CANARY, baseUrl: `https://u:${CANARY}@h` }))(),
      client.post('/agents', { json: { key: CANARY } }),
    ]
    const errors = await Promise.all(calls.map(failure))
    const text = [...values, ...errors].map(shown).join('\n') + errors.map((error) => error.stack).join('\n')
    for (const secret of [CANARY, made.secret.expose(), sandbox.access('seclai').apiKey.expose()]) {
      assert.ok(!text.includes(secret), text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret)))
    }
  })

  it('a command for a terminal holds the name of the variable in the place of the key', async () => {
    const client = new Seclai({ apiKey: CANARY })
    const curl = client.toCurl('GET', '/agents')
    assert.ok(curl.includes('SECLAI_API_KEY') && !curl.includes('CANARY'), curl)
  })

  it('no dump of the heap holds a secret that nobody has exposed', async () => {
    const sandbox = await Sandbox.start()
    const client = new Seclai(sandbox.seclai())
    const { secret } = await client.keys.create({ name: 'heap' })
    await client.withKey(secret).get('/agents')
    let dump = ''
    for await (const part of getHeapSnapshot()) dump += part
    assert.ok(dump.includes('heap') && !dump.includes(secret.expose()))
  })
})
