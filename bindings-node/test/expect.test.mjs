// The comparison of the scenarios fits what it must and refuses what it must: else they prove nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { differs, fits, journalDiffers } from './scenario/expect.mjs'
import { play } from './scenario/runner.mjs'
import { Saved } from './scenario/values.mjs'

const saved = new Saved()
saved.keep('k', { id: 5, secret: 'sk-1', name: 'ci' })
const isFit = (expected, seen) => differs(expected, seen, saved).length === 0

describe('the comparison', () => {
  it('every matcher fits and refuses', () => {
    for (const [matcher, good, bad] of [
      ['~any', 0, null], ['~null', null, ''], ['~time', '2026-03-23T10:00:00.000Z', '2026-03-23'], ['~starts sk-', 'sk-1', 'ai_1'],
      ['~ends ...', 'sk-...', 'sk-'], ['~has b c', 'ab cd', 'abc'], ['~lacks $k.secret', { a: ['sk-2'] }, { a: ['sk-1'] }],
      ['~length 2', 'éa', 'a'], ['~count 1', [1], []], ['~min 2', [1, 2, 3], [1]], ['~first { a = 1 }', [{ a: 1 }, { a: 2 }], [{ a: 2 }]],
    ]) {
      assert.ok(isFit(matcher, good), matcher)
      assert.ok(!isFit(matcher, bad), matcher)
    }
    for (const text of ['~nul', '~min x', '~lacks $nobody.x', '~first {', '$nobody.x']) assert.throws(() => differs(text, [1], saved), text)
  })

  it('what is not named is free, and what differs is found', () => {
    for (const [expected, seen] of [[{ a: 1 }, { a: 1, b: 2 }], [[{ a: 2 }], [{ a: 1 }, { a: 2, c: 3 }]], [{ id: '$k.id' }, { id: '5' }], [{ gone: '~null' }, {}]]) {
      assert.ok(isFit(expected, seen))
    }
    for (const [expected, seen] of [[{ a: 1 }, {}], [{ a: 1 }, { a: 2 }], [{ a: { b: true } }, { a: { b: false } }], [[1], []], [{ a: [] }, { a: {} }]]) {
      assert.ok(!isFit(expected, seen))
    }
  })

  it('a reference keeps its type, a text is filled, a repetition is made', () => {
    assert.deepEqual(saved.resolve({ id: '$k.id', path: '/a/${k.id}/${k.name}', plain: 'x$y' }), { id: 5, path: '/a/5/ci', plain: 'x$y' })
    assert.deepEqual(saved.resolve([{ repeat: 2, of: { id: '$k.id' } }, { repeat: 3, of: 'ab' }]), [[{ id: 5 }, { id: 5 }], 'ababab'])
  })

  it('order, number and every segment of the journal count', () => {
    const seen = ['POST /keys', 'DELETE /keys/5']
    assert.deepEqual(journalDiffers({ journal: ['POST /keys', 'DELETE /keys/*'] }, seen), [])
    for (const journal of [['DELETE /keys/*', 'POST /keys'], ['POST /keys'], ['POST /keys', 'DELETE /keys'], []]) {
      assert.equal(journalDiffers({ journal }, seen).length, 1)
    }
    assert.ok(fits('GET /a/*', 'GET /a/b') && !fits('GET /a/*', 'GET /a/'))
    assert.equal(journalDiffers({ counts: [{ call: 'POST /keys', times: 2 }, { call: 'POST /keys' }] }, seen).length, 2)
  })

  it('a scenario that says what is not so fails', async () => {
    const list = (more) => ({ service: 'seclai', journal: ['GET /agents'], steps: [{ do: 'agents.list', ...more }] })
    await play(list({ expect: { items: '~count 2' } }))
    for (const wrong of [
      list({ expect: { items: '~count 3' } }),
      list({ error: { kind: 'server' } }),
      list({ with: { pages: 1 } }),
      list({ took: { min: 1 } }),
      { ...list({}), journal: [] },
      { ...list({}), steps: [{ do: 'sandbox.fault', with: { action: { kind: 'reset' } } }], journal: [] },
      { ...list({}), steps: [{ do: 'agents.nothing' }] },
    ]) {
      await assert.rejects(play(wrong), Error, JSON.stringify(wrong))
    }
  })
})
