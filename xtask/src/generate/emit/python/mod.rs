//! The Python package: native glue, public classes, errors and stubs.

mod classes;
mod from_py;
mod native;
mod spell;
mod stubs;
#[cfg(test)]
mod tests;

use classes::Form;

use crate::generate::Generated;
use crate::generate::surface::Surface;

/// Records that Python's own classes stand before: they are no names of the package.
const BEHIND: [&str; 5] = ["Pair", "ErrorInfo", "Response", "KeyPage", "CallPage"];

/// Its files.
///
/// # Errors
/// When the surface holds something that Python cannot be given.
pub fn files(surface: &Surface) -> Result<Vec<Generated>, String> {
    let file = |path: &str, text: String| Generated { path: format!("bindings-python/{path}"), text };
    Ok(vec![
        file("src/generated.rs", native::text(surface)?),
        file("python/keywright/__init__.py", stubs::exports(surface)?),
        file("python/keywright/_async.py", classes::clients(surface, Form::Async)),
        file("python/keywright/_errors.py", stubs::errors(surface)?),
        file("python/keywright/_names.py", stubs::other_names(surface)),
        file("python/keywright/_native.pyi", stubs::native(surface)?),
        file("python/keywright/_objects.py", classes::objects(surface)),
        file("python/keywright/_sync.py", classes::clients(surface, Form::Sync)),
        file("python/keywright/_types.py", stubs::types(surface)),
    ])
}
