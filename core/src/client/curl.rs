//! A request as a `curl` command that runs exactly that request when it is pasted into a shell.
//!
//! Everything but the variable with the key stands in single quotes, where a POSIX shell reads
//! nothing but text. What curl would read as something else is said in another way or refused: a
//! body that begins with `@`, brackets in an address, a method that a body implies (SEC-70).

use http::{HeaderMap, Method};
use url::Url;

use crate::dialect::{AuthMode, CredentialSpec};
use crate::model::error::{Error, Result};

/// The command.
///
/// # Errors
/// `config` when the body is not text: a shell cannot hold it.
pub(crate) fn command(
    method: &Method,
    url: &Url,
    headers: &HeaderMap,
    body: Option<&[u8]>,
    key: Option<&CredentialSpec>,
) -> Result<String> {
    let mut words = vec!["curl".to_owned()];
    match (method, body) {
        (&Method::GET, None) => {}
        // With `-X` curl would wait for a body.
        (&Method::HEAD, None) => words.push("-I".to_owned()),
        _ => words.extend(["-X".to_owned(), bare_or_quoted(method.as_str())]),
    }
    if url.as_str().contains(['[', ']', '{', '}']) {
        words.push("--globoff".to_owned());
    }
    words.push(quoted(url.as_str()));
    words.extend(key.and_then(credential).map(|header| format!("-H {header}")));
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        // A colon with nothing behind it would take the header away.
        let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        words.extend(["-H".to_owned(), quoted(&line)]);
    }
    if let Some(body) = body {
        let text = std::str::from_utf8(body).ok().filter(|text| !text.contains('\0'));
        let text =
            text.ok_or_else(|| Error::config("body", "is not text, which a command cannot hold", "send it from a file"))?;
        words.extend(["--data-raw".to_owned(), quoted(text)]);
    }
    Ok(words.join(" "))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn bare_or_quoted(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) { word.to_owned() } else { quoted(word) }
}

/// The credential header, with the name of its environment variable for a value.
fn credential(spec: &CredentialSpec) -> Option<String> {
    let variable = spec.env.first()?;
    let before = match &spec.mode {
        AuthMode::Header { name } => format!("{name}: "),
        AuthMode::Bearer => "authorization: Bearer ".to_owned(),
        AuthMode::Scheme { word } => format!("authorization: {word} "),
        AuthMode::Jwt { .. } | AuthMode::CookieCsrf { .. } => return None,
    };
    // Between double quotes a shell reads these as more than themselves.
    let is_plain = !before.contains(['$', '`', '"', '\\', '!']);
    Some(if is_plain { format!("\"{before}${variable}\"") } else { format!("{}\"${variable}\"", quoted(&before)) })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::{Client, ClientOptions, Dialect};

    fn client(header: &str) -> Client {
        let text = include_str!("../../../examples/acme.toml").replace("\"X-Acme-Key\"", &format!("{header:?}"));
        let dialect = Dialect::from_toml(&text).unwrap();
        let options =
            ClientOptions::new().env::<&str, &str>([]).base_url("https://api.acme.test").api_key("acme_0123456789abcdef");
        Client::with_dialect(dialect, options).unwrap()
    }

    /// The words as a shell hands them to the program.
    fn words(command: &str) -> Vec<String> {
        let script = format!("curl() {{ for word; do printf '%s\\036' \"$word\"; done; }}; {command}");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env_clear().env("ACME_API_KEY", "THE KEY");
        let said = String::from_utf8(shell.output().unwrap().stdout).unwrap();
        said.split_terminator('\u{1e}').map(str::to_owned).collect()
    }

    #[test]
    fn a_shell_reads_exactly_what_is_shown() {
        let client = client("x-acme-key");
        for text in ["@/etc/passwd", "$(id)`id`\"'\\!*;|&>", "line\nline\ttab", "-d", "", "é\u{202e}", "a'b''c'"] {
            let request = client.post("/v1/x").body("text/plain", text.to_owned());
            let words = words(&request.to_curl().unwrap());
            assert_eq!(words[words.len() - 2..], ["--data-raw", text], "{text:?}");
            let request = client.get("/v1/x").query("q", text).header("x-note", "$HOME '`id`'");
            let words = self::words(&request.to_curl().unwrap());
            assert!(words.contains(&"x-note: $HOME '`id`'".to_owned()), "{words:?}");
            assert!(!words.iter().any(|word| word.contains("uid=")), "{words:?}");
        }
    }

    #[test]
    fn the_method_and_the_address_are_the_request_s_own() {
        let client = client("x-acme-key");
        let words = |request: crate::Request| words(&request.to_curl().unwrap());
        for method in ["PU`id`T", "A|id", "M$HOME", "PATCH", "A'B", "X&Y"] {
            let request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), "/v1/x");
            assert_eq!(words(request)[..2], ["-X", method]);
        }
        assert_eq!(words(client.get("/v1/x").json(&1))[..2], ["-X", "GET"], "a body alone would make it a POST");
        assert_eq!(words(client.request(Method::HEAD, "/v1/x"))[0], "-I");
        assert_eq!(words(client.get("/v1/x"))[0], "https://api.acme.test/v1/x");
        assert!(words(client.get("/v1/x").header("x-empty", "")).contains(&"x-empty;".to_owned()));
        let error = client.post("/v1/x").body("image/png", vec![0xff, 0]).to_curl().unwrap_err();
        assert_eq!(error.field(), Some("body"));
    }

    #[test]
    fn a_dialect_puts_nothing_into_the_shell() {
        for header in ["x-acme-key", "x-`id`", "x-$home"] {
            let words = words(&client(header).get("/v1/x").to_curl().unwrap());
            assert!(words.contains(&format!("{header}: THE KEY")), "{words:?}");
        }
        for name in ["A$(id)", "A`id`", "a", "", "1A", "A B", "A-B", "A\"B", "\u{c4}"] {
            let text = include_str!("../../../examples/acme.toml")
                .replace("\"ACME_API_KEY\"", &serde_json::Value::from(name).to_string());
            let error = Dialect::from_toml(&text).unwrap_err();
            assert!(error.to_string().contains("auth.key.env"), "{name}: {error}");
        }
    }
}
