//! Closed lists of words as enums, and an exception for every kind of failure.

use super::indented;
use super::names::{given, summary, xml};
use super::wire::read;
use crate::generate::surface::words::{camel, pascal};
use crate::generate::surface::{Enum, Surface, Type};

/// What the core asks of its host is nobody else's to know.
const OWN: &str = "HostAsk";

/// All enums, and their words.
pub fn enums(surface: &Surface) -> String {
    let mut out = String::new();
    for one in &surface.enums {
        let access = if one.name == OWN { "internal" } else { "public" };
        let variants = one.variants.iter().map(|(word, doc)| format!("/// <summary>{}</summary>\n{},\n", xml(doc), pascal(word)));
        let body = format!(
            "{}{access} enum {}\n{{\n{}}}\n\n",
            summary(&one.doc.text),
            one.name,
            indented(&variants.collect::<String>(), 1)
        );
        out += &indented(&body, 1);
    }
    let cases: String = surface.enums.iter().filter(|one| one.name != OWN).map(word_of).collect();
    let doc = "/// <summary>The stable words of the enums, the same in all languages.</summary>\n";
    out + &indented(&format!("{doc}public static class WordExtensions\n{{\n{}}}\n", indented(cases.trim_end(), 1)), 1)
}

fn word_of(one: &Enum) -> String {
    let cases: String =
        one.variants.iter().map(|(word, _)| format!("        {}.{} => \"{word}\",\n", one.name, pascal(word))).collect();
    format!(
        "/// <summary>The stable word.</summary>\n/// <param name=\"value\">The value.</param>\npublic static string ToWord(this {} value)\n{{\n    return value switch\n    {{\n{cases}        _ => throw new ArgumentOutOfRangeException(nameof(value)),\n    }};\n}}\n\n",
        one.name
    )
}

/// The class of a kind of failure.
fn class(kind: &str) -> String {
    match kind {
        "timeout" => "CallTimeoutException".to_owned(),
        "cancelled" => "CancelledCallException".to_owned(),
        other => format!("{}Exception", pascal(other)),
    }
}

/// What the exception calls a member of the error; those that it has otherwise are none.
fn member(name: &str) -> Option<String> {
    match name {
        "text" | "host_failure" => None,
        "status" => Some("StatusCode".to_owned()),
        "message" => Some("ServiceMessage".to_owned()),
        other => Some(pascal(other)),
    }
}

/// The exceptions and what they are read from.
pub fn exceptions(surface: &Surface) -> Result<String, String> {
    let info = surface.record("ErrorInfo")?;
    let kinds = surface.enums.iter().find(|one| one.name == "ErrorKind").ok_or("there is no ErrorKind")?;
    let (mut reads, mut properties, mut members) = (String::new(), String::new(), String::new());
    for field in &info.fields {
        let (ty, name) = (given(surface, &field.ty)?, pascal(&field.name));
        // What is not optional is always there, except for lists.
        let default = match &field.ty {
            Type::List(inner) => format!("Array.Empty<{}>()", given(surface, inner)?),
            _ => "default!".to_owned(),
        };
        members += &format!("internal {ty} {name} = {default};\n");
        reads += &format!("    {name} = {},\n", read(surface, &field.ty)?);
        if let Some(property) = member(&field.name) {
            properties += &format!("/// <summary>{}</summary>\npublic {ty} {property} => Info.{name};\n\n", xml(&field.doc));
        }
    }
    let mut out = format!(
        "/// <summary>{}</summary>\ninternal sealed class ErrorInfo\n{{\n{}\n    internal static ErrorInfo Read(ref Reader r) => new ErrorInfo\n    {{\n{}    }};\n}}\n\n",
        xml(&info.doc.text.join(" ")),
        indented(&members, 1),
        indented(&reads, 1)
    );
    out += &base(&properties);
    out += &maker(kinds);
    for (kind, doc) in &kinds.variants {
        let class = class(kind);
        out += &format!(
            "/// <summary>{}</summary>\npublic sealed class {class} : KeywrightException\n{{\n    internal {class}(ErrorInfo info, Exception? cause)\n        : base(info, cause)\n    {{\n    }}\n}}\n\n",
            xml(doc)
        );
    }
    Ok(indented(out.trim_end(), 1))
}

fn base(properties: &str) -> String {
    let doc = "/// <summary>Why a call failed, what became of it at the service, and what to do: <see cref=\"Exception.Message\"/> is one sentence with the remedy.</summary>\n";
    format!(
        "{doc}public abstract partial class KeywrightException : Exception\n{{\n    private protected KeywrightException(ErrorInfo info, Exception? cause)\n        : base(info.Text, cause)\n    {{\n        Info = info;\n    }}\n\n    private ErrorInfo Info {{ get; }}\n\n{}}}\n\n",
        indented(properties.trim_end(), 1)
    )
}

fn maker(kinds: &Enum) -> String {
    let cases: String = kinds
        .variants
        .iter()
        .map(|(kind, _)| format!("            ErrorKind.{} => new {}(info, cause),\n", pascal(kind), class(kind)))
        .collect();
    let parameters = camel("info");
    format!(
        "internal static partial class Failure\n{{\n    /// <summary>The exception of its kind.</summary>\n    internal static KeywrightException Of(ErrorInfo {parameters}, Exception? cause)\n    {{\n        return info.Kind switch\n        {{\n{cases}            _ => new InternalException(info, cause),\n        }};\n    }}\n}}\n\n"
    )
}
