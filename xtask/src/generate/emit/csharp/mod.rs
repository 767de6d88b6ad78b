//! The .NET package: the public API itself, over the entry points of uniffi.

use crate::generate::Generated;
use crate::generate::surface::Surface;

/// Its files.
///
/// # Errors
/// When the surface holds something that C# cannot be given.
pub fn files(_surface: &Surface) -> Result<Vec<Generated>, String> {
    Ok(Vec::new())
}
