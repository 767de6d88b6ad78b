// Every scenario that Rust plays, played by this package. `cargo xtask test node` writes them as JSON.

import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { play } from './scenario/runner.mjs'

const file = process.env.KEYWRIGHT_SCENARIOS ?? new URL('../../target/scenarios.json', import.meta.url)
const only = process.env.KEYWRIGHT_ONLY ?? ''

describe('scenarios', () => {
  for (const { place, ...scenario } of JSON.parse(readFileSync(file, 'utf8'))) {
    if (place.includes(only)) it(`${place}: ${scenario.title}`, () => play(scenario))
  }
})
