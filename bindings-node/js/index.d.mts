// Written by `cargo xtask gen`; changes belong into core/facade or the emitter.

export * from './index.cjs'
