//! Server-sent events, as far as an example needs them.
//!
//! Comments (keepalives) say nothing and are skipped; data is always JSON here.

use serde_json::Value;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its data.
    pub data: Value,
}

/// Reads a whole stream.
pub(super) fn read(text: &str) -> Result<Vec<Event>, String> {
    text.replace("\r\n", "\n").split("\n\n").filter_map(|block| one(block).transpose()).collect()
}

fn one(block: &str) -> Result<Option<Event>, String> {
    let lines = || block.lines().filter(|line| !line.starts_with(':'));
    let field = |name: &str| {
        lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim_start).collect::<Vec<_>>()
    };
    let (names, data) = (field("event"), field("data"));
    if names.is_empty() && data.is_empty() {
        return Ok(None);
    }
    let name = names.last().copied().unwrap_or("message").to_owned();
    let data = serde_json::from_str(&data.join("\n")).map_err(|error| format!("data of event {name}: {error}"))?;
    Ok(Some(Event { name, data }))
}

/// Writes a stream as a service would.
pub(super) fn write(events: &[Event]) -> String {
    events.iter().map(|event| format!("event: {}\ndata: {}\n\n", event.name, event.data)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_without_its_keepalives() {
        let text = ": keepalive\n\nevent: init\ndata: {\"run_id\":\"r\"}\n\n: keepalive\n\nevent: done\ndata: {}\n\n";
        let names: Vec<_> = read(text).unwrap().into_iter().map(|event| event.name).collect();
        assert_eq!(names, ["init", "done"]);
    }

    #[test]
    fn what_was_written_reads_the_same() {
        let events = vec![Event { name: "status".into(), data: serde_json::json!({ "status": "pending" }) }];
        assert_eq!(read(&write(&events)).unwrap(), events);
    }

    #[test]
    fn data_that_is_no_json_is_an_error() {
        assert!(read("event: x\ndata: nope\n\n").is_err());
    }
}
