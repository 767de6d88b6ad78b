//! JSON values into Python and out of it, without a detour through text.

use keywright_facade as facade;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::convert::{Give, Take, refused, wrong};
use crate::error::raise;

/// Lists and objects inside each other: deeper ones are a mistake, or a circle.
const DEEPEST: usize = 128;

/// Decodes bytes by the core's strict rules.
#[pyfunction]
pub fn loads<'py>(body: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    let py = body.py();
    facade::decode_json(body.as_bytes().to_vec()).map_err(|error| raise(py, error))?.give(py)
}

/// What Python gets.
pub fn give<'py>(value: &Value, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => PyFloat::new(py, number.as_f64().unwrap_or_default()).into_any(),
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(give(item, py)?)?;
            }
            list.into_any()
        }
        Value::Object(members) => {
            let dict = PyDict::new(py);
            for (name, value) in members {
                dict.set_item(PyString::intern(py, name), give(value, py)?)?;
            }
            dict.into_any()
        }
    })
}

/// What Python gave.
pub fn take(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Value> {
    taken(value, field, 0)
}

fn taken(value: &Bound<'_, PyAny>, field: &str, depth: usize) -> PyResult<Value> {
    if depth > DEEPEST {
        return Err(refused(value.py(), field, "is nested too deeply", "give at most 128 levels, and no circle"));
    }
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return String::take(text.as_any(), field).map(Value::String);
    }
    if let Ok(members) = value.cast::<PyDict>() {
        let mut object = Map::new();
        for (name, member) in members.iter() {
            object.insert(String::take(&name, field)?, taken(&member, field, depth + 1)?);
        }
        return Ok(Value::Object(object));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return value.try_iter()?.map(|item| taken(&item?, field, depth + 1)).collect::<PyResult<_>>().map(Value::Array);
    }
    number(value, field)
}

fn number(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Value> {
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    let too_large = || refused(value.py(), field, "holds an integer that is too large", "give it as text");
    if value.is_instance_of::<PyInt>() {
        let whole = value.extract::<u64>().map(Number::from).or_else(|_| value.extract::<i64>().map(Number::from));
        return whole.map(Value::Number).map_err(|_| too_large());
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        let finite = Number::from_f64(float.value());
        return finite
            .map(Value::Number)
            .ok_or_else(|| refused(value.py(), field, "holds a number that JSON has not", "give a finite one"));
    }
    Err(wrong(value, field, "made of dict, list, str, int, float, bool and None"))
}
