//! To JavaScript: one JSON text for a whole result, and beside it what no text may hold.
//!
//! A record is an array of its members in order; the package gives them their names. A secret, bytes
//! or an object is a number in the text: its place in the list beside it.

use std::sync::Arc;
use std::time::Duration;

use keywright_facade::{Client, Clock, Dialect, EventStream, Json, KeywrightError, Sandbox, Secret, Timestamp};
use napi::bindgen_prelude::{Array, Buffer, Env, External, ToNapiValue};

use crate::guard::Held;

/// Sets something in a place of an array.
type Beside = Box<dyn FnOnce(&mut Array<'_>, u32) -> napi::Result<()> + Send>;

/// A result on its way.
pub struct Answer {
    is_failed: bool,
    /// The JSON text.
    pub text: String,
    beside: Vec<Beside>,
}

impl Answer {
    /// Of a value.
    pub fn of(value: impl Write) -> Self {
        // Most results are one record or a page of them: room for a record saves most of the growing.
        let mut out = Out { text: Vec::with_capacity(512), beside: Vec::new() };
        value.write(&mut out);
        // Only JSON was written, and JSON is UTF-8.
        Self { is_failed: false, text: String::from_utf8(out.text).unwrap_or_default(), beside: out.beside }
    }

    /// Of a failure.
    pub fn failed(error: KeywrightError) -> Self {
        let KeywrightError::Failed { info } = error;
        Self { is_failed: true, ..Self::of(*info) }
    }

    /// Sets three places: whether it is a failure, the text, and what is beside it.
    pub fn set(self, env: &Env, into: &mut Array<'_>, at: u32) -> napi::Result<()> {
        into.set(at, self.is_failed)?;
        into.set(at + 1, self.text)?;
        if self.beside.is_empty() {
            return Ok(());
        }
        let mut list = env.create_array(0)?;
        for (place, one) in (0..).zip(self.beside) {
            one(&mut list, place)?;
        }
        into.set(at + 2, list)
    }
}

/// Where a result is written.
pub struct Out {
    text: Vec<u8>,
    beside: Vec<Beside>,
}

impl Out {
    /// Writes a record or a list: its members in order.
    pub fn record(&mut self, members: impl FnOnce(&mut Self)) {
        self.text.push(b'[');
        members(self);
        // The last comma is one too many.
        if self.text.last() == Some(&b',') {
            self.text.pop();
        }
        self.text.push(b']');
    }

    /// Writes a member, or an element.
    pub fn member(&mut self, value: impl Write) {
        value.write(self);
        self.text.push(b',');
    }

    fn json(&mut self, value: &impl serde::Serialize) {
        // Writing into a list of bytes cannot fail, nor can a value that was JSON before.
        let _ = serde_json::to_writer(&mut self.text, value);
    }

    /// Puts something beside the text, and its place into the text.
    fn beside<T: ToNapiValue + 'static>(&mut self, make: impl FnOnce() -> T + Send + 'static) {
        let place = self.beside.len();
        self.json(&place);
        self.beside.push(Box::new(move |list, at| list.set(at, make())));
    }
}

/// What can be written.
pub trait Write {
    /// Writes it.
    fn write(self, out: &mut Out);
}

macro_rules! as_json {
    ($($ty:ty),+) => {$(
        impl Write for $ty {
            fn write(self, out: &mut Out) {
                out.json(&self);
            }
        }
    )+};
}
as_json!((), bool, u16, u32, u64, f64, String, &str);

macro_rules! by_reference {
    ($($ty:ty),+) => {$(
        impl Write for $ty {
            fn write(self, out: &mut Out) {
                out.beside(move || External::new(Held::new(self)));
            }
        }
    )+};
}
by_reference!(Secret, Arc<Client>, Arc<Clock>, Arc<Dialect>, Arc<EventStream>, Arc<Sandbox>);

impl Write for Json {
    fn write(self, out: &mut Out) {
        out.text.extend_from_slice(self.0.as_str().as_bytes());
    }
}

impl Write for Vec<u8> {
    fn write(self, out: &mut Out) {
        out.beside(move || Buffer::from(self));
    }
}

impl Write for Duration {
    /// In milliseconds.
    fn write(self, out: &mut Out) {
        out.json(&(self.as_nanos() as f64 / 1e6));
    }
}

impl Write for Timestamp {
    /// In whole milliseconds since 1970, which is what a `Date` holds.
    fn write(self, out: &mut Out) {
        out.json(&self.as_millisecond());
    }
}

impl<T: Write> Write for Option<T> {
    fn write(self, out: &mut Out) {
        match self {
            Some(value) => value.write(out),
            None => ().write(out),
        }
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(self, out: &mut Out) {
        out.record(|out| self.into_iter().for_each(|one| out.member(one)));
    }
}
