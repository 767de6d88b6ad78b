//! Refuses a build in which a panic ends the process: it could not be caught at the border to another
//! language. Users of the crate `keywright` in Rust are free to build as they like.

#[cfg(panic = "abort")]
compile_error!(
    "keywright-facade turns panics into errors at the border to other languages, which `panic = \"abort\"` makes \
     impossible: build the bindings with `panic = \"unwind\"`"
);
