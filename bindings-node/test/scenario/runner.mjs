// Plays a scenario in a world of its own. What no scenario says is checked always: no fault is left
// over, and no secret stands in anything that the client has shown.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { Client, Dialect, KeywrightError, Sandbox } from 'keywright'

import { drive, milliseconds } from './drive.mjs'
import { differs, fits, journalDiffers } from './expect.mjs'
import { errorForm } from './forms.mjs'
import { Saved } from './values.mjs'

const repository = process.env.KEYWRIGHT_REPOSITORY ?? fileURLToPath(new URL('../../..', import.meta.url))
const acme = join(repository, 'examples/acme.toml')

let sandbox

/** Plays a scenario to its end. */
export async function play(scenario) {
  sandbox ??= await Sandbox.start()
  const { plan, variant, clock } = scenario.sandbox ?? {}
  // Ids and keys are the same in every run: what failed once can be looked at again.
  const world = sandbox.world({ seed: 1, plan, variant, clock })
  try {
    const run = new Run(scenario, world)
    await run.all()
    run.end()
  } finally {
    world.close()
  }
}

/** Everything that a run has shown of itself. */
class OutputRecorder {
  text = ''
  secrets = []

  show(value) {
    this.text += `${inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null })}\n${String(value)}\n`
    this.text += `${value instanceof Error ? value.stack : JSON.stringify(value)}\n`
  }

  leaked() {
    return this.secrets.flatMap((secret, number) => (secret && this.text.includes(secret) ? [`secret ${number} of the run was shown`] : []))
  }
}

function handedOut(world, service) {
  const access = world.access(service)
  const elsewhere = service === 'seenty' ? 'seclai' : 'seenty'
  return {
    base_url: access.baseUrl, api_key: access.apiKey?.expose(), management: access.management?.expose(), email: access.email ?? undefined,
    password: access.password?.expose(), agent_id: access.agentId ?? undefined, account_id: access.accountId ?? undefined,
    subaccount_id: access.subaccountId ?? undefined, tenant_slug: access.tenantSlug ?? undefined,
    other_origin: world.access(elsewhere).baseUrl,
  }
}

class Run {
  constructor(scenario, world) {
    Object.assign(this, { scenario, world })
    // The least chance, so waits are exact.
    this.clock = world.clock().exact(0)
    this.saved = new Saved()
    this.given = handedOut(world, scenario.service)
    this.saved.keep('world', this.given)
    this.heard = new OutputRecorder()
    this.heard.secrets.push(this.given.api_key, this.given.management, this.given.password)
    this.clients = new Map()
    this.behind = []
    this.begun = 0
    this.isHeld = false
  }

  async all() {
    for (const [number, step] of this.scenario.steps.entries()) {
      try {
        await this.step(step)
      } catch (error) {
        throw new Error(`step ${number + 1} (${step.do}): ${error.message}`, { cause: error })
      }
    }
    this.release()
    for (const { step, outcomes } of this.behind) this.verify(step, await outcomes)
  }

  async step(step) {
    const before = this.clock.elapsed()
    const outcomes = await this.outcomes(step)
    const took = (this.clock.elapsed() - before) / 1000
    this.verify(step, outcomes)
    const { min = 0, max = Infinity } = step.took ?? {}
    if (took < min || took > max) throw new Error(`took ${took} s, not ${JSON.stringify(step.took)}`)
  }

  async outcomes(step) {
    if (step.do === 'client.new') return [await this.outcome(() => (this.client(step), { result: {}, form: {} }))]
    if (/^(sandbox|clock)\./.test(step.do)) return this.control(step.do, this.saved.resolve(step.with ?? {})), []
    return this.calls(step)
  }

  async calls(step) {
    let client
    const failure = await this.outcome(() => ((client = this.client(step)), { result: {}, form: {} }))
    if (client === undefined) return [failure]
    const times = step.times ?? 1
    const one = (signal) => this.outcome(() => this.call(client, step, signal))
    if (step.cancel !== undefined) return this.left(step, one)
    if (!step.at_once && !step.background) {
      const outcomes = []
      for (let n = 0; n < times; n += 1) {
        const made = one()
        await this.hasBegun(this.isHeld ? 1 : 0, made)
        this.release()
        outcomes.push(await made)
      }
      return outcomes
    }
    // The clock stands still until all of them have begun: none may find the others gone.
    this.hold()
    const all = Promise.all(Array.from({ length: times }, () => one()))
    await this.hasBegun(times, all)
    if (step.background) return this.behind.push({ step, outcomes: all }), []
    this.release()
    return all
  }

  hold() {
    if (!this.isHeld) this.clock.hold()
    this.isHeld = true
    this.begun = 0
  }

  release() {
    if (this.isHeld) this.clock.release()
    this.isHeld = false
  }

  /** Waits until so many calls have begun, or all have ended. */
  async hasBegun(count, calls) {
    let hasEnded = false
    const end = () => (hasEnded = true)
    void calls.then(end, end)
    while (this.begun < count && !hasEnded) await turn()
    this.begun = 0
  }

  /** A call whose caller leaves as soon as the service has it. */
  async left(step, one) {
    const seen = () => this.journal().filter((call) => fits(step.cancel, call)).length
    const before = seen()
    const stop = new AbortController()
    let ended
    // A clock that jumped would bring the answer before the caller has left.
    await this.clock.held(async () => {
      const made = one(stop.signal).then((outcome) => (ended = outcome))
      while (seen() === before && ended === undefined) await turn()
      if (ended !== undefined) throw new Error('it had ended before its caller could leave')
      stop.abort()
      await made
    })
    if (ended.left !== stop.signal.reason) throw new Error(`it ended otherwise: ${inspect(ended)}`)
    return []
  }

  async call(client, step, signal) {
    let handle = client
    if (step.key !== undefined) handle = handle.withKey(this.saved.resolve(step.key))
    if (step.account === 'me') handle = handle.ownAccount()
    else if (step.account !== undefined) handle = handle.account(this.saved.resolve(step.account.id))
    const { timeout, attempt_timeout: attemptTimeout, max_attempts: maxAttempts, throttle, priority } = step.options ?? {}
    const inMs = (seconds) => (seconds === undefined ? undefined : seconds * 1000)
    handle = handle.withOptions({ timeoutMs: inMs(timeout), attemptTimeoutMs: inMs(attemptTimeout), maxAttempts, throttle, priority })
    return drive(handle, step.do, this.saved.resolve(step.with ?? {}), this.clock, signal)
  }

  /** How something ended: with a form, with an error, or left. */
  async outcome(work) {
    try {
      const { result, form } = await work()
      this.heard.show(result)
      return { form }
    } catch (error) {
      if (error?.name === 'AbortError') return { left: error }
      if (!(error instanceof KeywrightError)) throw error
      this.heard.show(error)
      return { error }
    }
  }

  client(step) {
    const name = step.client ?? ''
    if (!this.clients.has(name)) this.clients.set(name, this.connect(step.client === undefined ? this.scenario.client : this.scenario.clients[name]))
    return this.clients.get(name)
  }

  connect(changes = {}) {
    const { base_url, api_key, email, password, management } = this.given
    const given = { base_url, api_key, email, password, management, ...this.saved.resolve(changes) }
    for (const [name, value] of Object.entries(given)) if (value === '~none' || value === undefined) delete given[name]
    // An explicit managing key takes the place of the login, not a place beside it.
    if (given.management !== undefined) delete given.email, delete given.password
    // The process's own environment must not decide what a test sees.
    const options = { env: {}, clock: this.clock, onEvent: (event) => this.event(event) }
    for (const [name, value] of Object.entries(given)) {
      const option = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
      if (option === 'timeout' || option === 'attemptTimeout') options[`${option}Ms`] = value * 1000
      else options[option] = value
    }
    const { service } = this.scenario
    const client = service === 'acme' ? Client.withDialect(Dialect.fromToml(readFileSync(acme, 'utf8')), options) : new Client(service, options)
    this.heard.show(client)
    this.heard.show(client.describe())
    return client
  }

  event(event) {
    this.heard.show(event)
    if (event.name === 'call_start') this.begun += 1
  }

  control(name, given) {
    const { service } = this.scenario
    switch (name) {
      case 'clock.advance': return this.clock.advance(milliseconds(given.by))
      case 'sandbox.fault': return this.world.fault(given)
      case 'sandbox.limit': return this.world.setLimit(service, given.count, milliseconds(given.per), { status: given.status, retryAfter: given.retry_after })
      case 'sandbox.plan': return this.world.setPlan(service, given.plan)
      case 'sandbox.credits': return this.world.setCredits(service, { credits: given.credits })
      case 'sandbox.change': return this.change(given)
      case 'sandbox.inactive': return this.world.setActive(service, false, { account: given.account })
      default: throw new Error(`${name} is no control call`)
    }
  }

  /** Changes rows of the service behind its back: what no call of it could bring about. */
  change({ table, where, set }) {
    const state = this.world.fixtures()
    const rows = (state[table] ?? []).filter((row) => row.service === this.scenario.service && Object.entries(where).every(([name, value]) => row[name] === value))
    if (rows.length === 0) throw new Error(`no row of ${table} fits`)
    for (const row of rows) Object.assign(row, set)
    this.world.loadFixtures(state)
  }

  verify(step, outcomes) {
    for (const { form, error } of outcomes) {
      if (error !== undefined && step.error === undefined) throw new Error(`failed: ${error.message}\n${inspect(errorForm(error))}`)
      if (error === undefined && step.error !== undefined) throw new Error(`succeeded, though it must fail: ${JSON.stringify(form)}`)
      const seen = error === undefined ? form : errorForm(error)
      const expected = step.error ?? step.expect
      const wrong = expected === undefined ? [] : differs(expected, seen, this.saved)
      if (wrong.length > 0) throw new Error(wrong.join('\n    '))
      if (typeof seen.secret === 'string') this.heard.secrets.push(seen.secret)
      if (step.save !== undefined) this.saved.keep(step.save, seen)
    }
  }

  journal() {
    return this.world.journal().map(({ method, path }) => `${method} ${path}`)
  }

  end() {
    const wrong = [...journalDiffers(this.scenario, this.journal()), ...this.heard.leaked()]
    this.world.finish()
    if (wrong.length > 0) throw new Error(`at the end: ${wrong.join('\n')}`)
  }
}
