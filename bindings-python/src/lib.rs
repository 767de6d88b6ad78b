//! The native part of the Python package.
//!
//! No rule lives here. `convert` carries values across, `call` carries calls across, `host` serves
//! what the core asks of Python; the classes in `generated` are written by `cargo xtask gen`.

mod call;
mod convert;
mod error;
mod exit;
#[rustfmt::skip]
mod generated;
mod host;
mod idle;
mod json;
mod record;
mod secret;

use pyo3::prelude::*;

#[pymodule(gil_used = true)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    keywright_facade::process::speaks("python");
    module.add("__version__", keywright_facade::build_info())?;
    module.add_class::<secret::Secret>()?;
    module.add_class::<call::Queue>()?;
    module.add_class::<host::Link>()?;
    module.add_class::<host::Request>()?;
    module.add_function(wrap_pyfunction!(error::config_error, module)?)?;
    module.add_function(wrap_pyfunction!(json::loads, module)?)?;
    module.add_function(wrap_pyfunction!(call::taken, module)?)?;
    module.add_function(wrap_pyfunction!(call::not_taken, module)?)?;
    exit::register(module.py())?;
    generated::register(module)
}
