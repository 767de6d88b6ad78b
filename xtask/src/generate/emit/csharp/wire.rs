//! How a value crosses: the statements that write it and the expressions that read it.

use super::names::{given, is_pair, is_value, object, page_item, record};
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Surface, Type};

const PAIR: &str = "(ref Reader r) => new KeyValuePair<string, string>(r.Text(), r.Text())";

/// The type of a value on the border itself.
pub fn raw(ty: &Type) -> &'static str {
    match ty {
        Type::Bool | Type::KeyFunction | Type::EventFunction => "sbyte",
        Type::Int(16) => "ushort",
        Type::Int(32) => "uint",
        Type::Int(_) | Type::Object(_) | Type::DeliverFunction => "ulong",
        Type::Float | Type::Limit => "double",
        Type::Time => "long",
        _ => "RustBuffer",
    }
}

/// The expression that reads a value from the reader `r`.
pub fn read(surface: &Surface, ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => "r.Bool()".to_owned(),
        Type::Int(16) => "r.U16()".to_owned(),
        Type::Int(32) => "r.U32()".to_owned(),
        Type::Int(64) => "r.U64()".to_owned(),
        Type::Float => "r.F64()".to_owned(),
        Type::Text => "r.Text()".to_owned(),
        Type::Bytes => "r.Bytes()".to_owned(),
        Type::Time => "r.Time()".to_owned(),
        Type::Duration => "r.Duration()".to_owned(),
        Type::Secret => "new Secret(r.Text())".to_owned(),
        Type::Json => "new Json(r.Text())".to_owned(),
        Type::Enum(name) => {
            let one = surface.enums.iter().find(|one| one.name == *name).ok_or_else(|| format!("there is no enum {name}"))?;
            format!("({name})r.Variant({})", one.variants.len())
        }
        Type::Object(name) => format!("new {}(r.Handle())", object(name)),
        Type::Optional(inner) if is_value(inner) => {
            format!("r.Bool() ? {} : ({}?)null", read(surface, inner)?, given(surface, inner)?)
        }
        Type::Optional(inner) => format!("r.Bool() ? {} : null", read(surface, inner)?),
        Type::List(inner) if is_pair(inner) => format!("r.List({PAIR})"),
        Type::List(inner) => format!("r.List({})", reader(surface, inner)?),
        Type::Record(name) => match page_item(surface, name)? {
            Some(item) => format!("Page<{}>.Read(ref r, {})", given(surface, item)?, reader(surface, item)?),
            None => format!("global::Keywright.{}.Read(ref r)", record(name)),
        },
        other => return Err(format!("{other:?} cannot be given back")),
    })
}

/// A function that reads a value.
pub fn reader(surface: &Surface, ty: &Type) -> Result<String, String> {
    Ok(format!("(ref Reader r) => {}", read(surface, ty)?))
}

/// The statements that write `value`, which the caller knows as `field`, to the writer `w`.
pub fn write(surface: &Surface, ty: &Type, value: &str, field: &str) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => format!("w.Bool({value});"),
        Type::Int(16) => format!("w.U16({value}, \"{field}\");"),
        Type::Int(32) => format!("w.U32({value}, \"{field}\");"),
        Type::Int(_) => format!("w.U64({value}, \"{field}\");"),
        Type::Float => format!("w.F64({value});"),
        Type::Limit => format!("w.Limit({value});"),
        Type::Text => format!("w.Text({value}, \"{field}\");"),
        Type::Secret => format!("w.Text({value}.Expose(), \"{field}\");"),
        Type::Json => format!("w.Text({value}.Text, \"{field}\");"),
        Type::Bytes => format!("w.Bytes({value});"),
        Type::Time => format!("w.Time({value});"),
        Type::Duration => format!("w.Duration({value}, \"{field}\");"),
        Type::Enum(name) => {
            let one = surface.enums.iter().find(|one| one.name == *name).ok_or_else(|| format!("there is no enum {name}"))?;
            let words: Vec<String> = one.variants.iter().map(|(word, _)| format!("`{}`", pascal(word))).collect();
            format!("w.Variant((int){value}, {}, \"{field}\", \"{}\");", words.len(), words.join(", "))
        }
        Type::KeyFunction | Type::EventFunction => format!("w.Bool({value} != null);"),
        Type::DeliverFunction => "w.Deliver();".to_owned(),
        Type::Object(_) => format!("w.Handle({value}.Handle);"),
        Type::Record(_) => format!("{value}.Write(w);"),
        Type::Optional(inner) => {
            // A name of its own: C# keeps it beyond the `if`.
            let some = format!("given{}", pascal(field));
            let then = write(surface, inner, &some, field)?;
            format!("if ({value} is {{ }} {some}) {{ w.Bool(true); {then} }} else {{ w.Bool(false); }}")
        }
        Type::List(inner) if is_pair(inner) => format!("w.Pairs({value}, \"{field}\");"),
        Type::List(inner) => format!("w.List({value}, \"{field}\", (w, one) => {{ {} }});", write(surface, inner, "one", field)?),
    })
}

/// The statement that makes an argument ready to cross as `name`, and the expression that passes it.
pub fn lower(surface: &Surface, ty: &Type, value: &str, field: &str, name: &str) -> Result<(String, String), String> {
    let kept = |value: String| Ok((format!("var {name} = {value};"), name.to_owned()));
    let written = |how: String| Ok((format!("{how} var {name} = w.End();"), format!("w.ToRust({name})")));
    match ty {
        Type::Bool => kept(format!("(sbyte)({value} ? 1 : 0)")),
        Type::Float => kept(value.to_owned()),
        Type::Time => kept(format!("Writer.Micros({value})")),
        Type::Int(64) => kept(format!("Check.Count({value}, \"{field}\")")),
        Type::Object(_) => kept(format!("w.Reference({value}.Handle)")),
        Type::Text => written(format!("w.Raw({value}, \"{field}\");")),
        Type::Secret => written(format!("w.Raw({value}.Expose(), \"{field}\");")),
        Type::Json => written(format!("w.Raw({value}.Text, \"{field}\");")),
        other => written(write(surface, other, value, field)?),
    }
}

/// The expression that lifts what a function has given: `result`.
pub fn lift(surface: &Surface, ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => "result != 0".to_owned(),
        Type::Int(64) => "checked((long)result)".to_owned(),
        Type::Float => "result".to_owned(),
        Type::Time => "Reader.At(result)".to_owned(),
        Type::Text => "Rust.Lift(result, (ref Reader r) => r.Raw())".to_owned(),
        Type::Json => "new Json(Rust.Lift(result, (ref Reader r) => r.Raw()))".to_owned(),
        Type::Secret => "new Secret(Rust.Lift(result, (ref Reader r) => r.Raw()))".to_owned(),
        Type::Object(name) => format!("new {}(result)", object(name)),
        other => format!("Rust.Lift(result, {})", reader(surface, other)?),
    })
}
