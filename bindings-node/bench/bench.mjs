// A typed list over loopback against what else Node has. Interleaved rounds; compare within a run
// only. Beside them: how long loading takes, and the first call. Run by `cargo xtask bench node`.

import { createRequire } from 'node:module'

const ROUNDS = Number(process.env.KEYWRIGHT_ROUNDS ?? 9)
const CALLS = 3000
const require = createRequire(import.meta.url)
const base = `http://${process.env.KEYWRIGHT_SERVER}`

const began = performance.now()
const { Seclai } = require('keywright')
const loaded = performance.now()
const client = new Seclai({ apiKey: 'sk-0123456789abcdef0123', baseUrl: base, env: {} })
const made = performance.now()
await client.agents.list()
const called = performance.now()
const ms = (time) => `${time.toFixed(2)} ms`
console.log(`load ${ms(loaded - began)}, client ${ms(made - loaded)}, first call ${ms(called - made)}, memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`)

const headers = { 'x-api-key': 'sk-0123456789abcdef0123' }
const { Pool } = require('undici')
const { Agent } = require('node:http')
const axios = require('axios').create({ baseURL: base, headers, httpAgent: new Agent({ keepAlive: true }), proxy: false })
const { OpenAI } = require('openai')
const pool = new Pool(base, { connections: 64 })
const openai = new OpenAI({ apiKey: 'sk-0123456789abcdef0123', baseURL: base })
const ways = {
  'keywright list': async () => (await client.agents.list()).items.length,
  'keywright get': async () => (await client.get('/agents')).json().data.length,
  fetch: async () => (await (await fetch(`${base}/agents`, { headers })).json()).data.length,
  'undici Pool': async () => (await (await pool.request({ path: '/agents', method: 'GET', headers })).body.json()).data.length,
  axios: async () => (await axios.get('/agents')).data.data.length,
  'openai npm': async () => (await openai.models.list()).data.length,
}

async function round(call, atOnce) {
  const times = []
  let left = CALLS
  const cpu = process.cpuUsage()
  const start = performance.now()
  const one = async () => {
    while (left-- > 0) {
      const from = performance.now()
      if ((await call()) !== 10) throw new Error('a wrong answer')
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  const took = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  times.sort((a, b) => a - b)
  return { rps: (CALLS / took) * 1000, p50: times[CALLS >> 1] * 1000, p99: times[Math.floor(CALLS * 0.99)] * 1000, cpu: (user + system) / CALLS }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

for (const atOnce of [1, 64]) {
  const seen = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
  for (const call of Object.values(ways)) await round(call, atOnce)
  for (let n = 0; n < ROUNDS; n += 1) for (const [name, call] of Object.entries(ways)) seen[name].push(await round(call, atOnce))
  console.log(`\n${atOnce} at once${''.padEnd(8)}rps      p50 us    p99 us    cpu us`)
  for (const [name, rounds] of Object.entries(seen)) {
    const cells = ['rps', 'p50', 'p99', 'cpu'].map((what) => median(rounds.map((round) => round[what])).toFixed(0).padStart(9))
    console.log(name.padEnd(16) + cells.join(' '))
  }
}
console.log(`\nmemory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`)
process.exit(0)
