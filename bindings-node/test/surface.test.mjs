// Both module forms, the types and the description of the surface say the same.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import * as module from 'keywright'

const require = createRequire(import.meta.url)
const commonjs = require('keywright')
const repository = process.env.KEYWRIGHT_REPOSITORY ?? fileURLToPath(new URL('../..', import.meta.url))
const surface = JSON.parse(readFileSync(join(repository, 'tests/surface.json'), 'utf8'))
const types = readFileSync(join(dirname(require.resolve('keywright/package.json')), 'js/index.d.cts'), 'utf8')
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

describe('surface', () => {
  // SEG-23: a key is never exposed client-side.
  it('a bundle for browsers gets a refusal instead of the package', () => {
    const place = require.resolve('keywright/package.json')
    const entry = join(dirname(place), require(place).exports['.'].browser.default)
    assert.throws(() => require(entry), /an API key that reaches a browser is public/)
  })

  it('both module forms have the same names for the same things', () => {
    const names = Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports').sort()
    assert.deepEqual(names, Object.keys(commonjs).sort())
    for (const name of names) assert.equal(module[name], commonjs[name], name)
  })

  it('the types name everything that is there, and nothing else', () => {
    const declared = [...types.matchAll(/^export declare (?:class|function) (\w+)/gm)].map(([, name]) => name)
    assert.deepEqual(declared.sort(), Object.keys(commonjs).sort())
  })

  it('every method of the description is there, in script and types', () => {
    const sandbox = new commonjs.Client('seclai', { apiKey: 'sk-0123456789' })
    const missing = []
    const look = (object, place, name) => {
      if (typeof object?.[name] !== 'function') missing.push(`${place}.${name}`)
      if (!new RegExp(`^\\s*(?:static )?${name}\\(`, 'm').test(types)) missing.push(`${place}.${name} in the types`)
    }
    for (const group of surface.groups) {
      const object = group.is_bound ? sandbox[camel(group.name)]('agents') : sandbox[camel(group.name)]
      for (const method of group.methods) look(object, group.name, camel(method.name.slice(group.name.length + 1)))
    }
    for (const { name } of surface.client.methods) if (name !== 'host_requests') look(sandbox, 'client', camel(name))
    for (const object of surface.objects.filter(({ name }) => !['HostRequest', 'HostRequests'].includes(name))) {
      for (const method of object.methods) look(commonjs[object.name].prototype, object.name, camel(method.name))
      for (const method of object.constructors) look(commonjs[object.name], object.name, camel(method.name))
    }
    for (const { name } of surface.resources) assert.equal(typeof sandbox[camel(name)].list, 'function', name)
    for (const { name } of surface.functions) assert.equal(typeof commonjs[camel(name)], 'function', name)
    assert.deepEqual(missing, [])
  })

  it('every service has its clients under the names that its page prints', () => {
    for (const { id, node } of surface.services) {
      for (const name of node) assert.ok(commonjs[name].prototype instanceof commonjs.Client, `${id}: ${name}`)
    }
  })

  it('every member of every record stands in the types', () => {
    const isLength = (type) => type === 'duration' || type === 'limit' || isOptionalLength(type)
    const isOptionalLength = (type) => typeof type === 'object' && type.optional !== undefined && isLength(type.optional)
    for (const record of surface.records.filter(({ name }) => name !== 'Pair' && name !== 'ErrorInfo')) {
      const text = new RegExp(`^export (?:interface|declare class) ${record.name} {\\n([^]*?)^}`, 'm').exec(types)?.[1]
      assert.ok(text, record.name)
      for (const { name, type } of record.fields) {
        const member = camel(name) + (isLength(type) ? 'Ms' : '')
        assert.match(text, new RegExp(`^  (?:readonly )?${member}\\??: `, 'm'), `${record.name}.${member}`)
      }
    }
  })

  it('versions agree', () => {
    assert.equal(commonjs.buildInfo(), require('keywright/package.json').version)
  })
})
