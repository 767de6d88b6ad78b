//! How Python writes types, defaults and documentation.

use crate::generate::emit::lines::{Lines, wrap};
use crate::generate::surface::{Doc, Field, Method, Surface, Type};

/// The longest line.
const WIDTH: usize = 120;

/// What a caller gets.
pub fn given(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int(_) => "int".to_owned(),
        Type::Float | Type::Duration => "float".to_owned(),
        Type::Text => "str".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Time => "datetime".to_owned(),
        Type::Secret => "Secret".to_owned(),
        Type::Json => "Any".to_owned(),
        Type::Limit => "float | None".to_owned(),
        Type::KeyFunction | Type::DeliverFunction | Type::EventFunction => "bool".to_owned(),
        Type::Optional(inner) => format!("{} | None", given(inner)),
        Type::List(inner) => match &**inner {
            Type::Record(name) if name == "Pair" => "builtins.list[tuple[str, str]]".to_owned(),
            inner => format!("builtins.list[{}]", given(inner)),
        },
        Type::Record(name) | Type::Enum(name) | Type::Object(name) => name.clone(),
    }
}

/// What a caller may give. An async client takes async functions too.
pub fn taken(ty: &Type, is_async: bool) -> String {
    let function = |arguments: &str, result: &str| {
        let awaited = if is_async { format!(" | Awaitable[{result}]") } else { String::new() };
        format!("Callable[[{arguments}], {result}{awaited}] | None")
    };
    match ty {
        Type::Secret => "str | Secret".to_owned(),
        Type::KeyFunction => function("", "str | Secret"),
        Type::DeliverFunction => function("Secret", "object"),
        Type::EventFunction => "Callable[[Event], object] | None".to_owned(),
        Type::Optional(inner) => match &**inner {
            Type::Limit => "float | None | EllipsisType".to_owned(),
            inner => format!("{} | None", taken(inner, is_async)),
        },
        Type::List(inner) => match &**inner {
            Type::Record(name) if name == "Pair" => "Pairs".to_owned(),
            inner => format!("Iterable[{}]", taken(inner, is_async)),
        },
        other => given(other),
    }
}

/// What stands for a parameter that is left out; nothing where it may not be.
pub fn default(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Optional(inner) if **inner == Type::Limit => Some("..."),
        Type::Optional(_) | Type::KeyFunction | Type::DeliverFunction | Type::EventFunction => Some("None"),
        Type::Bool => Some("False"),
        Type::List(_) => Some("()"),
        _ => None,
    }
}

/// The type of what is left out, for which `...` stands, or given, and never nothing.
pub fn left_out_or_given(ty: &str) -> String {
    format!("{} | EllipsisType", ty.strip_suffix(" | None").unwrap_or(ty))
}

/// A method's parameters as Python has them.
pub struct Signature<'a> {
    /// Those that must be given, by position.
    pub required: Vec<&'a Field>,
    /// Those that may be left out, by name.
    pub optional: Vec<&'a Field>,
    /// The names of those that are never nothing.
    never_nothing: Vec<&'a str>,
}

impl<'a> Signature<'a> {
    /// Of a method; the resource that a part is bound to is none of them.
    pub fn of(surface: &'a Surface, method: &'a Method, is_bound: bool) -> Self {
        let mut signature = Self { required: Vec::new(), optional: Vec::new(), never_nothing: Vec::new() };
        for param in method.params.iter().skip(usize::from(is_bound)) {
            match surface.options_of(&param.ty) {
                Some(options) => {
                    let fields = &options.fields;
                    signature.optional.extend(fields);
                    let never = fields.iter().filter(|field| options.is_never_nothing(field));
                    signature.never_nothing.extend(never.map(|field| field.name.as_str()));
                }
                None if matches!(param.ty, Type::Optional(_)) => signature.optional.push(param),
                None => signature.required.push(param),
            }
        }
        signature
    }

    /// As it stands after `self`.
    pub fn text(&self, is_async: bool) -> String {
        let mut text = String::new();
        for field in &self.required {
            text.push_str(&format!(", {}: {}", field.name, taken(&field.ty, is_async)));
        }
        if !self.optional.is_empty() {
            text.push_str(", *");
        }
        for field in &self.optional {
            let (ty, default) = self.left_out(field, is_async);
            text.push_str(&format!(", {}: {ty} = {default}", field.name));
        }
        text
    }

    /// The type of a parameter that may be left out, and what stands for it then.
    fn left_out(&self, field: &Field, is_async: bool) -> (String, &'static str) {
        let ty = taken(&field.ty, is_async);
        if self.never_nothing.contains(&field.name.as_str()) {
            return (left_out_or_given(&ty), "...");
        }
        (ty, default(&field.ty).unwrap_or("None"))
    }

    /// The same for a call of the native method, whose parameters stand in their own order.
    pub fn arguments(surface: &Surface, method: &Method, is_bound: bool) -> Vec<String> {
        let mut names = Vec::new();
        for param in method.params.iter().skip(usize::from(is_bound)) {
            match surface.options_of(&param.ty) {
                Some(options) => names.extend(options.fields.iter().map(|field| field.name.clone())),
                None => names.push(param.name.clone()),
            }
        }
        names
    }
}

/// A call or definition, on one line or with its arguments on lines of their own.
pub fn spread(out: &mut Lines, head: &str, arguments: &str, tail: &str) {
    let arguments = arguments.trim_start_matches(", ");
    if head.len() + arguments.len() + tail.len() + 8 <= WIDTH {
        out.line(format!("{head}{arguments}{tail}"));
        return;
    }
    out.line(head);
    out.deeper(|out| {
        for argument in split(arguments) {
            out.line(format!("{argument},"));
        }
    });
    out.line(tail);
}

/// Splits at the commas that stand in no bracket.
fn split(arguments: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in arguments.chars() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

/// A docstring in Google's form.
pub fn docstring(out: &mut Lines, doc: &Doc, arguments: &[&Field]) {
    let described: Vec<&&Field> = arguments.iter().filter(|field| !field.doc.is_empty()).collect();
    let (first, rest) = doc.text.split_first().map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    if rest.is_empty() && described.is_empty() && doc.errors.is_empty() && first.len() + 14 <= WIDTH {
        out.line(format!("\"\"\"{first}\"\"\""));
        return;
    }
    let mut opened = wrap(first, WIDTH - 12).into_iter();
    out.line(format!("\"\"\"{}", opened.next().unwrap_or_default()));
    opened.for_each(|line| out.line(line));
    for paragraph in rest {
        out.gap();
        out.wrapped("", paragraph, WIDTH);
    }
    if !described.is_empty() {
        out.gap();
        out.line("Args:");
        out.deeper(|out| {
            for field in described {
                hanging(out, &format!("{}: {}", field.name, unit(field)));
            }
        });
    }
    if !doc.errors.is_empty() {
        out.gap();
        out.line("Raises:");
        out.deeper(|out| hanging(out, &format!("KeywrightError: {}", doc.errors)));
    }
    out.line("\"\"\"");
}

fn hanging(out: &mut Lines, text: &str) {
    let mut lines = wrap(text, WIDTH - 20).into_iter();
    out.line(lines.next().unwrap_or_default());
    out.deeper(|out| lines.for_each(|line| out.line(line)));
}

/// What a member means, with the unit that Python has for it.
fn unit(field: &Field) -> String {
    let is = |ty: &Type| match &field.ty {
        Type::Optional(inner) => **inner == *ty,
        other => other == ty,
    };
    let unit = if is(&Type::Limit) {
        " Seconds; `None` is no limit, `...` leaves it to the client."
    } else if is(&Type::Duration) {
        " Seconds."
    } else if is(&Type::Time) {
        " Aware."
    } else {
        ""
    };
    format!("{}{unit}", field.doc)
}

/// Whether equal values of it have a hash.
pub fn is_hashable(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Int(_) | Type::Text | Type::Bytes | Type::Time | Type::Duration | Type::Enum(_) => true,
        Type::Optional(inner) | Type::List(inner) => is_hashable(inner),
        _ => false,
    }
}

/// Whether an object is in it.
pub fn object_in(ty: &Type) -> bool {
    match ty {
        Type::Object(_) => true,
        Type::Optional(inner) | Type::List(inner) => object_in(inner),
        _ => false,
    }
}
