//! No panic leaves the native part: it would end the process, or become an error of no class of ours.
//!
//! Entry points are written inside [`entry_points!`], which guards each of them; a test of the
//! repository refuses those that are not. The package makes an `InternalError` of what they fail with.

use keywright_facade::guard;

/// Does the work of an entry point; a panic becomes an error.
pub fn guarded<T>(work: impl FnOnce() -> napi::Result<T>) -> napi::Result<T> {
    guard::guarded(work).unwrap_or_else(|error| Err(napi::Error::from_reason(error.to_string())))
}

/// Something that the garbage collector lets go of, where a panic would end the process.
#[derive(Debug)]
pub struct Held<T>(Option<T>);

impl<T> Held<T> {
    /// Of a value.
    pub fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// The value, which is there until it is let go of.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        guard::silenced(|| drop(value));
    }
}

/// Functions of the module. Each gives a `napi::Result`.
macro_rules! entry_points {
    ($(
        $(#[doc = $doc:literal])*
        fn $name:ident $(<$life:lifetime>)? ($($taken:tt)*) -> napi::Result<$given:ty> { $($body:tt)* }
    )*) => { $(
        $(#[doc = $doc])*
        #[napi_derive::napi(catch_unwind)]
        pub fn $name $(<$life>)? ($($taken)*) -> napi::Result<$given> {
            $crate::guard::guarded(|| { $($body)* })
        }
    )* };
}
pub(crate) use entry_points;
