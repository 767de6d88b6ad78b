//! Hears everything that the process logs or says in panic.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};

use super::shows_a_secret;

/// How many lines were logged in this process, at any level and by anybody, and those that show a secret.
static LOGGED: (AtomicUsize, Mutex<Vec<String>>) = (AtomicUsize::new(0), Mutex::new(Vec::new()));

#[derive(Default)]
struct Line(String);

impl Drop for Line {
    fn drop(&mut self) {
        LOGGED.0.fetch_add(1, Ordering::Relaxed);
        if shows_a_secret(&self.0) {
            LOGGED.1.lock().unwrap().push(std::mem::take(&mut self.0));
        }
    }
}

impl tracing::field::Visit for Line {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

/// Listens to everything, `TRACE` included, through both ways to log.
struct Everything;

impl tracing::Subscriber for Everything {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Line::default());
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Line::default());
    }

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Line::default());
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        drop(Line(record.args().to_string()));
    }

    fn flush(&self) {}
}

/// What panics of one test say, as the hook of the process hears it; a failure of another is its own.
const PANICKING: &str = "a_provider_that_fails_or_panics_takes_no_secret_with_it";
pub static PANICKED: Mutex<String> = Mutex::new(String::new());

pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(Everything).unwrap();
        log::set_logger(&Everything).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some(PANICKING) {
                PANICKED.lock().unwrap().push_str(&panic.to_string());
            }
            usual(panic);
        }));
    });
}

/// How many lines were heard so far.
pub fn lines_logged() -> usize {
    LOGGED.0.load(Ordering::Relaxed)
}

pub fn logs_are_clean() {
    assert_ne!(lines_logged(), 0, "nothing was logged");
    assert!(LOGGED.1.lock().unwrap().is_empty(), "the log shows {:?}", LOGGED.1.lock().unwrap());
}
