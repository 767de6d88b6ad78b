//! From JavaScript: what `js/runtime.cjs` has checked and put into one array.
//!
//! Text is read as UTF-16: half a surrogate pair is refused and never replaced.

use std::sync::Arc;
use std::time::Duration;

use keywright_facade::process::Result;
use keywright_facade::{
    Client, Clock, DeliverFunction, Dialect, EventFunction, EventStream, Json, KeyFunction, KeywrightError, Limit, Sandbox,
    Secret, Timestamp, instant, text,
};
use napi::bindgen_prelude::{Array, External, Uint8Array, Unknown, Utf16String};

use crate::guard::Held;

/// What can be read from a place of an array: the arguments of a call, the members of a record, a
/// list. `field` is its name, for a message.
pub trait Read: Sized {
    /// Reads it.
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self>;
}

/// What stands there, if it is what the package promises to put there.
pub fn there<T>(found: napi::Result<Option<T>>, field: &str) -> Result<T> {
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
as_it_is!(bool, u32, f64, Uint8Array, Utf16String);

macro_rules! by_reference {
    ($($ty:ty),+) => {$(
        impl Read for $ty {
            fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
                there(from.get_ref::<External<Held<$ty>>>(at).map(|found| found.and_then(|found| found.get().cloned())), field)
            }
        }
    )+};
}
by_reference!(Secret, Arc<Client>, Arc<Clock>, Arc<Dialect>, Arc<EventStream>, Arc<Sandbox>);

/// What crosses as something simpler, and how it is made of that.
macro_rules! made_of {
    ($($ty:ty: |$simple:ident: $from:ty, $field:ident| $make:expr;)+) => {$(
        impl Read for $ty {
            fn read(from: &Array<'_>, at: u32, $field: &str) -> Result<Self> {
                let $simple = <$from>::read(from, at, $field)?;
                $make
            }
        }
    )+};
}
made_of! {
    String: |units: Utf16String, field| text::from_utf16(&units, field);
    Vec<u8>: |bytes: Uint8Array, field| Ok(bytes.to_vec());
    Json: |text: String, field| Self::parse(&text, field);
    KeyFunction: |given: bool, field| Ok(Self(given));
    EventFunction: |given: bool, field| Ok(Self(given));
    DeliverFunction: |number: u64, field| Ok(Self(number));
    Limit: |milliseconds: f64, field| Ok(Self(milliseconds / 1000.0));
    // Checked by the package: whole, not negative, and held exactly by a double.
    u64: |number: f64, field| Ok(number as Self);
    u16: |number: u32, field| {
        Self::try_from(number).map_err(|_| KeywrightError::config(field, "is too large", "give at most 65535"))
    };
    Duration: |milliseconds: f64, field| {
        let wrong = |_| KeywrightError::config(field, "is no length of time", "give a number of milliseconds, not negative");
        Self::try_from_secs_f64(milliseconds / 1000.0).map_err(wrong)
    };
    Timestamp: |milliseconds: f64, field| instant((milliseconds as i64).saturating_mul(1000), field);
}

impl<T: Read> Read for Option<T> {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let is_there = matches!(from.get::<Option<Unknown<'_>>>(at), Ok(Some(Some(_))));
        is_there.then(|| T::read(from, at, field)).transpose()
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let list: Array<'_> = there(from.get(at), field)?;
        (0..list.len()).map(|place| T::read(&list, place, field)).collect()
    }
}

/// What may be left out.
pub fn or_default<T: Read + Default>(from: &Array<'_>, at: u32, field: &str) -> Result<T> {
    Option::read(from, at, field).map(Option::unwrap_or_default)
}

/// A word of a closed list.
pub fn word<T: Copy>(all: &[T], as_str: fn(T) -> &'static str, from: &Array<'_>, at: u32, field: &str) -> Result<T> {
    text::word(&String::read(from, at, field)?, field, all, as_str)
}
