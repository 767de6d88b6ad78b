//! Reads the surface from the library of the C# package, where uniffi has left its description.
//!
//! Every call of uniffi's own stands here, so that its next version is a day's work.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use keywright::Dialect;
use uniffi_bindgen::interface::{self, AsType, Callable, ComponentInterface, Type as Uniffi};
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};

use super::words::snake;
use super::{Doc, Enum, Field, Group, Method, Object, Record, Resource, Service, Surface, Type};
use crate::root::Root;
use crate::run;

/// The parts of the client, each a prefix of its methods.
const GROUPS: [(&str, &str); 6] = [
    ("keys", "The keys of the service."),
    ("resource", "A resource that the service's description declares."),
    ("runs", "Runs of agents (Seclai)."),
    ("events", "Event ingestion (SegOps)."),
    ("segments", "Segments (SegOps)."),
    ("account_settings", "The account that this handle is for (itellicoAI)."),
];

/// What the dialects declare as resources and the surface has under names of its own.
const OWN: [&str; 5] = ["keys", "evaluate", "billing", "me", "account"];

/// Functions that only the bindings use.
const OWN_FUNCTIONS: [&str; 2] = ["client_variables", "provoke_panic"];

/// The five built-in services.
const SERVICES: [&str; 5] = ["seclai", "segops", "sidclaw", "seenty", "itellico"];

/// Builds the library and reads it.
///
/// # Errors
/// When it does not build, or holds something that cannot cross.
pub fn read(root: &Root) -> Result<Surface, String> {
    let built = run::quiet(root, &run::cargo(), &["build", "--quiet", "--package", "keywright-csharp"])?;
    if !built.well {
        return Err("the library of the C# package does not build".to_owned());
    }
    let library = root.target().join("debug").join(library_name());
    let path = Utf8PathBuf::from_path_buf(library).map_err(|path| format!("{} is no UTF-8", path.display()))?;
    let words = |error: &dyn std::fmt::Display| format!("{path}: {error}");
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    let metadata = loader.load_metadata(&path).map_err(|error| words(&error))?;
    let mut interfaces = loader.load_cis(metadata).map_err(|error| words(&error))?;
    let [interface] = interfaces.as_mut_slice() else { return Err(format!("{path}: not one component")) };
    interface.derive_ffi_funcs().map_err(|error| words(&error))?;
    surface(interface)
}

fn library_name() -> String {
    format!("{}keywright_native{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

fn surface(interface: &ComponentInterface) -> Result<Surface, String> {
    let mut objects: Vec<Object> = interface.object_definitions().iter().map(object).collect::<Result<_, _>>()?;
    let client = objects.iter().position(|object| object.name == "Client").ok_or("there is no Client")?;
    let mut client = objects.remove(client);
    let groups = groups(&mut client);
    let functions: Vec<Method> = interface.function_definitions().iter().map(function).collect::<Result<_, _>>()?;
    let (own_functions, functions) = functions.into_iter().partition(|one| OWN_FUNCTIONS.contains(&one.name.as_str()));
    let mut surface = Surface {
        resources: resources(&groups)?,
        services: services()?,
        groups,
        client,
        objects,
        records: interface.record_definitions().iter().map(record).collect::<Result<_, _>>()?,
        enums: interface.enum_definitions().iter().filter(|one| one.is_flat()).map(words_of).collect(),
        functions,
        own_functions,
    };
    note_directions(&mut surface);
    Ok(surface)
}

/// Moves the methods of every part out of the client.
fn groups(client: &mut Object) -> Vec<Group> {
    let make = |(name, doc): (&str, &str)| {
        let prefix = format!("{name}_");
        let methods: Vec<Method> = client.methods.extract_if(.., |method| method.name.starts_with(&prefix)).collect();
        let is_bound = methods.iter().all(|method| method.params.first().is_some_and(|param| param.name == name));
        Group { name: name.to_owned(), doc: doc.to_owned(), is_bound, methods }
    };
    GROUPS.into_iter().map(make).collect()
}

fn resources(groups: &[Group]) -> Result<Vec<Resource>, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in SERVICES {
        let dialect = Dialect::builtin(id).map_err(|error| error.to_string())?;
        for capability in dialect.capabilities().into_iter().filter(|capability| capability.supported) {
            let name = capability.name.split('.').next().unwrap_or_default().to_owned();
            let services = found.entry(name).or_default();
            if services.last().is_none_or(|last| last != dialect.title()) {
                services.push(dialect.title().to_owned());
            }
        }
    }
    found.retain(|name, _| !OWN.contains(&name.as_str()) && groups.iter().all(|group| group.name != *name));
    Ok(found.into_iter().map(|(name, services)| Resource { name, services }).collect())
}

fn services() -> Result<Vec<Service>, String> {
    let service = |id: &str| {
        let dialect = Dialect::builtin(id).map_err(|error| error.to_string())?;
        let names = dialect.client_names();
        let missing = || format!("the dialect {id} names no client");
        Ok(Service {
            id: id.to_owned(),
            title: dialect.title().to_owned(),
            python: names.python.clone().ok_or_else(missing)?,
            node: names.node.clone(),
            csharp: names.csharp.clone().ok_or_else(missing)?,
        })
    };
    SERVICES.into_iter().map(service).collect()
}

fn object(object: &interface::Object) -> Result<Object, String> {
    let name = object.name();
    let made = |one: &&interface::Constructor| {
        let checksum = (one.checksum_fn_name().to_owned(), one.checksum());
        method(one.name(), *one, one.docstring(), checksum).map_err(|error| format!("{name}.{error}"))
    };
    let done = |one: &&interface::Method| {
        let checksum = (one.checksum_fn_name().to_owned(), one.checksum());
        method(one.name(), *one, one.docstring(), checksum).map_err(|error| format!("{name}.{error}"))
    };
    Ok(Object {
        name: name.to_owned(),
        doc: doc(object.docstring()),
        constructors: object.constructors().iter().map(made).collect::<Result<_, _>>()?,
        methods: object.methods().iter().map(done).collect::<Result<_, _>>()?,
        symbols: Some((object.ffi_object_clone().name().to_owned(), object.ffi_object_free().name().to_owned())),
    })
}

fn function(one: &interface::Function) -> Result<Method, String> {
    method(one.name(), one, one.docstring(), (one.checksum_fn_name().to_owned(), one.checksum()))
}

fn method(name: &str, callable: &dyn Callable, docstring: Option<&str>, checksum: (String, u16)) -> Result<Method, String> {
    let at = |error: String| format!("{name}: {error}");
    let param = |argument: &&interface::Argument| {
        Ok(Field { name: argument.name().to_owned(), ty: cross(&argument.as_type())?, doc: String::new() })
    };
    let params = callable.arguments().iter().map(param).collect::<Result<_, String>>().map_err(at)?;
    let returns = callable.return_type().map(cross).transpose().map_err(at)?;
    Ok(Method {
        doc: doc(docstring),
        params,
        returns,
        throws: callable.throws_type().is_some(),
        is_async: callable.is_async(),
        symbol: callable.ffi_func().name().to_owned(),
        checksum,
        name: name.to_owned(),
    })
}

fn record(record: &interface::Record) -> Result<Record, String> {
    let field = |field: &interface::Field| {
        let at = |error: String| format!("{}.{}: {error}", record.name(), field.name());
        let text = doc(field.docstring()).text.join(" ");
        Ok(Field { name: field.name().to_owned(), ty: cross(&field.as_type()).map_err(at)?, doc: text })
    };
    Ok(Record {
        name: record.name().to_owned(),
        doc: doc(record.docstring()),
        fields: record.fields().iter().map(field).collect::<Result<_, String>>()?,
        is_taken: false,
        is_given: false,
    })
}

fn words_of(one: &interface::Enum) -> Enum {
    let variant = |variant: &interface::Variant| (snake(variant.name()), doc(variant.docstring()).text.join(" "));
    Enum { name: one.name().to_owned(), doc: doc(one.docstring()), variants: one.variants().iter().map(variant).collect() }
}

/// What crosses, or why it cannot.
fn cross(ty: &Uniffi) -> Result<Type, String> {
    Ok(match ty {
        Uniffi::Boolean => Type::Bool,
        Uniffi::UInt16 => Type::Int(16),
        Uniffi::UInt32 => Type::Int(32),
        Uniffi::UInt64 => Type::Int(64),
        Uniffi::Float64 => Type::Float,
        Uniffi::String => Type::Text,
        Uniffi::Bytes => Type::Bytes,
        Uniffi::Duration => Type::Duration,
        Uniffi::Optional { inner_type } => Type::Optional(Box::new(cross(inner_type)?)),
        Uniffi::Sequence { inner_type } => Type::List(Box::new(cross(inner_type)?)),
        Uniffi::Box { inner_type } => cross(inner_type)?,
        Uniffi::Record { name, .. } => Type::Record(name.clone()),
        Uniffi::Enum { name, .. } => Type::Enum(name.clone()),
        Uniffi::Object { name, .. } => Type::Object(name.clone()),
        Uniffi::Custom { name, .. } => match name.as_str() {
            "Timestamp" => Type::Time,
            "Secret" => Type::Secret,
            "Json" => Type::Json,
            "Limit" => Type::Limit,
            "KeyFunction" => Type::KeyFunction,
            "DeliverFunction" => Type::DeliverFunction,
            "EventFunction" => Type::EventFunction,
            other => return Err(format!("no emitter knows the scalar {other}")),
        },
        other => return Err(format!("no emitter knows {other:?}")),
    })
}

/// Splits documentation into paragraphs, and what it says of errors.
fn doc(text: Option<&str>) -> Doc {
    let text = text.unwrap_or_default();
    let (text, errors) = text.split_once("# Errors\n").unwrap_or((text, ""));
    let paragraph = |part: &str| part.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let paragraphs = text.trim().split("\n\n").map(paragraph).filter(|part| !part.is_empty());
    Doc { text: paragraphs.collect(), errors: paragraph(errors.trim()) }
}

/// Notes which records are taken and which are given, those inside others included.
fn note_directions(surface: &mut Surface) {
    let (mut taken, mut given) = (Vec::new(), vec!["ErrorInfo".to_owned()]);
    let objects = surface.objects.iter().chain([&surface.client]);
    let methods = objects.flat_map(|object| object.methods.iter().chain(&object.constructors));
    let all = methods.chain(surface.groups.iter().flat_map(|group| &group.methods)).chain(&surface.functions);
    for method in all {
        method.params.iter().for_each(|param| names(&param.ty, &mut taken));
        method.returns.iter().for_each(|ty| names(ty, &mut given));
    }
    for (found, is_taken) in [(taken, true), (given, false)] {
        let mut open = found;
        while let Some(name) = open.pop() {
            let Some(record) = surface.records.iter_mut().find(|record| record.name == name) else { continue };
            let known = if is_taken { &mut record.is_taken } else { &mut record.is_given };
            if !std::mem::replace(known, true) {
                record.fields.iter().for_each(|field| names(&field.ty, &mut open));
            }
        }
    }
}

fn names(ty: &Type, into: &mut Vec<String>) {
    match ty {
        Type::Record(name) => into.push(name.clone()),
        Type::Optional(inner) | Type::List(inner) => names(inner, into),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_emitter_knows_is_refused_by_name() {
        let of =
            |name: &str| Uniffi::Custom { module_path: String::new(), name: name.to_owned(), builtin: Box::new(Uniffi::String) };
        assert_eq!(cross(&of("Secret")), Ok(Type::Secret));
        assert_eq!(cross(&of("Url")), Err("no emitter knows the scalar Url".to_owned()));
        let list = Uniffi::Sequence { inner_type: Box::new(Uniffi::Int8) };
        assert_eq!(cross(&list), Err("no emitter knows Int8".to_owned()));
    }

    #[test]
    fn documentation_is_split_into_paragraphs_and_errors() {
        let doc = doc(Some("One\nline.\n\nTwo.\n\n# Errors\n`config`\nfirst."));
        assert_eq!((doc.text, doc.errors), (vec!["One line.".to_owned(), "Two.".to_owned()], "`config` first.".to_owned()));
    }
}
