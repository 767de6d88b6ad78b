//! The `send` that the pipeline lends to auth: one request without credential, in a limiter of its own.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use super::{Call, Pipeline};
use crate::auth::{Auth, LoginTransport};
use crate::dialect::Endpoint;
use crate::dialect::plan::{self, Planned};
use crate::model::error::Result;
use crate::model::op::Payload;
use crate::options::{CallOptions, Limit};
use crate::retry::{Priority, Safety};
use crate::runtime::BoxFuture;
use crate::runtime::clock::Waiting;
use crate::transport::Connection;
use crate::transport::wire::WireResponse;

/// The bucket of logins: a throttled data plane must not keep anybody from logging in.
const BUCKET: &str = "login";
/// What a login is given when the call that needs it has hardly any time left.
const LEAST: Duration = Duration::from_millis(1);

/// The pipeline as auth sees it, for as long as the call that needs a login may take.
pub(super) struct PipelineLogin<'a> {
    pub pipeline: &'a Pipeline,
    pub deadline: Option<Duration>,
    /// The credentials of the client that needs a login: what the login must not show.
    pub auth: &'a Auth,
}

impl LoginTransport for PipelineLogin<'_> {
    fn exchange<'a>(&'a self, endpoint: &'a Endpoint, body: Value) -> BoxFuture<'a, Result<WireResponse>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            let body = plan::encode(Payload::Json(body), &mut headers)?;
            let planned = Planned::new(endpoint.method.clone(), endpoint.path.clone(), headers, Some(body));
            let left = self.deadline.map(|deadline| deadline.saturating_sub(self.pipeline.clock.monotonic()).max(LEAST));
            let call = Call {
                operation: "login",
                plane: None,
                safety: Safety::Never,
                bucket: Arc::from(BUCKET),
                connection: Connection::Pooled,
                priority: Priority::Urgent,
                streamed: false,
                brings_secret: true,
                planned,
                options: Arc::new(CallOptions::new().timeout(left.map_or(Limit::Never, Limit::After))),
                in_flight: None,
            };
            let nobody = Auth::anonymous(&self.pipeline.dialect, self.auth.secrets());
            // The login is a call of its own on the clock; the one that needs it only waits.
            let _waiting = Waiting::on(self.pipeline.clock.as_ref());
            self.pipeline.run(&nobody, call).await.map(|done| done.answer)
        })
    }
}
