//! A request of the caller's own, with the client's credential, retries and limits.

use std::fmt;

use http::Method;

use super::client::Client;
use super::error::{KeywrightError, mirrored};
use super::scalars::Json;
use super::values::{Meta, Pair};
use crate::process::Result;

mirrored! {
    /// Whether the service may get a request twice.
    Safety {
        /// It changes nothing.
        Safe,
        /// Twice is as good as once.
        Idempotent,
        /// It must not reach the service twice.
        Never,
    }
}

/// What a request of your own carries.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RequestOptions {
    /// Query parameters; they are encoded here.
    pub query: Option<Vec<Pair>>,
    /// Headers. Credential headers are the client's own and cannot be set.
    pub headers: Option<Vec<Pair>>,
    /// A JSON body.
    pub json: Option<Json>,
    /// A body of bytes.
    pub body: Option<Vec<u8>>,
    /// What the bytes are; `application/octet-stream` unless given.
    pub content_type: Option<String>,
    /// Whether the service may get it twice. Reading is safe, PUT and DELETE are idempotent,
    /// everything else is never repeated unless you say so.
    pub safety: Option<Safety>,
}

impl RequestOptions {
    /// One body, and nothing said of a body that is not there.
    fn validate(&self) -> Result<()> {
        let is = |field: &str, reason: &str, remedy: &str| Err(KeywrightError::config(field, reason, remedy));
        match (&self.json, &self.body, &self.content_type) {
            (Some(_), Some(_), _) => is("body", "is given beside `json`", "give one of them"),
            (Some(_), None, Some(_)) => is("content_type", "is given beside `json`", "leave it out, or give the text as `body`"),
            (None, None, Some(_)) => is("content_type", "is given without `body`", "give both or none"),
            _ => Ok(()),
        }
    }
}

/// The answer to a request of your own.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Response {
    /// The status: 2xx, everything else is an error.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<Pair>,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// How it came to be.
    pub meta: Meta,
}

impl fmt::Debug for Response {
    /// The body may hold a new key and is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("body", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Client {
    /// Sends a request of your own. The path is as the service's documentation prints it; under an
    /// account that is routed by path, it is relative to the account.
    ///
    /// # Errors
    /// `config`, before any request, when something in it cannot be sent; otherwise whatever the
    /// service or the way to it fails with.
    pub async fn request(&self, method: String, path: String, options: RequestOptions) -> Result<Response> {
        let method = parsed(&method)?;
        options.validate()?;
        let send = |client: keywright::Client, _| async move {
            put_together(&client, method, path, options).send().await.map(Into::into)
        };
        self.call(send).await
    }

    /// The request as a `curl` command, to paste into a terminal or a bug report. In the place of
    /// the key stands the environment variable that the service's page names.
    ///
    /// # Errors
    /// `config` when something in it cannot be sent.
    pub fn to_curl(&self, method: String, path: String, options: RequestOptions) -> Result<String> {
        options.validate()?;
        Ok(put_together(self.core()?, parsed(&method)?, path, options).to_curl()?)
    }
}

fn parsed(method: &str) -> Result<Method> {
    let upper = method.to_ascii_uppercase();
    Method::from_bytes(upper.as_bytes()).map_err(|_| KeywrightError::config("method", "is none", "use `GET`, `POST`, ..."))
}

fn put_together(client: &keywright::Client, method: Method, path: String, options: RequestOptions) -> keywright::Request {
    let mut request = client.request(method, path);
    for pair in options.query.into_iter().flatten() {
        request = request.query(pair.name, pair.value);
    }
    for pair in options.headers.into_iter().flatten() {
        request = request.header(&pair.name, &pair.value);
    }
    if let Some(body) = options.body {
        let content_type = options.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        request = request.body(content_type, body);
    }
    if let Some(json) = options.json {
        request = request.json(&json.0);
    }
    match options.safety {
        Some(safety) => request.safety(safety.into()),
        None => request,
    }
}

impl From<keywright::Response> for Response {
    fn from(response: keywright::Response) -> Self {
        let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| Pair {
            name: name.as_str().to_owned(),
            value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        Self {
            status: response.status,
            headers: response.headers.iter().map(pair).collect(),
            body: response.body.into(),
            meta: response.meta.into(),
        }
    }
}
