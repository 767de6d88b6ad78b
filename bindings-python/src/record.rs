//! What the generated classes of values have in common.

use keywright_facade as facade;
use pyo3::PyClass;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use crate::convert::{FromPy, ToPy};
use crate::error::raise;

/// A member and its value.
type Member<'py> = (&'static str, Bound<'py, PyAny>);

/// A word of a closed list.
pub fn word<T: Copy>(value: &Bound<'_, PyAny>, field: &str, all: &[T], as_str: fn(T) -> &'static str) -> PyResult<T> {
    facade::text::word(&String::from_py(value, field)?, field, all, as_str).map_err(|error| raise(value.py(), error))
}

/// A member that may be left out.
pub fn optional<T: FromPy>(value: Option<&Bound<'_, PyAny>>, field: &str) -> PyResult<Option<T>> {
    value.map_or(Ok(None), |value| <Option<T> as FromPy>::from_py(value, field))
}

/// `Key(id='key_1', ...)`. Bytes are counted, not shown: they may hold a new key.
pub fn repr(name: &str, members: &[Member<'_>]) -> PyResult<String> {
    let shown = members.iter().map(|(name, value)| match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(format!("{name}=<{} bytes>", bytes.as_bytes().len())),
        Err(_) => Ok(format!("{name}={}", value.repr()?.to_string_lossy())),
    });
    Ok(format!("{name}({})", shown.collect::<PyResult<Vec<_>>>()?.join(", ")))
}

/// How a value is pickled: its class, called with its members.
pub fn reduce<'py, T: PyClass>(of: &Bound<'py, T>, members: &[Member<'py>]) -> PyResult<Bound<'py, PyAny>> {
    let py = of.py();
    let rebuild = py.import("keywright._runtime")?.getattr("_rebuild")?;
    let arguments = (of.as_any().get_type(), dict(py, members)?);
    Ok(PyTuple::new(py, [rebuild, arguments.into_pyobject(py)?.into_any()])?.into_any())
}

/// What cannot be pickled, because it holds a secret or something alive.
pub fn kept<'py, T: PyClass>(name: &str, _of: &Bound<'py, T>) -> PyResult<Bound<'py, PyAny>> {
    Err(PyTypeError::new_err(format!(
        "a {name} cannot be pickled or copied: it holds what must not leave this process unnoticed"
    )))
}

/// The same value with other members.
pub fn replace<'py, T: PyClass>(
    of: &Bound<'py, T>,
    members: &[Member<'py>],
    changes: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let all = dict(of.py(), members)?;
    if let Some(changes) = changes {
        all.update(changes.as_mapping())?;
    }
    of.as_any().get_type().call((), Some(&all))
}

fn dict<'py>(py: Python<'py>, members: &[Member<'py>]) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    for (name, value) in members {
        all.set_item(PyString::intern(py, name), value)?;
    }
    Ok(all)
}

/// An object in the class that Python has for it.
pub fn wrapped<'py>(name: &str, native: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    native.py().import("keywright._runtime")?.getattr("_wrap")?.call1((name, native))
}

/// The object that Python's class stands for.
pub fn unwrapped<'py>(value: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    value.getattr("_native").unwrap_or_else(|_| value.clone())
}

/// Nothing, as the end of a call.
pub struct Nothing;

impl ToPy for Nothing {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(py.None().into_bound(py))
    }
}

/// A page on its way to Python's own class: items, where the next begins, how it came to be.
pub struct Page<T>(pub Vec<T>, pub Option<String>, pub facade::Meta);

impl<T: ToPy> ToPy for Page<T> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = [self.0.to_py(py)?, self.1.to_py(py)?, self.2.to_py(py)?];
        Ok(PyTuple::new(py, parts)?.into_any())
    }
}

/// A page of the facade.
macro_rules! page {
    ($page:ident, $item:ident) => {
        impl From<facade::$page> for record::Page<facade::$item> {
            fn from(page: facade::$page) -> Self {
                Self(page.items, page.next_token, page.meta)
            }
        }
    };
}
pub(crate) use page;
