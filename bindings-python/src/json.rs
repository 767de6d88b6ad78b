//! JSON into Python, and Python's values into JSON.

use std::fmt;

use keywright_facade as facade;
use keywright_facade::KeywrightError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::convert::{FromPy, ToPy, refused, wrong};
use crate::error::raise;
use crate::guard::entry_points;

/// Lists and objects inside each other: deeper ones are a mistake, or a circle.
const DEEPEST: usize = 128;

entry_points! {
    /// Decodes bytes by the core's strict rules.
    fn loads<'py>(body: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
        let py = body.py();
        facade::decode_json(body.as_bytes().to_vec()).map_err(|error| raise(py, error))?.to_py(py)
    }
}

/// What Python gets of a text that the core has checked: its values, built without a tree between.
pub fn to_py<'py>(text: &str, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Build(py)
        .deserialize(&mut reader)
        .map_err(|_| raise(py, KeywrightError::of(facade::ErrorKind::Internal, "JSON was not checked")))
}

/// Builds one value.
#[derive(Clone, Copy)]
struct Build<'py>(Python<'py>);

/// A name of a member. The same few come again and again.
struct Name<'py>(Python<'py>);

impl<'py> Visitor<'_> for Name<'py> {
    type Value = Bound<'py, PyString>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(PyString::intern(self.0, name))
    }
}

impl<'de, 'py> DeserializeSeed<'de> for Name<'py> {
    type Value = Bound<'py, PyString>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de, 'py> DeserializeSeed<'de> for Build<'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Build<'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.0, flag).to_owned().into_any())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        let Ok(number) = number.into_pyobject(self.0);
        Ok(number.into_any())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        let Ok(number) = number.into_pyobject(self.0);
        Ok(number.into_any())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.0, number).into_any())
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0, text).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0);
        while let Some(item) = items.next_element_seed(self)? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0);
        while let Some(name) = members.next_key_seed(Name(self.0))? {
            dict.set_item(name, members.next_value_seed(self)?).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// What Python gave.
pub fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Value> {
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
        return String::from_py(text.as_any(), field).map(Value::String);
    }
    if let Ok(members) = value.cast::<PyDict>() {
        let mut object = Map::new();
        for (name, member) in members.iter() {
            object.insert(String::from_py(&name, field)?, taken(&member, field, depth + 1)?);
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
