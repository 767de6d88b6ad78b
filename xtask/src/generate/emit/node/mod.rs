//! The Node package: native glue, both module forms, types.

use crate::generate::Generated;
use crate::generate::surface::Surface;

/// Its files.
///
/// # Errors
/// When the surface holds something that JavaScript cannot be given.
pub fn files(_surface: &Surface) -> Result<Vec<Generated>, String> {
    Ok(Vec::new())
}
