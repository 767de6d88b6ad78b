//! Records that are given back: sealed, read only, equal by value.

use super::indented;
use super::names::{given, page_item, parameter, record as class_of, summary, xml};
use super::wire::read;
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Field, Record, Surface, Type};

/// What tells how a result came to be does not tell two results apart.
const UNCOMPARED: &str = "meta";

/// All of them.
pub fn all(surface: &Surface) -> Result<String, String> {
    let mut out = String::new();
    for record in surface.records.iter().filter(|record| record.is_given && record.name != "Pair" && record.name != "ErrorInfo") {
        if page_item(surface, &record.name)?.is_none() {
            out += &value(surface, record).map_err(|error| format!("{}: {error}", record.name))?;
        }
    }
    Ok(indented(out.trim_end(), 1))
}

fn value(surface: &Surface, record: &Record) -> Result<String, String> {
    let name = class(record);
    let mut properties = String::new();
    for field in &record.fields {
        let ty = given(surface, &field.ty)?;
        properties += &format!("/// <summary>{}</summary>\npublic {ty} {} {{ get; }}\n\n", xml(&field.doc), pascal(&field.name));
    }
    for (name, field, list) in record.questions() {
        let listed = pascal(&field.name);
        properties += &format!(
            "/// <summary>Whether a member is among <see cref=\"{listed}\"/>.</summary>\n/// <param name=\"member\">The member.</param>\npublic bool {}({list} member) => {listed}.Contains(member);\n\n",
            pascal(name)
        );
    }
    let parts = [constructor(surface, record)?, properties, reads(surface, record)?, equality(record), shown(record)];
    Ok(format!(
        "{}public sealed partial class {name} : IEquatable<{name}>\n{{\n{}}}\n\n",
        summary(&record.doc.text),
        indented(parts.concat().trim_end(), 1)
    ))
}

fn class(record: &Record) -> &str {
    class_of(&record.name)
}

/// Whoever tests against an interface of their own has to make values.
fn constructor(surface: &Surface, record: &Record) -> Result<String, String> {
    let (absent, needed): (Vec<&Field>, Vec<&Field>) =
        record.fields.iter().partition(|field| matches!(field.ty, Type::Optional(_)));
    let mut params = Vec::new();
    let mut docs = String::new();
    for (field, end) in needed.iter().map(|field| (field, "")).chain(absent.iter().map(|field| (field, " = null"))) {
        let name = parameter(&field.name);
        params.push(format!("{} {name}{end}", given(surface, &field.ty)?));
        docs += &format!("/// <param name=\"{}\">{}</param>\n", name.trim_start_matches('@'), xml(&field.doc));
    }
    let sets: String =
        record.fields.iter().map(|field| format!("    {} = {};\n", pascal(&field.name), parameter(&field.name))).collect();
    Ok(format!(
        "/// <summary>Makes one, for tests.</summary>\n{docs}public {}({})\n{{\n{sets}}}\n\n",
        class(record),
        params.join(", ")
    ))
}

fn reads(surface: &Surface, record: &Record) -> Result<String, String> {
    let mut arguments = Vec::new();
    for field in &record.fields {
        // Arguments are evaluated as they stand here: in the order of the wire.
        arguments.push(format!("{}: {}", parameter(&field.name), read(surface, &field.ty)?));
    }
    Ok(format!(
        "internal static {0} Read(ref Reader r)\n{{\n    return new {0}(\n        {1});\n}}\n\n",
        class(record),
        arguments.join(",\n        ")
    ))
}

fn equality(record: &Record) -> String {
    let compared: Vec<&Field> = record.fields.iter().filter(|field| field.name != UNCOMPARED).collect();
    let same = compared.iter().map(|field| {
        let name = pascal(&field.name);
        match &field.ty {
            Type::List(_) => format!("{name}.SequenceEqual(other.{name})"),
            Type::Bytes => format!("{name}.Span.SequenceEqual(other.{name}.Span)"),
            _ => format!("Equals({name}, other.{name})"),
        }
    });
    let same: Vec<String> = std::iter::once("!(other is null)".to_owned()).chain(same).collect();
    let hashed = compared.iter().filter(|field| !matches!(field.ty, Type::List(_) | Type::Bytes)).take(4);
    let hashed: Vec<String> = hashed.map(|field| pascal(&field.name)).collect();
    let hash = if hashed.is_empty() { "0".to_owned() } else { format!("HashCode.Combine({})", hashed.join(", ")) };
    format!(
        "/// <inheritdoc/>\npublic bool Equals({}? other)\n{{\n    return {};\n}}\n\n/// <inheritdoc/>\npublic override bool Equals(object? obj) => Equals(obj as {});\n\n/// <inheritdoc/>\npublic override int GetHashCode() => {hash};\n\n",
        class(record),
        same.join("\n        && "),
        class(record)
    )
}

/// Secrets and bodies show nothing of themselves: `Show` knows their types.
fn shown(record: &Record) -> String {
    let parts: String = record.fields.iter().map(|field| format!(", (\"{0}\", {0})", pascal(&field.name))).collect();
    format!("/// <inheritdoc/>\npublic override string ToString() => Show.Of(\"{}\"{parts});\n", class(record))
}
