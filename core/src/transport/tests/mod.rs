//! What the transport does on real sockets, against servers that misbehave in every known way.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bodies;
mod connections;
mod heads;
mod protected;
mod proxies;
mod resting;
mod server;
mod steps;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use url::Url;

use super::{Connection, DEFAULT_BODY_LIMIT, HttpTransport, Transport, TransportOptions, collect};
use crate::transport::wire::{
    BadCertificate, BadProxy, BadTls, Fault, Phase, Progress, Reached, TransportError, WireHead, WireRequest,
};

const KEY: &str = "sk_live_CANARY0123456789";

fn request(method: Method, url: &str) -> WireRequest {
    let mut key = HeaderValue::from_static(KEY);
    key.set_sensitive(true);
    let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-api-key"), key)]);
    WireRequest { method, url: Url::parse(url).unwrap(), headers, body: None }
}

fn get(url: &str) -> WireRequest {
    request(Method::GET, url)
}

fn post(url: &str) -> WireRequest {
    WireRequest { body: Some(Bytes::from_static(b"{\"name\":\"ci\"}")), ..request(Method::POST, url) }
}

fn transport() -> HttpTransport {
    HttpTransport::new(TransportOptions::default())
}

/// Sends and reads the body within the default limit.
async fn exchange(
    transport: &HttpTransport,
    request: WireRequest,
    connection: Connection,
) -> Result<(WireHead, Bytes), TransportError> {
    let incoming = transport.send(request, connection, &Progress::default()).await?;
    let body = collect(incoming.body, DEFAULT_BODY_LIMIT).await.map_err(|cut| cut.error)?;
    Ok((incoming.head, body))
}

fn failure(fault: Fault, phase: Phase, reached: Reached) -> TransportError {
    TransportError { fault, phase, reached, reused: false }
}
