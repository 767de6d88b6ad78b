//! From the text of a dialect file to a checked [`Dialect`].
//!
//! Everything that can be wrong is found here, with file, key and reason, so that `plan` and
//! `read` never meet a dialect that does not make sense.

use std::sync::{Arc, OnceLock};

use super::compile::{auth_shapes, compile};
use super::schema;
use super::spec::Dialect;
use super::variables::Readable;
use crate::checks::mask::{SecretsInUse, ServiceText, Shapes};
use crate::model::error::{Error, Result};

const FILES: [(&str, &str); 5] = [
    ("seclai", include_str!("../../dialects/seclai.toml")),
    ("segops", include_str!("../../dialects/segops.toml")),
    ("sidclaw", include_str!("../../dialects/sidclaw.toml")),
    ("seenty", include_str!("../../dialects/seenty.toml")),
    ("itellico", include_str!("../../dialects/itellico.toml")),
];

/// The variant that the service's page describes.
const DOCUMENTED: &str = "documented";

impl Dialect {
    /// A built-in service, as its page documents it. Parsed once per process.
    ///
    /// # Errors
    /// `config` when there is no such service.
    pub fn builtin(id: &str) -> Result<Self> {
        static PARSED: [OnceLock<Dialect>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
        let place = FILES.iter().position(|(name, _)| *name == id).ok_or_else(|| unknown_service(id))?;
        if let Some(dialect) = PARSED[place].get() {
            return Ok(dialect.clone());
        }
        let dialect = load(&format!("{id}.toml"), FILES[place].1, DOCUMENTED, Readable::Named)?;
        Ok(PARSED[place].get_or_init(|| dialect).clone())
    }

    /// A built-in service in one of its variants: `documented`, or `live` for what the running
    /// service is known to do differently from its page.
    ///
    /// # Errors
    /// `config` when there is no such service or it has no such variant.
    pub fn builtin_variant(id: &str, variant: &str) -> Result<Self> {
        if variant == DOCUMENTED {
            return Self::builtin(id);
        }
        let (_, text) = FILES.iter().find(|(name, _)| *name == id).ok_or_else(|| unknown_service(id))?;
        load(&format!("{id}.toml"), text, variant, Readable::Named)
    }

    /// Reads a service of your own from the text of a dialect file. It reads no environment variable
    /// before [`Dialect::with_env`] allows it; apart from that it is trusted, as code is: it says where
    /// your credentials are sent.
    ///
    /// # Errors
    /// `config` naming the key of the file and what is wrong with it.
    ///
    /// ```
    /// let error = keywright::Dialect::from_toml("[service]\nid = 'x'").unwrap_err();
    /// assert!(error.to_string().contains("service.title"));
    /// ```
    pub fn from_toml(text: &str) -> Result<Self> {
        load("dialect", text, DOCUMENTED, Readable::Listed([].into()))
    }

    /// Like [`Dialect::from_toml`], in one of the file's variants.
    ///
    /// # Errors
    /// As [`Dialect::from_toml`]; also when the file has no such variant.
    pub fn from_toml_variant(text: &str, variant: &str) -> Result<Self> {
        load("dialect", text, variant, Readable::Listed([].into()))
    }
}

fn unknown_service(id: &str) -> Error {
    let known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
    Error::config(
        "service",
        format!("`{}` is not a built-in service", shown(id)),
        format!("use one of {}, or a dialect of your own", known.join(", ")),
    )
}

/// A word of a caller, who may have put a key in the wrong place.
pub(super) fn shown(word: &str) -> String {
    ServiceText::of(word).masked(&SecretsInUse::shapes_only()).escape_debug().to_string()
}

/// The beginnings by which the keys of all built-in services are known. Of their files only this
/// is read, because an answer of one service may hold a key of another.
pub(crate) fn shapes_of_built_in() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Credentials {
        auth: schema::Auth,
    }
    let files = FILES.iter().filter_map(|(_, text)| toml::from_str::<Credentials>(text).ok());
    files.flat_map(|file| Shapes::of(auth_shapes(&file.auth).map(str::to_owned)).names().to_vec()).collect()
}

fn load(file: &str, text: &str, variant: &str, readable: Readable) -> Result<Dialect> {
    let wrong = |key: &str, reason: String| {
        let place = if key.is_empty() || key == "." { file.to_owned() } else { format!("{file}: {key}") };
        Error::config("dialect", format!("({place}) {reason}"), "see dialects/README.md for the grammar")
    };
    let mut tables: toml::Table = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(0, |span| text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1);
        wrong("", format!("line {line}: {}", e.message()))
    })?;
    overlay(&mut tables, variant).map_err(|reason| wrong("variant", reason))?;
    let parsed: schema::File = serde_path_to_error::deserialize(toml::Value::Table(tables)).map_err(|e| {
        let path = e.path().to_string();
        let reason = e.into_inner().message().to_owned();
        match reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            Some(field) => wrong(&format!("{path}.{field}").trim_start_matches("..").replace("?.", ""), "is missing".to_owned()),
            None => wrong(&path, reason),
        }
    })?;
    let spec = compile(parsed, variant).map_err(|(key, reason)| wrong(&key, reason))?;
    Ok(Dialect(Arc::new(spec), readable))
}

/// Lays `[variant.<name>.*]` over the base: entries of the two outer levels replace theirs.
fn overlay(tables: &mut toml::Table, variant: &str) -> std::result::Result<(), String> {
    let variants = match tables.remove("variant") {
        Some(toml::Value::Table(variants)) => variants,
        Some(_) => return Err("must be a table".to_owned()),
        None => toml::Table::new(),
    };
    if variants.contains_key(DOCUMENTED) {
        return Err(format!("`{DOCUMENTED}` is the name of the base: write it there"));
    }
    if variant == DOCUMENTED {
        return Ok(());
    }
    let known: Vec<String> = variants.keys().cloned().collect();
    let Some(toml::Value::Table(changes)) = variants.into_iter().find(|(name, _)| name == variant).map(|(_, value)| value) else {
        // A service whose page and whose running system agree has no `live` of its own.
        if variant == "live" {
            return Ok(());
        }
        return Err(format!("there is no variant `{}` (there is: {DOCUMENTED} {})", shown(variant), known.join(" ")));
    };
    for (section, change) in changes {
        let toml::Value::Table(change) = change else { return Err(format!("`{section}` must be a table")) };
        match tables.entry(section.clone()).or_insert_with(|| toml::Value::Table(toml::Table::new())) {
            toml::Value::Table(base) => base.extend(change),
            _ => return Err(format!("`{section}` is not a table in the base")),
        }
    }
    Ok(())
}
