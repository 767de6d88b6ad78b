//! Values into Python and out of it, strictly.
//!
//! What has the wrong type is a `TypeError` that names the argument; what has the right type and no
//! meaning is a `ConfigError`.

use std::time::Duration;

use keywright_facade as facade;
use keywright_facade::KeywrightError;
use keywright_facade::text::lone_surrogate;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyEllipsis, PyFloat, PyInt, PyList, PyMapping, PyString};

use crate::error::raise;
use crate::json;
use crate::secret::Secret;

/// Taken out of Python, by the name of the argument.
pub trait FromPy: Sized {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self>;
}

/// Given to Python.
pub trait ToPy {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

/// Takes an argument.
pub fn from_py<T: FromPy>(value: &Bound<'_, PyAny>, field: &str) -> PyResult<T> {
    T::from_py(value, field)
}

/// The error for an argument of the wrong type.
pub fn wrong(value: &Bound<'_, PyAny>, field: &str, wanted: &str) -> PyErr {
    let given = value.get_type().name().map_or_else(|_| "something else".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("`{field}` must be {wanted}, not {given}"))
}

/// The error for an argument that has no meaning.
pub fn refused(py: Python<'_>, field: &str, reason: &str, remedy: &str) -> PyErr {
    raise(py, KeywrightError::config(field, reason, remedy))
}

impl FromPy for String {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let text = value.cast::<PyString>().map_err(|_| wrong(value, field, "str"))?;
        text.to_str().map(str::to_owned).map_err(|_| raise(value.py(), lone_surrogate(field)))
    }
}

impl FromPy for bool {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        value.cast::<PyBool>().map(|flag| flag.is_true()).map_err(|_| wrong(value, field, "bool"))
    }
}

macro_rules! integers {
    ($($ty:ty),+) => {$(
        impl FromPy for $ty {
            fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
                if !value.is_instance_of::<PyInt>() || value.is_instance_of::<PyBool>() {
                    return Err(wrong(value, field, "int"));
                }
                let remedy = format!("give a number from 0 to {}", <$ty>::MAX);
                value.extract().map_err(|_| refused(value.py(), field, "is out of range", &remedy))
            }
        }
        plain!($ty);
    )+};
}

/// Gives what pyo3 knows how to give.
macro_rules! plain {
    ($ty:ty) => {
        impl ToPy for $ty {
            fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                Ok(self.into_pyobject(py).map_err(PyErr::from)?.to_owned().into_any())
            }
        }
    };
}

integers!(u16, u32, u64);
plain!(String);
plain!(&String);
plain!(&str);
plain!(bool);
plain!(f64);

impl FromPy for f64 {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let is_number = value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>();
        if !is_number || value.is_instance_of::<PyBool>() {
            return Err(wrong(value, field, "float"));
        }
        value.extract().map_err(|_| refused(value.py(), field, "is out of range", "give a number that a float can hold"))
    }
}

impl FromPy for Duration {
    /// Seconds.
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let remedy = "give a positive number of seconds";
        Self::try_from_secs_f64(f64::from_py(value, field)?)
            .map_err(|_| refused(value.py(), field, "is no length of time", remedy))
    }
}

impl ToPy for Duration {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.as_secs_f64().to_py(py)
    }
}

impl FromPy for facade::Limit {
    /// Seconds; `None` is no limit.
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        if value.is_none() { Ok(Self(f64::INFINITY)) } else { f64::from_py(value, field).map(Self) }
    }
}

/// A key or an address: left out, or given. `None` is neither: what is not set somewhere must not
/// quietly become what the environment says.
pub fn from_py_given<T: FromPy>(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Option<T>> {
    if is_left_out(value, field)? { Ok(None) } else { T::from_py(value, field).map(Some) }
}

/// Whether a key or an address was left out, for which `...` stands.
pub fn is_left_out(value: &Bound<'_, PyAny>, field: &str) -> PyResult<bool> {
    if value.is_none() {
        let words = format!("`{field}` is None: give a value, or leave it out so that the environment is read");
        return Err(PyTypeError::new_err(words));
    }
    Ok(value.is_instance_of::<PyEllipsis>())
}

/// A limit that may be left to the client: `...` stands for that.
pub fn from_py_limit(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Option<facade::Limit>> {
    if value.is_instance_of::<PyEllipsis>() { Ok(None) } else { facade::Limit::from_py(value, field).map(Some) }
}

/// The class of aware times, and the beginning of 1970: Python's own arithmetic does the rest, over
/// all of its years.
fn datetime(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static DATETIME: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DATETIME.import(py, "datetime", "datetime")
}

fn epoch(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = || {
        let utc = py.import("datetime")?.getattr("timezone")?.getattr("utc")?;
        datetime(py)?.call1((1970, 1, 1, 0, 0, 0, 0, utc)).map(Bound::unbind)
    };
    EPOCH.get_or_try_init(py, make).map(|epoch| epoch.bind(py))
}

impl FromPy for facade::Timestamp {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let py = value.py();
        if !value.is_instance(datetime(py)?)? {
            return Err(wrong(value, field, "datetime"));
        }
        // A zone may be there and not know its offset.
        if value.call_method0("utcoffset")?.is_none() {
            let remedy = "give an aware datetime, as `datetime.now(timezone.utc)`";
            return Err(refused(py, field, "has no time zone", remedy));
        }
        // A class of somebody else's may subtract into something of its own.
        let since = datetime(py)?.getattr("__sub__")?.call1((value, epoch(py)?))?;
        let part = |name: &str| since.getattr(name)?.extract::<i64>();
        let seconds = part("days")? * 86_400 + part("seconds")?;
        facade::instant(seconds * 1_000_000 + part("microseconds")?, field).map_err(|error| raise(py, error))
    }
}

impl ToPy for facade::Timestamp {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static TIMEDELTA: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let micros = self.as_microsecond();
        let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
        let since = TIMEDELTA.import(py, "datetime", "timedelta")?.call1((0, seconds, micros))?;
        epoch(py)?.add(since)
    }
}

impl FromPy for facade::Secret {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        match value.cast::<Secret>() {
            Ok(secret) => Ok(secret.get().0.clone()),
            Err(_) if value.is_instance_of::<PyString>() => String::from_py(value, field).map(Self::new),
            Err(_) => Err(wrong(value, field, "str or Secret")),
        }
    }
}

impl ToPy for facade::Secret {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, Secret(self))?.into_any())
    }
}

impl FromPy for facade::Json {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        json::from_py(value, field).map(Self::from)
    }
}

impl ToPy for &facade::Json {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::to_py(self.0.as_str(), py)
    }
}

impl<T: FromPy> FromPy for Option<T> {
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        if value.is_none() { Ok(None) } else { T::from_py(value, field).map(Some) }
    }
}

impl<T: ToPy> ToPy for Option<T> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Some(value) => value.to_py(py),
            None => Ok(py.None().into_bound(py)),
        }
    }
}

impl<T: FromPy> FromPy for Vec<T> {
    /// Of anything but text, which would be taken apart.
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
            return Err(wrong(value, field, "a list"));
        }
        let items = value.try_iter().map_err(|_| wrong(value, field, "a list"))?;
        items.map(|item| T::from_py(&item?, field)).collect()
    }
}

impl<T: ToPy> ToPy for Vec<T> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let list = PyList::empty(py);
        for item in self {
            list.append(item.to_py(py)?)?;
        }
        Ok(list.into_any())
    }
}

impl FromPy for Vec<u8> {
    /// Of bytes, not of anything else that holds small numbers.
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let is_bytes = value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>();
        if is_bytes { value.extract() } else { Err(wrong(value, field, "bytes")) }
    }
}

impl ToPy for &Vec<u8> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyBytes::new(py, self).into_any())
    }
}

impl FromPy for Vec<facade::Pair> {
    /// A mapping, or a list of pairs.
    fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let pairs = match value.cast::<PyMapping>() {
            Ok(mapping) => mapping.items()?.into_any(),
            Err(_) => value.clone(),
        };
        let pair = |item: PyResult<Bound<'_, PyAny>>| {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
                item?.extract().map_err(|_| wrong(&pairs, field, "a mapping or a list of pairs"))?;
            Ok(facade::Pair { name: String::from_py(&name, field)?, value: String::from_py(&value, field)? })
        };
        pairs.try_iter().map_err(|_| wrong(value, field, "a mapping or a list of pairs"))?.map(pair).collect()
    }
}

impl ToPy for Vec<facade::Pair> {
    fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let pairs: Vec<(String, String)> = self.into_iter().map(|pair| (pair.name, pair.value)).collect();
        pairs.into_pyobject(py)
    }
}
