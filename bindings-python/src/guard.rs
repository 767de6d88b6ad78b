//! No panic leaves the native part as such: Python would raise `PanicException`, which no `except
//! Exception` catches.
//!
//! Entry points are written inside [`entry_points!`], which guards each of them; a test of the
//! repository refuses those that are not.

use keywright_facade::guard;
use pyo3::prelude::*;

use crate::error::raise;

/// Does the work of an entry point; a panic becomes an `InternalError`.
pub fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    guard::guarded(work).unwrap_or_else(|error| Python::attach(|py| Err(raise(py, error))))
}

/// Methods of a class, or functions of the module. Each gives a `PyResult`.
macro_rules! entry_points {
    (impl $class:ident { $(
        $(#[$($meta:tt)*])*
        fn $name:ident $(<$life:lifetime>)? ($($taken:tt)*) -> PyResult<$given:ty> { $($body:tt)* }
    )* }) => {
        #[pyo3::pymethods]
        impl $class { $(
            $(#[$($meta)*])*
            fn $name $(<$life>)? ($($taken)*) -> PyResult<$given> {
                $crate::guard::guarded(|| { $($body)* })
            }
        )* }
    };
    ($(
        $(#[$($meta:tt)*])*
        fn $name:ident $(<$life:lifetime>)? ($($taken:tt)*) -> PyResult<$given:ty> { $($body:tt)* }
    )*) => { $(
        #[pyo3::pyfunction]
        $(#[$($meta)*])*
        pub fn $name $(<$life>)? ($($taken)*) -> PyResult<$given> {
            $crate::guard::guarded(|| { $($body)* })
        }
    )* };
}
pub(crate) use entry_points;
