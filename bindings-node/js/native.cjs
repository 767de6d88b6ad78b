'use strict'

// Finds the native file: in the package of this platform, or beside this file in a source tree.
// A file of another version is refused, since both sides are written from one description.

const { version } = require('../package.json')

/** The platform as the packages name it, as `linux-x64-gnu`. */
function platform() {
  if (process.platform !== 'linux') return `${process.platform}-${process.arch}`
  // A report without the network's part takes no time and tells which libc this is.
  const isGlibc = Boolean(process.report?.getReport && libcOf(process.report))
  return `linux-${process.arch}-${isGlibc ? 'gnu' : 'musl'}`
}

function libcOf(report) {
  const before = report.excludeNetwork
  report.excludeNetwork = true
  try {
    return report.getReport().header.glibcVersionRuntime
  } finally {
    report.excludeNetwork = before
  }
}

function load() {
  const name = platform()
  const tried = [`keywright-${name}`, `./keywright.${name}.node`]
  for (const place of tried) {
    try {
      return require(place)
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new Error(
    `keywright: there is no native file for ${name}; install the package keywright-${name} ` +
      '(without it the optional dependencies were left out, or this platform is not supported)',
  )
}

const native = load()
if (native.version() !== version) {
  throw new Error(`keywright ${version} found the native file of version ${native.version()}: install both in one version`)
}

module.exports = native
