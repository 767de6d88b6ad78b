//! What the service has seen of a call: its requests in the journal, found by their ids.

use std::collections::BTreeMap;

use keywright_sandbox::JournalEntry;

use super::worker::Record;

/// What a request meant at the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// It did not come to that: a fault came first.
    Nothing,
    /// It was refused by the service itself.
    Refused,
    /// It was done.
    Done,
    /// It was handled, and what came of it is not in the journal.
    Handled,
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub status: Option<u16>,
    pub meant: Meant,
    /// The fault that hit it; empty where none did.
    pub fault: String,
}

impl Seen {
    fn of(entry: &JournalEntry) -> Self {
        let fault = entry.fault.clone().unwrap_or_default();
        let meant = match entry.status {
            _ if fault.starts_with("before_") => Meant::Nothing,
            _ if fault == "after_503" => Meant::Handled,
            Some(200..=299) => Meant::Done,
            Some(_) => Meant::Refused,
            // Its caller hung up meanwhile.
            None => Meant::Handled,
        };
        Self { status: entry.status, meant, fault }
    }

    /// Whether it may have changed something.
    pub(super) fn may_have_been_done(&self) -> bool {
        matches!(self.meant, Meant::Done | Meant::Handled)
    }
}

/// The requests of a round by call.
#[derive(Debug)]
pub(super) struct Requests(BTreeMap<String, Vec<Seen>>);

impl Requests {
    pub(super) fn of(journal: &[JournalEntry]) -> Self {
        let mut calls: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
        for entry in journal {
            let given = entry.headers.iter().find(|(name, _)| name == "x-request-id").map(|(_, value)| value.as_str());
            // `kw-<call>-<number>`, as the client sends it.
            let call = given.and_then(|id| id.strip_prefix("kw-")?.rsplit_once('-')).map(|(call, _)| call);
            calls.entry(call.unwrap_or_default().to_owned()).or_default().push(Seen::of(entry));
        }
        Self(calls)
    }

    /// The requests of the call itself: not its logins, and not its looking around.
    pub(super) fn of_call(&self, record: &Record) -> Vec<&Seen> {
        self.of_operation(record, &record.act.operation(record.service)).into_iter().flatten().collect()
    }

    /// Whether it looked for a lost key and could not see.
    pub(super) fn looked_in_vain(&self, record: &Record) -> bool {
        let sees = |last: &Seen| matches!(last.fault.as_str(), "" | "delay" | "after_race");
        self.of_operation(record, "keys.list").into_iter().any(|look| !look.last().is_some_and(sees))
    }

    fn of_operation(&self, record: &Record, operation: &str) -> Vec<&Vec<Seen>> {
        let calls = record.heard.calls.iter().filter(|(name, _)| name == operation);
        calls.filter_map(|(_, call)| self.0.get(call)).collect()
    }
}
