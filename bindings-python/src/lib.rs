//! The native part of the Python package.
//!
//! No rule lives here. `convert` carries values across, `call` carries calls across, `host` serves
//! what the core asks of Python; the classes in `generated` are written by `cargo xtask gen`.

mod call;
mod convert;
mod environment;
mod error;
mod exit;
#[rustfmt::skip]
mod generated;
mod guard;
mod host;
mod idle;
mod interpreter;
mod json;
mod record;
mod secret;

use pyo3::prelude::*;

guard::entry_points! {
    /// Has the next entry point or the next call panic, for tests.
    #[pyo3(name = "_panic_next")]
    fn panic_next(place: &str) -> PyResult<()> {
        keywright_facade::guard::panic_next(place);
        Ok(())
    }
}

#[pymodule(gil_used = true)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    guard::guarded(|| filled(module))
}

fn filled(module: &Bound<'_, PyModule>) -> PyResult<()> {
    interpreter::is_main(module.py())?;
    keywright_facade::process::speaks("python");
    module.add("__version__", keywright_facade::build_info())?;
    module.add_class::<secret::Secret>()?;
    module.add_class::<call::Queue>()?;
    module.add_class::<host::Link>()?;
    module.add_class::<host::Request>()?;
    module.add_function(wrap_pyfunction!(error::config_error, module)?)?;
    module.add_function(wrap_pyfunction!(error::no_resources, module)?)?;
    module.add_function(wrap_pyfunction!(json::loads, module)?)?;
    module.add_function(wrap_pyfunction!(panic_next, module)?)?;
    module.add_function(wrap_pyfunction!(call::taken, module)?)?;
    module.add_function(wrap_pyfunction!(call::not_taken, module)?)?;
    exit::register(module.py())?;
    generated::register(module)
}
