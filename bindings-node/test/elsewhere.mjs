// The package under another runtime: `cargo xtask test node` runs it with Bun and Deno where they are.

import { Sandbox, Seclai } from 'keywright'

const sandbox = await Sandbox.start()
const events = []
const client = new Seclai({ ...sandbox.seclai(), onEvent: (event) => events.push(event.name) })
const made = await client.keys.create({ name: 'elsewhere', deliver: async (secret) => void secret.fingerprint() })
const names = []
for await (const key of client.keys.list()) names.push(key.name)
const stop = new AbortController()
const left = client.get('/agents', { signal: stop.signal }).catch((error) => error)
stop.abort()
const refused = await client.keys.get('../x').catch((error) => error)
const seen = [names.includes('elsewhere'), `${made.secret}`, (await left) === stop.signal.reason, refused.name, events.includes('call_end')]
if (JSON.stringify(seen) !== '[true,"[secret]",true,"ConfigError",true]') throw new Error(JSON.stringify(seen))
