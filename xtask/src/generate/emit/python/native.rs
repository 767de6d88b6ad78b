//! The glue in Rust: a class for each record and object, over pyo3.

use super::BEHIND;
use super::from_py::{from_py, from_py_all, from_py_option};
use super::spell::{is_hashable, object_in};
use crate::generate::emit::lines::Lines;
use crate::generate::surface::{Enum, Field, Method, Object, Record, Surface, Type};

/// What Python has no use for: requests of the core are served by hand.
pub const BY_HAND: [&str; 2] = ["HostRequest", "HostRequests"];

/// The text of `src/generated.rs`.
///
/// # Errors
/// When the surface holds something that Python cannot be given.
pub fn text(surface: &Surface) -> Result<String, String> {
    let mut out = Lines::default();
    out.line("//! Written by `cargo xtask gen` from the facade.");
    out.gap();
    out.line("#![allow(clippy::too_many_arguments, clippy::clone_on_copy, reason = \"every member alike\")]");
    out.gap();
    for import in [
        "std::hash::{DefaultHasher, Hash, Hasher};\nuse std::sync::Arc;\n",
        "keywright_facade as facade;",
        "pyo3::prelude::*;",
        "pyo3::types::PyDict;\n",
        "crate::call::{Call, Native, Queue, callable, provider};",
        "crate::convert::{ToPy, FromPy, from_py, from_py_given, from_py_limit, wrong};",
        "crate::environment::handed_over;",
        "crate::error::raise;",
        "crate::guard::entry_points;",
        "crate::record;",
    ] {
        out.line(format!("use {import}"));
    }
    for one in &surface.enums {
        words(&mut out, one);
    }
    for record in surface.records.iter().filter(|record| record.is_given && record.name != "Pair") {
        self::record(&mut out, surface, record)?;
    }
    for object in surface.objects.iter().filter(|object| !BY_HAND.contains(&object.name.as_str())) {
        self::object(&mut out, surface, object)?;
    }
    client(&mut out, surface)?;
    register(&mut out, surface);
    Ok(out.into_text())
}

/// The methods of a class, each guarded against panics.
fn entry_points(out: &mut Lines, class: &str, methods: impl FnOnce(&mut Lines)) {
    out.line("entry_points! {");
    out.deeper(|out| {
        out.line(format!("impl {class} {{"));
        out.deeper(methods);
        out.line("}");
    });
    out.line("}");
}

fn words(out: &mut Lines, one: &Enum) {
    let name = &one.name;
    if name == "HostAsk" {
        return;
    }
    out.gap();
    out.line(format!("impl FromPy for facade::{name} {{"));
    out.deeper(|out| {
        out.line("fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {");
        out.deeper(|out| out.line("record::word(value, field, Self::ALL, Self::as_str)"));
        out.line("}");
    });
    out.line("}");
    out.gap();
    out.line(format!("impl ToPy for facade::{name} {{"));
    out.deeper(|out| {
        out.line("fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {");
        out.deeper(|out| out.line("self.as_str().to_py(py)"));
        out.line("}");
    });
    out.line("}");
}

fn docs(out: &mut Lines, text: &[String]) {
    for (number, paragraph) in text.iter().enumerate() {
        if number > 0 {
            out.line("///");
        }
        out.wrapped("/// ", paragraph, 110);
    }
}

fn record(out: &mut Lines, surface: &Surface, record: &Record) -> Result<(), String> {
    let name = &record.name;
    out.gap();
    docs(out, &record.doc.text);
    let module = if BEHIND.contains(&name.as_str()) { "keywright._native" } else { "keywright" };
    out.line(format!("#[pyclass(frozen, module = \"{module}\")]"));
    out.line(format!("pub struct {name}(pub facade::{name});"));
    out.gap();
    out.line(format!("impl ToPy for facade::{name} {{"));
    out.deeper(|out| {
        out.line("fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {");
        out.deeper(|out| out.line(format!("Ok(Bound::new(py, {name}(self))?.into_any())")));
        out.line("}");
    });
    out.line("}");
    out.gap();
    out.line(format!("impl FromPy for facade::{name} {{"));
    out.deeper(|out| {
        out.line("fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {");
        out.deeper(|out| {
            out.line(format!(
                "value.cast::<{name}>().map(|value| value.get().0.clone()).map_err(|_| wrong(value, field, \"{name}\"))"
            ));
        });
        out.line("}");
    });
    out.line("}");
    out.gap();
    let mut failed = None;
    entry_points(out, name, |out| failed = members(out, surface, record).err());
    listed(out, record);
    failed.map_or(Ok(()), Err)
}

/// A member of a value that stays: text is read where it stands.
fn borrowed(field: &Field) -> String {
    let of = &field.name;
    match &field.ty {
        Type::Text | Type::Json | Type::Bytes => format!("(&self.0.{of})"),
        Type::Optional(inner) if matches!(**inner, Type::Text | Type::Json | Type::Bytes) => format!("self.0.{of}.as_ref()"),
        _ => format!("self.0.{of}.clone()"),
    }
}

fn members(out: &mut Lines, surface: &Surface, record: &Record) -> Result<(), String> {
    constructor(out, record)?;
    for field in &record.fields {
        out.gap();
        out.wrapped("/// ", &field.doc, 110);
        out.line("#[getter]");
        out.line(format!("fn {}<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {{", field.name));
        out.deeper(|out| out.line(format!("{}.to_py(py)", borrowed(field))));
        out.line("}");
    }
    for (name, field, list) in record.questions() {
        out.gap();
        out.line(format!("/// Whether a word is among `{}`.", field.name));
        out.line(format!("fn {name}(&self, member: &Bound<'_, PyAny>) -> PyResult<bool> {{"));
        out.deeper(|out| {
            out.line(format!("let word: facade::{list} = from_py(member, \"member\")?;"));
            out.line(format!("Ok(self.0.{}.contains(&word))", field.name));
        });
        out.line("}");
    }
    let holds_object = record.fields.iter().any(|field| object_in(&field.ty));
    if !holds_object {
        equality(out, record);
    }
    out.gap();
    out.line("fn __repr__(&self, py: Python<'_>) -> PyResult<String> {");
    out.deeper(|out| out.line(format!("record::repr(\"{}\", &self.members(py)?)", record.name)));
    out.line("}");
    out.gap();
    out.line("fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {");
    out.deeper(|out| {
        if holds_object || record.holds_secret(surface) {
            out.line(format!("record::kept(\"{}\", slf)", record.name));
        } else {
            out.line("record::reduce(slf, &slf.get().members(slf.py())?)");
        }
    });
    out.line("}");
    out.gap();
    out.line("#[pyo3(signature = (**changes))]");
    out.line(
        "fn __replace__<'py>(slf: &Bound<'py, Self>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {",
    );
    out.deeper(|out| out.line("record::replace(slf, &slf.get().members(slf.py())?, changes)"));
    out.line("}");
    Ok(())
}

/// The members by name, for what shows, pickles or replaces them.
fn listed(out: &mut Lines, record: &Record) {
    out.gap();
    out.line(format!("impl {} {{", record.name));
    out.deeper(|out| {
        out.line("fn members<'py>(&self, py: Python<'py>) -> PyResult<Vec<(&'static str, Bound<'py, PyAny>)>> {");
        let listed = record.fields.iter().map(|field| format!("(\"{0}\", self.{0}(py)?)", field.name));
        out.deeper(|out| out.line(format!("Ok(vec![{}])", listed.collect::<Vec<_>>().join(", "))));
        out.line("}");
    });
    out.line("}");
}

fn constructor(out: &mut Lines, record: &Record) -> Result<(), String> {
    let signature: Vec<String> = record
        .fields
        .iter()
        .map(|field| match &field.ty {
            Type::Optional(_) => format!("{}=None", field.name),
            _ => field.name.clone(),
        })
        .collect();
    out.line("#[new]");
    out.line(format!("#[pyo3(signature = (*, {}))]", signature.join(", ")));
    let params: Vec<String> = record.fields.iter().map(native_param).collect();
    out.line(format!("fn new({}) -> PyResult<Self> {{", params.join(", ")));
    let mut taken = Vec::new();
    for field in &record.fields {
        taken.push(format!("{}: {}", field.name, from_py(&field.ty, &field.name)?));
    }
    out.deeper(|out| out.line(format!("Ok(Self(facade::{} {{ {} }}))", record.name, taken.join(", "))));
    out.line("}");
    Ok(())
}

fn native_param(field: &Field) -> String {
    match &field.ty {
        Type::Optional(_) => format!("{}: Option<&Bound<'_, PyAny>>", field.name),
        _ => format!("{}: &Bound<'_, PyAny>", field.name),
    }
}

/// Equality and hash, which do not ask how a value came to be.
fn equality(out: &mut Lines, record: &Record) {
    let compared: Vec<&Field> = record.fields.iter().filter(|field| field.name != "meta").collect();
    let equal: Vec<String> = compared.iter().map(|field| format!("a.{0} == b.{0}", field.name)).collect();
    out.gap();
    out.line("fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {");
    out.deeper(|out| {
        if equal.is_empty() {
            out.line("Ok(other.is_instance_of::<Self>())");
        } else {
            out.line("let Ok(other) = other.cast::<Self>() else { return Ok(false) };");
            out.line("let (a, b) = (&self.0, &other.get().0);");
            out.line(format!("Ok({})", equal.join(" && ")));
        }
    });
    out.line("}");
    out.gap();
    out.line("fn __hash__(&self) -> PyResult<u64> {");
    out.deeper(|out| {
        let is_empty = !compared.iter().any(|field| is_hashable(&field.ty));
        out.line(format!("let {}hasher = DefaultHasher::new();", if is_empty { "" } else { "mut " }));
        for field in compared.iter().filter(|field| is_hashable(&field.ty)) {
            out.line(format!("self.0.{}.hash(&mut hasher);", field.name));
        }
        out.line("Ok(hasher.finish())");
    });
    out.line("}");
}

/// Parameters of a method with the members of options in their place: all are there in the call.
fn flat<'a>(surface: &'a Surface, method: &'a Method) -> Vec<&'a Field> {
    method
        .params
        .iter()
        .flat_map(|param| match surface.options_of(&param.ty) {
            Some(options) => options.fields.iter().collect(),
            None => vec![param],
        })
        .collect()
}

fn object(out: &mut Lines, surface: &Surface, object: &Object) -> Result<(), String> {
    let name = &object.name;
    out.gap();
    docs(out, &object.doc.text);
    out.line("#[pyclass(frozen, module = \"keywright._native\")]");
    out.line(format!("pub struct {name}(pub Arc<facade::{name}>);"));
    out.gap();
    out.line(format!("impl ToPy for Arc<facade::{name}> {{"));
    out.deeper(|out| {
        out.line("fn to_py<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {");
        out.deeper(|out| out.line(format!("record::wrapped(\"{name}\", Bound::new(py, {name}(self))?.into_any())")));
        out.line("}");
    });
    out.line("}");
    out.gap();
    out.line(format!("impl FromPy for Arc<facade::{name}> {{"));
    out.deeper(|out| {
        out.line("fn from_py(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {");
        out.deeper(|out| {
            out.line("let native = record::unwrapped(value);");
            out.line(format!(
                "native.cast::<{name}>().map(|native| Arc::clone(&native.get().0)).map_err(|_| wrong(value, field, \"{name}\"))"
            ));
        });
        out.line("}");
    });
    out.line("}");
    out.gap();
    let mut failed = Ok(());
    entry_points(out, name, |out| {
        for method in &object.constructors {
            failed = failed.clone().and(made(out, surface, name, method));
        }
        for method in &object.methods {
            failed = failed.clone().and(self::method(out, surface, method, name, ("Call::plain(queue)", "self.0")));
        }
    });
    failed
}

/// A way to make an object.
fn made(out: &mut Lines, surface: &Surface, name: &str, method: &Method) -> Result<(), String> {
    let (params, arguments) = arguments(surface, method)?;
    out.line("#[staticmethod]");
    out.line(format!("fn {}(py: Python<'_>{params}) -> PyResult<Self> {{", method.name));
    out.deeper(|out| {
        for line in &arguments.lines {
            out.line(line);
        }
        let failed = if method.throws { ".map_err(|error| raise(py, error))?" } else { "" };
        out.line(format!("Ok(Self(facade::{name}::{}({}){failed}))", method.name, arguments.names.join(", ")));
    });
    out.line("}");
    Ok(())
}

struct Arguments {
    lines: Vec<String>,
    names: Vec<String>,
}

/// The parameters as they stand in Rust, the lines that take them, and the names that hold them.
fn arguments(surface: &Surface, method: &Method) -> Result<(String, Arguments), String> {
    let at = |error: String| format!("{}: {error}", method.name);
    let params: String = flat(surface, method).iter().map(|field| format!(", {}: &Bound<'_, PyAny>", field.name)).collect();
    let (mut lines, mut names) = (Vec::new(), Vec::new());
    for param in &method.params {
        match surface.options_of(&param.ty) {
            Some(options) => {
                let mut members = Vec::new();
                for field in &options.fields {
                    members.push(format!("{}: {}", field.name, from_py_option(method, options, field).map_err(at)?));
                }
                lines.push(format!("let {} = facade::{} {{ {} }};", held(&param.name), options.name, members.join(", ")));
                names.push(held(&param.name));
            }
            None => {
                lines.push(format!("let {0} = {1};", param.name, from_py_all(&param.ty, &param.name).map_err(at)?));
                names.push(param.name.clone());
            }
        }
    }
    Ok((params, Arguments { lines, names }))
}

/// A record of options must not hide a member of the same name.
fn held(name: &str) -> String {
    format!("{name}_given")
}

fn method(out: &mut Lines, surface: &Surface, method: &Method, owner: &str, (call, inner): (&str, &str)) -> Result<(), String> {
    let (params, arguments) = arguments(surface, method)?;
    let queue = if method.is_async { ", queue: Option<&Bound<'py, Queue>>" } else { "" };
    out.gap();
    out.line(format!("fn {}<'py>(&self, py: Python<'py>{queue}{params}) -> PyResult<Bound<'py, PyAny>> {{", method.name));
    out.deeper(|out| {
        if method.is_async {
            let delivers = arguments.lines.iter().any(|line| line.contains("call.deliver"));
            out.line(format!("let {}call = {call};", if delivers { "mut " } else { "" }));
        }
        for line in &arguments.lines {
            out.line(line);
        }
        let called = format!("{}({})", method.name, arguments.names.join(", "));
        if method.is_async {
            out.line(format!("let inner = Arc::clone(&{inner});"));
            out.line(format!("call.run(py, async move {{ {} }})", ended(surface, method, &format!("inner.{called}.await"))));
        } else {
            let failed = if method.throws { ".map_err(|error| raise(py, error))?" } else { "" };
            let value = format!("Arc::clone(&{inner}).{called}{failed}");
            match &method.returns {
                None => {
                    out.line(format!("{value};"));
                    out.line("Ok(py.None().into_bound(py))");
                }
                Some(Type::Object(object)) if object == "Client" => {
                    out.line(format!("Ok(Bound::new(py, Client(self.0.handle({value})))?.into_any())"));
                }
                // Of its own class: what Python has around it is its own, too.
                Some(Type::Object(object)) if object == owner => {
                    out.line(format!("Ok(Bound::new(py, Self({value}))?.into_any())"));
                }
                Some(_) => out.line(format!("{value}.to_py(py)")),
            }
        }
    });
    out.line("}");
    Ok(())
}

/// A page is given in parts; everything else knows how to be given.
fn ended(surface: &Surface, method: &Method, value: &str) -> String {
    match &method.returns {
        _ if surface.page_of(method).is_some() => format!("{value}.map(record::Page::from)"),
        None if method.throws => format!("{value}.map(|()| record::Nothing)"),
        _ => value.to_owned(),
    }
}

fn client(out: &mut Lines, surface: &Surface) -> Result<(), String> {
    out.gap();
    out.line("/// The client of one service.");
    out.line("#[pyclass(frozen, module = \"keywright._native\")]");
    out.line("pub struct Client(pub Native);");
    out.gap();
    let mut failed = Ok(());
    entry_points(out, "Client", |out| {
        for method in &surface.client.constructors {
            failed = failed.clone().and(made_client(out, surface, method));
        }
        let groups = surface.groups.iter().flat_map(|group| &group.methods);
        let own = surface.client.methods.iter().filter(|method| method.name != "host_requests");
        for method in own.chain(groups) {
            failed =
                failed.clone().and(self::method(out, surface, method, "Client", ("Call::of(&self.0, queue)", "self.0.inner")));
        }
    });
    failed
}

fn made_client(out: &mut Lines, surface: &Surface, method: &Method) -> Result<(), String> {
    let (params, arguments) = arguments(surface, method)?;
    out.line("#[staticmethod]");
    out.line(format!("fn {}(py: Python<'_>{params}) -> PyResult<Self> {{", method.name));
    out.deeper(|out| {
        for line in &arguments.lines {
            out.line(line);
        }
        let made = format!("facade::Client::{}({})", method.name, arguments.names.join(", "));
        out.line(format!("let inner = {made}.map_err(|error| raise(py, error))?;"));
        out.line("Ok(Self(Native::new(inner, key_provider, on_event)))");
    });
    out.line("}");
    Ok(())
}

fn register(out: &mut Lines, surface: &Surface) {
    out.gap();
    for page in pages(surface) {
        let Some(Type::Record(item)) = page.item() else { continue };
        out.line(format!("record::page!({}, {item});", page.name));
    }
    out.gap();
    out.line("/// Adds every class.");
    out.line("pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {");
    out.deeper(|out| {
        for record in surface.records.iter().filter(|record| record.is_given && record.name != "Pair") {
            out.line(format!("module.add_class::<{}>()?;", record.name));
        }
        for object in surface.objects.iter().filter(|object| !BY_HAND.contains(&object.name.as_str())) {
            out.line(format!("module.add_class::<{}>()?;", object.name));
        }
        out.line("module.add_class::<Client>()");
    });
    out.line("}");
}

fn pages(surface: &Surface) -> Vec<&Record> {
    let methods = surface.groups.iter().flat_map(|group| &group.methods);
    let mut found: Vec<&Record> = methods.filter_map(|method| surface.page_of(method)).collect();
    found.sort_by_key(|page| &page.name);
    found.dedup_by_key(|page| &page.name);
    found
}
