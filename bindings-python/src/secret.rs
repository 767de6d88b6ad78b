//! Text that prints nowhere.

use keywright_facade as facade;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::convert::from_py;
use crate::guard::entry_points;

/// A key, password or token. Prints nowhere: `expose()` is the only way to read it.
#[pyclass(frozen, eq, module = "keywright")]
#[derive(Clone, PartialEq)]
pub struct Secret(pub facade::Secret);

entry_points! {
    impl Secret {
        #[new]
        fn new(text: &Bound<'_, PyAny>) -> PyResult<Self> {
            let text: String = from_py(text, "text")?;
            Ok(Self(facade::Secret::new(text)))
        }

        /// The text itself: the only way to read it.
        fn expose(&self) -> PyResult<&str> {
            Ok(self.0.expose())
        }

        /// The first eight hexadecimal digits of the SHA-256 of the text: enough to tell two keys
        /// apart in a log.
        fn fingerprint(&self) -> PyResult<String> {
            Ok(self.0.fingerprint())
        }

        fn __hash__(&self) -> PyResult<u64> {
            Ok(u64::from_str_radix(&self.0.fingerprint(), 16).unwrap_or_default())
        }

        fn __repr__(&self) -> PyResult<&'static str> {
            Ok("Secret([redacted])")
        }

        fn __str__(&self) -> PyResult<&'static str> {
            Ok("[redacted]")
        }

        fn __format__(&self, _form: &str) -> PyResult<&'static str> {
            Ok("[redacted]")
        }

        fn __reduce__(&self) -> PyResult<()> {
            Err(PyTypeError::new_err("a Secret cannot be pickled or copied: pass on what `expose()` gives, where you mean to"))
        }
    }
}
