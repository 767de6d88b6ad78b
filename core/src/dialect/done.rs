//! Reads a success whose body nobody needs: done is done, unless a page for people came instead.

use http::header::CONTENT_TYPE;

use super::read;
use crate::model::error::Result;
use crate::transport::wire::WireResponse;

/// That an answer is not a page for people, as that of a login is: it answers everything with 200,
/// and nothing was removed.
///
/// # Errors
/// `decode`, reason `json`.
pub(crate) fn check(answer: &WireResponse) -> Result<()> {
    let stated = answer.head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_page = stated.is_some_and(|stated| stated.to_ascii_lowercase().contains("html"));
    if is_page && !read::tells_nothing(answer) { Err(read::no_json("the answer is a page for people")) } else { Ok(()) }
}
