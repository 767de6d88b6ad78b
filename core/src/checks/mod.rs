//! What comes from outside is checked or made safe to show: addresses, paths, text of a service.

pub(crate) mod base_url;
pub(crate) mod mask;
pub(crate) mod path;
