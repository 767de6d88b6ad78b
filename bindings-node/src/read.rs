//! From JavaScript: what `js/runtime.cjs` has checked and put into one array.
//!
//! Text is read as UTF-16: half a surrogate pair is refused and never replaced.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keywright_facade::process::Result;
use keywright_facade::{
    Client, Clock, DeliverFunction, Dialect, EventFunction, EventStream, Json, KeyFunction, KeywrightError, Limit, Sandbox,
    Secret, text,
};
use napi::ValueType;
use napi::bindgen_prelude::{Array, External, Uint8Array, Unknown, Utf16String};

/// The arguments of one call, or the members of one record.
pub struct Given<'env>(Array<'env>);

impl fmt::Debug for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given")
    }
}

impl<'env> Given<'env> {
    /// Those in an array.
    pub fn of(array: Array<'env>) -> Self {
        Self(array)
    }

    /// The argument in that place. `field` is its name, for a message.
    pub fn read<T: Read>(&self, at: u32, field: &str) -> Result<T> {
        T::read(&self.0, at, field)
    }

    /// The same, for what may be left out.
    pub fn read_or_default<T: Read + Default>(&self, at: u32, field: &str) -> Result<T> {
        if is_absent(&self.0, at) { Ok(T::default()) } else { self.read(at, field) }
    }
}

/// What can be read from a place of an array.
pub trait Read: Sized {
    /// Reads it.
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self>;
}

fn is_absent(from: &Array<'_>, at: u32) -> bool {
    let there = from.get::<Unknown<'_>>(at).ok().flatten();
    !there.is_some_and(|value| value.get_type().is_ok_and(|found| found != ValueType::Undefined))
}

/// What stands there, if it is what the package promises to put there.
fn there<T>(found: napi::Result<Option<T>>, field: &str) -> Result<T> {
    found.ok().flatten().ok_or_else(|| KeywrightError::config(field, "is not what it must be", "use the package's own functions"))
}

macro_rules! as_it_is {
    ($($ty:ty),+) => {$(
        impl Read for $ty {
            fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
                there(from.get(at), field)
            }
        }
    )+};
}
as_it_is!(bool, u32, f64);

macro_rules! by_reference {
    ($($ty:ty),+) => {$(
        impl Read for $ty {
            fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
                there(from.get_ref::<External<$ty>>(at), field).map(|found| (**found).clone())
            }
        }
    )+};
}
by_reference!(Secret, Arc<Client>, Arc<Clock>, Arc<Dialect>, Arc<EventStream>, Arc<Sandbox>);

impl Read for u16 {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let number = u32::read(from, at, field)?;
        Self::try_from(number).map_err(|_| KeywrightError::config(field, "is too large", "give at most 65535"))
    }
}

impl Read for u64 {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        // Checked by the package: whole, not negative, and held exactly by a double.
        f64::read(from, at, field).map(|number| number as Self)
    }
}

impl Read for String {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let units: Utf16String = there(from.get(at), field)?;
        text::from_utf16(&units, field)
    }
}

impl Read for Vec<u8> {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        there(from.get::<Uint8Array>(at), field).map(|bytes| bytes.to_vec())
    }
}

impl Read for Duration {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let wrong = |_| KeywrightError::config(field, "is no length of time", "give a number of milliseconds, not negative");
        Self::try_from_secs_f64(f64::read(from, at, field)? / 1000.0).map_err(wrong)
    }
}

impl Read for SystemTime {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let milliseconds = f64::read(from, at, field)?;
        let length = Duration::from_millis(milliseconds.abs() as u64);
        let moment = if milliseconds < 0.0 { UNIX_EPOCH.checked_sub(length) } else { UNIX_EPOCH.checked_add(length) };
        moment.ok_or_else(|| KeywrightError::config(field, "is too far away", "give a time between the years 1 and 9999"))
    }
}

impl Read for Limit {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        f64::read(from, at, field).map(|milliseconds| Self(milliseconds / 1000.0))
    }
}

impl Read for Json {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        Self::parse(&String::read(from, at, field)?, field)
    }
}

impl Read for KeyFunction {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        bool::read(from, at, field).map(Self)
    }
}

impl Read for EventFunction {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        bool::read(from, at, field).map(Self)
    }
}

impl Read for DeliverFunction {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        u64::read(from, at, field).map(Self)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        if is_absent(from, at) { Ok(None) } else { T::read(from, at, field).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let list: Array<'_> = there(from.get(at), field)?;
        (0..list.len()).map(|place| T::read(&list, place, field)).collect()
    }
}

/// A word of a closed list.
pub fn word<T: Copy>(all: &[(&str, T)], from: &Array<'_>, at: u32, field: &str) -> Result<T> {
    let given = String::read(from, at, field)?;
    let found = all.iter().find(|(word, _)| *word == given).map(|(_, one)| *one);
    found.ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|(word, _)| *word).collect();
        KeywrightError::config(field, "is not known", &format!("use one of {}", words.join(", ")))
    })
}

/// The members of a record that stands in a place; nothing where it was left out.
pub fn record<'env>(from: &Array<'env>, at: u32, field: &str) -> Result<Option<Given<'env>>> {
    if is_absent(from, at) { Ok(None) } else { there(from.get(at), field).map(|array| Some(Given(array))) }
}
