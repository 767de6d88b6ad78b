// Under a rate limit: what is waited for, what is not, and what many callers do together.
//
// node examples/node/04_rate_limits.mjs

import { Sandbox, Seclai } from 'keywright'

import { line, title } from './show.mjs'

const seconds = (milliseconds) => `${Math.trunc(milliseconds / 1000)} s`
const sandbox = await Sandbox.start()
let waited = 0
const onEvent = (event) => {
  if (event.name === 'throttled') waited += event.durationMs ?? 0
}
const client = new Seclai({ ...sandbox.seclai(), onEvent })

title('One call and Retry-After: 7')
throttleNext('7')
const answer = await client.get('/agents')
line('the service asked for', seconds(waited))
line('the call', `${answer.status} after ${answer.meta.attempts} requests and ${seconds(answer.meta.elapsedMs)}`)

title('The same, with 5 s for the whole call')
throttleNext('7')
await report(client.withOptions({ timeoutMs: 5000 }))

title('The limiter is closed, and this call may not wait')
await report(client.withOptions({ throttle: 'fail' }))

title('Retry-After above a minute is told, not slept')
sandbox.clock().advance(60_000)
throttleNext('3600')
await report(client)

function throttleNext(retryAfter) {
  sandbox.fault({
    match: { service: 'seclai', method: 'GET' },
    phase: 'before_handler',
    times: 1,
    action: { kind: 'status', status: 429, headers: { 'Retry-After': retryAfter } },
  })
}

async function report(handle) {
  try {
    line('the call', (await handle.get('/agents')).status)
  } catch (error) {
    line('the call', `${error.kind}, stopped by ${error.stop ?? 'nothing'}`)
    line('come back in', seconds(error.retryAfterMs ?? 0))
    line('requests sent', error.attempts.length)
  }
}
