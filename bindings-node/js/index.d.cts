// Written by `cargo xtask gen`; changes belong into core/facade or the emitter.

/// <reference types="node" />

/** JSON as a service sent it: its shape is the service's own. Integers beyond 2^53 - 1 are strings. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any

/** Names and values: an object, or pairs where a name repeats: a list, a `Map`, `Headers`, `URLSearchParams`. */
export type Pairs = { readonly [name: string]: string } | Iterable<readonly [name: string, value: string]>

/** Any other word: the list may grow. */
type Other = string & {}

/** What every call takes beside its own options. */
export interface Cancellable {
  /** Ends the call: it rejects with the reason of the signal, and its connection is closed. */
  signal?: AbortSignal | null | undefined
}

/** Which page of a list. */
export interface ListOptions extends Cancellable {
  /** How many items a page has; the service says which sizes there are. */
  pageSize?: number | null | undefined
  /** Where the list goes on: `nextToken` of the page before. */
  after?: string | null | undefined
}

/** A key, password or token. It prints nowhere: `expose` is the only way to read it. */
export declare class Secret {
  /** Takes the text. */
  constructor(text: string)
  /** The text itself. */
  expose(): string
  /** The first eight hexadecimal digits of its SHA-256: tells two keys apart in a log. */
  fingerprint(): string
  /** Whether both hold the same text. */
  equals(other: unknown): boolean
  /** Always `[secret]`. */
  toString(): string
  /** Always `[secret]`. */
  toJSON(): string
}

/** One page of a list. Walking it walks on through the following pages. */
export declare class Page<T> implements AsyncIterable<T> {
  private constructor()
  /** The items of this page, in the service's order. */
  readonly items: readonly T[]
  /** Where the next page begins; `null` on the last. */
  readonly nextToken: string | null
  /** How this page came to be. */
  readonly meta: Meta
  /** Whether another page follows. */
  get hasNext(): boolean
  /** The next page; `null` after the last. */
  nextPage(options?: Cancellable): Promise<Page<T> | null>
  [Symbol.asyncIterator](): AsyncIterator<T>
}

/** A list that was asked for: `await` gives its first page, `for await` walks all its items. */
export declare class Listing<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  private constructor()
  then<A = Page<T>, B = never>(
    done?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B>
  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B>
  finally(ended?: (() => void) | null): Promise<Page<T>>
  [Symbol.asyncIterator](): AsyncIterator<T>
}

/** What kind of failure it is. */
export type ErrorKind =
  /** A wrong or missing option or argument; nothing was sent. */
  | 'config'
  /** The service has no such operation; nothing was sent. */
  | 'unsupported'
  /** The credential was missing, wrong, expired or revoked. */
  | 'unauthenticated'
  /** The credential may not do this. */
  | 'forbidden'
  /** No such object, or not visible to this credential. */
  | 'not_found'
  /** The object's state does not allow it. */
  | 'conflict'
  /** The service found the request malformed. */
  | 'invalid'
  /** The plan or its quota does not allow it. */
  | 'plan_limit'
  /** Too many requests. */
  | 'rate_limited'
  /** The service failed. */
  | 'server'
  /** Time ran out; `timeoutScope` says which limit it was. */
  | 'timeout'
  /** The connection could not be made or did not hold. */
  | 'network'
  /** The service answered with a redirect, which is never followed. */
  | 'redirect'
  /** The answer could not be understood. */
  | 'decode'
  /** The call was ended from outside, or a secret could not be delivered. */
  | 'cancelled'
  /** A defect of this library. */
  | 'internal'
  | Other

/** What became of the request at the service. */
export type Outcome =
  /** Nothing reached the service. */
  | 'not_sent'
  /** The service refused it: nothing was changed. */
  | 'rejected'
  /** It may or may not have been carried out. */
  | 'unknown'
  /** It was carried out; its answer did not arrive whole. */
  | 'applied'
  | Other

/** Why no further attempt was made. */
export type Stop =
  /** Trying again cannot help. */
  | 'fatal'
  /** All attempts were used. */
  | 'attempts'
  /** The service kept answering 429. */
  | 'throttled'
  /** The retry budget of this service was empty. */
  | 'budget'
  /** The total time would have run out before another attempt. */
  | 'deadline'
  /** The service asked for a longer wait than `maxRetryAfterMs`. */
  | 'retry_after_too_long'
  /** `throttle = fail` was asked for and the limiter was closed. */
  | 'throttle_fail'
  /** `queueLimit` calls were waiting for the same key already. */
  | 'queue_full'
  /** The caller cancelled. */
  | 'cancelled'
  /** The request is not safe to repeat and may have been carried out. */
  | 'unknown_outcome'
  | Other

/** Which time limit ran out. */
export type TimeoutScope =
  /** Opening the connection. */
  | 'connect'
  /** One attempt, status line and body. */
  | 'attempt'
  /** The pause between two pieces of a body. */
  | 'read'
  /** The whole call with its waits. */
  | 'call'
  | Other

/** How long a slice of a report is. */
export type Granularity =
  /** A day, UTC. */
  | 'day'
  /** A week from Monday, UTC. */
  | 'week'
  /** A month, UTC. */
  | 'month'

/** What to do with a key that was created after its caller had left. */
export type OnCancel =
  /** Retire it: nobody holds its secret. */
  | 'discard'
  /** Leave it, and tell (event `orphan_key`). */
  | 'keep'

/** Which calls go first when a limiter opens. */
export type Priority =
  /** Before all others: a leaked key must not wait behind bulk traffic. */
  | 'urgent'
  /** In the order of the calls. */
  | 'normal'
  /** When nobody else waits. */
  | 'background'

/** Which proxies are used for `https`. */
export type Proxy =
  /** `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, or the settings of the system; as tunnels only. */
  | 'system'
  /** None. */
  | 'direct'

/** What to do when nobody can say whether a key was created. */
export type Recover =
  /** Say so, with the ids of the keys that it may be. */
  | 'report'
  /** Rotate the orphan: same id and scopes, a secret that arrives (SidClaw). */
  | 'rotate'
  /** Retire the orphan and create once more (Seclai, Seenty, itellicoAI). */
  | 'replace'

/** What a call does when its limiter is closed. */
export type Throttle =
  /** It waits in line. */
  | 'wait'
  /** It fails at once and says when to come back. */
  | 'fail'

/** Whether the service may get a request twice. */
export type Safety =
  /** It changes nothing. */
  | 'safe'
  /** Twice is as good as once. */
  | 'idempotent'
  /** It must not reach the service twice. */
  | 'never'

/** A member of a key that an answer may leave out. */
export type KeyMember =
  /** The name. */
  | 'name'
  /** The beginning of the secret. */
  | 'prefix'
  /** The status, and its label. */
  | 'status'
  /** What it may do. */
  | 'scopes'
  /** The account it belongs to. */
  | 'account_id'
  /** When it was made. */
  | 'created_at'
  /** When it was last used. */
  | 'last_used_at'
  /** When it stops working by itself. */
  | 'expires_at'
  /** When it was archived. */
  | 'archived_at'
  /** When it was revoked. */
  | 'revoked_at'
  | Other

/** Where a credential comes from. */
export interface CredentialOrigin {
  /** Which: `apiKey`, `management`, `login`. */
  readonly name: string
  /** Where from: `argument`, `environment NAME`, `provider`. */
  readonly origin: string
  /** The first eight hexadecimal digits of the SHA-256 of a key. */
  readonly digest: string | null
}

/** What a client is and where its settings come from. Holds no secret. */
export interface Description {
  /** The service's id. */
  readonly service: string
  /** The dialect's variant. */
  readonly variant: string
  /** Scheme, host and port. */
  readonly baseUrl: string
  /** Where the base URL comes from: `argument`, `environment NAME`, `dialect`. */
  readonly baseUrlOrigin: string
  /** The account that calls are for, where one was named. */
  readonly account: string | null
  /** The credentials. */
  readonly credentials: readonly CredentialOrigin[]
}

/** One limiter. */
export interface LimiterView {
  /** The bucket of the service's limit. */
  readonly bucket: string
  /** Requests per second, once learned from a refusal. */
  readonly rate: number | null
  /** What is left of the cool-down. */
  readonly coolDownMs: number
  /** Requests in flight. */
  readonly inFlight: number
  /** Calls that wait. */
  readonly waiting: number
  /** How many seconds the service's clock is ahead. */
  readonly clockSkew: number
}

/** How a service throttles a client just now. */
export interface ThrottleView {
  /** The service's id. */
  readonly service: string
  /** How many whole retries the budget has left. */
  readonly budgetRemaining: number
  /** The limiters that are remembered, by bucket; of several keys in one bucket, the worst. */
  readonly limiters: readonly LimiterView[]
}

/** Whether a service has an operation, and what to do where it has not. */
export interface Capability {
  /** `keys.create`, `agents.list`. */
  readonly name: string
  /** Whether the service has it. */
  readonly supported: boolean
  /** Method and path, as `POST /api-keys`. */
  readonly http: string | null
  /** What to do instead, where it is missing. */
  readonly remedy: string | null
  /** Whether it can never be undone. */
  readonly irreversible: boolean
  /** How we know: `documented`, `observed` or `assumed`. */
  readonly source: 'documented' | 'observed' | 'assumed' | Other
}

/** One request that was sent, or tried to be. */
export interface Attempt {
  /** Counted from 1. */
  readonly n: number
  /** When it began, on the client's clock. */
  readonly startedAt: Date
  /** How long it took. */
  readonly durationMs: number
  /** How long the call had waited before it. */
  readonly delayBeforeMs: number
  /** The status, when one arrived. */
  readonly status: number | null
  /** What was being done when it failed without a status: `resolve`, `connect`, `tls`, `proxy`, `send`, `body`. */
  readonly phase: string | null
  /** The service's id of the request. */
  readonly requestId: string | null
}

/** What a service said about one field of the request. */
export interface FieldError {
  /** The field, as the service names it. */
  readonly field: string
  /** The service's words. */
  readonly messages: readonly string[]
}

/** One thing that happened during a call. Only the members that its name calls for are there. */
export interface Event {
  /** What happened: `call_start`, `attempt_end`, `throttled`, `orphan_key`, ... */
  readonly name: string
  /** At which service. */
  readonly service: string
  /** During which operation, as `keys.create`. */
  readonly operation: string
  /** Which call: the middle of its request ids. */
  readonly call: string
  /** Which request of it, from 1. */
  readonly attempt: number
  /** The status of an answer. */
  readonly status: number | null
  /** How long it took, or will wait. */
  readonly durationMs: number | null
  /** How a call or attempt failed. */
  readonly error: ErrorKind | null
  /** What became of the request. */
  readonly outcome: Outcome | null
  /** A key's id (`orphan_key`). */
  readonly keyId: string | null
  /** A sentence for people (`warning`). */
  readonly detail: string | null
}

/** One event of a stream. */
export interface ServerEvent {
  /** Its name; `message` when the service gave none. */
  readonly event: string
  /** Its data, as text. */
  readonly data: string
}

/** How the calls of one handle differ from the client's settings. */
export interface CallOptions {
  /** Limits the whole call with its waits. */
  timeoutMs?: number | null | undefined
  /** Limits one attempt, status line and body. */
  attemptTimeoutMs?: number | null | undefined
  /** Limits the pause between two pieces of a body. */
  readTimeoutMs?: number | null | undefined
  /** Requests of one call, the first included. */
  maxAttempts?: number | null | undefined
  /** What to do when the limiter is closed. */
  throttle?: Throttle | null | undefined
  /** Which calls go first when it opens. */
  priority?: Priority | null | undefined
}

/** Which calls to list. What the service cannot filter is filtered here. */
export interface CallsQuery {
  /** Only this method. */
  method?: string | null | undefined
  /** Only this status. */
  status?: number | null | undefined
  /** Only this path. */
  endpoint?: string | null | undefined
  /** Only from this time on. */
  since?: Date | null | undefined
  /** Only before this time. */
  until?: Date | null | undefined
}

/** What a client is made with. */
export interface ClientOptions {
  /** The API key. Wins over the environment variable that the service's page names. */
  apiKey?: string | Secret
  /** A function that gives the API key for every call, so that it can change meanwhile. */
  keyProvider?: () => string | Secret | Promise<string | Secret>
  /** What manages keys, where that is not the API key: another key, or an owner's token (Seenty). */
  management?: string | Secret
  /** The e-mail of a login that manages keys (SegOps, SidClaw). */
  email?: string
  /** The password of that login. */
  password?: string | Secret
  /** The account that calls are for, by id or slug, unless a handle says otherwise. */
  account?: string | null | undefined
  /** The agent that `evaluate` speaks for, unless a call says otherwise (SidClaw). */
  agentId?: string | null | undefined
  /** Scheme, host, port and at most a path prefix, as `https://api.example.com`. */
  baseUrl?: string
  /** The variant of the service's description: `documented` (default) or `live`. */
  variant?: 'documented' | 'live' | Other | null | undefined
  /** Limits a whole call with its waits; 120 s unless given. */
  timeoutMs?: number | null | undefined
  /** Limits one attempt; 30 s unless given. */
  attemptTimeoutMs?: number | null | undefined
  /** Limits the pause between two pieces of a body; 20 s unless given, 60 s for streams. */
  readTimeoutMs?: number | null | undefined
  /** Limits name lookup, connection and TLS together; 5 s unless given. */
  connectTimeoutMs?: number | null | undefined
  /** Requests of one call, the first included; 4 unless given. */
  maxAttempts?: number | null | undefined
  /** The delay before the first repetition, which doubles with each; 250 ms unless given. */
  retryBaseMs?: number | null | undefined
  /** The longest delay of our own; 8 s unless given. */
  retryCapMs?: number | null | undefined
  /** The longest delay asked for by the service that is waited out; 60 s unless given. */
  maxRetryAfterMs?: number | null | undefined
  /** The calls that may wait for one key; one more is refused. 50,000 unless given. Each takes about 1.3 kB, and what its language keeps for a task. */
  queueLimit?: number | null | undefined
  /** What to do when the limiter is closed. */
  throttle?: Throttle | null | undefined
  /** Which calls go first when it opens. */
  priority?: Priority | null | undefined
  /** Keeps limiters and retry budget to this client and its handles. */
  isolatedLimits?: boolean | null | undefined
  /** The largest body of an answer, decompressed, in bytes; 8 MiB unless given. */
  maxBody?: number | null | undefined
  /** The most connections at once; 256 unless given. Calls beyond wait until one is free, within their time limits. Event streams are counted apart: as many may be open besides. */
  maxConnections?: number | null | undefined
  /** Allows plain `http` to hosts other than this machine: the key travels in the clear. */
  allowInsecureHttp?: boolean | null | undefined
  /** Whether a key must begin as the service says that its keys do; yes unless given. */
  checkKeyShape?: boolean | null | undefined
  /** Whether a login's password stays in memory for logging in again; yes unless given. */
  keepPassword?: boolean | null | undefined
  /** Adds `X-Keywright-Attempt` to every request, for debugging a gateway. */
  debugHeaders?: boolean | null | undefined
  /** Which proxies are used for `https`. */
  proxy?: Proxy | null | undefined
  /** Certificates to trust besides those of the system, each a PEM text. */
  extraRoots?: readonly string[] | null | undefined
  /** A name for the `User-Agent`, as `acme-deployer/1.4`. */
  appName?: string | null | undefined
  /** Receives the events of all calls. */
  onEvent?: ((event: Event) => void) | null | undefined
  /** Where time and chance come from, for tests: a sandbox's clock. */
  clock?: Clock | null | undefined
  /** Read instead of the environment: keys, addresses, proxies. */
  env?: Pairs | null | undefined
}

/** What a new key shall be. What a service does not know is refused before anything is sent. */
export interface CreateKey {
  /** The name or label. Optional at Seclai, required elsewhere. */
  name?: string | null | undefined
  /** What the key may do (SidClaw). */
  scopes?: readonly string[] | null | undefined
  /** When it stops working by itself (SidClaw, Seenty, itellicoAI). */
  expiresAt?: Date | null | undefined
}

/** How a new secret is handed over, and what may be done when its answer is lost. */
export interface Delivery {
  /** What to do when an answer is lost. Other than `report` it puts a mark at the end of the key's name, so that no other key can be taken for it. */
  recover?: Recover | null | undefined
  /** Lists the keys before the request too, so that a loss can be told apart with certainty. */
  snapshot?: boolean | null | undefined
  /** What to do with a key whose caller has left. */
  onCancel?: OnCancel | null | undefined
  /** Stores the secret before the call returns; if it fails, the new key is retired. No time limit ends it. */
  deliver?: ((secret: Secret, call: { signal: AbortSignal }) => void | Promise<void>) | null | undefined
  /** Allows a key to rotate itself: a lost answer then locks its owner out. */
  allowSelf?: boolean | null | undefined
}

/** What to change about a key. What is not given stays. */
export interface UpdateKey {
  /** The name or label. */
  name?: string | null | undefined
  /** When it stops working by itself. */
  expiresAt?: Date | undefined
  /** Removes the expiry: the key works until it is revoked or deleted. */
  neverExpires?: boolean | null | undefined
}

/** Which time a report covers, and how finely. */
export interface UsageQuery {
  /** `24h`, `7d` or `30d`; the service's default (30 days) when neither this nor `since` is given. */
  range?: '24h' | '7d' | '30d' | Other | null | undefined
  /** From this time on. */
  since?: Date | null | undefined
  /** Up to, and without, this time. */
  until?: Date | null | undefined
  /** The slices; chosen by the length of the range when not given. */
  granularity?: Granularity | null | undefined
}

/** What a request of your own carries. */
export interface RequestOptions {
  /** Query parameters; they are encoded here. */
  query?: Pairs | null | undefined
  /** Headers. Credential headers are the client's own and cannot be set. */
  headers?: Pairs | null | undefined
  /** A JSON body. */
  json?: unknown | undefined
  /** A body of bytes. */
  body?: Uint8Array | null | undefined
  /** What the bytes are; `application/octet-stream` unless given. */
  contentType?: string | null | undefined
  /** Whether the service may get it twice. Reading is safe, PUT and DELETE are idempotent, everything else is never repeated unless you say so. */
  safety?: Safety | null | undefined
}

/** What an action answered with: what it has depends on the action. */
export interface ActionReply {
  /** One object. */
  readonly item: Item | null
  /** A page of a list. */
  readonly page: ItemPage | null
  /** JSON of its own. */
  readonly data: Json | null
  /** A stream of events. */
  readonly events: EventStream | null
  /** How it came to be. */
  readonly meta: Meta
}

/** What an action is called with. */
export interface Arguments {
  /** The parameters of the path, as `id`. */
  path?: Pairs | null | undefined
  /** Query parameters. */
  query?: Pairs | null | undefined
  /** The JSON body. */
  body?: unknown | undefined
  /** How many items of a list. */
  pageSize?: number | null | undefined
  /** Where a list goes on. */
  after?: string | null | undefined
}

/** How many sockets a sandbox has. */
export interface Connections {
  /** Open now. */
  readonly open: number
  /** Ever opened. */
  readonly total: number
}

/** One request that a sandbox has seen. */
export interface JournalEntry {
  /** Its number, from 1. */
  readonly n: number
  /** The service that it came to. */
  readonly service: string
  /** The HTTP method. */
  readonly method: string
  /** The path without query, as sent. */
  readonly path: string
  /** The query parameters. */
  readonly query: ReadonlyArray<readonly [name: string, value: string]>
  /** The headers, names in lower case; credentials as digests. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** The body: its JSON, or its text; null when empty. */
  readonly body: Json
  /** The status of the answer; absent while there is none. */
  readonly status: number | null
  /** The rule that refused. */
  readonly rule: string | null
  /** The fault that fired. */
  readonly fault: string | null
  /** The number of the connection that it came on. */
  readonly connection: number
  /** When, on the sandbox's clock. */
  readonly at: string
}

/** What a client needs to speak to one service of a sandbox, and the ids that live there. */
export interface SandboxAccess {
  /** The service's id. */
  readonly service: string
  /** Where it listens. */
  readonly baseUrl: string
  /** A key; absent on plans that are born without one. */
  readonly apiKey: Secret | null
  /** The owner's token that manages keys (Seenty). */
  readonly management: Secret | null
  /** The e-mail of a login (SegOps, SidClaw). */
  readonly email: string | null
  /** The password of that login. */
  readonly password: Secret | null
  /** An agent that `evaluate` can speak for (SidClaw). */
  readonly agentId: string | null
  /** The account, or organization, of the key. */
  readonly accountId: string | null
  /** An account below it (itellicoAI). */
  readonly subaccountId: string | null
  /** The tenant (SegOps). */
  readonly tenantSlug: string | null
  /** The clock that client and sandbox share. */
  readonly clock: Clock
}

/** How a sandbox or a further world begins. */
export interface SandboxOptions {
  /** Fixes ids, keys and chance; without it each world has its own. */
  seed?: number | null | undefined
  /** The plan of every service that knows it; the largest where nothing is said. */
  plan?: string | null | undefined
  /** `documented` (default) or `live`. */
  variant?: string | null | undefined
  /** How the clock moves (`auto`, `frozen`, `real`), or the moment at which it begins, or both as `frozen 2026-03-23T10:00:00Z`. */
  clock?: string | null | undefined
  /** Whether unknown names in requests and repeated headers are forgiven. */
  lenient?: boolean | null | undefined
  /** Whether `Idempotency-Key` is honoured. */
  idempotency?: boolean | null | undefined
  /** Ids of rules that do not hold. */
  brokenRules?: readonly string[] | null | undefined
}

/** The credits of one activity. */
export interface Activity {
  /** Which: `agent_run`. */
  readonly activity: string
  /** Its credits. */
  readonly credits: number
  /** Where it came from: `api`, `ui`. */
  readonly origin: string | null
}

/** One page of calls. */
export interface CallPage {
  /** The calls of this page, in the service's order. */
  readonly items: readonly CallRecord[]
  /** Where the next page begins; absent on the last. */
  readonly nextToken: string | null
  /** How this page came to be. */
  readonly meta: Meta
}

/** One call made with a key. */
export interface CallRecord {
  /** The id of the record, where it has one. */
  readonly id: string | null
  /** The method: `GET`, `POST`, or any other word the service used. */
  readonly method: string
  /** The path, without host and query. */
  readonly endpoint: string
  /** The HTTP status it was answered with; 0, which is none, where it could not be read: see `data`. */
  readonly status: number
  /** What went wrong, in the service's words; absent when nothing did. */
  readonly error: string | null
  /** When it was made. */
  readonly startedAt: Date | null
  /** The record as the service sent it. */
  readonly data: Json
}

/** A new key, or a rotated one. */
export interface CreatedKey {
  /** The key. Right after a rotation it holds only what the service answered. */
  readonly key: Key
  /** Its secret. Every service shows it once: store it before anything else. */
  readonly secret: Secret
  /** How it came to be. */
  readonly meta: Meta
}

/** That something was done which gives nothing back. */
export interface Done {
  /** How it came to be. */
  readonly meta: Meta
}

/** An object of a service: an agent, a run, a monitor. */
export interface Item {
  /** The id, as text. */
  readonly id: string
  /** The name, where it has one. */
  readonly name: string | null
  /** The status, in the service's words. */
  readonly status: string | null
  /** When it was made. */
  readonly createdAt: Date | null
  /** The object as the service sent it. Integers beyond 2^53 - 1 are text there. */
  readonly data: Json
  /** How it came to be; absent for one of a list. */
  readonly meta: Meta | null
}

/** One page of objects. */
export interface ItemPage {
  /** The objects of this page, in the service's order. */
  readonly items: readonly Item[]
  /** Where the next page begins; absent on the last. */
  readonly nextToken: string | null
  /** How this page came to be. */
  readonly meta: Meta
}

/** An answer that is JSON of its own. */
export interface JsonReply {
  /** What the service answered. */
  readonly data: Json
  /** How it came to be. */
  readonly meta: Meta
}

/** A key as its service shows it: everything but the secret. */
export interface Key {
  /** The id, as text: some services count, others use words. */
  readonly id: string
  /** The name or label, where one was given. */
  readonly name: string | null
  /** The name to show: `Untitled` when there is none, the id when it was not told. */
  readonly displayName: string
  /** The name to show on the key's own page: `(unnamed)` when there is none, the id when it was not told. */
  readonly displayNameDetail: string
  /** The beginning of the secret, for people to recognise it by. Never usable as a key. */
  readonly prefix: string | null
  /** The status: `active`, `revoked`, `archived`, `expired`, or the service's own word. */
  readonly status: 'active' | 'revoked' | 'archived' | 'expired' | Other
  /** The status in the service's own words, as `Live`. */
  readonly statusLabel: string
  /** Whether the key worked when this was read: it is active and not past its date. */
  readonly isEffective: boolean
  /** What the key may do; empty where the service knows no scopes. */
  readonly scopes: readonly string[]
  /** The account, tenant or organization it belongs to, where the service says. */
  readonly accountId: string | null
  /** When it was made. */
  readonly createdAt: Date | null
  /** When it was last used, as coarse as the service keeps it; absent when never. */
  readonly lastUsedAt: Date | null
  /** When it stops working by itself; absent when never. */
  readonly expiresAt: Date | null
  /** When it was archived. */
  readonly archivedAt: Date | null
  /** When it was revoked, where the service says. */
  readonly revokedAt: Date | null
  /** The operations that its state allows, as far as the service's rules are known. */
  readonly allowedActions: readonly string[]
  /** The members that are known: told by the answer, as "none" too, or set by the request. What is not among them may be anything; what is among them and absent is "never" or "none". */
  readonly toldMembers: readonly KeyMember[]
  /** The object as the service sent it, without the secret. */
  readonly data: Json
  /** How it came to be; absent for one of a list. */
  readonly meta: Meta | null
  /** Whether a member is among `toldMembers`. */
  told(member: 'name' | 'prefix' | 'status' | 'scopes' | 'accountId' | 'createdAt' | 'lastUsedAt' | 'expiresAt' | 'archivedAt' | 'revokedAt'): boolean
}

/** One page of keys. */
export interface KeyPage {
  /** The keys of this page, in the service's order. */
  readonly items: readonly Key[]
  /** Where the next page begins; absent on the last. */
  readonly nextToken: string | null
  /** How this page came to be. */
  readonly meta: Meta
}

/** How a result came to be. */
export interface Meta {
  /** The service's id of the request that brought the result. */
  readonly requestId: string | null
  /** Its status. */
  readonly status: number
  /** How many requests were sent. */
  readonly attempts: number
  /** From the call to its result, waits included. */
  readonly elapsedMs: number
  /** How much of that the call waited for its turn in the limiter. */
  readonly queuedMs: number
  /** What the service said about its rate limit. */
  readonly rateLimit: RateLimit | null
  /** Whether an earlier attempt of the same call may have been the one that did it. */
  readonly ambiguous: boolean
  /** Whether the answer was cut and the rest was filled in. */
  readonly partial: boolean
}

/** What the service said about its rate limit. */
export interface RateLimit {
  /** Requests allowed per window, when it was said. */
  readonly limit: number | null
  /** Requests left in the current window. */
  readonly remaining: number
  /** Time until the window is full again. */
  readonly resetInMs: number
}

/** How a key was taken out of service. */
export interface Retired {
  /** What was done: `delete`, `archive` or `revoke`. */
  readonly action: 'delete' | 'archive' | 'revoke' | Other
  /** The key afterwards; absent when it is gone. */
  readonly key: Key | null
  /** How it came to be. */
  readonly meta: Meta
}

/** The credits that one key has used. */
export interface UsageReport {
  /** The slices' length, in the service's words: `day`, `week`, `month`. */
  readonly granularity: 'day' | 'week' | 'month' | Other
  /** All credits of the range. */
  readonly total: number
  /** Slice by slice, in order of time. */
  readonly slices: readonly UsageSlice[]
  /** How it came to be. */
  readonly meta: Meta
}

/** The credits of one slice. */
export interface UsageSlice {
  /** When it begins. */
  readonly start: Date | null
  /** Its credits. */
  readonly credits: number
  /** What they were used for. */
  readonly activities: readonly Activity[]
}

/** The answer to a request of your own. */
export declare class Response {
  private constructor()
  /** The status: 2xx, everything else is an error. */
  readonly status: number
  /** The headers, names in lower case. */
  readonly headers: { readonly [name: string]: string }
  /** The body, decompressed. */
  readonly body: Buffer
  /** How it came to be. */
  readonly meta: Meta
  /** Always true: everything but 2xx is an error. */
  get ok(): boolean
  /** The body as UTF-8 text. */
  text(): string
  /** The body as JSON, decoded strictly: a member named twice is an error. */
  json(): Json
}

/** What every call fails with. Each kind has a class of its own. `message` is one sentence with the remedy. */
export declare class KeywrightError extends Error {
  /** For tests of your own: calls make theirs. */
  constructor(message: string, details?: Partial<Omit<KeywrightError, 'name' | 'message' | 'stack'>>)
  /** What kind of failure it is. */
  readonly kind: ErrorKind
  /** Which failure of that kind it is: an open list, as `key_has_history`. */
  readonly reason: string | null
  /** The service that was called. */
  readonly service: string | null
  /** The operation, as `keys.create` or `request`. */
  readonly operation: string | null
  /** The option or argument that was wrong, for kind `config`. */
  readonly field: string | null
  /** What to do about it. */
  readonly remedy: string | null
  /** The HTTP status, when one arrived. */
  readonly status: number | null
  /** The service's own error code. */
  readonly code: string | null
  /** The service's own words; secrets are masked. */
  readonly serviceMessage: string | null
  /** The service's id of the last request. */
  readonly requestId: string | null
  /** How long to wait before trying again, as the service or the limiter says. */
  readonly retryAfterMs: number | null
  /** What became of the request at the service. */
  readonly outcome: Outcome
  /** Why no further attempt was made. */
  readonly stop: Stop | null
  /** Which time limit ran out, for kind `timeout`. */
  readonly timeoutScope: TimeoutScope | null
  /** Every request of the call, in order. */
  readonly attempts: readonly Attempt[]
  /** Ids of keys that the call may have created. */
  readonly candidates: readonly string[]
  /** The mark at the end of the key's name, so that a lost key can be found later. */
  readonly nonce: string | null
  /** What the service said about single fields. */
  readonly fields: readonly FieldError[]
  /** The beginning of an answer that could not be read: at most 200 printable characters, masked. */
  readonly excerpt: string | null
  /** Whether the same call may succeed later, and cannot be carried out twice by trying. */
  readonly isRetryable: boolean
  /** What a function of your own failed with: key provider or `deliver`. */
  readonly cause?: unknown
}

/** A wrong or missing option or argument; nothing was sent. */
export declare class ConfigError extends KeywrightError {
  readonly kind: 'config'
}

/** The service has no such operation; nothing was sent. */
export declare class UnsupportedError extends KeywrightError {
  readonly kind: 'unsupported'
}

/** The credential was missing, wrong, expired or revoked. */
export declare class UnauthenticatedError extends KeywrightError {
  readonly kind: 'unauthenticated'
}

/** The credential may not do this. */
export declare class ForbiddenError extends KeywrightError {
  readonly kind: 'forbidden'
}

/** No such object, or not visible to this credential. */
export declare class NotFoundError extends KeywrightError {
  readonly kind: 'not_found'
}

/** The object's state does not allow it. */
export declare class ConflictError extends KeywrightError {
  readonly kind: 'conflict'
}

/** The service found the request malformed. */
export declare class InvalidError extends KeywrightError {
  readonly kind: 'invalid'
}

/** The plan or its quota does not allow it. */
export declare class PlanLimitError extends KeywrightError {
  readonly kind: 'plan_limit'
}

/** Too many requests. */
export declare class RateLimitedError extends KeywrightError {
  readonly kind: 'rate_limited'
}

/** The service failed. */
export declare class ServerError extends KeywrightError {
  readonly kind: 'server'
}

/** Time ran out; `timeoutScope` says which limit it was. */
export declare class CallTimeoutError extends KeywrightError {
  readonly kind: 'timeout'
}

/** The connection could not be made or did not hold. */
export declare class NetworkError extends KeywrightError {
  readonly kind: 'network'
}

/** The service answered with a redirect, which is never followed. */
export declare class RedirectError extends KeywrightError {
  readonly kind: 'redirect'
}

/** The answer could not be understood. */
export declare class DecodeError extends KeywrightError {
  readonly kind: 'decode'
}

/** The call was ended from outside, or a secret could not be delivered. */
export declare class CancelledCallError extends KeywrightError {
  readonly kind: 'cancelled'
}

/** A defect of this library. */
export declare class InternalError extends KeywrightError {
  readonly kind: 'internal'
}

/** The keys of the service. */
export interface Keys {
  /**
   * Deactivates a used key for good and keeps its history (Seclai). The key that makes the call is refused, where it is known to be that one, unless `allowSelf` is set.
   *
   * @throws `conflict`, reason `key_unused`, when it was never used: delete it; `unsupported`, before any request, elsewhere.
   */
  archive(id: string, options?: { allowSelf?: boolean | null | undefined } & Cancellable): Promise<Key>
  /**
   * Gets a page of the calls made with a key, newest first, and from it all that follow.
   *
   * @throws `unsupported`, before any request, where the service keeps no such log.
   */
  calls(id: string, options?: CallsQuery & ListOptions): Listing<CallRecord>
  /**
   * Gets all calls that fit, oldest first: gathers every page, then turns them round.
   *
   * @throws As `calls`.
   */
  callsOldestFirst(id: string, options?: CallsQuery & Cancellable): Promise<readonly CallRecord[]>
  /**
   * Creates a key. Its secret is in the result and is never shown again: store it first.
   *
   * @throws `config`, before any request, when something is missing or unknown to the service; `plan_limit` when the plan allows no further key; `forbidden` when the role does not.
   */
  create(options?: CreateKey & Delivery & Cancellable): Promise<CreatedKey>
  /**
   * Removes a key for good. The key that makes the call is refused, where it is known to be that one, unless `allowSelf` is set.
   *
   * @throws `conflict`, reason `key_has_history`, where the service keeps keys that have been used: archive it; `unsupported`, before any request, where there is no delete.
   */
  delete(id: string, options?: { allowSelf?: boolean | null | undefined } & Cancellable): Promise<Done>
  /**
   * Gets one key.
   *
   * @throws `unsupported`, before any request, where keys can only be listed; `not_found`.
   */
  get(id: string, options?: Cancellable): Promise<Key>
  /**
   * Gets a page of keys, and from it all that follow.
   *
   * A walk gives each key once, and skips none when this process removes some on the way. What somebody else removes meanwhile may make it skip as many: walk again to be sure. A member that cannot be read is left out, with a warning, and stays in `data`.
   *
   * @throws `unsupported`, before any request, at a service without a list; `config` for a page size that it does not take.
   */
  list(options?: ListOptions): Listing<Key>
  /**
   * Makes a revoked key work again (itellicoAI).
   *
   * @throws `not_found`; `unsupported`, before any request, elsewhere.
   */
  reactivate(id: string, options?: Cancellable): Promise<Key>
  /**
   * Takes a key out of service in the gentlest way that the service has: at Seclai deletes an unused key and archives a used one, at itellicoAI and Seenty revokes, at SegOps and SidClaw deletes. The key that makes the call is refused, where it is known to be that one, unless `allowSelf` is set.
   *
   * @throws As the operation that was tried last.
   */
  retire(id: string, options?: { allowSelf?: boolean | null | undefined } & Cancellable): Promise<Retired>
  /**
   * Disables a key at once. At SegOps this deletes it. The key that makes the call is refused, where it is known to be that one, unless `allowSelf` is set.
   *
   * @throws `not_found`; `unsupported`, before any request, where there is no such thing: use `retire`.
   */
  revoke(id: string, options?: { allowSelf?: boolean | null | undefined } & Cancellable): Promise<Retired>
  /**
   * Gives the same key a new secret; the old one stops working at once (SidClaw).
   *
   * @throws `not_found`; `unsupported`, before any request, elsewhere: create a new key, deploy it, then retire the old one.
   */
  rotate(id: string, options?: Delivery & Cancellable): Promise<CreatedKey>
  /**
   * Changes name or expiry. What is not given stays. Of a service that answers without a body, the key holds its id and what was changed.
   *
   * @throws `unsupported`, before any request, where keys cannot be changed (everywhere but itellicoAI); `config` when nothing is to change.
   */
  update(id: string, options?: UpdateKey & Cancellable): Promise<Key>
  /**
   * Gets the credits that a key has used.
   *
   * @throws `config` when the range ends before it begins; `unsupported`, before any request, where the service reports no usage by key.
   */
  usage(id: string, options?: UsageQuery & Cancellable): Promise<UsageReport>
}

/** A resource that the service's description declares. */
export interface Resource {
  /**
   * Calls any action that the dialect declares for the resource, by name.
   *
   * @throws `unsupported`, before any request, when the dialect declares none of that name.
   */
  call(action: string, options?: Arguments & Cancellable): Promise<ActionReply>
  /**
   * Makes an object. The body is the service's own.
   *
   * @throws `config` when a required member is missing; `unsupported`, before any request.
   */
  create(body: unknown, options?: Cancellable): Promise<Item>
  /**
   * Removes an object.
   *
   * @throws `not_found`; `unsupported`, before any request.
   */
  delete(id: string, options?: Cancellable): Promise<Done>
  /**
   * Gets one object.
   *
   * @throws `not_found`; `unsupported`, before any request.
   */
  get(id: string, options?: Cancellable): Promise<Item>
  /**
   * Gets a page of the list, and from it all that follow.
   *
   * A walk gives each object once, and skips none when this process removes some on the way. What somebody else removes meanwhile may make it skip as many: walk again to be sure.
   *
   * @throws `unsupported`, before any request, where there is no such list.
   */
  list(options?: ListOptions): Listing<Item>
  /**
   * Changes an object. The body is the service's own.
   *
   * @throws `not_found`; `unsupported`, before any request.
   */
  update(id: string, body: unknown, options?: Cancellable): Promise<Item>
}

/** Runs of agents (Seclai). */
export interface Runs {
  /**
   * Cancels a run.
   *
   * @throws `not_found`.
   */
  cancel(runId: string, options?: Cancellable): Promise<Done>
  /**
   * Starts a run of an agent (Seclai). The body is `{"input": .., "priority"?, "metadata"?}`.
   *
   * @throws `config` when `input` is missing; `not_found` when there is no such agent.
   */
  create(agentId: string, body: unknown, options?: Cancellable): Promise<Item>
  /**
   * Gets a run.
   *
   * @throws `not_found`.
   */
  get(runId: string, options?: Cancellable): Promise<Item>
  /**
   * Starts a run and gives its events as they arrive.
   *
   * @throws As `create`.
   */
  stream(agentId: string, body: unknown, options?: Cancellable): Promise<EventStream>
  /**
   * Waits until a run has come to an end. Each poll is a call of its own; the whole is limited only where `timeout` was given.
   *
   * @throws `timeout`, scope `call`; whatever a poll fails with.
   */
  wait(runId: string, options?: Cancellable): Promise<Item>
}

/** Event ingestion (SegOps). */
export interface Events {
  /**
   * Sends one event (SegOps): `{"event": .., "user_id" or "anonymous_id": .., "properties"?}`.
   *
   * @throws `config` when `event` is missing; `invalid` when the service finds it malformed.
   */
  track(event: unknown, options?: Cancellable): Promise<JsonReply>
  /**
   * Sends a list of events, at most as many at once as the service takes; the counts of the parts are added up.
   *
   * @throws `config` when there is no event. When a later part fails, the remedy says from which event on to send again: the earlier parts were accepted.
   */
  trackBatch(events: unknown, options?: Cancellable): Promise<JsonReply>
}

/** Segments (SegOps). */
export interface Segments {
  /**
   * Gets a page of segments (SegOps), and from it all that follow.
   *
   * @throws As every list.
   */
  list(options?: ListOptions): Listing<Item>
  /**
   * Gets a page of a segment's members, and from it all that follow.
   *
   * @throws `not_found`.
   */
  members(id: string, options?: ListOptions): Listing<Item>
  /**
   * Asks which segments a user belongs to.
   *
   * @throws `invalid` when the service finds the id malformed.
   */
  membership(userId: string, options?: Cancellable): Promise<JsonReply>
}

/** The account that this handle is for (itellicoAI). */
export interface AccountSettings {
  /**
   * Gets the account that this handle is for (itellicoAI).
   *
   * @throws `forbidden`, reason `account_forbidden`, when the key does not reach it.
   */
  get(options?: Cancellable): Promise<Item>
  /**
   * Changes the account that this handle is for: `{"name"?, "is_active"?}`.
   *
   * @throws `forbidden`, reason `account_forbidden`, when the key does not reach it.
   */
  update(body: unknown, options?: Cancellable): Promise<Item>
}

/** A client of one service. Handles made from it share its connections, limiters and tokens. */
export declare class Client {
  /**
   * A client of a built-in service: `seclai`, `segops`, `sidclaw`, `seenty`, `itellico`. Does no I/O.
   *
   * @throws `config`, naming the option that is wrong.
   */
  constructor(service: string, options?: ClientOptions)
  /**
   * A client of any service that a dialect describes.
   *
   * @throws `config`, naming the option that is wrong.
   */
  static withDialect(dialect: Dialect, options?: ClientOptions): Client
  /** The keys of the service. */
  readonly keys: Keys
  /** A resource that the service's description declares. */
  resource(name: string): Resource
  /** Runs of agents (Seclai). */
  readonly runs: Runs
  /** Event ingestion (SegOps). */
  readonly events: Events
  /** Segments (SegOps). */
  readonly segments: Segments
  /** The account that this handle is for (itellicoAI). */
  readonly accountSettings: AccountSettings
  /** `agents` (Seclai, SidClaw, itellicoAI). */
  readonly agents: Resource
  /** `approvals` (SidClaw). */
  readonly approvals: Resource
  /** `domains` (Seenty). */
  readonly domains: Resource
  /** `findings` (Seenty). */
  readonly findings: Resource
  /** `incidents` (Seenty). */
  readonly incidents: Resource
  /** `knowledge_bases` (Seclai). */
  readonly knowledgeBases: Resource
  /** `monitors` (Seenty). */
  readonly monitors: Resource
  /** `policies` (SidClaw). */
  readonly policies: Resource
  /** `sources` (Seclai). */
  readonly sources: Resource
  /** `subaccounts` (itellicoAI). */
  readonly subaccounts: Resource
  /** `traces` (SidClaw). */
  readonly traces: Resource
  /**
   * The same client for another account, by id or slug.
   *
   * @throws `config` when the id cannot be one.
   */
  account(id: string): this
  /** Everything that the service can and cannot do, with the way out where it cannot. Asks nobody. */
  capabilities(): readonly Capability[]
  /** What this client is and where its settings come from. Holds no secret. */
  describe(): Description
  /** The time on the client's clock. */
  now(): Date
  /**
   * The same client for the account that its credential belongs to.
   *
   * @throws `config` where the service has no such thing.
   */
  ownAccount(): this
  /** The service's id. */
  service(): string
  /** Whether the service has an operation: `keys.rotate`, `agents.list`. Asks nobody. */
  supports(capability: string): boolean
  /** How the service throttles this client, and all that share its limiters, just now. Asks nobody. */
  throttle(): ThrottleView
  /**
   * The same client with another API key: the same connections, a limiter of its own.
   *
   * @throws `config` when the text cannot be a key.
   */
  withKey(key: string | Secret): this
  /**
   * The same client with other settings for its calls.
   *
   * @throws `config` when a setting makes no sense.
   */
  withOptions(options?: CallOptions): this
  /**
   * Sends a request of your own. The path is as the service's documentation prints it; under an account that is routed by path, it is relative to the account.
   *
   * @throws `config`, before any request, when something in it cannot be sent; otherwise whatever the service or the way to it fails with.
   */
  request(method: string, path: string, options?: RequestOptions & Cancellable): Promise<Response>
  /**
   * The request as a `curl` command, to paste into a terminal or a bug report. In the place of the key stands the environment variable that the service's page names.
   *
   * @throws `config` when something in it cannot be sent.
   */
  toCurl(method: string, path: string, options?: RequestOptions): string
  /**
   * Gets plan and limits (SidClaw).
   *
   * @throws `forbidden` without the scope `admin`; `unsupported`, before any request, elsewhere.
   */
  billingStatus(options?: Cancellable): Promise<JsonReply>
  /**
   * Asks whether an action is allowed (SidClaw). Every call makes a new trace: it is never repeated by itself. `agentId` may be left to the client's option.
   *
   * @throws `config` when a member is missing; `forbidden`, reason `scope`, without the scope `evaluate`; `unsupported`, before any request, elsewhere.
   */
  evaluate(action: unknown, options?: Cancellable): Promise<JsonReply>
  /**
   * Gets whom the key belongs to (Seclai).
   *
   * @throws `unsupported`, before any request, elsewhere.
   */
  me(options?: Cancellable): Promise<Item>
  /** The same as `request('GET', path, options)`. */
  get(path: string, options?: RequestOptions & Cancellable): Promise<Response>
  /** The same as `request('POST', path, options)`. */
  post(path: string, options?: RequestOptions & Cancellable): Promise<Response>
  /** The same as `request('PUT', path, options)`. */
  put(path: string, options?: RequestOptions & Cancellable): Promise<Response>
  /** The same as `request('PATCH', path, options)`. */
  patch(path: string, options?: RequestOptions & Cancellable): Promise<Response>
  /** The same as `request('DELETE', path, options)`. */
  delete(path: string, options?: RequestOptions & Cancellable): Promise<Response>
}

/** A client of Seclai. */
export declare class Seclai extends Client {
  /** Does no I/O. */
  constructor(options?: ClientOptions)
}

/** A client of SegOps. */
export declare class SegOps extends Client {
  /** Does no I/O. */
  constructor(options?: ClientOptions)
}

/** A client of SidClaw. */
export declare class AgentIdentityClient extends Client {
  /** Does no I/O. */
  constructor(options?: ClientOptions)
}

/** A client of SidClaw. */
export declare class SidClaw extends Client {
  /** Does no I/O. */
  constructor(options?: ClientOptions)
}

/** A client of Seenty. */
export declare class Seenty extends Client {
  /** Does no I/O. */
  constructor(options?: ClientOptions)
}

/** A client of itellicoAI. */
export declare class ItellicoAI extends Client {
  /** Does no I/O. */
  constructor(options?: ClientOptions)
}

/** What one service is like: where it lives, how it takes credentials, what it can do. */
export declare class Dialect {
  private constructor()
  /**
   * The dialect of a built-in service.
   *
   * @throws `config` when there is none of that name.
   */
  static builtin(service: string): Dialect
  /**
   * The dialect that a TOML text describes: a service of your own, and no code. Of the environment variables that it names it reads those that `env` lists, and no other.
   *
   * @throws `config`, naming the place in the text that is wrong, or the variable that it does not name.
   */
  static fromToml(text: string, options?: { env?: readonly string[] | null | undefined }): Dialect
  /** Everything that the service can and cannot do, with the way out where it cannot. */
  capabilities(): readonly Capability[]
  /** The service's id. */
  id(): string
  /** The scopes that the service's page names as a preset; absent when it names none so. */
  scopePreset(name: string): readonly string[] | null
  /** The service's name for people. */
  title(): string
  /** The environment variables that a client of this service reads. */
  variables(): readonly string[]
}

/** Events of a service as they arrive. */
export declare class EventStream implements AsyncIterable<ServerEvent> {
  private constructor()
  /** Closes the connection, at once or when the call for the next event has ended. */
  close(options?: Cancellable): Promise<void>
  /** Closes the connection without waiting: for loops that are left in the middle. */
  leave(): void
  /**
   * The next event; nothing at the end.
   *
   * @throws `network` when the stream breaks off, `timeout` when it falls silent: the remedy says how to go on.
   */
  nextEvent(options?: Cancellable): Promise<ServerEvent | null>
  /** The id of the run behind the stream, once an event has named it: what to poll when the stream breaks off. */
  runId(): string | null
  /** Walks the events; leaving the loop closes the connection. */
  [Symbol.asyncIterator](): AsyncIterator<ServerEvent>
}

/** A clock that client and sandbox share. It jumps when everybody waits for it. */
export declare class Clock {
  private constructor()
  /** Moves it forward. */
  advance(byMs: number): void
  /** How far it has come since it began. */
  elapsed(): number
  /** The same clock with a chance that is always the same, from 0 up to 1: every wait is exact. */
  exact(chance: number): Clock
  /** Keeps it from jumping until `release`: what waits for it stays as it is. */
  hold(): void
  /** The time on it. */
  now(): Date
  /** Lets it jump again. */
  release(): void
  /** How many waits stand on it. */
  sleepers(): number
  /** Holds it while some work is done. */
  held<T>(work: () => T | Promise<T>): Promise<T>
}

/** All five services on this machine, with their rules, on a clock of their own: waits take no real time. Worlds made from it are isolated from it and from each other. */
export declare class Sandbox {
  private constructor()
  /**
   * Starts and returns when it listens.
   *
   * @throws `config` when an option makes no sense or the machine gives no port.
   */
  static start(options?: SandboxOptions): Promise<Sandbox>
  /**
   * What a client needs to speak to a service: `seclai`, `segops`, `sidclaw`, `seenty`, `itellico`, and the invented `acme`.
   *
   * @throws `config` when there is no such service.
   */
  access(service: string): SandboxAccess
  /** Forgets all rules. */
  clearFaults(): void
  /**
   * Takes back all limits that were set.
   *
   * @throws `config` when it is closed.
   */
  clearLimits(): void
  /** The clock of this world. */
  clock(): Clock
  /** Closes its listeners and connections. The first world takes all others with it. */
  close(): void
  /** How many sockets it has. */
  connections(): Connections
  /**
   * Adds a fault rule, as the sandbox's documentation shows them, and gives its id.
   *
   * @throws `config` when it is no rule or could never work.
   */
  fault(rule: unknown): string
  /** How far each rule has come. */
  faults(): Json
  /**
   * The end of a test.
   *
   * @throws `config` when a fault rule has not fired as often as it was to: a fault that did not happen proves nothing.
   */
  finish(): void
  /**
   * Its whole state; secrets only as hashes.
   *
   * @throws `config` when it is closed.
   */
  fixtures(): Json
  /** Every request so far; the oldest are forgotten after ten thousand. */
  journal(): readonly JournalEntry[]
  /**
   * Replaces its whole state; a key may be given in clear, as `key` instead of `hash`.
   *
   * @throws `config` when the state is malformed.
   */
  loadFixtures(fixtures: unknown): void
  /**
   * Back to the day of birth, with the same ids and keys.
   *
   * @throws `config` when it is closed.
   */
  reset(): void
  /**
   * Makes an account of a service active or not.
   *
   * @throws `config` when there is no such service or account.
   */
  setActive(service: string, active: boolean, options?: { account?: string | null | undefined }): void
  /**
   * Sets what a service's tenant has left to spend; without a number: no end.
   *
   * @throws `config` when there is no such service.
   */
  setCredits(service: string, options?: { credits?: number | null | undefined }): void
  /**
   * Limits the requests of each tenant of a service in fixed windows. What is beyond is refused with `status`: 429 by the service itself, unless given, or 503 by a limiter in front of it; whether that says in `Retry-After` when to return, which 429 does and 503 does not, is `retryAfterMs`.
   *
   * @throws `config` when there is no such service, or no such refusal.
   */
  setLimit(service: string, count: number, perMs: number, options?: { status?: number | null | undefined; retryAfter?: boolean | null | undefined }): void
  /**
   * Puts a service on a plan.
   *
   * @throws `config` when there is no such service or plan.
   */
  setPlan(service: string, plan: string): void
  /**
   * Makes a service behave in another variant from now on: `documented` or `live`.
   *
   * @throws `config` when there is no such service or variant.
   */
  setVariant(service: string, variant: string): void
  /**
   * Checks what was seen against a list of expectations; gives what is missing, each with what came closest.
   *
   * @throws `config` when it is no list of expectations.
   */
  verify(expected: unknown, strictOrder: boolean): readonly string[]
  /**
   * Makes a further, isolated world with ports and a clock of its own.
   *
   * @throws `config` when an option makes no sense or it is closed.
   */
  world(options?: SandboxOptions): Sandbox
  /** The options of a client of Seclai: address, key and clock of this sandbox; yours take their place. */
  seclai(options?: ClientOptions): ClientOptions
  /** The options of a client of SegOps: address, key and clock of this sandbox; yours take their place. */
  segops(options?: ClientOptions): ClientOptions
  /** The options of a client of SidClaw: address, key and clock of this sandbox; yours take their place. */
  sidclaw(options?: ClientOptions): ClientOptions
  /** The options of a client of Seenty: address, key and clock of this sandbox; yours take their place. */
  seenty(options?: ClientOptions): ClientOptions
  /** The options of a client of itellicoAI: address, key and clock of this sandbox; yours take their place. */
  itellico(options?: ClientOptions): ClientOptions
  /** The options of a client of the invented service of `examples/acme.toml`: address, key and clock of this sandbox; yours take their place. */
  acme(options?: ClientOptions): ClientOptions
}
/** The version of this library: a package of another version refuses to load it. */
export declare function buildInfo(): string
/**
 * Decodes JSON strictly: a member named twice is an error, integers beyond 2^53 - 1 become text.
 *
 * @throws `decode`, reason `json`.
 */
export declare function decodeJson(body: Uint8Array): Json
