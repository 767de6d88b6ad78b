//! An answer on its way out through HTTP: head, whole body or script on the world's clock.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};

use crate::clock::{Clock, Parked, Sleep};
use crate::service::{Body, Reply, Step};
use crate::time::Time;

/// A response body.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Whole(Option<Bytes>),
    Script { steps: VecDeque<Step>, clock: Clock, waiting: Option<(Parked, Sleep)> },
}

/// The response of a reply, dated by the world's clock (S7).
pub(crate) fn outgoing(reply: Reply, clock: &Clock) -> Response<Outgoing> {
    let is_json = matches!(reply.body, Body::Json(_));
    let body = match reply.body {
        Body::Empty => Outgoing::Whole(None),
        Body::Bytes(bytes) => Outgoing::Whole(Some(bytes.into())),
        Body::Json(json) => Outgoing::Whole(Some(json.to_string().into())),
        Body::Script(steps) => Outgoing::Script { steps: steps.into(), clock: clock.clone(), waiting: None },
    };
    let mut response = Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in &reply.headers {
        let parsed = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()));
        if let (Ok(name), Ok(value)) = parsed {
            headers.append(name, value);
        }
    }
    if is_json && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let (false, Ok(date)) = (headers.contains_key(DATE), HeaderValue::from_str(&Time::from(clock.now()).imf())) {
        headers.insert(DATE, date);
    }
    response
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Script { steps, clock, waiting } => loop {
                if let Some((_, sleep)) = waiting {
                    ready!(Pin::new(sleep).poll(cx));
                    *waiting = None;
                }
                match steps.pop_front() {
                    None => return Poll::Ready(None),
                    Some(Step::Send(text)) => return Poll::Ready(Some(Ok(Frame::data(text.into())))),
                    Some(Step::Wait(by)) => *waiting = Some((clock.parked(), clock.sleep(by))),
                }
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Script { steps, waiting, .. } => steps.is_empty() && waiting.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Script { .. } => SizeHint::default(),
        }
    }
}
