//! Reads an example file.
//!
//! Every line must mean something: an unknown word in the opening comments, an answer without a
//! status or a body that is no JSON is an error, since a line that is skipped proves nothing.

use serde_json::Value;

use super::events;
use super::example::{Body, Drive, Example, First, Given, Request, Response};

/// Reads the text of the example `file` of `service`.
///
/// # Errors
/// Says what cannot be read.
pub fn parse(service: &str, file: &str, text: &str) -> Result<Example, String> {
    let mut opening = Opening::default();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next_if(|line| line.starts_with('#')) {
        opening.read(line.trim_start_matches('#').trim())?;
    }
    let rest: Vec<&str> = lines.collect();
    let turn = rest.iter().position(|line| is_status(line)).ok_or("there is no status line")?;
    let (request, response) = rest.split_at(turn);
    Ok(Example {
        service: service.to_owned(),
        file: file.to_owned(),
        page: opening.page.ok_or("`# page:` is missing")?,
        rows: opening.rows,
        given: opening.given,
        first: opening.first,
        client: opening.client,
        drive: opening.drive.ok_or("`# do:` is missing")?,
        request: read_request(request)?,
        response: read_response(response)?,
    })
}

/// The comment lines that open a file.
#[derive(Default)]
struct Opening {
    page: Option<String>,
    rows: Vec<String>,
    given: Vec<Given>,
    first: Option<First>,
    client: Option<toml::Table>,
    drive: Option<Drive>,
}

impl Opening {
    fn read(&mut self, line: &str) -> Result<(), String> {
        let (word, text) = line.split_once(':').ok_or_else(|| format!("`# {line}` has no colon"))?;
        let text = text.trim();
        match word {
            "page" => self.page = Some(text.to_owned()),
            "rows" => self.rows.extend(text.split(',').map(|row| row.trim().to_owned())),
            "given" => self.given.push(read_given(text)?),
            "first" => {
                let (name, file) = text.split_once(" = ").ok_or("`# first:` reads `name = file`")?;
                self.first = Some(First { name: name.to_owned(), file: file.to_owned() });
            }
            "client" => self.client = Some(read_table(text)?),
            "do" => self.drive = Some(read_drive(text)?),
            _ => return Err(format!("`# {word}:` means nothing")),
        }
        Ok(())
    }
}

fn read_drive(text: &str) -> Result<Drive, String> {
    match text.strip_prefix("none,") {
        Some(reason) if !reason.trim().is_empty() => Ok(Drive::None(reason.trim().to_owned())),
        Some(_) => Err("`# do: none` needs its reason".to_owned()),
        None => Ok(Drive::Step(read_table(text)?)),
    }
}

fn read_table(text: &str) -> Result<toml::Table, String> {
    let document: toml::Table = format!("it = {text}").parse().map_err(|error| format!("{error}"))?;
    match document.get("it") {
        Some(toml::Value::Table(table)) => Ok(table.clone()),
        _ => Err(format!("`{text}` is no inline table")),
    }
}

fn read_given(text: &str) -> Result<Given, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["clock", instant] => Ok(Given::Clock((*instant).to_owned())),
        ["advance", duration] => Ok(Given::Advance((*duration).to_owned())),
        ["plan", plan] => Ok(Given::Plan((*plan).to_owned())),
        ["downgrade", plan] => Ok(Given::Downgrade((*plan).to_owned())),
        ["variant", variant] => Ok(Given::Variant((*variant).to_owned())),
        ["credits", count] => Ok(Given::Credits(read_count(count)?)),
        ["limit", count, "per", per] => Ok(Given::Limit { count: read_count(count)?, per: (*per).to_owned() }),
        ["account", id, "inactive"] => Ok(Given::Inactive((*id).to_owned())),
        [name, "=", file, key @ ..] => read_given_example(Some(name), file, key, text),
        [file, key @ ..] => read_given_example(None, file, key, text),
        [] => Err("`# given:` says nothing".to_owned()),
    }
}

fn read_given_example(name: Option<&str>, file: &str, key: &[&str], text: &str) -> Result<Given, String> {
    let key = match key {
        [] => None,
        ["as", key] => Some((*key).to_owned()),
        _ => return Err(format!("`# given: {text}` means nothing")),
    };
    if !file.ends_with(".http") {
        return Err(format!("`# given: {text}` means nothing"));
    }
    Ok(Given::Example { name: name.map(str::to_owned), file: file.to_owned(), key })
}

fn read_count(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("`{text}` is no count"))
}

fn is_status(line: &str) -> bool {
    line.len() == 3 && line.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_request(lines: &[&str]) -> Result<Request, String> {
    let start = lines.iter().position(|line| !line.is_empty()).ok_or("there is no request")?;
    let (method, target) = lines[start].split_once(' ').ok_or("a request begins with method and path")?;
    let (headers, body) = read_message(&lines[start + 1..])?;
    let body = if body.is_empty() { None } else { Some(read_json(&body)?) };
    Ok(Request { method: method.to_owned(), target: target.to_owned(), headers, body })
}

fn read_response(lines: &[&str]) -> Result<Response, String> {
    let (status, rest) = lines.split_first().ok_or("there is no answer")?;
    let status = status.parse().map_err(|_| format!("`{status}` is no status"))?;
    let (headers, body) = read_message(rest)?;
    let streamed = headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value == "text/event-stream");
    let body = match (body.is_empty(), streamed) {
        (true, _) => None,
        (false, true) => Some(Body::Events(events::read(&body)?)),
        (false, false) => Some(Body::Json(read_json(&body)?)),
    };
    Ok(Response { status, headers, body })
}

/// Named headers, an empty line, a body.
type Message = (Vec<(String, String)>, String);

fn read_message(lines: &[&str]) -> Result<Message, String> {
    let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    let headers = lines[..end].iter().map(|line| read_header(line)).collect::<Result<_, _>>()?;
    Ok((headers, lines[end..].join("\n").trim().to_owned()))
}

fn read_header(line: &str) -> Result<(String, String), String> {
    let (name, value) = line.split_once(": ").ok_or_else(|| format!("`{line}` is no header"))?;
    Ok((name.to_owned(), value.to_owned()))
}

fn read_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("the body is no JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "# page: assumed\n# rows: SEC-1, SEC-2\n# given: key = create.http as {{other.key}}\n# given: limit 1 per PT60S\n\
        # first: login = login.http\n# client: { variant = \"live\" }\n# do: { do = \"keys.list\" }\n\n\
        POST /api-keys?limit=10\nX-API-Key: {{world.api_key}}\n\n{ \"a\": 1 }\n\n201\nX-One: 1\n\n{ \"id\": \"{{id}}\" }\n";

    #[test]
    fn every_part_of_a_file_is_read() {
        let example = parse("seclai", "x.http", WHOLE).unwrap();
        assert_eq!(example.rows, ["SEC-1", "SEC-2"]);
        assert_eq!(example.given.len(), 2);
        assert_eq!(
            example.given[0],
            Given::Example { name: Some("key".into()), file: "create.http".into(), key: Some("{{other.key}}".into()) }
        );
        assert_eq!(example.request.target, "/api-keys?limit=10");
        assert_eq!(example.request.body, Some(serde_json::json!({ "a": 1 })));
        assert_eq!((example.response.status, example.response.headers.len()), (201, 1));
        assert!(!example.is_printed());
    }

    #[test]
    fn a_file_that_says_something_unknown_is_an_error() {
        for (from, to) in [
            ("# rows:", "# row:"),
            ("# page: assumed\n", ""),
            ("# do: { do = \"keys.list\" }\n", ""),
            ("\n201\n", "\nok\n"),
            ("{ \"a\": 1 }", "{ a }"),
            ("limit 1 per PT60S", "limit 1 every PT60S"),
            ("create.http as", "create.http with"),
            ("X-One: 1", "X-One"),
        ] {
            assert!(parse("seclai", "x.http", &WHOLE.replace(from, to)).is_err(), "{from} -> {to} was accepted");
        }
    }

    #[test]
    fn an_undriven_example_gives_its_reason() {
        assert!(read_drive("none,").is_err());
        assert!(matches!(read_drive("none, the client cannot"), Ok(Drive::None(_))));
    }
}
