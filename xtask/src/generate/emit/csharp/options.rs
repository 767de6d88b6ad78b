//! Records that are only taken: classes with properties to set.

use super::indented;
use super::names::{summary, taken, xml};
use super::wire::write;
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Field, Record, Surface, Type};

/// All of them.
pub fn all(surface: &Surface) -> Result<String, String> {
    let mut out = String::new();
    for record in surface.records.iter().filter(|record| record.is_taken && !record.is_given) {
        out += &options(record).map_err(|error| format!("{}: {error}", record.name))?;
    }
    Ok(indented(out.trim_end(), 1))
}

fn options(record: &Record) -> Result<String, String> {
    let (mut properties, mut writes) = (String::new(), String::new());
    for field in &record.fields {
        let name = pascal(&field.name);
        properties += &format!("/// <summary>{}</summary>\n{}\n\n", xml(&field.doc), property(field, &name)?);
        writes += &format!("    {}\n", write(&field.ty, &name, &field.name)?);
    }
    Ok(format!(
        "{}public sealed partial class {}\n{{\n{}    internal void Write(Writer w)\n    {{\n{}    }}\n}}\n\n",
        summary(&record.doc.text),
        record.name,
        indented(&properties, 1),
        indented(&writes, 1)
    ))
}

fn property(field: &Field, name: &str) -> Result<String, String> {
    let ty = taken(&field.ty)?;
    match &field.ty {
        // An empty list and none are the same.
        Type::List(_) => Ok(format!("public {ty}? {name} {{ get; set; }}")),
        other if other.may_be_absent() => Ok(format!("public {ty} {name} {{ get; set; }}")),
        _ => Err(format!("{} must be given, which options cannot say", field.name)),
    }
}
