//! Keeps everything that a run has shown of itself: Debug, Display, events, log lines.
//!
//! A secret may stand in none of it (security H124 to H130), whatever the call was.

use std::error::Error as _;
use std::fmt::{self, Debug, Write};
use std::sync::{Mutex, PoisonError};

use keywright::{Error, Event, Observer};
use tracing::field::{Field, Visit};
use tracing::span;

/// What was shown so far.
#[derive(Default)]
pub struct OutputRecorder(Mutex<String>);

impl OutputRecorder {
    /// Keeps the Debug text of a value, in both forms.
    pub fn debug(&self, value: &impl Debug) {
        self.keep(format_args!("{value:?}\n{value:#?}\n"));
    }

    /// Keeps all that an error shows, its sources too.
    pub fn error(&self, error: &Error) {
        self.keep(format_args!("{error}\n{error:?}\n{error:#?}\n"));
        let mut source = error.source();
        while let Some(cause) = source {
            self.keep(format_args!("{cause}\n{cause:?}\n"));
            source = cause.source();
        }
    }

    /// Which of the secrets stand in what was shown, by number: their values are no text for a report.
    #[must_use]
    pub fn leaked(&self, secrets: &[String]) -> Vec<usize> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets
            .iter()
            .enumerate()
            .filter(|(_, secret)| !secret.is_empty() && shown.contains(secret.as_str()))
            .map(|(number, _)| number)
            .collect()
    }

    fn keep(&self, text: fmt::Arguments<'_>) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing to a `String` cannot fail.
        let _ = shown.write_fmt(text);
    }
}

impl Debug for OutputRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OutputRecorder")
    }
}

impl Observer for OutputRecorder {
    fn event(&self, event: &Event) {
        self.debug(event);
    }
}

/// Log lines of every level, of every crate.
impl tracing::Subscriber for OutputRecorder {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Line(self));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Line(self));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Line(self));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line<'a>(&'a OutputRecorder);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.keep(format_args!("{field}={value:?}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_or_logged_is_found() {
        let heard = std::sync::Arc::new(OutputRecorder::default());
        heard.debug(&"a sk-1 b");
        tracing::subscriber::with_default(std::sync::Arc::clone(&heard), || tracing::trace!(key = "sk-2", "sent {}", "sk-3"));
        let secrets = ["sk-1", "sk-2", "sk-3", "sk-4", ""].map(str::to_owned);
        assert_eq!(heard.leaked(&secrets), [0, 1, 2]);
    }
}
