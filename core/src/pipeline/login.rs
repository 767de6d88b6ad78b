//! The `send` that the pipeline lends to auth: one request without credential, in a lane of its own.

use std::sync::Arc;

use http::HeaderMap;
use serde_json::Value;

use super::{Call, Pipeline};
use crate::auth::{Auth, Lend};
use crate::dialect::Endpoint;
use crate::dialect::plan::{self, Planned};
use crate::error::Result;
use crate::op::Payload;
use crate::options::CallOptions;
use crate::retry::{Fingerprint, Priority, Safety};
use crate::transport::Connection;
use crate::wire::{BoxFuture, WireResponse};

/// The bucket of logins: a throttled data plane must not keep anybody from logging in.
const BUCKET: &str = "login";

impl Lend for Pipeline {
    fn exchange<'a>(&'a self, endpoint: &'a Endpoint, body: Value, _owner: Fingerprint) -> BoxFuture<'a, Result<WireResponse>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            let body = plan::encode(Payload::Json(body), &mut headers)?;
            let planned = Planned { method: endpoint.method.clone(), target: endpoint.path.clone(), headers, body: Some(body) };
            let call = Call {
                operation: "login",
                plane: None,
                safety: Safety::Never,
                bucket: Arc::from(BUCKET),
                connection: Connection::Pooled,
                priority: Priority::Urgent,
                streamed: false,
                planned,
                options: CallOptions::new(),
            };
            let nobody = Auth::nobody(&self.dialect);
            self.run(&nobody, call).await.map(|(answer, _)| answer)
        })
    }
}
