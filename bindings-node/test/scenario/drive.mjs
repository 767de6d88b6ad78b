// One call by its name on the public surface.
// It translates and decides nothing; an argument that nobody read is an error of the scenario.

import { decodeJson } from 'keywright'

import { form, leftForm } from './forms.mjs'

/** The arguments that have not been read yet. */
class Taken {
  constructor(given) {
    this.left = { ...given }
  }

  value(name) {
    const value = this.left[name]
    delete this.left[name]
    return value
  }

  text(name) {
    const value = this.value(name)
    return typeof value === 'number' ? String(value) : value
  }

  count(name) {
    const value = this.value(name)
    return value === undefined ? undefined : Number(value)
  }

  time(name) {
    const value = this.value(name)
    return value === undefined ? undefined : new Date(value)
  }

  rest() {
    const { left } = this
    this.left = {}
    return left
  }

  end() {
    const [name] = Object.keys(this.left)
    if (name !== undefined) throw new Error(`nothing takes \`${name}\` here`)
  }
}

/** An ISO 8601 duration in milliseconds; a day is 24 hours. */
export function milliseconds(text) {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text)
  if (parts === null) throw new Error(`\`${text}\` is no duration`)
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}

/** Makes a call and gives its result and the form of it. */
export async function drive(client, name, given, clock, signal) {
  const taken = new Taken(given)
  const [group, action = 'call'] = name.split('.')
  const [result, shape] = await (group === 'keys' ? key(client, action, taken, clock, signal) : other(client, group, action, taken, signal))
  taken.end()
  return { result, form: shape(result) }
}

async function walked(listing, { all, each }) {
  if (!all) return [await listing, form]
  const items = []
  for await (const item of listing) {
    items.push(item)
    await each(item)
  }
  return [items, (found) => ({ items: form(found), has_next: false })]
}

/** Whether all pages are walked, and the call that is made on the way for each item of a name. */
function walk(client, taken) {
  const [all, operation, named] = [taken.value('all') === true, taken.text('each'), taken.text('named')]
  const each = async ({ id, name }) => {
    if (operation === undefined || name !== named) return
    if (operation === 'request') return void (await client.request('DELETE', `/api-keys/${id}`))
    const [group, action] = operation.split('.')
    await client[group][action](id)
  }
  return { all, each }
}

const doneForm = ({ meta }) => form(meta)

async function key(client, action, taken, clock, signal) {
  const { keys } = client
  if (action === 'list') return walked(keys.list({ pageSize: taken.count('page_size'), signal }), walk(client, taken))
  if (action === 'create') {
    const expiresIn = taken.value('expires_in')
    const expiresAt = expiresIn === undefined ? taken.time('expires_at') : new Date(clock.now().getTime() + milliseconds(expiresIn))
    return [await keys.create({ name: taken.text('name'), scopes: taken.value('scopes'), expiresAt, ...delivery(taken), signal }), form]
  }
  const id = taken.text('id')
  switch (action) {
    case 'calls': return walked(keys.calls(id, { method: taken.text('method'), status: taken.count('status'), signal }), walk(client, taken))
    case 'usage': {
      const query = { range: taken.text('range'), since: taken.time('from'), until: taken.time('to'), granularity: taken.text('granularity') }
      return [await keys.usage(id, { ...query, signal }), form]
    }
    case 'update': {
      const clear = taken.value('clear') ?? []
      if (clear.some((member) => member !== 'expires_at')) throw new Error(`${clear} cannot be cleared`)
      const change = { name: taken.text('name'), expiresAt: taken.time('expires_at'), neverExpires: clear.length > 0 }
      return [await keys.update(id, { ...change, signal }), form]
    }
    case 'rotate': return [await keys.rotate(id, { ...delivery(taken), signal }), form]
    case 'revoke': case 'retire': return [await keys[action](id, { allowSelf: taken.value('allow_self'), signal }), leftForm]
    case 'delete': return [await keys.delete(id, { allowSelf: taken.value('allow_self'), signal }), doneForm]
    case 'archive': return [await keys.archive(id, { allowSelf: taken.value('allow_self'), signal }), form]
    default: return [await keys[action](id, { signal }), form]
  }
}

function delivery(taken) {
  const [snapshot, allowSelf] = ['snapshot', 'allow_self'].map((name) => taken.value(name) === true)
  return { recover: taken.text('recover'), onCancel: taken.text('on_cancel'), snapshot, allowSelf }
}

async function other(client, group, action, taken, signal) {
  switch (`${group}.${action}`) {
    case 'request.call': {
      const [method, path] = [taken.text('method'), taken.text('path')]
      return [await client.request(method, path, { query: taken.value('query'), json: taken.value('json'), signal }), form]
    }
    case 'supports.call': {
      const capability = taken.text('capability')
      const info = client.capabilities().find((one) => one.name === capability)
      return [{ supported: client.supports(capability), remedy: info?.remedy ?? null }, form]
    }
    case 'describe.call': return [client.describe(), form]
    case 'runs.create': return [await client.runs.create(taken.text('agent_id'), taken.rest(), { signal }), form]
    case 'runs.stream': return stream(await client.runs.stream(taken.text('agent_id'), taken.rest(), { signal }))
    case 'runs.get': case 'runs.wait': return [await client.runs[action](taken.text('id'), { signal }), form]
    case 'runs.cancel': return [await client.runs.cancel(taken.text('id'), { signal }), doneForm]
    case 'segments.members': return walked(client.segments.members(taken.text('id'), { pageSize: taken.count('page_size'), signal }), walk(client, taken))
    case 'segments.membership': return [await client.segments.membership(taken.text('user_id'), { signal }), form]
    case 'account.get': return [await client.accountSettings.get({ signal }), form]
    case 'account.update': return [await client.accountSettings.update(taken.rest(), { signal }), form]
    case 'evaluate.call': return [await client.evaluate(taken.rest(), { signal }), form]
    case 'billing.status': return [await client.billingStatus({ signal }), form]
    case 'me.get': return [await client.me({ signal }), form]
    case 'events.track': return [await client.events.track(taken.rest(), { signal }), form]
    case 'events.track_batch': return [await client.events.trackBatch(taken.value('events'), { signal }), form]
    default: return declared(client, client.resource(group), action, taken, signal)
  }
}

/** The five actions that any resource may have. */
async function declared(client, resource, action, taken, signal) {
  switch (action) {
    case 'list': return walked(resource.list({ pageSize: taken.count('page_size'), signal }), walk(client, taken))
    case 'create': return [await resource.create(taken.rest(), { signal }), form]
    case 'get': return [await resource.get(taken.text('id'), { signal }), form]
    case 'update': return [await resource.update(taken.text('id'), taken.rest(), { signal }), form]
    case 'delete': return [await resource.delete(taken.text('id'), { signal }), doneForm]
    default: throw new Error(`${action} is no step`)
  }
}

async function stream(events) {
  const found = []
  for await (const { event, data } of events) found.push({ event, data: decodeJson(Buffer.from(data)) })
  return [{ events: found }, (value) => value]
}
