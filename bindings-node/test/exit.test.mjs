// A process ends when its work has ended, whatever is on its way; so does a worker.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'

import { program } from './support.mjs'

const HEAD = "import { Sandbox, Seclai } from 'keywright'\nconst sandbox = await Sandbox.start({ clock: 'frozen' })\nconst client = new Seclai(sandbox.seclai())\n"
const NEVER = "sandbox.fault({ phase: 'before_handler', times: 100000, action: { kind: 'delay', by: 'PT1H' } })\n"
const BUSY = 'const calls = Array.from({ length: 50 }, () => client.get("/agents").catch(() => {}))\n'

const worker = (text) => new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`), { type: 'module' })

/** A worker's program: it cannot import by name from a data URL. */
const inWorker = (text) => `import { createRequire } from 'node:module'\nimport { parentPort } from 'node:worker_threads'\nconst { Sandbox, Seclai } = createRequire(${JSON.stringify(import.meta.url)})('keywright')\n${text.replace(/^import .*$/m, '')}`

describe('the end of a process', () => {
  it('comes by itself when nothing is pending', async () => {
    assert.deepEqual(await program(`${HEAD}await client.get('/agents')\nconsole.log('done')`), { code: 0, signal: null, out: 'done\n', err: '' })
    assert.deepEqual(await program("import 'keywright'"), { code: 0, signal: null, out: '', err: '' })
  })

  it('waits for a call that is pending, awaited or not', async () => {
    const text = `${HEAD}client.get('/agents').then(() => console.log('answered'))`
    assert.deepEqual(await program(text), { code: 0, signal: null, out: 'answered\n', err: '' })
    const awaited = `${HEAD}${NEVER}setTimeout(() => sandbox.clock().advance(3600_000), 20)\nconsole.log((await client.withOptions({ timeoutMs: null, attemptTimeoutMs: null }).get('/agents')).status)`
    assert.deepEqual(await program(awaited), { code: 0, signal: null, out: '200\n', err: '' })
  })

  it('comes at once on process.exit with calls in flight, with an empty stderr', async () => {
    for (let run = 0; run < 20; run += 1) {
      const text = `${HEAD}${NEVER}${BUSY}setImmediate(() => { console.log(Date.now()); process.exit(0) })`
      const { code, out, err } = await program(text)
      assert.deepEqual([code, err], [0, ''])
      assert.ok(Date.now() - Number(out) < 1000, `it took ${Date.now() - Number(out)} ms`)
    }
  })

  it('comes when all calls were ended by their signal', async () => {
    const text = `${HEAD}${NEVER}const stop = new AbortController()
      const call = client.get('/agents', { signal: stop.signal }).catch((error) => console.log(error.name))
      setImmediate(() => stop.abort())`
    assert.deepEqual(await program(text), { code: 0, signal: null, out: 'AbortError\n', err: '' })
  })

  it('is not hidden by a failure that nobody has caught', async () => {
    const { code, err } = await program(`${HEAD}client.keys.get('../x')`)
    assert.equal(code, 1)
    assert.match(err, /ConfigError/)
  })
})

describe('the end of a worker', () => {
  it('20 workers that are ended in the middle of their calls leave the process as it was', async () => {
    const text = inWorker(`${HEAD}${NEVER}${BUSY}parentPort.postMessage('busy')\nawait Promise.all(calls)`)
    for (let round = 0; round < 4; round += 1) {
      const workers = Array.from({ length: 5 }, () => worker(text))
      await Promise.all(workers.map((one) => once(one, 'message')))
      assert.deepEqual(await Promise.all(workers.map((one) => one.terminate())), [1, 1, 1, 1, 1])
    }
  })

  it('a worker ends by itself, and its neighbours go on', async () => {
    const text = inWorker(`${HEAD}parentPort.postMessage((await client.get('/agents')).status)`)
    for (let n = 0; n < 5; n += 1) {
      const one = worker(text)
      const [[status], [code]] = await Promise.all([once(one, 'message'), once(one, 'exit')])
      assert.deepEqual([status, code], [200, 0])
    }
  })

  it('a process whose workers alone have loaded the package ends well', async () => {
    const body = inWorker(`${HEAD}${NEVER}${BUSY}parentPort.postMessage('busy')`)
    const text = `import { Worker } from 'node:worker_threads'
      import { once } from 'node:events'
      for (let n = 0; n < 5; n += 1) {
        const worker = new Worker(new URL('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(body))}))
        await once(worker, 'message')
        await worker.terminate()
      }
      console.log('done')`
    assert.deepEqual(await program(text), { code: 0, signal: null, out: 'done\n', err: '' })
  })
})

describe('loading', () => {
  it('a native file of another version is refused, and both are named', async () => {
    const { code, err } = await program(`import { createRequire } from 'node:module'
      const require = createRequire(${JSON.stringify(import.meta.url)})
      require('keywright/package.json').version = '9.9.9'
      require('keywright')`)
    assert.equal(code, 1)
    assert.match(err, /keywright 9\.9\.9 found the native file of version \d+\.\d+\.\d+/)
  })

  it('a platform without a native file is told by its name', async () => {
    const { code, err } = await program(`import { createRequire } from 'node:module'
      Object.defineProperty(process, 'platform', { value: 'plan9' })
      createRequire(${JSON.stringify(import.meta.url)})('keywright')`)
    assert.equal(code, 1)
    assert.match(err, /there is no native file for plan9-x64 that loads; install the package keywright-plan9-x64/)
  })

  it('a second copy in another context of the same process works', async () => {
    const { code, out } = await program(`import { createRequire } from 'node:module'
      const require = createRequire(${JSON.stringify(import.meta.url)})
      const first = require('keywright')
      for (const path of Object.keys(require.cache)) if (!path.endsWith('.node')) delete require.cache[path]
      const second = require('keywright')
      for (const { Sandbox, Seclai } of [first, second]) console.log((await new Seclai((await Sandbox.start()).seclai()).get('/agents')).status)
      console.log(first === second)`)
    assert.deepEqual([code, out], [0, '200\n200\nfalse\n'])
  })
})
