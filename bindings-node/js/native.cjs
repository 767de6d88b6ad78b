'use strict'

// Finds the native file: in the package of this platform, or beside this file in a source tree.
// A file of another version is refused, since both sides are written from one description.

const { version } = require('../package.json')

function load() {
  const platform = `${process.platform}-${process.arch}`
  // The platforms whose file may fit, as the packages name them. npm installs the one that does.
  const names = process.platform === 'linux' ? [`${platform}-gnu`, `${platform}-musl`] : [platform]
  let cause
  for (const place of names.flatMap((name) => [`keywright-${name}`, `./keywright.${name}.node`])) {
    try {
      return require(place)
    } catch (error) {
      // A file that is there and cannot be loaded is worth telling; one that is not there is not.
      if (error.code !== 'MODULE_NOT_FOUND') cause = error
    }
  }
  const packages = names.map((name) => `keywright-${name}`).join(' or ')
  throw new Error(
    `keywright: there is no native file for ${platform} that loads; install the package ${packages} ` +
      '(without it the optional dependencies were left out, or this platform is not supported)',
    { cause },
  )
}

const native = load()
if (native.version() !== version) {
  throw new Error(`keywright ${version} found the native file of version ${native.version()}: install both in one version`)
}

/** A failure of the native part itself: its words could hold anything, and it is no failure of the caller's. */
const guarded = (work) =>
  function (...given) {
    try {
      return work(...given)
    } catch {
      throw require('./values.cjs').defect()
    }
  }

module.exports = Object.fromEntries(Object.entries(native).map(([name, work]) => [name, guarded(work)]))
