//! The facade's entry points, as uniffi makes them, in one library: what .NET loads and what
//! `cargo xtask gen` reads the description of all bindings from.

keywright_facade::uniffi_reexport_scaffolding!();
