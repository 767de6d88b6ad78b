//! The environment as Python shows it: what `os.environ` says counts, not what the process began with.

use std::sync::Arc;

use keywright_facade as facade;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::convert::from_py;

/// The variables of a client: those that were given, or those of `os.environ` that it reads.
pub fn handed_over(
    given: &Bound<'_, PyAny>,
    service: Option<&String>,
    dialect: Option<&Arc<facade::Dialect>>,
) -> PyResult<Option<Vec<facade::Pair>>> {
    if !given.is_none() {
        return from_py(given, "env").map(Some);
    }
    let names = match (dialect, service) {
        (Some(dialect), _) => dialect.variables(),
        (None, service) => service.map(|service| facade::client_variables(service.clone())).unwrap_or_default(),
    };
    let environ = given.py().import("os")?.getattr("environ")?;
    let mut pairs = Vec::new();
    for name in names {
        if let Ok(value) = environ.call_method1("get", (&name,))?.cast::<PyString>() {
            // Bytes that are no text are replaced: such a value is refused where it is used.
            pairs.push(facade::Pair { value: value.to_string_lossy().into_owned(), name });
        }
    }
    Ok(Some(pairs))
}
