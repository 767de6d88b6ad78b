//! The capability table of `README.md`, from the dialects themselves.
//!
//! The text around the markers is written by people and kept byte for byte; what stands between
//! them can only be what the client would really do.

use keywright::{CapabilityInfo, Dialect, KeyOp};

use super::Generated;
use crate::root::Root;

const PATH: &str = "README.md";
const BEGIN: &str = "<!-- gen:capabilities -->";
const END: &str = "<!-- /gen:capabilities -->";

/// `README.md` with its table; nothing while there is no `README.md`.
pub fn file(root: &Root) -> Result<Option<Generated>, String> {
    if !root.has(PATH) {
        return Ok(None);
    }
    let dialects = Dialect::BUILTIN.iter().map(|id| Dialect::builtin(id)).collect::<Result<Vec<_>, _>>();
    let table = table(&dialects.map_err(|error| error.to_string())?);
    Ok(Some(Generated { path: PATH.to_owned(), text: between(&root.read(PATH)?, &table)? }))
}

/// The text with everything between the markers replaced.
fn between(text: &str, table: &str) -> Result<String, String> {
    let (before, rest) = text.split_once(BEGIN).ok_or_else(|| format!("{PATH} lacks {BEGIN}"))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| format!("{PATH} lacks {END}"))?;
    Ok(format!("{before}{BEGIN}\n{table}{END}{after}"))
}

fn table(dialects: &[Dialect]) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = row(std::iter::once(String::new()).chain(dialects.iter().map(|dialect| dialect.title().to_owned())).collect());
    text.push_str(&row(vec!["---".to_owned(); dialects.len() + 1]));
    for op in KeyOp::ALL {
        let cells = dialects.iter().map(|dialect| cell(dialect, &format!("keys.{op}")));
        text.push_str(&row(std::iter::once(format!("`keys.{op}`")).chain(cells).collect()));
    }
    let cells = dialects.iter().map(resources);
    text.push_str(&row(std::iter::once("also".to_owned()).chain(cells).collect()));
    text
}

/// How sure an operation is, or a dash where the service has none.
fn cell(dialect: &Dialect, name: &str) -> String {
    let found = dialect.capabilities().into_iter().find(|info| info.name == name);
    found.filter(|info| info.supported).map_or_else(|| "–".to_owned(), |info| info.source.as_str().to_owned())
}

/// The names of the resources that a service has.
fn resources(dialect: &Dialect) -> String {
    let of = |info: &CapabilityInfo| info.name.split('.').next().map(|name| format!("`{name}`"));
    let mut names: Vec<String> =
        dialect.capabilities().iter().filter(|info| info.supported && !info.name.starts_with("keys.")).filter_map(of).collect();
    names.dedup();
    names.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let text = format!("a\n{BEGIN}\nold\n{END}\nb\n");
        assert_eq!(between(&text, "new\n").unwrap(), format!("a\n{BEGIN}\nnew\n{END}\nb\n"));
        assert!(between("a", "new").is_err());
        assert!(between(BEGIN, "new").is_err());
    }

    #[test]
    fn the_table_tells_what_each_service_lacks() {
        let seclai = Dialect::builtin("seclai").unwrap();
        assert_eq!(cell(&seclai, "keys.rotate"), "–");
        assert_ne!(cell(&seclai, "keys.archive"), "–");
        assert!(resources(&seclai).contains("`agents`"));
    }
}
