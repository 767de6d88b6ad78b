// What several tests need: a sandbox, a call that does not end, a program of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { Sandbox } from 'keywright'

/** A sandbox whose next GET of Seclai stays unanswered while the clock stands still. */
export async function silent() {
  const sandbox = await Sandbox.start({ clock: 'frozen' })
  sandbox.fault({ match: { service: 'seclai', method: 'GET' }, phase: 'before_handler', times: 1_000_000, action: { kind: 'delay', by: 'PT1H' } })
  return sandbox
}

/** Waits until something holds, turn by turn of the event loop. */
export async function until(holds) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** What a promise rejects with. */
export async function failure(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** Runs a program as an ES module: its exit code, and what it said. */
export async function program(text, ...options) {
  const child = spawn(process.execPath, [...options, '--input-type=module', '--eval', text], { cwd: import.meta.dirname ?? process.cwd() })
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  const [code, signal] = await once(child, 'close')
  return { code, signal, out, err }
}
