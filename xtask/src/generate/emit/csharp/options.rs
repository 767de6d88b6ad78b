//! Records that are only taken: classes with properties to set.

use super::indented;
use super::names::{summary, taken, xml};
use super::wire::write;
use crate::generate::surface::words::{camel, pascal};
use crate::generate::surface::{Field, Record, Surface, Type};

/// All of them.
pub fn all(surface: &Surface) -> Result<String, String> {
    let mut out = String::new();
    for record in surface.records.iter().filter(|record| record.is_taken && !record.is_given) {
        out += &options(surface, record).map_err(|error| format!("{}: {error}", record.name))?;
    }
    Ok(indented(out.trim_end(), 1))
}

fn options(surface: &Surface, record: &Record) -> Result<String, String> {
    let (mut properties, mut writes) = (String::new(), String::new());
    for field in &record.fields {
        let name = pascal(&field.name);
        properties += &if record.is_never_nothing(field) {
            given_or_left_out(field, &name)?
        } else {
            format!("/// <summary>{}</summary>\n{}\n\n", xml(&field.doc), property(field, &name)?)
        };
        writes += &if record.is_environment(field) {
            format!("    w.Environment({name});\n")
        } else {
            format!("    {}\n", write(surface, &field.ty, &name, &field.name)?)
        };
    }
    Ok(format!(
        "{}public sealed partial class {}\n{{\n{}    internal void Write(Writer w)\n    {{\n{}    }}\n}}\n\n",
        summary(&record.doc.text),
        record.name,
        indented(&properties, 1),
        indented(&writes, 1)
    ))
}

/// A key or an address: left out, it is looked for in the environment; nothing in its place is refused.
fn given_or_left_out(field: &Field, name: &str) -> Result<String, String> {
    let (ty, kept) = (taken(&field.ty)?, camel(&field.name));
    Ok(format!(
        "private {ty} {kept};\n\n/// <summary>{}</summary>\n/// <exception cref=\"ArgumentNullException\">When it is set to nothing: leave it out, and the environment is read.</exception>\n[System.Diagnostics.CodeAnalysis.DisallowNull]\npublic {ty} {name}\n{{\n    get => {kept};\n    set => {kept} = Check.Given(value, nameof({name}));\n}}\n\n",
        xml(&field.doc)
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
