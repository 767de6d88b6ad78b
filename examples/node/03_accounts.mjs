// One key, several accounts: where a service lets a parent's key reach the accounts below it.
//
// node examples/node/03_accounts.mjs

import { ItellicoAI, Sandbox, SegOps } from 'keywright'

import { failure, line, title } from './show.mjs'

const sandbox = await Sandbox.start()

title('itellicoAI: the account stands in the path')
const parent = new ItellicoAI(sandbox.itellico())
const subaccount = parent.account(sandbox.access('itellico').subaccountId)
const count = async (listing) => (await listing).items.length
line("the parent's agents", await count(parent.agents.list()))
line('the same, by "me"', await count(parent.ownAccount().agents.list()))
line("the subaccount's agents", await count(subaccount.agents.list()))
line('a raw path is relative', (await subaccount.get('/agents')).status)

const made = await subaccount.keys.create({ name: 'only here' })
const agents = await subaccount.withKey(made.secret).agents.list()
line('a key of the subaccount', `${agents.meta.status} there`)
const upward = await parent.withKey(made.secret).accountSettings.get()
line('and above it', `its own account: ${upward.id === made.key.accountId}`)
const added = await parent.subaccounts.create({ name: 'Customer 7' })
const customer = parent.account(added.id)
line('a new subaccount', (await customer.accountSettings.get()).name)
line('keys of it', await count(customer.keys.list()))
const wrong = await failure((async () => parent.account('me'))())
line('an id that is a word', wrong.message)

title('SegOps: the tenant stands in the body')
const client = new SegOps(sandbox.segops())
line('create without a tenant', (await failure(client.keys.create({ name: 'x' }))).message)
const x = await client.account(sandbox.access('segops').tenantSlug).keys.create({ name: 'x' })
line('create with one', x.key.displayName)
