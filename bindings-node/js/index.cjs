'use strict'

// Written by `cargo xtask gen`; changes belong into core/facade or the emitter.

const { asked, bool, bytes, deliver, duration, float, instance, int16, int32, int64, json, limit, list, pairs, secret, text, time } = require('./lower.cjs')
const { Listing, Page, eventsOf, held, listing, optionsOf } = require('./idioms.cjs')
const { alike, call, invoke, keepHost, nothingMore } = require('./runtime.cjs')
const { Handle, KeywrightError, MADE, Response, Secret, date, generated, isAmong, secretOf } = require('./values.cjs')

const { freeze } = Object
const none = freeze({ __proto__: null })
const take = (lower, place, member) => ({ lower, place, member, refuses: [], instead: '' })
// A key or an address: what is not set somewhere must not quietly become what the environment says.
const given = (lower, place, member) => ({ lower, place, member, refuses: [undefined, null], instead: 'give a value, or leave it out so that the environment is read' })
// `null` might mean either.
const cleared = (lower, place, member) => ({ lower, place, member, refuses: [null], instead: 'leave it out to keep it, or give neverExpires to remove it' })

// ---- Errors

class ConfigError extends KeywrightError {
  static kind = 'config'
}
class UnsupportedError extends KeywrightError {
  static kind = 'unsupported'
}
class UnauthenticatedError extends KeywrightError {
  static kind = 'unauthenticated'
}
class ForbiddenError extends KeywrightError {
  static kind = 'forbidden'
}
class NotFoundError extends KeywrightError {
  static kind = 'not_found'
}
class ConflictError extends KeywrightError {
  static kind = 'conflict'
}
class InvalidError extends KeywrightError {
  static kind = 'invalid'
}
class PlanLimitError extends KeywrightError {
  static kind = 'plan_limit'
}
class RateLimitedError extends KeywrightError {
  static kind = 'rate_limited'
}
class ServerError extends KeywrightError {
  static kind = 'server'
}
class CallTimeoutError extends KeywrightError {
  static kind = 'timeout'
}
class NetworkError extends KeywrightError {
  static kind = 'network'
}
class RedirectError extends KeywrightError {
  static kind = 'redirect'
}
class DecodeError extends KeywrightError {
  static kind = 'decode'
}
class CancelledCallError extends KeywrightError {
  static kind = 'cancelled'
}
class InternalError extends KeywrightError {
  static kind = 'internal'
}

generated.errors = {
  __proto__: null,
  config: ConfigError,
  unsupported: UnsupportedError,
  unauthenticated: UnauthenticatedError,
  forbidden: ForbiddenError,
  not_found: NotFoundError,
  conflict: ConflictError,
  invalid: InvalidError,
  plan_limit: PlanLimitError,
  rate_limited: RateLimitedError,
  server: ServerError,
  timeout: CallTimeoutError,
  network: NetworkError,
  redirect: RedirectError,
  decode: DecodeError,
  cancelled: CancelledCallError,
  internal: InternalError,
}
generated.nothing = {
  kind: 'internal',
  reason: null,
  service: null,
  operation: null,
  field: null,
  remedy: null,
  status: null,
  code: null,
  serviceMessage: null,
  requestId: null,
  retryAfterMs: null,
  outcome: 'not_sent',
  stop: null,
  timeoutScope: null,
  attempts: freeze([]),
  candidates: freeze([]),
  nonce: null,
  fields: freeze([]),
  excerpt: null,
  isRetryable: false,
}

// ---- Values

const asCredentialOrigin = (v, x) => (freeze({ name: v[0], origin: v[1], digest: v[2] }))
const asDescription = (v, x) => (freeze({ service: v[0], variant: v[1], baseUrl: v[2], baseUrlOrigin: v[3], account: v[4], credentials: freeze(v[5].map((one) => asCredentialOrigin(one, x))) }))
const asLimiterView = (v, x) => (freeze({ bucket: v[0], rate: v[1], coolDownMs: v[2], inFlight: v[3], waiting: v[4], clockSkew: v[5] }))
const asThrottleView = (v, x) => (freeze({ service: v[0], budgetRemaining: v[1], limiters: freeze(v[2].map((one) => asLimiterView(one, x))) }))
const asCapability = (v, x) => (freeze({ name: v[0], supported: v[1], http: v[2], remedy: v[3], irreversible: v[4], source: v[5] }))
const asAttempt = (v, x) => (freeze({ n: v[0], startedAt: date(v[1]), durationMs: v[2], delayBeforeMs: v[3], status: v[4], phase: v[5], requestId: v[6] }))
const asErrorInfo = (v, x) => (freeze({ kind: v[0], text: v[1], reason: v[2], service: v[3], operation: v[4], field: v[5], remedy: v[6], status: v[7], code: v[8], serviceMessage: v[9], requestId: v[10], retryAfterMs: v[11], outcome: v[12], stop: v[13], timeoutScope: v[14], attempts: freeze(v[15].map((one) => asAttempt(one, x))), candidates: freeze(v[16]), nonce: v[17], fields: freeze(v[18].map((one) => asFieldError(one, x))), excerpt: v[19], isRetryable: v[20], hostFailure: v[21] }))
const asFieldError = (v, x) => (freeze({ field: v[0], messages: freeze(v[1]) }))
const asEvent = (v, x) => (freeze({ name: v[0], service: v[1], operation: v[2], call: v[3], attempt: v[4], status: v[5], durationMs: v[6], error: v[7], outcome: v[8], keyId: v[9], detail: v[10] }))
const asServerEvent = (v, x) => (freeze({ event: v[0], data: v[1] }))
const asResponse = (v, x) => (new Response({ status: v[0], headers: freeze(v[1].map(freeze)), body: x[v[2]], meta: asMeta(v[3], x) }))
const asActionReply = (v, x) => (freeze({ item: v[0] === null ? null : asItem(v[0], x), page: v[1] === null ? null : asItemPage(v[1], x), data: v[2], events: v[3] === null ? null : new EventStream(MADE, x[v[3]]), meta: asMeta(v[4], x) }))
const asConnections = (v, x) => (freeze({ open: v[0], total: v[1] }))
const asJournalEntry = (v, x) => (freeze({ n: v[0], service: v[1], method: v[2], path: v[3], query: freeze(v[4].map(freeze)), headers: freeze(v[5].map(freeze)), body: v[6], status: v[7], rule: v[8], fault: v[9], connection: v[10], at: v[11] }))
const asSandboxAccess = (v, x) => (freeze({ service: v[0], baseUrl: v[1], apiKey: v[2] === null ? null : secretOf(x[v[2]]), management: v[3] === null ? null : secretOf(x[v[3]]), email: v[4], password: v[5] === null ? null : secretOf(x[v[5]]), agentId: v[6], accountId: v[7], subaccountId: v[8], tenantSlug: v[9], clock: new Clock(MADE, x[v[10]]) }))
const asActivity = (v, x) => (freeze({ activity: v[0], credits: v[1], origin: v[2] }))
const asCallPage = (v, x) => (freeze({ items: freeze(v[0].map((one) => asCallRecord(one, x))), nextToken: v[1], meta: asMeta(v[2], x) }))
const asCallRecord = (v, x) => (freeze({ id: v[0], method: v[1], endpoint: v[2], status: v[3], error: v[4], startedAt: date(v[5]), data: v[6] }))
const asCreatedKey = (v, x) => (freeze({ key: asKey(v[0], x), secret: secretOf(x[v[1]]), meta: asMeta(v[2], x) }))
const asDone = (v, x) => (freeze({ meta: asMeta(v[0], x) }))
const asItem = (v, x) => (freeze({ id: v[0], name: v[1], status: v[2], createdAt: date(v[3]), data: v[4], meta: v[5] === null ? null : asMeta(v[5], x) }))
const asItemPage = (v, x) => (freeze({ items: freeze(v[0].map((one) => asItem(one, x))), nextToken: v[1], meta: asMeta(v[2], x) }))
const asJsonReply = (v, x) => (freeze({ data: v[0], meta: asMeta(v[1], x) }))
const KeyAsks = { told(member) { return isAmong(member, this.toldMembers, ['name', 'prefix', 'status', 'scopes', 'account_id', 'created_at', 'last_used_at', 'expires_at', 'archived_at', 'revoked_at']) } }
const asKey = (v, x) => (freeze({ __proto__: KeyAsks, id: v[0], name: v[1], displayName: v[2], displayNameDetail: v[3], prefix: v[4], status: v[5], statusLabel: v[6], isEffective: v[7], scopes: freeze(v[8]), accountId: v[9], createdAt: date(v[10]), lastUsedAt: date(v[11]), expiresAt: date(v[12]), archivedAt: date(v[13]), revokedAt: date(v[14]), allowedActions: freeze(v[15]), toldMembers: freeze(v[16]), data: v[17], meta: v[18] === null ? null : asMeta(v[18], x) }))
const asKeyPage = (v, x) => (freeze({ items: freeze(v[0].map((one) => asKey(one, x))), nextToken: v[1], meta: asMeta(v[2], x) }))
const asMeta = (v, x) => (freeze({ requestId: v[0], status: v[1], attempts: v[2], elapsedMs: v[3], queuedMs: v[4], rateLimit: v[5] === null ? null : asRateLimit(v[5], x), ambiguous: v[6], partial: v[7] }))
const asRateLimit = (v, x) => (freeze({ limit: v[0], remaining: v[1], resetInMs: v[2] }))
const asRetired = (v, x) => (freeze({ action: v[0], key: v[1] === null ? null : asKey(v[1], x), meta: asMeta(v[2], x) }))
const asUsageReport = (v, x) => (freeze({ granularity: v[0], total: v[1], slices: freeze(v[2].map((one) => asUsageSlice(one, x))), meta: asMeta(v[3], x) }))
const asUsageSlice = (v, x) => (freeze({ start: date(v[0]), credits: v[1], activities: freeze(v[2].map((one) => asActivity(one, x))) }))

generated.error = asErrorInfo
generated.event = asEvent

// ---- Calls

const CLIENT_NEW = {
  number: 0,
  name: 'Client.new',
  takes: [['service', 0, text]],
  options: {
    __proto__: null,
    apiKey: given(secret, 1, 0),
    keyProvider: given(asked, 1, 1),
    management: given(secret, 1, 2),
    email: given(text, 1, 3),
    password: given(secret, 1, 4),
    account: take(text, 1, 5),
    agentId: take(text, 1, 6),
    baseUrl: given(text, 1, 7),
    variant: take(text, 1, 8),
    timeoutMs: take(limit, 1, 9),
    attemptTimeoutMs: take(limit, 1, 10),
    readTimeoutMs: take(duration, 1, 11),
    connectTimeoutMs: take(duration, 1, 12),
    maxAttempts: take(int32, 1, 13),
    retryBaseMs: take(duration, 1, 14),
    retryCapMs: take(duration, 1, 15),
    maxRetryAfterMs: take(duration, 1, 16),
    queueLimit: take(int32, 1, 17),
    throttle: take(text, 1, 18),
    priority: take(text, 1, 19),
    isolatedLimits: take(bool, 1, 20),
    maxBody: take(int64, 1, 21),
    maxConnections: take(int32, 1, 22),
    allowInsecureHttp: take(bool, 1, 23),
    checkKeyShape: take(bool, 1, 24),
    keepPassword: take(bool, 1, 25),
    debugHeaders: take(bool, 1, 26),
    proxy: take(text, 1, 27),
    extraRoots: take(list(text), 1, 28),
    appName: take(text, 1, 29),
    onEvent: take(asked, 1, 30),
    clock: take(instance(() => Clock), 1, 31),
    env: take(pairs, 1, 32),
  },
  environment: [1, 32],
  gives: (v, x) => x[v],
}
const CLIENT_WITH_DIALECT = {
  number: 1,
  name: 'Client.withDialect',
  takes: [['dialect', 0, instance(() => Dialect)]],
  options: {
    __proto__: null,
    apiKey: given(secret, 1, 0),
    keyProvider: given(asked, 1, 1),
    management: given(secret, 1, 2),
    email: given(text, 1, 3),
    password: given(secret, 1, 4),
    account: take(text, 1, 5),
    agentId: take(text, 1, 6),
    baseUrl: given(text, 1, 7),
    variant: take(text, 1, 8),
    timeoutMs: take(limit, 1, 9),
    attemptTimeoutMs: take(limit, 1, 10),
    readTimeoutMs: take(duration, 1, 11),
    connectTimeoutMs: take(duration, 1, 12),
    maxAttempts: take(int32, 1, 13),
    retryBaseMs: take(duration, 1, 14),
    retryCapMs: take(duration, 1, 15),
    maxRetryAfterMs: take(duration, 1, 16),
    queueLimit: take(int32, 1, 17),
    throttle: take(text, 1, 18),
    priority: take(text, 1, 19),
    isolatedLimits: take(bool, 1, 20),
    maxBody: take(int64, 1, 21),
    maxConnections: take(int32, 1, 22),
    allowInsecureHttp: take(bool, 1, 23),
    checkKeyShape: take(bool, 1, 24),
    keepPassword: take(bool, 1, 25),
    debugHeaders: take(bool, 1, 26),
    proxy: take(text, 1, 27),
    extraRoots: take(list(text), 1, 28),
    appName: take(text, 1, 29),
    onEvent: take(asked, 1, 30),
    clock: take(instance(() => Clock), 1, 31),
    env: take(pairs, 1, 32),
  },
  environment: [1, 32],
  gives: (v, x) => x[v],
}
const CLIENT_ACCOUNT = {
  number: 2,
  name: 'client.account',
  takes: [['id', 1, text]],
  options: none,
  gives: (v, x) => x[v],
}
const CLIENT_CAPABILITIES = {
  number: 3,
  name: 'client.capabilities',
  takes: [],
  options: none,
  gives: (v, x) => freeze(v.map((one) => asCapability(one, x))),
}
const CLIENT_DESCRIBE = {
  number: 4,
  name: 'client.describe',
  takes: [],
  options: none,
  gives: (v, x) => asDescription(v, x),
}
const CLIENT_NOW = {
  number: 5,
  name: 'client.now',
  takes: [],
  options: none,
  gives: (v, x) => date(v),
}
const CLIENT_OWN_ACCOUNT = {
  number: 6,
  name: 'client.ownAccount',
  takes: [],
  options: none,
  gives: (v, x) => x[v],
}
const CLIENT_SERVICE = {
  number: 7,
  name: 'client.service',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const CLIENT_SUPPORTS = {
  number: 8,
  name: 'client.supports',
  takes: [['capability', 1, text]],
  options: none,
  gives: (v, x) => v,
}
const CLIENT_THROTTLE = {
  number: 9,
  name: 'client.throttle',
  takes: [],
  options: none,
  gives: (v, x) => asThrottleView(v, x),
}
const CLIENT_WITH_KEY = {
  number: 10,
  name: 'client.withKey',
  takes: [['key', 1, secret]],
  options: none,
  gives: (v, x) => x[v],
}
const CLIENT_WITH_OPTIONS = {
  number: 11,
  name: 'client.withOptions',
  takes: [],
  options: {
    __proto__: null,
    timeoutMs: take(limit, 1, 0),
    attemptTimeoutMs: take(limit, 1, 1),
    readTimeoutMs: take(duration, 1, 2),
    maxAttempts: take(int32, 1, 3),
    throttle: take(text, 1, 4),
    priority: take(text, 1, 5),
  },
  gives: (v, x) => x[v],
}
const CLIENT_REQUEST = {
  number: 0,
  name: 'client.request',
  takes: [['method', 1, text], ['path', 2, text]],
  options: {
    __proto__: null,
    query: take(pairs, 3, 0),
    headers: take(pairs, 3, 1),
    json: take(json, 3, 2),
    body: take(bytes, 3, 3),
    contentType: take(text, 3, 4),
    safety: take(text, 3, 5),
  },
  gives: (v, x) => asResponse(v, x),
}
const CLIENT_TO_CURL = {
  number: 12,
  name: 'client.toCurl',
  takes: [['method', 1, text], ['path', 2, text]],
  options: {
    __proto__: null,
    query: take(pairs, 3, 0),
    headers: take(pairs, 3, 1),
    json: take(json, 3, 2),
    body: take(bytes, 3, 3),
    contentType: take(text, 3, 4),
    safety: take(text, 3, 5),
  },
  gives: (v, x) => v,
}
const CLIENT_BILLING_STATUS = {
  number: 1,
  name: 'client.billingStatus',
  takes: [],
  options: none,
  gives: (v, x) => asJsonReply(v, x),
}
const CLIENT_EVALUATE = {
  number: 2,
  name: 'client.evaluate',
  takes: [['action', 1, json]],
  options: none,
  gives: (v, x) => asJsonReply(v, x),
}
const CLIENT_ME = {
  number: 3,
  name: 'client.me',
  takes: [],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const DIALECT_BUILTIN = {
  number: 13,
  name: 'Dialect.builtin',
  takes: [['service', 0, text]],
  options: none,
  gives: (v, x) => new Dialect(MADE, x[v]),
}
const DIALECT_FROM_TOML = {
  number: 14,
  name: 'Dialect.fromToml',
  takes: [['text', 0, text]],
  options: {
    __proto__: null,
    env: take(list(text), 1, -1),
  },
  gives: (v, x) => new Dialect(MADE, x[v]),
}
const DIALECT_CAPABILITIES = {
  number: 15,
  name: 'dialect.capabilities',
  takes: [],
  options: none,
  gives: (v, x) => freeze(v.map((one) => asCapability(one, x))),
}
const DIALECT_ID = {
  number: 16,
  name: 'dialect.id',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const DIALECT_SCOPE_PRESET = {
  number: 17,
  name: 'dialect.scopePreset',
  takes: [['name', 1, text]],
  options: none,
  gives: (v, x) => v === null ? null : freeze(v),
}
const DIALECT_TITLE = {
  number: 18,
  name: 'dialect.title',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const DIALECT_VARIABLES = {
  number: 19,
  name: 'dialect.variables',
  takes: [],
  options: none,
  gives: (v, x) => freeze(v),
}
const EVENTSTREAM_CLOSE = {
  number: 4,
  name: 'eventStream.close',
  takes: [],
  options: none,
}
const EVENTSTREAM_LEAVE = {
  number: 20,
  name: 'eventStream.leave',
  takes: [],
  options: none,
}
const EVENTSTREAM_NEXT_EVENT = {
  number: 5,
  name: 'eventStream.nextEvent',
  takes: [],
  options: none,
  gives: (v, x) => v === null ? null : asServerEvent(v, x),
}
const EVENTSTREAM_RUN_ID = {
  number: 21,
  name: 'eventStream.runId',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const CLOCK_ADVANCE = {
  number: 22,
  name: 'clock.advance',
  takes: [['byMs', 1, duration]],
  options: none,
}
const CLOCK_ELAPSED = {
  number: 23,
  name: 'clock.elapsed',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const CLOCK_EXACT = {
  number: 24,
  name: 'clock.exact',
  takes: [['chance', 1, float]],
  options: none,
  gives: (v, x) => new Clock(MADE, x[v]),
}
const CLOCK_HOLD = {
  number: 25,
  name: 'clock.hold',
  takes: [],
  options: none,
}
const CLOCK_NOW = {
  number: 26,
  name: 'clock.now',
  takes: [],
  options: none,
  gives: (v, x) => date(v),
}
const CLOCK_RELEASE = {
  number: 27,
  name: 'clock.release',
  takes: [],
  options: none,
}
const CLOCK_SLEEPERS = {
  number: 28,
  name: 'clock.sleepers',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const SANDBOX_START = {
  number: 29,
  name: 'Sandbox.start',
  takes: [],
  options: {
    __proto__: null,
    seed: take(int64, 0, 0),
    plan: take(text, 0, 1),
    variant: take(text, 0, 2),
    clock: take(text, 0, 3),
    lenient: take(bool, 0, 4),
    idempotency: take(bool, 0, 5),
    brokenRules: take(list(text), 0, 6),
  },
  gives: (v, x) => new Sandbox(MADE, x[v]),
}
const SANDBOX_ACCESS = {
  number: 30,
  name: 'sandbox.access',
  takes: [['service', 1, text]],
  options: none,
  gives: (v, x) => asSandboxAccess(v, x),
}
const SANDBOX_CLEAR_FAULTS = {
  number: 31,
  name: 'sandbox.clearFaults',
  takes: [],
  options: none,
}
const SANDBOX_CLEAR_LIMITS = {
  number: 32,
  name: 'sandbox.clearLimits',
  takes: [],
  options: none,
}
const SANDBOX_CLOCK = {
  number: 33,
  name: 'sandbox.clock',
  takes: [],
  options: none,
  gives: (v, x) => new Clock(MADE, x[v]),
}
const SANDBOX_CLOSE = {
  number: 34,
  name: 'sandbox.close',
  takes: [],
  options: none,
}
const SANDBOX_CONNECTIONS = {
  number: 35,
  name: 'sandbox.connections',
  takes: [],
  options: none,
  gives: (v, x) => asConnections(v, x),
}
const SANDBOX_FAULT = {
  number: 36,
  name: 'sandbox.fault',
  takes: [['rule', 1, json]],
  options: none,
  gives: (v, x) => v,
}
const SANDBOX_FAULTS = {
  number: 37,
  name: 'sandbox.faults',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const SANDBOX_FINISH = {
  number: 38,
  name: 'sandbox.finish',
  takes: [],
  options: none,
}
const SANDBOX_FIXTURES = {
  number: 39,
  name: 'sandbox.fixtures',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const SANDBOX_JOURNAL = {
  number: 40,
  name: 'sandbox.journal',
  takes: [],
  options: none,
  gives: (v, x) => freeze(v.map((one) => asJournalEntry(one, x))),
}
const SANDBOX_LOAD_FIXTURES = {
  number: 41,
  name: 'sandbox.loadFixtures',
  takes: [['fixtures', 1, json]],
  options: none,
}
const SANDBOX_RESET = {
  number: 42,
  name: 'sandbox.reset',
  takes: [],
  options: none,
}
const SANDBOX_SET_ACTIVE = {
  number: 43,
  name: 'sandbox.setActive',
  takes: [['service', 1, text], ['active', 3, bool]],
  options: {
    __proto__: null,
    account: take(text, 2, -1),
  },
}
const SANDBOX_SET_CREDITS = {
  number: 44,
  name: 'sandbox.setCredits',
  takes: [['service', 1, text]],
  options: {
    __proto__: null,
    credits: take(float, 2, -1),
  },
}
const SANDBOX_SET_LIMIT = {
  number: 45,
  name: 'sandbox.setLimit',
  takes: [['service', 1, text], ['count', 2, int64], ['perMs', 3, duration]],
  options: {
    __proto__: null,
    status: take(int32, 4, -1),
    retryAfter: take(bool, 5, -1),
  },
}
const SANDBOX_SET_PLAN = {
  number: 46,
  name: 'sandbox.setPlan',
  takes: [['service', 1, text], ['plan', 2, text]],
  options: none,
}
const SANDBOX_SET_VARIANT = {
  number: 47,
  name: 'sandbox.setVariant',
  takes: [['service', 1, text], ['variant', 2, text]],
  options: none,
}
const SANDBOX_VERIFY = {
  number: 48,
  name: 'sandbox.verify',
  takes: [['expected', 1, json], ['strictOrder', 2, bool]],
  options: none,
  gives: (v, x) => freeze(v),
}
const SANDBOX_WORLD = {
  number: 49,
  name: 'sandbox.world',
  takes: [],
  options: {
    __proto__: null,
    seed: take(int64, 1, 0),
    plan: take(text, 1, 1),
    variant: take(text, 1, 2),
    clock: take(text, 1, 3),
    lenient: take(bool, 1, 4),
    idempotency: take(bool, 1, 5),
    brokenRules: take(list(text), 1, 6),
  },
  gives: (v, x) => new Sandbox(MADE, x[v]),
}
const CLIENT_KEYS_ARCHIVE = {
  number: 6,
  name: 'keys.archive',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    allowSelf: take(bool, 2, -1),
  },
  gives: (v, x) => asKey(v, x),
}
const CLIENT_KEYS_CALLS = {
  number: 7,
  name: 'keys.calls',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    method: take(text, 2, 0),
    status: take(int16, 2, 1),
    endpoint: take(text, 2, 2),
    since: take(time, 2, 3),
    until: take(time, 2, 4),
    pageSize: take(int32, 3, -1),
    after: take(text, 4, -1),
  },
  gives: (v, x) => asCallPage(v, x),
}
const CLIENT_KEYS_CALLS_OLDEST_FIRST = {
  number: 8,
  name: 'keys.callsOldestFirst',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    method: take(text, 2, 0),
    status: take(int16, 2, 1),
    endpoint: take(text, 2, 2),
    since: take(time, 2, 3),
    until: take(time, 2, 4),
  },
  gives: (v, x) => freeze(v.map((one) => asCallRecord(one, x))),
}
const CLIENT_KEYS_CREATE = {
  number: 9,
  name: 'keys.create',
  takes: [],
  options: {
    __proto__: null,
    name: take(text, 1, 0),
    scopes: take(list(text), 1, 1),
    expiresAt: take(time, 1, 2),
    recover: take(text, 2, 0),
    snapshot: take(bool, 2, 1),
    onCancel: take(text, 2, 2),
    deliver: take(deliver, 2, 3),
    allowSelf: take(bool, 2, 4),
  },
  gives: (v, x) => asCreatedKey(v, x),
}
const CLIENT_KEYS_DELETE = {
  number: 10,
  name: 'keys.delete',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    allowSelf: take(bool, 2, -1),
  },
  gives: (v, x) => asDone(v, x),
}
const CLIENT_KEYS_GET = {
  number: 11,
  name: 'keys.get',
  takes: [['id', 1, text]],
  options: none,
  gives: (v, x) => asKey(v, x),
}
const CLIENT_KEYS_LIST = {
  number: 12,
  name: 'keys.list',
  takes: [],
  options: {
    __proto__: null,
    pageSize: take(int32, 1, -1),
    after: take(text, 2, -1),
  },
  gives: (v, x) => asKeyPage(v, x),
}
const CLIENT_KEYS_REACTIVATE = {
  number: 13,
  name: 'keys.reactivate',
  takes: [['id', 1, text]],
  options: none,
  gives: (v, x) => asKey(v, x),
}
const CLIENT_KEYS_RETIRE = {
  number: 14,
  name: 'keys.retire',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    allowSelf: take(bool, 2, -1),
  },
  gives: (v, x) => asRetired(v, x),
}
const CLIENT_KEYS_REVOKE = {
  number: 15,
  name: 'keys.revoke',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    allowSelf: take(bool, 2, -1),
  },
  gives: (v, x) => asRetired(v, x),
}
const CLIENT_KEYS_ROTATE = {
  number: 16,
  name: 'keys.rotate',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    recover: take(text, 2, 0),
    snapshot: take(bool, 2, 1),
    onCancel: take(text, 2, 2),
    deliver: take(deliver, 2, 3),
    allowSelf: take(bool, 2, 4),
  },
  gives: (v, x) => asCreatedKey(v, x),
}
const CLIENT_KEYS_UPDATE = {
  number: 17,
  name: 'keys.update',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    name: take(text, 2, 0),
    expiresAt: cleared(time, 2, 1),
    neverExpires: take(bool, 2, 2),
  },
  gives: (v, x) => asKey(v, x),
}
const CLIENT_KEYS_USAGE = {
  number: 18,
  name: 'keys.usage',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    range: take(text, 2, 0),
    since: take(time, 2, 1),
    until: take(time, 2, 2),
    granularity: take(text, 2, 3),
  },
  gives: (v, x) => asUsageReport(v, x),
}
const CLIENT_RESOURCE_CALL = {
  number: 19,
  name: 'resource.call',
  takes: [['resource', 1, text], ['action', 2, text]],
  options: {
    __proto__: null,
    path: take(pairs, 3, 0),
    query: take(pairs, 3, 1),
    body: take(json, 3, 2),
    pageSize: take(int32, 3, 3),
    after: take(text, 3, 4),
  },
  gives: (v, x) => asActionReply(v, x),
}
const CLIENT_RESOURCE_CREATE = {
  number: 20,
  name: 'resource.create',
  takes: [['resource', 1, text], ['body', 2, json]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_RESOURCE_DELETE = {
  number: 21,
  name: 'resource.delete',
  takes: [['resource', 1, text], ['id', 2, text]],
  options: none,
  gives: (v, x) => asDone(v, x),
}
const CLIENT_RESOURCE_GET = {
  number: 22,
  name: 'resource.get',
  takes: [['resource', 1, text], ['id', 2, text]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_RESOURCE_LIST = {
  number: 23,
  name: 'resource.list',
  takes: [['resource', 1, text]],
  options: {
    __proto__: null,
    pageSize: take(int32, 2, -1),
    after: take(text, 3, -1),
  },
  gives: (v, x) => asItemPage(v, x),
}
const CLIENT_RESOURCE_UPDATE = {
  number: 24,
  name: 'resource.update',
  takes: [['resource', 1, text], ['id', 2, text], ['body', 3, json]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_RUNS_CANCEL = {
  number: 25,
  name: 'runs.cancel',
  takes: [['runId', 1, text]],
  options: none,
  gives: (v, x) => asDone(v, x),
}
const CLIENT_RUNS_CREATE = {
  number: 26,
  name: 'runs.create',
  takes: [['agentId', 1, text], ['body', 2, json]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_RUNS_GET = {
  number: 27,
  name: 'runs.get',
  takes: [['runId', 1, text]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_RUNS_STREAM = {
  number: 28,
  name: 'runs.stream',
  takes: [['agentId', 1, text], ['body', 2, json]],
  options: none,
  gives: (v, x) => new EventStream(MADE, x[v]),
}
const CLIENT_RUNS_WAIT = {
  number: 29,
  name: 'runs.wait',
  takes: [['runId', 1, text]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_EVENTS_TRACK = {
  number: 30,
  name: 'events.track',
  takes: [['event', 1, json]],
  options: none,
  gives: (v, x) => asJsonReply(v, x),
}
const CLIENT_EVENTS_TRACK_BATCH = {
  number: 31,
  name: 'events.trackBatch',
  takes: [['events', 1, json]],
  options: none,
  gives: (v, x) => asJsonReply(v, x),
}
const CLIENT_SEGMENTS_LIST = {
  number: 32,
  name: 'segments.list',
  takes: [],
  options: {
    __proto__: null,
    pageSize: take(int32, 1, -1),
    after: take(text, 2, -1),
  },
  gives: (v, x) => asItemPage(v, x),
}
const CLIENT_SEGMENTS_MEMBERS = {
  number: 33,
  name: 'segments.members',
  takes: [['id', 1, text]],
  options: {
    __proto__: null,
    pageSize: take(int32, 2, -1),
    after: take(text, 3, -1),
  },
  gives: (v, x) => asItemPage(v, x),
}
const CLIENT_SEGMENTS_MEMBERSHIP = {
  number: 34,
  name: 'segments.membership',
  takes: [['userId', 1, text]],
  options: none,
  gives: (v, x) => asJsonReply(v, x),
}
const CLIENT_ACCOUNT_SETTINGS_GET = {
  number: 35,
  name: 'accountSettings.get',
  takes: [],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const CLIENT_ACCOUNT_SETTINGS_UPDATE = {
  number: 36,
  name: 'accountSettings.update',
  takes: [['body', 1, json]],
  options: none,
  gives: (v, x) => asItem(v, x),
}
const BUILD_INFO = {
  number: 50,
  name: 'buildInfo',
  takes: [],
  options: none,
  gives: (v, x) => v,
}
const DECODE_JSON = {
  number: 51,
  name: 'decodeJson',
  takes: [['body', 0, bytes]],
  options: none,
  gives: (v, x) => v,
}

// ---- Parts of the client

class Keys {
  #client

  constructor(client) {
    this.#client = client
  }

  archive(id, options, ...more) {
    return call(CLIENT_KEYS_ARCHIVE, this.#client, [id], options, more)
  }

  calls(id, options, ...more) {
    return listing(CLIENT_KEYS_CALLS, this.#client, [id], options, more)
  }

  callsOldestFirst(id, options, ...more) {
    return call(CLIENT_KEYS_CALLS_OLDEST_FIRST, this.#client, [id], options, more)
  }

  create(options, ...more) {
    return call(CLIENT_KEYS_CREATE, this.#client, [], options, more)
  }

  delete(id, options, ...more) {
    return call(CLIENT_KEYS_DELETE, this.#client, [id], options, more)
  }

  get(id, options, ...more) {
    return call(CLIENT_KEYS_GET, this.#client, [id], options, more)
  }

  list(options, ...more) {
    return listing(CLIENT_KEYS_LIST, this.#client, [], options, more)
  }

  reactivate(id, options, ...more) {
    return call(CLIENT_KEYS_REACTIVATE, this.#client, [id], options, more)
  }

  retire(id, options, ...more) {
    return call(CLIENT_KEYS_RETIRE, this.#client, [id], options, more)
  }

  revoke(id, options, ...more) {
    return call(CLIENT_KEYS_REVOKE, this.#client, [id], options, more)
  }

  rotate(id, options, ...more) {
    return call(CLIENT_KEYS_ROTATE, this.#client, [id], options, more)
  }

  update(id, options, ...more) {
    return call(CLIENT_KEYS_UPDATE, this.#client, [id], options, more)
  }

  usage(id, options, ...more) {
    return call(CLIENT_KEYS_USAGE, this.#client, [id], options, more)
  }
}

class Resource {
  #client
  #name

  constructor(client, name) {
    this.#client = client
    this.#name = name
  }

  call(action, options, ...more) {
    return call(CLIENT_RESOURCE_CALL, this.#client, [this.#name, action], options, more)
  }

  create(body, options, ...more) {
    return call(CLIENT_RESOURCE_CREATE, this.#client, [this.#name, body], options, more)
  }

  delete(id, options, ...more) {
    return call(CLIENT_RESOURCE_DELETE, this.#client, [this.#name, id], options, more)
  }

  get(id, options, ...more) {
    return call(CLIENT_RESOURCE_GET, this.#client, [this.#name, id], options, more)
  }

  list(options, ...more) {
    return listing(CLIENT_RESOURCE_LIST, this.#client, [this.#name], options, more)
  }

  update(id, body, options, ...more) {
    return call(CLIENT_RESOURCE_UPDATE, this.#client, [this.#name, id, body], options, more)
  }
}

class Runs {
  #client

  constructor(client) {
    this.#client = client
  }

  cancel(runId, options, ...more) {
    return call(CLIENT_RUNS_CANCEL, this.#client, [runId], options, more)
  }

  create(agentId, body, options, ...more) {
    return call(CLIENT_RUNS_CREATE, this.#client, [agentId, body], options, more)
  }

  get(runId, options, ...more) {
    return call(CLIENT_RUNS_GET, this.#client, [runId], options, more)
  }

  stream(agentId, body, options, ...more) {
    return call(CLIENT_RUNS_STREAM, this.#client, [agentId, body], options, more)
  }

  wait(runId, options, ...more) {
    return call(CLIENT_RUNS_WAIT, this.#client, [runId], options, more)
  }
}

class Events {
  #client

  constructor(client) {
    this.#client = client
  }

  track(event, options, ...more) {
    return call(CLIENT_EVENTS_TRACK, this.#client, [event], options, more)
  }

  trackBatch(events, options, ...more) {
    return call(CLIENT_EVENTS_TRACK_BATCH, this.#client, [events], options, more)
  }
}

class Segments {
  #client

  constructor(client) {
    this.#client = client
  }

  list(options, ...more) {
    return listing(CLIENT_SEGMENTS_LIST, this.#client, [], options, more)
  }

  members(id, options, ...more) {
    return listing(CLIENT_SEGMENTS_MEMBERS, this.#client, [id], options, more)
  }

  membership(userId, options, ...more) {
    return call(CLIENT_SEGMENTS_MEMBERSHIP, this.#client, [userId], options, more)
  }
}

class AccountSettings {
  #client

  constructor(client) {
    this.#client = client
  }

  get(options, ...more) {
    return call(CLIENT_ACCOUNT_SETTINGS_GET, this.#client, [], options, more)
  }

  update(body, options, ...more) {
    return call(CLIENT_ACCOUNT_SETTINGS_UPDATE, this.#client, [body], options, more)
  }
}

// ---- Objects

class Client extends Handle {
  constructor(service, options, ...more) {
    if (service === MADE) {
      super(MADE, options)
      return
    }
    super(MADE, invoke(CLIENT_NEW, null, [service], options, more))
    keepHost(this, options)
  }

  static withDialect(dialect, options, ...more) {
    const client = new Client(MADE, invoke(CLIENT_WITH_DIALECT, null, [dialect], options, more))
    keepHost(client, options)
    return client
  }

  get keys() {
    return new Keys(this)
  }

  resource(name, ...more) {
    nothingMore('client.resource', more)
    return new Resource(this, text(name, 'name'))
  }

  get runs() {
    return new Runs(this)
  }

  get events() {
    return new Events(this)
  }

  get segments() {
    return new Segments(this)
  }

  get accountSettings() {
    return new AccountSettings(this)
  }

  get agents() {
    return new Resource(this, 'agents')
  }

  get approvals() {
    return new Resource(this, 'approvals')
  }

  get domains() {
    return new Resource(this, 'domains')
  }

  get findings() {
    return new Resource(this, 'findings')
  }

  get incidents() {
    return new Resource(this, 'incidents')
  }

  get knowledgeBases() {
    return new Resource(this, 'knowledge_bases')
  }

  get monitors() {
    return new Resource(this, 'monitors')
  }

  get policies() {
    return new Resource(this, 'policies')
  }

  get sources() {
    return new Resource(this, 'sources')
  }

  get subaccounts() {
    return new Resource(this, 'subaccounts')
  }

  get traces() {
    return new Resource(this, 'traces')
  }

  account(id, ...more) {
    return alike(CLIENT_ACCOUNT, this, [id], undefined, more, Client)
  }

  capabilities(...more) {
    return invoke(CLIENT_CAPABILITIES, this, [], undefined, more)
  }

  describe(...more) {
    return invoke(CLIENT_DESCRIBE, this, [], undefined, more)
  }

  now(...more) {
    return invoke(CLIENT_NOW, this, [], undefined, more)
  }

  ownAccount(...more) {
    return alike(CLIENT_OWN_ACCOUNT, this, [], undefined, more, Client)
  }

  service(...more) {
    return invoke(CLIENT_SERVICE, this, [], undefined, more)
  }

  supports(capability, ...more) {
    return invoke(CLIENT_SUPPORTS, this, [capability], undefined, more)
  }

  throttle(...more) {
    return invoke(CLIENT_THROTTLE, this, [], undefined, more)
  }

  withKey(key, ...more) {
    return alike(CLIENT_WITH_KEY, this, [key], undefined, more, Client)
  }

  withOptions(options, ...more) {
    return alike(CLIENT_WITH_OPTIONS, this, [], options, more, Client)
  }

  request(method, path, options, ...more) {
    return call(CLIENT_REQUEST, this, [method, path], options, more)
  }

  toCurl(method, path, options, ...more) {
    return invoke(CLIENT_TO_CURL, this, [method, path], options, more)
  }

  billingStatus(options, ...more) {
    return call(CLIENT_BILLING_STATUS, this, [], options, more)
  }

  evaluate(action, options, ...more) {
    return call(CLIENT_EVALUATE, this, [action], options, more)
  }

  me(options, ...more) {
    return call(CLIENT_ME, this, [], options, more)
  }

  get(path, options, ...more) {
    return this.request('GET', path, options, ...more)
  }

  post(path, options, ...more) {
    return this.request('POST', path, options, ...more)
  }

  put(path, options, ...more) {
    return this.request('PUT', path, options, ...more)
  }

  patch(path, options, ...more) {
    return this.request('PATCH', path, options, ...more)
  }

  delete(path, options, ...more) {
    return this.request('DELETE', path, options, ...more)
  }
}

class Seclai extends Client {
  constructor(options, ...more) {
    super('seclai', options, ...more)
  }
}

class SegOps extends Client {
  constructor(options, ...more) {
    super('segops', options, ...more)
  }
}

class AgentIdentityClient extends Client {
  constructor(options, ...more) {
    super('sidclaw', options, ...more)
  }
}

class SidClaw extends Client {
  constructor(options, ...more) {
    super('sidclaw', options, ...more)
  }
}

class Seenty extends Client {
  constructor(options, ...more) {
    super('seenty', options, ...more)
  }
}

class ItellicoAI extends Client {
  constructor(options, ...more) {
    super('itellico', options, ...more)
  }
}

class Dialect extends Handle {
  static builtin(service, ...more) {
    return invoke(DIALECT_BUILTIN, null, [service], undefined, more)
  }

  static fromToml(text, options, ...more) {
    return invoke(DIALECT_FROM_TOML, null, [text], options, more)
  }

  capabilities(...more) {
    return invoke(DIALECT_CAPABILITIES, this, [], undefined, more)
  }

  id(...more) {
    return invoke(DIALECT_ID, this, [], undefined, more)
  }

  scopePreset(name, ...more) {
    return invoke(DIALECT_SCOPE_PRESET, this, [name], undefined, more)
  }

  title(...more) {
    return invoke(DIALECT_TITLE, this, [], undefined, more)
  }

  variables(...more) {
    return invoke(DIALECT_VARIABLES, this, [], undefined, more)
  }
}

class EventStream extends Handle {
  close(options, ...more) {
    return call(EVENTSTREAM_CLOSE, this, [], options, more)
  }

  leave(...more) {
    return invoke(EVENTSTREAM_LEAVE, this, [], undefined, more)
  }

  nextEvent(options, ...more) {
    return call(EVENTSTREAM_NEXT_EVENT, this, [], options, more)
  }

  runId(...more) {
    return invoke(EVENTSTREAM_RUN_ID, this, [], undefined, more)
  }

  [Symbol.asyncIterator]() {
    return eventsOf(this)
  }
}

class Clock extends Handle {
  advance(byMs, ...more) {
    return invoke(CLOCK_ADVANCE, this, [byMs], undefined, more)
  }

  elapsed(...more) {
    return invoke(CLOCK_ELAPSED, this, [], undefined, more)
  }

  exact(chance, ...more) {
    return invoke(CLOCK_EXACT, this, [chance], undefined, more)
  }

  hold(...more) {
    return invoke(CLOCK_HOLD, this, [], undefined, more)
  }

  now(...more) {
    return invoke(CLOCK_NOW, this, [], undefined, more)
  }

  release(...more) {
    return invoke(CLOCK_RELEASE, this, [], undefined, more)
  }

  sleepers(...more) {
    return invoke(CLOCK_SLEEPERS, this, [], undefined, more)
  }

  held(work, ...more) {
    nothingMore('clock.held', more)
    return held(this, work)
  }
}

class Sandbox extends Handle {
  static async start(options, ...more) {
    return invoke(SANDBOX_START, null, [], options, more)
  }

  access(service, ...more) {
    return invoke(SANDBOX_ACCESS, this, [service], undefined, more)
  }

  clearFaults(...more) {
    return invoke(SANDBOX_CLEAR_FAULTS, this, [], undefined, more)
  }

  clearLimits(...more) {
    return invoke(SANDBOX_CLEAR_LIMITS, this, [], undefined, more)
  }

  clock(...more) {
    return invoke(SANDBOX_CLOCK, this, [], undefined, more)
  }

  close(...more) {
    return invoke(SANDBOX_CLOSE, this, [], undefined, more)
  }

  connections(...more) {
    return invoke(SANDBOX_CONNECTIONS, this, [], undefined, more)
  }

  fault(rule, ...more) {
    return invoke(SANDBOX_FAULT, this, [rule], undefined, more)
  }

  faults(...more) {
    return invoke(SANDBOX_FAULTS, this, [], undefined, more)
  }

  finish(...more) {
    return invoke(SANDBOX_FINISH, this, [], undefined, more)
  }

  fixtures(...more) {
    return invoke(SANDBOX_FIXTURES, this, [], undefined, more)
  }

  journal(...more) {
    return invoke(SANDBOX_JOURNAL, this, [], undefined, more)
  }

  loadFixtures(fixtures, ...more) {
    return invoke(SANDBOX_LOAD_FIXTURES, this, [fixtures], undefined, more)
  }

  reset(...more) {
    return invoke(SANDBOX_RESET, this, [], undefined, more)
  }

  setActive(service, active, options, ...more) {
    return invoke(SANDBOX_SET_ACTIVE, this, [service, active], options, more)
  }

  setCredits(service, options, ...more) {
    return invoke(SANDBOX_SET_CREDITS, this, [service], options, more)
  }

  setLimit(service, count, perMs, options, ...more) {
    return invoke(SANDBOX_SET_LIMIT, this, [service, count, perMs], options, more)
  }

  setPlan(service, plan, ...more) {
    return invoke(SANDBOX_SET_PLAN, this, [service, plan], undefined, more)
  }

  setVariant(service, variant, ...more) {
    return invoke(SANDBOX_SET_VARIANT, this, [service, variant], undefined, more)
  }

  verify(expected, strictOrder, ...more) {
    return invoke(SANDBOX_VERIFY, this, [expected, strictOrder], undefined, more)
  }

  world(options, ...more) {
    return invoke(SANDBOX_WORLD, this, [], options, more)
  }

  seclai(options, ...more) {
    nothingMore('sandbox.seclai', more)
    return optionsOf(this, this.access('seclai'), options)
  }

  segops(options, ...more) {
    nothingMore('sandbox.segops', more)
    return optionsOf(this, this.access('segops'), options)
  }

  sidclaw(options, ...more) {
    nothingMore('sandbox.sidclaw', more)
    return optionsOf(this, this.access('sidclaw'), options)
  }

  seenty(options, ...more) {
    nothingMore('sandbox.seenty', more)
    return optionsOf(this, this.access('seenty'), options)
  }

  itellico(options, ...more) {
    nothingMore('sandbox.itellico', more)
    return optionsOf(this, this.access('itellico'), options)
  }

  acme(options, ...more) {
    nothingMore('sandbox.acme', more)
    return optionsOf(this, this.access('acme'), options)
  }
}

// ---- Functions

const buildInfo = (...more) => invoke(BUILD_INFO, null, [], undefined, more)
const decodeJson = (body, ...more) => invoke(DECODE_JSON, null, [body], undefined, more)

generated.decodeJson = decodeJson
generated.otherNames = {
  accesstoken: 'apiKey',
  account: 'account',
  accountid: 'account',
  agentid: 'agentId',
  allowinsecurehttp: 'allowInsecureHttp',
  apibase: 'baseUrl',
  apikey: 'apiKey',
  apitoken: 'apiKey',
  apiurl: 'baseUrl',
  appname: 'appName',
  attempttimeout: 'attemptTimeoutMs',
  authtoken: 'apiKey',
  backoff: 'retryBaseMs',
  baseuri: 'baseUrl',
  baseurl: 'baseUrl',
  bearertoken: 'apiKey',
  ca: 'extraRoots',
  cafile: 'extraRoots',
  calltimeout: 'timeoutMs',
  checkkeyshape: 'checkKeyShape',
  clock: 'clock',
  connecttimeout: 'connectTimeoutMs',
  deadline: 'timeoutMs',
  debugheaders: 'debugHeaders',
  email: 'email',
  endpoint: 'baseUrl',
  env: 'env',
  extraroots: 'extraRoots',
  host: 'baseUrl',
  httpproxy: 'proxy',
  httpsproxy: 'proxy',
  idletimeout: 'readTimeoutMs',
  isolatedlimits: 'isolatedLimits',
  keeppassword: 'keepPassword',
  key: 'apiKey',
  keyprovider: 'keyProvider',
  management: 'management',
  maxattempts: 'maxAttempts',
  maxbody: 'maxBody',
  maxconnections: 'maxConnections',
  maxretries: 'maxAttempts',
  maxretryafter: 'maxRetryAfterMs',
  numretries: 'maxAttempts',
  onevent: 'onEvent',
  organization: 'account',
  orgid: 'account',
  password: 'password',
  priority: 'priority',
  proxies: 'proxy',
  proxy: 'proxy',
  queuelimit: 'queueLimit',
  readtimeout: 'readTimeoutMs',
  requesttimeout: 'attemptTimeoutMs',
  retries: 'maxAttempts',
  retrybase: 'retryBaseMs',
  retrycap: 'retryCapMs',
  sockettimeout: 'readTimeoutMs',
  tenant: 'account',
  tenantid: 'account',
  throttle: 'throttle',
  timeout: 'timeoutMs',
  timeoutms: 'timeoutMs',
  timeoutseconds: 'timeoutMs',
  token: 'apiKey',
  totaltimeout: 'timeoutMs',
  url: 'baseUrl',
  useragent: 'appName',
  username: 'email',
  variant: 'variant',
  verify: 'extraRoots',
}

module.exports = {
  AgentIdentityClient,
  CallTimeoutError,
  CancelledCallError,
  Client,
  Clock,
  ConfigError,
  ConflictError,
  DecodeError,
  Dialect,
  EventStream,
  ForbiddenError,
  InternalError,
  InvalidError,
  ItellicoAI,
  KeywrightError,
  Listing,
  NetworkError,
  NotFoundError,
  Page,
  PlanLimitError,
  RateLimitedError,
  RedirectError,
  Response,
  Sandbox,
  Seclai,
  Secret,
  Seenty,
  SegOps,
  ServerError,
  SidClaw,
  UnauthenticatedError,
  UnsupportedError,
  buildInfo,
  decodeJson,
}
