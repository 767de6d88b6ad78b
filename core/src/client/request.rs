//! A request of the caller's own, with the client's credential, retries and limits.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::Credential;
use crate::checks::mask::{SecretsInUse, ServiceText};
use crate::checks::path::raw_path;
use crate::client::curl;
use crate::client::{Client, safety_of};
use crate::dialect::plan::{self, Planned};
use crate::dialect::read;
use crate::dialect::route;
use crate::dialect::{AuthMode, Plane};
use crate::json::Document;
use crate::model::Meta;
use crate::model::error::{Error, ErrorKind, Result};
use crate::model::op::Payload;
use crate::options::CallOptions;
use crate::pipeline::{Call, Done};
use crate::retry::{Priority, Safety};
use crate::transport::Connection;

/// A request that is being put together. Await it to send it.
///
/// ```no_run
/// # async fn f(client: keywright::Client) -> keywright::Result<()> {
/// use serde_json::json;
///
/// let answer = client.get("/agents").query("limit", "10").await?;
/// let agents: serde_json::Value = answer.json()?;
///
/// client.post("/agents/a_1/runs").json(&json!({ "input": "Analyze" })).await?;
/// # Ok(())
/// # }
/// ```
///
/// Its `Debug` shows the names of query parameters and headers, never their values and never the
/// body.
#[derive(Clone)]
#[must_use = "a request is sent when it is awaited"]
pub struct Request {
    client: Client,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    payload: Option<Payload>,
    safety: Option<Safety>,
    options: Arc<CallOptions>,
    /// The first thing that was wrong, reported when it is sent.
    wrong: Option<Error>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("payload", &self.payload)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Request {
    pub(crate) fn new(client: Client, method: Method, path: String) -> Self {
        let options = Arc::clone(&client.settings.overrides);
        Self {
            client,
            method,
            path,
            query: Vec::new(),
            headers: HeaderMap::new(),
            payload: None,
            safety: None,
            options,
            wrong: None,
        }
    }

    /// Adds a query parameter; it is encoded here.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header. Credential headers are the client's own and cannot be set.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(_)) if self.is_reserved(&name) => {
                self.refuse(
                    "headers",
                    "holds a header that the client sets itself",
                    "leave it out: credentials come from the client",
                );
            }
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
            }
            (Err(_), _) => self.refuse("headers", "holds a name that cannot be one", "use letters, digits and `-`"),
            (Ok(_), Err(_)) => {
                self.refuse("headers", "holds a value that cannot stand in a header", "remove line breaks and control characters")
            }
        }
        self
    }

    /// Sends a JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match serde_json::to_value(body) {
            Ok(value) => self.payload = Some(Payload::Json(value)),
            Err(_) => self.refuse("json", "cannot be written as JSON", "use text keys and finite numbers"),
        }
        self
    }

    /// Sends bytes of the given media type.
    pub fn body(mut self, content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        self.payload = Some(Payload::Bytes { content_type: content_type.into(), bytes: bytes.into() });
        self
    }

    /// Says whether the service may get this request twice. Reading is safe, PUT and DELETE are
    /// idempotent, everything else is never repeated unless you say so.
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = Some(safety);
        self
    }

    /// Time limits and the like of this request alone.
    pub fn options(mut self, options: CallOptions) -> Self {
        if let Err(error) = options.validate() {
            self.wrong.get_or_insert(error);
        }
        self.options = Arc::new(options.over(*self.options));
        self
    }

    /// The request as a `curl` command, to paste into a terminal or a bug report. In the place of
    /// the key stands the environment variable that the service's page names. Pasted into
    /// a POSIX shell it runs exactly this request.
    ///
    /// # Errors
    /// `config` when something in it cannot be sent.
    ///
    /// ```
    /// use keywright::{Client, ClientOptions};
    ///
    /// let client = Client::new("seclai", ClientOptions::new().api_key("sk-abc"))?;
    /// let command = client.get("/agents").query("limit", "10").to_curl()?;
    /// assert_eq!(command, "curl 'https://api.seclai.com/agents?limit=10' -H \"x-api-key: $SECLAI_API_KEY\"");
    /// # Ok::<(), keywright::Error>(())
    /// ```
    pub fn to_curl(&self) -> Result<String> {
        let client = &self.client;
        let call = self.clone().call()?;
        let url = client.pipeline.base.join(&call.planned.target)?;
        let Planned { method, body, .. } = &call.planned;
        curl::command(method, &url, &call.planned.headers(), body.as_deref(), client.spec().auth.key.as_ref())
    }

    /// Whether a header carries a credential, or frames the message.
    fn is_reserved(&self, name: &HeaderName) -> bool {
        use http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING};
        const RESERVED: [HeaderName; 7] =
            [AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING];
        let auth = &self.client.spec().auth;
        let own = [&auth.key, &auth.token].into_iter().flatten().any(|spec| match &spec.mode {
            AuthMode::Header { name: own } => own == name,
            AuthMode::Bearer | AuthMode::Scheme { .. } | AuthMode::Jwt { .. } | AuthMode::CookieCsrf { .. } => false,
        });
        own || RESERVED.contains(name)
    }

    fn refuse(&mut self, field: &'static str, reason: &str, remedy: &str) {
        self.wrong.get_or_insert_with(|| Error::config(field, reason, remedy));
    }

    /// Sends it.
    ///
    /// # Errors
    /// `config`, before any request, when something in it cannot be sent; otherwise whatever the
    /// service or the way to it fails with.
    pub fn send(self) -> impl Future<Output = Result<Response>> + Send + 'static {
        let client = self.client.clone();
        // While it waits it is this alone: boxed, and no longer also what it was made from.
        let call = self.call().map(Box::new);
        async move {
            let call = call.map_err(|error| client.named(error).with(|data| data.operation = Some("request".into())))?;
            let _change = client.changing_raw(&call.planned.method);
            let Done { answer, meta, credential, .. } = client.pipeline.open(&client.auth, call).await.and_then(Done::of)?;
            let secrets = client.auth.in_use().with(credential.iter().flat_map(Credential::secrets).cloned());
            Ok(Response { status: answer.head.status, headers: answer.head.headers, body: answer.body, meta, secrets })
        }
    }

    fn call(self) -> Result<Call<'static>> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        // `TRACK` is a name under which some servers know TRACE.
        if [Method::CONNECT, Method::TRACE].contains(&self.method) || self.method.as_str() == "TRACK" {
            let reason = "is one that a proxy or server answers with more than a service may see";
            return Err(Error::config("method", reason, "use GET, POST, PUT, PATCH or DELETE"));
        }
        let spec = self.client.spec();
        let mut target = String::with_capacity(self.path.len() + 32);
        route::raw_path_start(spec, self.client.settings.account.as_ref(), &mut target)?;
        let path = raw_path(&self.path, "path")?;
        let brings_secret = spec.brings_secret(&self.method, &path);
        target.push_str(&path);
        plan::push_query(&mut target, &self.query);
        let mut headers = self.headers;
        route::headers(spec, self.client.settings.account.as_ref(), &mut headers);
        let body = self.payload.map(|payload| plan::encode(payload, &mut headers)).transpose()?;
        let bucket = if self.method.is_safe() { &spec.read_bucket } else { &spec.write_bucket };
        Ok(Call {
            operation: "request",
            plane: Some(Plane::Use),
            safety: self.safety.unwrap_or_else(|| safety_of(&self.method)),
            bucket: Arc::clone(bucket),
            connection: Connection::Pooled,
            priority: Priority::Normal,
            streamed: false,
            brings_secret,
            planned: Planned::new(self.method, target, headers, body),
            options: self.options,
            in_flight: None,
        })
    }
}

impl IntoFuture for Request {
    type Output = Result<Response>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Response>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// The answer to a request. Its `Debug` does not show the body, which may hold a new key.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response {
    /// The status: 2xx, everything else is an error.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
    /// How it came to be.
    pub meta: Meta,
    /// What must not be shown, whatever the body holds.
    secrets: SecretsInUse,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body", &self.body.len())
            .field("meta", &self.meta)
            .finish_non_exhaustive()
    }
}

impl Response {
    /// The body as JSON of your type.
    ///
    /// # Errors
    /// `decode`, reason `json` when it is no JSON, `shape` when it is not of that type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.decoded().map_err(|error| self.wrong(error))
    }

    fn decoded<T: DeserializeOwned>(&self) -> Result<T> {
        let document = read::json(&self.body)?;
        let mut reader = serde_json::Deserializer::from_str(document.root().raw());
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let place = ServiceText::of(error.path().to_string()).masked(&self.secrets);
            read::shape(&place, std::any::type_name::<T>())
        })
    }

    /// The body as text.
    ///
    /// # Errors
    /// `decode`, reason `encoding`, when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|_| {
            self.wrong(Error::new(ErrorKind::Decode).with(|data| {
                data.reason = Some("encoding".into());
                data.summary = Some("the answer is not UTF-8 text".to_owned());
                data.remedy = Some("read `body`, the bytes".to_owned());
            }))
        })
    }

    /// The error, of this answer.
    fn wrong(&self, error: Error) -> Error {
        error.of_received().with(|data| {
            (data.operation, data.status) = (Some("request".into()), Some(self.status));
            data.request_id = self.meta.request_id.as_deref().and_then(|id| ServiceText::of(id).masked_id(&self.secrets));
        })
    }

    /// A header as text, where it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the body is JSON as we accept it.
    #[must_use]
    pub fn is_json(&self) -> bool {
        Document::read(&self.body).is_ok()
    }
}
