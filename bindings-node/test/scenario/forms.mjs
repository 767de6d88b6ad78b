// The JSON form of every result and of every error (`tests/scenarios/README.md`).
// The secret of a new key is exposed here and nowhere else: later steps use it.

import { KeywrightError, Page, Response, Secret } from 'keywright'

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const KEY_MEMBERS = ['name', 'prefix', 'status', 'scopes', 'accountId', 'createdAt', 'lastUsedAt', 'expiresAt', 'archivedAt', 'revokedAt']

/** A value with the names and units of the scenarios: snake case, seconds, times as text. */
export function form(value) {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Secret) return value.expose()
  if (value instanceof Page) return { items: form(value.items), has_next: value.hasNext }
  if (value instanceof Response) return responseForm(value)
  if (Array.isArray(value)) return value.map(form)
  if (value === null || typeof value !== 'object') return value
  const members = Object.fromEntries(Object.entries(value).map(([name, one]) => member(name, one)))
  return typeof value.told === 'function' ? { ...members, told_members: KEY_MEMBERS.filter((one) => value.told(one)).map(snake) } : members
}

function member(name, value) {
  if (name === 'data') return [name, value]
  if (name.endsWith('Ms')) return [snake(name.slice(0, -2)), value === null ? null : value / 1000]
  return [snake(name), form(value)]
}

function responseForm(response) {
  let body
  try {
    body = response.json()
  } catch {
    body = response.text()
  }
  return { status: response.status, headers: response.headers, body, meta: form(response.meta) }
}

/** A key that an operation leaves, or only how it came to be. */
export const leftForm = ({ key, meta }) => ({ ...(key === null ? {} : form(key)), ...(key === null ? form(meta) : { meta: form(meta) }) })

/** The form of an error; `text` is the whole sentence. */
export function errorForm(error) {
  if (!(error instanceof KeywrightError)) throw error
  const { serviceMessage, ...rest } = Object.fromEntries(Object.entries(error))
  return { ...form(rest), message: serviceMessage, text: error.message }
}
