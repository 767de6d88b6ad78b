//! A service as data: where it lives, how it takes credentials, what its operations look like.
//!
//! `plan` turns an operation and a dialect into a request, `read` turns an answer into a typed
//! value; both are pure. A new service is a new file, not new code.

pub(crate) mod route;

mod compile;
pub(crate) mod done;
mod load;
pub(crate) mod plan;
pub(crate) mod read;
pub(crate) mod refuse;
mod schema;
mod spec;
mod template;
mod variables;

pub(crate) use load::shapes_of_built_in;
pub(crate) use read::json as decode_json;
pub use schema::ClientNames;
pub(crate) use schema::{ItemMap, Need, PageStyle, Returns, StatusRule};
pub(crate) use spec::*;
pub use spec::{CapabilityInfo, Dialect, Provenance};
pub(crate) use template::AccountPart;
pub use variables::variables_of;
