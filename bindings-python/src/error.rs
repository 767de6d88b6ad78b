//! From the facade's error to the exception of its kind.
//!
//! The classes are Python's own, in `keywright._errors`; they are looked up when one is needed.

use keywright_facade::{ErrorInfo, KeywrightError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::generated;
use crate::guard::entry_points;

/// The exception of an error.
pub fn raise(py: Python<'_>, error: KeywrightError) -> PyErr {
    let KeywrightError::Failed { info } = error;
    made(py, *info).unwrap_or_else(|broken| broken)
}

fn made(py: Python<'_>, info: ErrorInfo) -> PyResult<PyErr> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.import(py, "keywright._errors", "_of")?;
    let info = Py::new(py, generated::ErrorInfo(info))?;
    Ok(PyErr::from_value(make.call1((info,))?))
}

entry_points! {
    /// The exception for a wrong argument.
    fn config_error(py: Python<'_>, field: &str, reason: &str, remedy: &str) -> PyResult<PyErrValue> {
        Ok(PyErrValue(raise(py, KeywrightError::config(field, reason, remedy))))
    }

    /// The exception for something that the machine did not give.
    fn no_resources(py: Python<'_>, what: &str) -> PyResult<PyErrValue> {
        Ok(PyErrValue(raise(py, KeywrightError::no_resources(what))))
    }
}

/// An exception that is given back and not raised.
pub struct PyErrValue(PyErr);

impl<'py> IntoPyObject<'py> for PyErrValue {
    type Target = pyo3::exceptions::PyBaseException;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_value(py).into_bound(py))
    }
}
