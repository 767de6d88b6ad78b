//! Which interpreter this is. The package works in the main one only: its threads and the state of
//! its classes belong to the process, and the end of another interpreter would end them all.

use std::sync::OnceLock;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

/// The modules that can say which interpreter is the main one: from Python 3.13 on, and before.
const TELLERS: [&str; 2] = ["_interpreters", "_xxsubinterpreters"];

/// Refuses an interpreter that is not the main one, before anything is registered with it.
pub fn is_main(py: Python<'_>) -> PyResult<()> {
    // In this order: a subinterpreter that comes first must not be taken for the one that counts.
    if is_said_to_be_main(py) && is_first(py)? {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "keywright works in the main interpreter only, and this is a subinterpreter: import it there, or in a process of its own",
    ))
}

/// Whether it is the interpreter that imported the package first: each has a module `sys` of its own.
fn is_first(py: Python<'_>) -> PyResult<bool> {
    static FIRST: OnceLock<usize> = OnceLock::new();
    let sys = py.import("sys")?.as_ptr() as usize;
    Ok(*FIRST.get_or_init(|| sys) == sys)
}

/// Whether Python says so. Some builds of it have no module that could, and then nobody knows.
fn is_said_to_be_main(py: Python<'_>) -> bool {
    let told = |teller: &str| -> PyResult<bool> {
        let teller = py.import(teller)?;
        teller.call_method0("get_current")?.eq(teller.call_method0("get_main")?)
    };
    TELLERS.iter().find_map(|teller| told(teller).ok()).unwrap_or(true)
}
