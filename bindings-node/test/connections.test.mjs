// Thousands of calls at once share the connections of a client.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { program } from './support.mjs'

const atOnce = (options) => `import { Sandbox, Seclai } from 'keywright'
const sandbox = await Sandbox.start()
const client = new Seclai({ ...sandbox.seclai(), ${options} })
const ended = await Promise.all(Array.from({ length: 3000 }, () => client.get('/agents')))
console.log(ended.filter((answer) => answer.status === 200).length)`

describe('three thousand calls at once', () => {
  for (const options of ['', 'maxConnections: 8']) {
    it(`end well, ${options || 'as it comes'}`, async () => {
      assert.deepEqual(await program(atOnce(options)), { code: 0, signal: null, out: '3000\n', err: '' })
    })
  }
})
