//! The README of the dialects is true: its examples load, and its tables are those of the schema.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use keywright::{Dialect, ErrorKind};

const README: &str = include_str!("../dialects/README.md");
const SCHEMA: &str = include_str!("../src/dialect/schema.rs");
const ACME: &str = include_str!("../../examples/acme.toml");

/// The code blocks, without the indent of a list: what stands after the fence, and the text.
fn blocks(text: &'static str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let Some(kind) = line.trim_start().strip_prefix("```").filter(|kind| !kind.is_empty() && !kind.contains('`')) else {
            continue;
        };
        let body = lines.by_ref().take_while(|line| line.trim() != "```");
        let body: Vec<&str> = body.map(|line| line.get(indent..).unwrap_or_default()).collect();
        found.push((kind, body.join("\n")));
    }
    found
}

/// A fragment is laid over Acme as a variant is: that is the rule for laying one thing over another.
fn laid_over_acme(fragment: &str) -> (String, &'static str) {
    if fragment.contains("[variant.live.") {
        return (format!("{ACME}\n{fragment}"), "live");
    }
    let moved: Vec<String> =
        fragment.lines().map(|line| line.replacen('[', "[variant.fragment.", usize::from(line.starts_with('[')))).collect();
    (format!("{ACME}\n{}", moved.join("\n")), "fragment")
}

#[test]
fn every_example_loads() {
    let blocks = blocks(README);
    let wholes = blocks.iter().filter(|(kind, _)| *kind == "toml");
    let fragments = blocks.iter().filter(|(kind, _)| *kind == "toml fragment");
    assert!(wholes.clone().count() >= 1 && fragments.clone().count() >= 12, "{blocks:?}");
    assert!(blocks.iter().all(|(kind, _)| ["toml", "toml fragment", "text", "rust"].contains(kind)), "{blocks:?}");
    for (_, text) in wholes {
        Dialect::from_toml(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
    for (_, fragment) in fragments {
        let (text, variant) = laid_over_acme(fragment);
        Dialect::from_toml_variant(&text, variant).unwrap_or_else(|error| panic!("{error}\n{fragment}"));
    }
}

#[test]
fn the_walk_ends_at_the_example_file() {
    let (_, walk) = README.split_once("## From a page to a file").unwrap();
    let steps = blocks(walk).into_iter().filter(|(kind, _)| *kind == "toml fragment");
    let lines: Vec<String> = steps.flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    for line in &lines {
        assert!(ACME.lines().any(|own| own == line), "`{line}` does not stand in examples/acme.toml");
    }
    assert!(lines.len() > 50, "{}", lines.len());
}

/// The fields of each struct of the schema, under the names that a file uses.
fn schema() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut structs = BTreeMap::new();
    let mut lines = SCHEMA.lines();
    while let Some(line) = lines.next() {
        let Some(name) =
            line.split_once("struct ").filter(|(seen, _)| seen.is_empty() || seen.starts_with("pub")).map(|(_, name)| name)
        else {
            continue;
        };
        let mut fields = Vec::new();
        let mut renamed = None;
        for line in lines.by_ref().take_while(|line| *line != "}") {
            if let Some((_, rest)) = line.split_once("rename = \"") {
                renamed = rest.split('"').next();
            } else if let Some((field, _)) =
                line.trim().trim_start_matches("pub ").split_once(": ").filter(|(field, _)| !field.starts_with(['#', '/']))
            {
                fields.push(renamed.take().unwrap_or(field));
            }
        }
        structs.insert(name.trim_end_matches(" {"), fields);
    }
    structs
}

/// The first column of the tables of a section.
fn documented(heading: &str) -> Vec<&'static str> {
    let (_, rest) = README.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("there is no `{heading}`"));
    let section = rest.lines().take_while(|line| !line.starts_with('#'));
    let table = section.skip_while(|line| !line.starts_with("| Key |")).take_while(|line| line.starts_with('|'));
    table.filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect()
}

#[test]
fn every_table_says_what_the_schema_says() {
    let headings = [
        ("Service", "## `[service]`"),
        ("Auth", "## `[auth]`"),
        ("Credential", "### `[auth.key]`, `[auth.token]`, `[auth.login]`"),
        ("Account", "## `[account]`"),
        ("Throttle", "## `[throttle]`"),
        ("Page", "## `[page.<name>]`"),
        ("Answer", "## `[answer]`"),
        ("ErrorPointers", "## `[error]`"),
        ("KeyShape", "## `[key]`"),
        ("StatusLine", "### A line of `status`"),
        ("Op", "## `[op.<operation>]`"),
        ("Retire", "## `[retire]`"),
        ("Refusal", "## `[refusal.<reason>]`"),
        ("ItemMap", "## `[item]`"),
        ("Action", "## `[resource.<name>]`"),
        ("ClientNames", "## `[client]`"),
    ];
    let mut schema = schema();
    for table in schema.remove("File").unwrap() {
        assert!(README.contains(&format!("\n## `[{table}")), "`[{table}]` has no section");
    }
    for (name, heading) in headings {
        assert_eq!(documented(heading), schema.remove(name).unwrap(), "{heading}");
    }
    assert!(schema.is_empty(), "no section for {schema:?}");
}

#[test]
fn every_word_that_a_file_may_use_is_named() {
    let mut words: Vec<&str> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    words.extend(keywright::KeyOp::ALL.iter().map(|op| op.as_str()));
    words.extend(["none", "path", "header", "body", "single", "page", "offset", "cursor", "item", "json", "nothing", "events"]);
    words.extend(["active", "revoked", "calls", "no_calls", "safe", "idempotent", "never"]);
    words.extend(["header", "bearer", "scheme", "jwt", "cookie_csrf", "documented", "observed", "assumed"]);
    for word in words {
        assert!(README.contains(&format!("`{word}`")), "`{word}`");
    }
}
