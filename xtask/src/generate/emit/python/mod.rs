//! The Python package: native glue, public classes, errors and stubs.

use crate::generate::Generated;
use crate::generate::surface::Surface;

/// Its files.
///
/// # Errors
/// When the surface holds something that Python cannot be given.
pub fn files(_surface: &Surface) -> Result<Vec<Generated>, String> {
    Ok(Vec::new())
}
