//! `src/generated.rs`: which number is which method, and how each record is read and written.

use std::fmt::Write as _;

use super::{Call, NOTE};
use crate::generate::surface::{Enum, Field, Method, Record, Surface, Type};

/// The whole file.
///
/// # Errors
/// When a name is not known.
pub fn text(surface: &Surface, calls: &[Call]) -> Result<String, String> {
    let mut out = format!("//! The methods by number, the records by place.\n// {NOTE}\n\n{HEAD}");
    let (begun, made): (Vec<&Call>, Vec<&Call>) = calls.iter().partition(|call| call.method.is_async);
    out += "\n/// Begins the async method of that number.\n";
    out += "pub fn begin(bridge: &Bridge, number: i64, method: u32, from: &Array<'_>) -> Result<()> {\n    match method {\n";
    begun.iter().for_each(|call| out += &begin(surface, call));
    out += "        _ => Err(unknown()),\n    }\n}\n";
    out += "\n/// Makes the sync method of that number.\n";
    out += "pub fn invoke(method: u32, from: &Array<'_>) -> Result<Answer> {\n    match method {\n";
    made.iter().for_each(|call| out += &invoke(surface, call));
    out += "        _ => Err(unknown()),\n    }\n}\n";
    for record in &surface.records {
        if record.is_taken {
            out += &read_record(surface, record);
        }
        if record.is_given {
            out += &write_record(record);
        }
    }
    let records = surface.records.iter();
    let taken = |one: &&Enum| {
        records.clone().any(|record| record.is_taken && record.fields.iter().any(|field| names(&field.ty, &one.name)))
    };
    surface.enums.iter().filter(taken).for_each(|one| out += &read_enum(one));
    let given = |one: &&Enum| {
        records.clone().any(|record| record.is_given && record.fields.iter().any(|field| names(&field.ty, &one.name)))
    };
    surface.enums.iter().filter(given).for_each(|one| out += &write_enum(one));
    Ok(out)
}

const HEAD: &str = "\
use std::sync::Arc;

use keywright_facade::process::Result;
use keywright_facade::*;
use napi::bindgen_prelude::Array;

use crate::bridge::Bridge;
use crate::read::{Read, or_default, there, word};
use crate::write::{Answer, Out, Write};

fn unknown() -> KeywrightError {
    KeywrightError::of(ErrorKind::Internal, \"the package asks for a method that this file does not have\")
}
";

fn begin(surface: &Surface, call: &Call) -> String {
    let mut out = arm(surface, call);
    let method = call.method;
    let asks = method.params.iter().find_map(|param| {
        let record = surface.options_of(&param.ty)?;
        let field = record.fields.iter().find(|field| field.ty == Type::DeliverFunction)?;
        Some(format!("{}.{}.0 > 0", param.name, field.name))
    });
    if let Some(asks) = &asks {
        let _ = writeln!(out, "            let asks = {asks};");
    }
    let client = if call.object == surface.client.name { "Some(&Arc::clone(&this))" } else { "None" };
    let asks = if asks.is_some() { "asks" } else { "false" };
    let _ = writeln!(out, "            bridge.start(number, {client}, {asks}, Box::pin(async move {{");
    let called = format!("this.{}({}).await?", method.name, given(method));
    let _ = match method.returns {
        Some(_) => writeln!(out, "                Ok(Answer::of({called}))"),
        None => writeln!(out, "                {called};\n                Ok(Answer::of(()))"),
    };
    out += "            }))\n";
    out + "        }\n"
}

fn invoke(surface: &Surface, call: &Call) -> String {
    let mut out = arm(surface, call);
    let method = call.method;
    let called = match (call.object, call.is_constructor) {
        ("", _) => format!("{}({})", method.name, given(method)),
        (object, true) => format!("{object}::{}({})", method.name, given(method)),
        // Some methods take the reference itself, and give another.
        (_, false) => format!("this.{}({})", method.name, given(method)),
    };
    let question = if method.throws { "?" } else { "" };
    let _ = match method.returns {
        Some(_) => writeln!(out, "            Ok(Answer::of({called}{question}))"),
        None => writeln!(out, "            {called}{question};\n            Ok(Answer::of(()))"),
    };
    out + "        }\n"
}

/// The head of an arm: what is read.
fn arm(surface: &Surface, call: &Call) -> String {
    let mut out = format!("        {} => {{\n", call.number);
    if call.has_receiver() {
        let _ = writeln!(out, "            let this = Arc::<{}>::read(from, 0, \"this\")?;", call.object);
    }
    for (place, param) in call.method.params.iter().enumerate() {
        let Field { name, ty, .. } = param;
        let (ty, how, place) = (rust(ty), how(surface, ty), place + call.first());
        let _ = writeln!(out, "            let {name}: {ty} = {how}(from, {place}, \"{name}\")?;");
    }
    out
}

fn given(method: &Method) -> String {
    method.params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// How a value is read that may have been left out.
fn how(surface: &Surface, ty: &Type) -> &'static str {
    let has_default = surface.options_of(ty).is_some() || ty.may_be_absent() && !matches!(ty, Type::Optional(_));
    if has_default { "or_default" } else { "Read::read" }
}

fn read_record(surface: &Surface, of: &Record) -> String {
    let mut out = format!(
        "\nimpl Read for {} {{\n    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {{\n        let from: &Array<'_> = &there(from.get(at), field)?;\n        Ok(Self {{\n",
        of.name
    );
    for (place, field) in of.fields.iter().enumerate() {
        let _ = writeln!(out, "            {0}: {1}(from, {place}, \"{0}\")?,", field.name, how(surface, &field.ty));
    }
    out + "        })\n    }\n}\n"
}

fn write_record(of: &Record) -> String {
    let names: Vec<&str> = of.fields.iter().map(|field| field.name.as_str()).collect();
    let mut out = format!("\nimpl Write for {} {{\n    fn write(self, out: &mut Out) {{\n", of.name);
    let _ = writeln!(out, "        let Self {{ {} }} = self;\n        out.record(|out| {{", names.join(", "));
    for name in names {
        let _ = writeln!(out, "            out.member({name});");
    }
    out + "        });\n    }\n}\n"
}

fn read_enum(of: &Enum) -> String {
    format!(
        "\nimpl Read for {} {{\n    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {{\n        word(Self::ALL, Self::as_str, from, at, field)\n    }}\n}}\n",
        of.name
    )
}

fn write_enum(of: &Enum) -> String {
    format!(
        "\nimpl Write for {} {{\n    fn write(self, out: &mut Out) {{\n        self.as_str().write(out);\n    }}\n}}\n",
        of.name
    )
}

fn names(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Enum(of) => of == name,
        Type::Optional(inner) | Type::List(inner) => names(inner, name),
        _ => false,
    }
}

/// A type as Rust writes it.
fn rust(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int(bits) => format!("u{bits}"),
        Type::Float => "f64".to_owned(),
        Type::Text => "String".to_owned(),
        Type::Bytes => "Vec<u8>".to_owned(),
        Type::Time => "Timestamp".to_owned(),
        Type::Duration => "std::time::Duration".to_owned(),
        Type::Secret => "Secret".to_owned(),
        Type::Json => "Json".to_owned(),
        Type::Limit => "Limit".to_owned(),
        Type::KeyFunction => "KeyFunction".to_owned(),
        Type::DeliverFunction => "DeliverFunction".to_owned(),
        Type::EventFunction => "EventFunction".to_owned(),
        Type::Optional(inner) => format!("Option<{}>", rust(inner)),
        Type::List(inner) => format!("Vec<{}>", rust(inner)),
        Type::Record(name) | Type::Enum(name) => name.clone(),
        Type::Object(name) => format!("Arc<{name}>"),
    }
}
