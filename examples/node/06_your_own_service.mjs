// A sixth service from one file and no code. The sandbox serves it too.
//
// node examples/node/06_your_own_service.mjs

import { readFileSync } from 'node:fs'

import { Client, Dialect, Sandbox } from 'keywright'

import { failure, line, table, title } from './show.mjs'

const sandbox = await Sandbox.start()
const acme = Dialect.fromToml(readFileSync(new URL('../acme.toml', import.meta.url), 'utf8'))
const client = Client.withDialect(acme, sandbox.acme())

title('What the file says the service can do')
const able = client.capabilities().filter((capability) => capability.supported)
table([['Operation', 'Request', 'How we know'], ...able.map(({ name, http, source }) => [name, http ?? '', source])])

title('And it does')
const made = await client.keys.create({ name: 'mine' })
line('keys.create', `${made.key.displayName} (${made.key.statusLabel})`)
const user = client.withKey(made.secret)
const names = []
for await (const thing of user.resource('things').list()) names.push(thing.name)
line('things.list', names.join(', '))
const refused = await failure(user.account('org_2').get('/v2/things'))
line('of another organization', refused.message)
const retired = await client.keys.retire(made.key.id)
line('keys.retire', retired.key?.statusLabel ?? 'gone')
line('keys.rotate', (await failure(client.keys.rotate(made.key.id))).message)
line('the old token', (await failure(user.get('/v2/things'))).serviceMessage)
