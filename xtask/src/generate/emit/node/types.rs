//! d.ts
use crate::generate::surface::Surface;
pub fn text(_s: &Surface) -> Result<String, String> {
    Ok(String::new())
}
