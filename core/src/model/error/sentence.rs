//! The one sentence that `Display` shows.

use super::{ErrorData, ErrorKind, Outcome};

pub(super) fn of(data: &ErrorData) -> String {
    let mut text = subject(data);
    if let Some(status) = data.status {
        text.push_str(&format!(" ({status})"));
    }
    if data.attempts.len() > 1 {
        text.push_str(&format!(" after {} attempts", data.attempts.len()));
        if let Some(elapsed) = data.elapsed {
            text.push_str(&format!(" in {:.1} s", elapsed.as_secs_f64()));
        }
    }
    if !data.omit_outcome && matches!(data.outcome, Outcome::Unknown | Outcome::Applied) {
        text.push_str(outcome(data.outcome));
    }
    if !data.candidates.is_empty() {
        text.push_str(&format!(" (candidates: {})", data.candidates.join(", ")));
    }
    if let Some(wait) = data.retry_after {
        text.push_str(&format!("; retry in {} s", wait.as_secs_f64().ceil()));
    }
    if let Some(remedy) = &data.remedy {
        text.push_str(&format!("; {remedy}"));
    }
    text
}

/// "seclai: `api_key` is empty" or "seclai refused keys.delete: it has call history".
fn subject(data: &ErrorData) -> String {
    let service = data.service.as_deref().unwrap_or("keywright");
    let fields = of_fields(data);
    let said = data.summary.as_deref().or(data.message.as_deref()).or(fields.as_deref());
    let words = said.unwrap_or_else(|| words(data.kind)).trim_end_matches('.');
    if let Some(field) = &data.field {
        return format!("{service}: `{field}` {words}");
    }
    match (&data.operation, data.status) {
        (Some(operation), None) if data.kind == ErrorKind::Unsupported => format!("{service} has no {operation}"),
        (Some(operation), Some(200..=299)) => format!("{service} answered {operation}: {words}"),
        (Some(operation), Some(_)) => format!("{service} refused {operation}: {words}"),
        (Some(operation), None) => format!("{service}: {operation} failed: {words}"),
        (None, _) => format!("{service}: {words}"),
    }
}

/// What a service said about single fields, where it said nothing else: "name: is required".
fn of_fields(data: &ErrorData) -> Option<String> {
    /// Further ones stand in `fields`.
    const SHOWN: usize = 3;
    let said = data.fields.iter().take(SHOWN).map(|one| format!("{}: {}", one.field, one.messages.join(", ")));
    let said = said.collect::<Vec<_>>().join("; ");
    (!said.is_empty()).then_some(said)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unknown => "; it may have been carried out",
        Outcome::Applied => "; it was carried out, but its answer was lost",
        Outcome::NotSent => "; nothing was sent",
        Outcome::Rejected => "; nothing was changed",
    }
}

fn words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Config => "an option is wrong",
        ErrorKind::Unsupported => "the service has no such operation",
        ErrorKind::Unauthenticated => "the credential was not accepted",
        ErrorKind::Forbidden => "the credential may not do this",
        ErrorKind::NotFound => "no such object",
        ErrorKind::Conflict => "the object's state does not allow it",
        ErrorKind::Invalid => "the request was not accepted",
        ErrorKind::PlanLimit => "the plan does not allow it",
        ErrorKind::RateLimited => "rate limited",
        ErrorKind::Server => "the service failed",
        ErrorKind::Timeout => "time ran out",
        ErrorKind::Network => "the connection failed",
        ErrorKind::Redirect => "the service answered with a redirect, which is never followed",
        ErrorKind::Decode => "the answer could not be understood",
        ErrorKind::Cancelled => "cancelled",
        ErrorKind::Internal => "a defect of this library",
    }
}
