//! How things are called in C#, and how they are documented there.

use crate::generate::surface::words::camel;
use crate::generate::surface::{Doc, Field, Surface, Type};

const KEYWORDS: [&str; 8] = ["event", "params", "object", "string", "ref", "in", "out", "base"];

/// What is said of parameters; one that is not here is refused, so that none stays undocumented.
const PARAMETERS: &[(&str, &str)] = &[
    ("account", "The account, or nothing for the service's own."),
    ("action", "What is to be done."),
    ("active", "Whether it is active."),
    ("after", "Where the list goes on: `NextToken` of the page before."),
    ("agent_id", "The id of the agent."),
    ("allow_self", "Whether the key that makes the call may be meant; otherwise it is refused where it is known."),
    ("arguments", "What the action is called with."),
    ("body", "The JSON body."),
    ("by", "By how much."),
    ("capability", "The operation, as `keys.rotate`."),
    ("chance", "From 0 up to 1."),
    ("change", "What to change."),
    ("count", "How many."),
    ("credits", "What is left; nothing for no end."),
    ("dialect", "The description of the service."),
    ("env", "The environment variables that it may read."),
    ("event", "The event."),
    ("events", "A list of events."),
    ("expected", "A list of expectations."),
    ("fixtures", "The state."),
    ("delivery", "How the secret is handed over."),
    ("id", "The id."),
    ("key", "The API key."),
    ("method", "The HTTP method."),
    ("name", "The name."),
    ("number", "The number of the call."),
    ("options", "What differs from the defaults."),
    ("page_size", "How many items a page has; the service's default unless given."),
    ("path", "The path."),
    ("per", "The length of the window."),
    ("place", "Where."),
    ("plan", "The plan."),
    ("query", "What is asked for."),
    ("resource", "The resource."),
    ("retry_after", "Whether a refusal says in `Retry-After` when to return."),
    ("rule", "The rule."),
    ("run_id", "The id of the run."),
    ("service", "The id of the service, as `seclai`."),
    ("status", "The status of a refusal: 429 of the service, or 503 of a limiter in front of it."),
    ("strict_order", "Whether the order counts."),
    ("text", "The text."),
    ("user_id", "The id of the user."),
    ("variant", "The variant."),
    ("wanted", "What the new key shall be."),
    ("words", "The words."),
];

/// The name of a parameter.
pub fn parameter(name: &str) -> String {
    let name = camel(name);
    if KEYWORDS.contains(&name.as_str()) { format!("@{name}") } else { name }
}

/// The class of a record; one has the name of a member of its own, and of a class of .NET.
pub fn record(name: &str) -> &str {
    if name == "Activity" { "UsageActivity" } else { name }
}

/// The class of an object.
pub fn object(name: &str) -> String {
    if name == "Client" { "KeywrightClient".to_owned() } else { name.to_owned() }
}

/// The type of something that is given back.
pub fn given(surface: &Surface, ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::List(inner) if is_pair(inner) => "IReadOnlyList<KeyValuePair<string, string>>".to_owned(),
        Type::List(inner) => format!("IReadOnlyList<{}>", given(surface, inner)?),
        Type::Optional(inner) => format!("{}?", given(surface, inner)?),
        Type::Record(name) => match page_item(surface, name)? {
            Some(item) => format!("Page<{}>", given(surface, item)?),
            None => record(name).to_owned(),
        },
        other => scalar(other)?,
    })
}

/// The type of something that is taken.
pub fn taken(ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::List(inner) if is_pair(inner) => "IEnumerable<KeyValuePair<string, string>>".to_owned(),
        Type::List(inner) => format!("IReadOnlyCollection<{}>", taken(inner)?),
        Type::Optional(inner) => format!("{}?", taken(inner)?),
        Type::Record(name) => record(name).to_owned(),
        other => scalar(other)?,
    })
}

fn scalar(ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => "bool",
        Type::Int(16 | 32) => "int",
        Type::Int(64) => "long",
        Type::Float => "double",
        Type::Text => "string",
        Type::Bytes => "ReadOnlyMemory<byte>",
        Type::Time => "DateTimeOffset",
        Type::Duration | Type::Limit => "TimeSpan",
        Type::Secret => "Secret",
        Type::Json => "Json",
        Type::KeyFunction => "Func<CancellationToken, Task<string>>?",
        Type::DeliverFunction => "Func<Secret, CancellationToken, Task>?",
        Type::EventFunction => "Action<Event>?",
        Type::Enum(name) => name,
        Type::Object(name) => return Ok(object(name)),
        other => return Err(format!("C# has no type for {other:?}")),
    }
    .to_owned())
}

/// Whether C# holds it by value.
pub fn is_value(ty: &Type) -> bool {
    use Type::{Bool, Bytes, Duration, Enum, Float, Int, Limit, Time};
    matches!(ty, Bool | Int(_) | Float | Bytes | Time | Duration | Limit | Enum(_))
}

/// Whether it is a name and a value.
pub fn is_pair(ty: &Type) -> bool {
    matches!(ty, Type::Record(name) if name == "Pair")
}

/// What the items of a page are, if the record is one.
pub fn page_item<'a>(surface: &'a Surface, name: &str) -> Result<Option<&'a Type>, String> {
    let record = surface.record(name)?;
    let members: Vec<&str> = record.fields.iter().map(|field| field.name.as_str()).collect();
    Ok(if members == ["items", "next_token", "meta"] { record.item() } else { None })
}

/// Documentation of a type or a member.
pub fn summary(text: &[String]) -> String {
    let (first, rest) = text.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let mut out = format!("/// <summary>{}</summary>\n", xml(first));
    if !rest.is_empty() {
        let paragraphs: Vec<String> = rest.iter().map(|part| format!("<para>{}</para>", xml(part))).collect();
        out += &format!("/// <remarks>{}</remarks>\n", paragraphs.join(""));
    }
    out
}

/// Documentation of a method.
pub fn documented(doc: &Doc, params: &[&Field], throws: bool, is_async: bool) -> Result<String, String> {
    let mut out = summary(&doc.text);
    for param in params {
        let known = PARAMETERS.iter().find(|(name, _)| *name == param.name);
        let (_, text) = known.ok_or_else(|| format!("nothing is said of the parameter {}", param.name))?;
        out += &format!("/// <param name=\"{}\">{}</param>\n", parameter(&param.name).trim_start_matches('@'), xml(text));
    }
    if is_async {
        out += "/// <param name=\"cancellationToken\">Ends the call.</param>\n";
    }
    if throws {
        let errors = if doc.errors.is_empty() { "When the call fails." } else { &doc.errors };
        out += &format!("/// <exception cref=\"KeywrightException\">{}</exception>\n", xml(errors));
    }
    Ok(out)
}

/// Text as XML, what stands between backticks as code.
pub fn xml(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts = escaped.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { format!("<c>{part}</c>") } else { part.to_owned() }).collect()
}
