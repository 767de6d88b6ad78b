//! `js/index.cjs`: what each call takes and gives, and the classes that have them; `js/index.mjs`:
//! the same names.

use std::fmt::Write as _;

use super::{Call, NOTE, objects, own_name, spell, split};
use crate::generate::emit::other_names;
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Enum, Field, Group, Method, Object, Record, Surface, Type};

/// What the runtime gives to users beside what is generated.
const OWN: [&str; 5] = ["KeywrightError", "Listing", "Page", "Response", "Secret"];

/// The methods of a request that have a name of their own.
pub const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

const HEAD: &str = "
const { asked, bool, bytes, deliver, duration, float, instance, int16, int32, int64, json, limit, list, pairs, secret, text, time } = require('./lower.cjs')
const { Listing, Page, eventsOf, held, listing, optionsOf } = require('./idioms.cjs')
const { alike, call, invoke, keepHost, nothingMore } = require('./runtime.cjs')
const { Handle, KeywrightError, MADE, Response, Secret, date, generated, isAmong, secretOf } = require('./values.cjs')

const { freeze } = Object
const none = freeze({ __proto__: null })
const take = (lower, place, member) => ({ lower, place, member, refuses: [], instead: '' })
// A key or an address: what is not set somewhere must not quietly become what the environment says.
const given = (lower, place, member) => ({ lower, place, member, refuses: [undefined, null], instead: 'give a value, or leave it out so that the environment is read' })
// `null` might mean either.
const cleared = (lower, place, member) => ({ lower, place, member, refuses: [null], instead: 'leave it out to keep it, or give neverExpires to remove it' })
";

/// The CommonJS form, which holds everything.
///
/// # Errors
/// When a type cannot be given to JavaScript.
pub fn commonjs(surface: &Surface, calls: &[Call]) -> Result<String, String> {
    let mut out = format!("'use strict'\n\n// {NOTE}\n{HEAD}");
    out += "\n// ---- Errors\n\n";
    out += &errors(surface)?;
    out += "\n// ---- Values\n\n";
    for record in surface.records.iter().filter(|record| record.is_given && record.name != "Pair") {
        out += &value(surface, record)?;
    }
    out += "\ngenerated.error = asErrorInfo\ngenerated.event = asEvent\n";
    out += "\n// ---- Calls\n\n";
    for call in calls {
        out += &described(surface, call)?;
    }
    out += "\n// ---- Parts of the client\n";
    surface.groups.iter().for_each(|group| out += &part(surface, group));
    out += "\n// ---- Objects\n";
    out += &client(surface);
    objects(surface).for_each(|object| out += &class(surface, object));
    out += "\n// ---- Functions\n\n";
    for method in &surface.functions {
        let name = spell::method(&method.name);
        let (parameters, given) = signature(surface, method, 0);
        let _ = writeln!(out, "const {name} = ({parameters}) => invoke({}, null, {given})", method.name.to_uppercase());
    }
    out += "\ngenerated.decodeJson = decodeJson\n";
    out += "generated.otherNames = {\n";
    for (name, ours) in other_names::all(surface) {
        let _ = writeln!(out, "  {name}: '{}',", spell::field(ours));
    }
    out += "}\n";
    let _ = writeln!(out, "\nmodule.exports = {{\n  {},\n}}", exported(surface).join(",\n  "));
    Ok(out)
}

/// The ES module form: the same names, found where a bundler looks for them.
pub fn module(surface: &Surface) -> String {
    let names = exported(surface);
    let mut out = format!("// {NOTE}\n\nimport keywright from './index.cjs'\n\nexport const {{\n");
    names.iter().for_each(|name| {
        let _ = writeln!(out, "  {name},");
    });
    out + "} = keywright\n"
}

/// Every public name, in order.
pub fn exported(surface: &Surface) -> Vec<String> {
    let mut names: Vec<String> = OWN.iter().map(|name| (*name).to_owned()).collect();
    names.push(surface.client.name.clone());
    names.extend(surface.services.iter().flat_map(|service| service.node.clone()));
    names.extend(objects(surface).map(|object| object.name.clone()));
    names.extend(kinds(surface).into_iter().flat_map(|kinds| &kinds.variants).map(|(kind, _)| error_class(kind)));
    names.extend(surface.functions.iter().map(|method| spell::method(&method.name)));
    names.sort();
    names.dedup();
    names
}

/// The kinds of failures.
///
/// # Errors
/// When the surface names none.
pub fn kinds(surface: &Surface) -> Result<&Enum, String> {
    surface.enums.iter().find(|one| one.name == "ErrorKind").ok_or_else(|| "there is no ErrorKind".to_owned())
}

/// The class of a kind. Two words have a meaning of their own in other places.
pub fn error_class(kind: &str) -> String {
    match kind {
        "timeout" => "CallTimeoutError".to_owned(),
        "cancelled" => "CancelledCallError".to_owned(),
        other => format!("{}Error", pascal(other)),
    }
}

/// The name of a record's member. The service's own words are not those of an `Error`.
pub fn member(record: &Record, field: &Field) -> String {
    if record.name == "ErrorInfo" && field.name == "message" { "serviceMessage".to_owned() } else { spell::field(field) }
}

/// The members of the record that tells a failure which an error has: its text is its `message`, and
/// what the host's function failed with is its `cause`.
pub fn told(info: &Record) -> impl Iterator<Item = &Field> {
    info.fields.iter().filter(|field| !["text", "host_failure"].contains(&field.name.as_str()))
}

/// The class of each kind, and what an error says of itself when nobody said more.
fn errors(surface: &Surface) -> Result<String, String> {
    let info = surface.record("ErrorInfo")?;
    let (mut out, mut all) = (String::new(), String::new());
    for (kind, _) in &kinds(surface)?.variants {
        let name = error_class(kind);
        let _ = writeln!(out, "class {name} extends KeywrightError {{\n  static kind = '{kind}'\n}}");
        let _ = writeln!(all, "  {kind}: {name},");
    }
    let _ = write!(out, "\ngenerated.errors = {{\n  __proto__: null,\n{all}}}\ngenerated.nothing = {{\n");
    for field in told(info) {
        let nothing = match &field.ty {
            Type::Enum(name) if name == "ErrorKind" => "'internal'",
            Type::Enum(name) if name == "Outcome" => "'not_sent'",
            Type::Optional(_) => "null",
            Type::List(_) => "freeze([])",
            Type::Bool => "false",
            other => return Err(format!("an error cannot be made without {}: {other:?}", field.name)),
        };
        let _ = writeln!(out, "  {}: {nothing},", member(info, field));
    }
    Ok(out + "}\n")
}

/// How a record is made of the array that crosses.
fn value(surface: &Surface, record: &Record) -> Result<String, String> {
    let mut members = Vec::new();
    for (place, field) in record.fields.iter().enumerate() {
        members.push(format!("{}: {}", member(record, field), lift(&field.ty, &format!("v[{place}]"))?));
    }
    let mut before = String::new();
    for (name, field, list) in record.questions() {
        let list = surface.enums.iter().find(|one| one.name == list).ok_or_else(|| format!("there is no {list}"))?;
        let words: Vec<String> = list.variants.iter().map(|(word, _)| format!("'{word}'")).collect();
        // Of its prototype, so that a value has no member that is not data.
        let (asks, listed) = (spell::method(name), member(record, field));
        let _ = writeln!(
            before,
            "const {}Asks = {{ {asks}(member) {{ return isAmong(member, this.{listed}, [{}]) }} }}",
            record.name,
            words.join(", ")
        );
        members.insert(0, format!("__proto__: {}Asks", record.name));
    }
    let object = format!("{{ {} }}", members.join(", "));
    let made = match record.name.as_str() {
        "Response" => format!("new Response({object})"),
        _ => format!("freeze({object})"),
    };
    Ok(format!("{before}const as{} = (v, x) => ({made})\n", record.name))
}

/// How a value is read from its place in the text, or beside it.
fn lift(ty: &Type, at: &str) -> Result<String, String> {
    Ok(match ty {
        Type::Bool | Type::Int(_) | Type::Float | Type::Text | Type::Duration | Type::Json | Type::Enum(_) => at.to_owned(),
        Type::Time => format!("date({at})"),
        Type::Bytes => format!("x[{at}]"),
        Type::Secret => format!("secretOf(x[{at}])"),
        Type::Record(name) => format!("as{name}({at}, x)"),
        Type::Object(name) => format!("new {name}(MADE, x[{at}])"),
        Type::Optional(inner) => {
            let inner = lift(inner, at)?;
            if inner == at || inner == format!("date({at})") { inner } else { format!("{at} === null ? null : {inner}") }
        }
        Type::List(inner) => match lift(inner, "one")? {
            plain if plain == "one" => format!("freeze({at})"),
            _ if **inner == Type::Record("Pair".to_owned()) => format!("freeze({at}.map(freeze))"),
            lifted => format!("freeze({at}.map((one) => {lifted}))"),
        },
        other => return Err(format!("{other:?} is never given")),
    })
}

/// The function that checks a value of a type.
fn lower(ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => "bool".to_owned(),
        Type::Int(bits) => format!("int{bits}"),
        Type::Float => "float".to_owned(),
        Type::Text | Type::Enum(_) => "text".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Limit => "limit".to_owned(),
        Type::Secret => "secret".to_owned(),
        Type::Json => "json".to_owned(),
        Type::KeyFunction | Type::EventFunction => "asked".to_owned(),
        Type::DeliverFunction => "deliver".to_owned(),
        Type::Optional(inner) => lower(inner)?,
        Type::List(inner) if **inner == Type::Record("Pair".to_owned()) => "pairs".to_owned(),
        Type::List(inner) => format!("list({})", lower(inner)?),
        Type::Object(name) => format!("instance(() => {name})"),
        Type::Record(name) => return Err(format!("the record {name} is taken where no options are")),
    })
}

/// The constant that describes a call.
fn described(surface: &Surface, call: &Call) -> Result<String, String> {
    let (arguments, options) = split(surface, call.method);
    let mut takes = Vec::new();
    for (place, param) in arguments {
        takes.push(format!("['{}', {}, {}]", spell::field(param), place + call.first(), lower(&param.ty)?));
    }
    let mut out = format!("const {} = {{\n  number: {},\n  name: '{}',\n", call.constant(), call.number, call.path);
    let (mut known, mut environment) = (String::new(), String::new());
    for (place, param) in options {
        let place = place + call.first();
        match surface.options_of(&param.ty) {
            None => known += &option(param, "take", place, -1)?,
            Some(record) => {
                for (member, field) in (0..).zip(&record.fields) {
                    known += &option(field, how(record, field), place, member)?;
                    if record.is_environment(field) {
                        environment = format!("  environment: [{place}, {member}],\n");
                    }
                }
            }
        }
    }
    // One object for all that take none: there is nothing to build when the script is loaded.
    let known = if known.is_empty() { "none".to_owned() } else { format!("{{\n    __proto__: null,\n{known}  }}") };
    let _ = writeln!(out, "  takes: [{}],\n  options: {known},", takes.join(", "));
    out += &environment;
    if let Some(gives) = &call.method.returns {
        let lifted = match gives {
            // Handles of a client are made by what asks for them, so that they are of its class.
            Type::Object(name) if *name == surface.client.name => "x[v]".to_owned(),
            other => lift(other, "v")?,
        };
        let _ = writeln!(out, "  gives: (v, x) => {lifted},");
    }
    Ok(out + "}\n")
}

fn option(field: &Field, how: &str, place: usize, member: i64) -> Result<String, String> {
    Ok(format!("    {}: {how}({}, {place}, {member}),\n", spell::field(field), lower(&field.ty)?))
}

/// The function that describes a member of options, by what nothing in its place means.
fn how(record: &Record, field: &Field) -> &'static str {
    let is_cleared = field.name == "expires_at" && record.fields.iter().any(|other| other.name == "never_expires");
    match (record.is_never_nothing(field), is_cleared) {
        (true, _) => "given",
        (false, true) => "cleared",
        (false, false) => "take",
    }
}

/// The parameters of a method, and what it hands on of them; the first ones are bound.
fn signature(surface: &Surface, method: &Method, bound: usize) -> (String, String) {
    let (arguments, options) = split(surface, method);
    let names: Vec<String> = arguments.iter().skip(bound).map(|(_, param)| spell::field(param)).collect();
    let given: Vec<String> = (0..bound).map(|_| "this.#name".to_owned()).chain(names.clone()).collect();
    let takes_options = method.is_async || !options.is_empty();
    let more = ["...more".to_owned()];
    let parameters = names.into_iter().chain(takes_options.then(|| "options".to_owned())).chain(more).collect::<Vec<_>>();
    (parameters.join(", "), format!("[{}], {}, more", given.join(", "), if takes_options { "options" } else { "undefined" }))
}

/// A method of a class. `target` is the object that the native part is asked about.
fn method(surface: &Surface, object: &str, name: &str, of: &Method, target: &str, bound: usize) -> String {
    let (parameters, given) = signature(surface, of, bound);
    let constant = format!("{object}_{}", of.name).to_uppercase();
    let how = match (surface.page_of(of), of.is_async) {
        (Some(_), _) => "listing",
        (None, true) => "call",
        (None, false) => "invoke",
    };
    format!("\n  {name}({parameters}) {{\n    return {how}({constant}, {target}, {given})\n  }}\n")
}

/// The class of a part of the client.
fn part(surface: &Surface, group: &Group) -> String {
    let fields = if group.is_bound { "  #client\n  #name\n" } else { "  #client\n" };
    let (parameters, keep) = if group.is_bound { ("client, name", "\n    this.#name = name") } else { ("client", "") };
    let mut out = format!(
        "\nclass {} {{\n{fields}\n  constructor({parameters}) {{\n    this.#client = client{keep}\n  }}\n",
        pascal(&group.name)
    );
    for one in &group.methods {
        let name = spell::method(own_name(group, one));
        out += &method(surface, &surface.client.name, &name, one, "this.#client", usize::from(group.is_bound));
    }
    out + "}\n"
}

fn client(surface: &Surface) -> String {
    let name = &surface.client.name;
    let mut out = format!(
        "\nclass {name} extends Handle {{\n  constructor(service, options, ...more) {{\n    if (service === MADE) {{\n      super(MADE, options)\n      return\n    }}\n    super(MADE, invoke(CLIENT_NEW, null, [service], options, more))\n    keepHost(this, options)\n  }}\n\n  static withDialect(dialect, options, ...more) {{\n    const client = new {name}(MADE, invoke(CLIENT_WITH_DIALECT, null, [dialect], options, more))\n    keepHost(client, options)\n    return client\n  }}\n"
    );
    for group in &surface.groups {
        let (member, class) = (spell::member(&group.name), pascal(&group.name));
        let _ = if group.is_bound {
            write!(
                out,
                "\n  {member}(name, ...more) {{\n    nothingMore('client.{member}', more)\n    return new {class}(this, text(name, 'name'))\n  }}\n"
            )
        } else {
            write!(out, "\n  get {member}() {{\n    return new {class}(this)\n  }}\n")
        };
    }
    for resource in &surface.resources {
        let _ = write!(
            out,
            "\n  get {}() {{\n    return new Resource(this, '{}')\n  }}\n",
            spell::member(&resource.name),
            resource.name
        );
    }
    for one in surface.client.methods.iter().filter(|method| !super::uses_own(method)) {
        let name = spell::method(&one.name);
        let makes_handle = matches!(&one.returns, Some(Type::Object(made)) if *made == surface.client.name);
        if makes_handle {
            let (parameters, given) = signature(surface, one, 0);
            let constant = format!("CLIENT_{}", one.name.to_uppercase());
            let _ = write!(out, "\n  {name}({parameters}) {{\n    return alike({constant}, this, {given}, Client)\n  }}\n");
        } else {
            out += &method(surface, &surface.client.name, &name, one, "this", 0);
        }
    }
    for verb in VERBS {
        let _ = write!(
            out,
            "\n  {verb}(path, options, ...more) {{\n    return this.request('{}', path, options, ...more)\n  }}\n",
            verb.to_uppercase()
        );
    }
    out += "}\n";
    for service in &surface.services {
        for class in &service.node {
            let _ = write!(
                out,
                "\nclass {class} extends {name} {{\n  constructor(options, ...more) {{\n    super('{}', options, ...more)\n  }}\n}}\n",
                service.id
            );
        }
    }
    out
}

fn class(surface: &Surface, object: &Object) -> String {
    let name = &object.name;
    let mut out = format!("\nclass {name} extends Handle {{");
    for one in &object.constructors {
        let (parameters, given) = signature(surface, one, 0);
        // What starts something may come to take a while.
        let word = if one.name == "start" { "static async" } else { "static" };
        let constant = format!("{name}_{}", one.name).to_uppercase();
        let _ = write!(
            out,
            "\n  {word} {}({parameters}) {{\n    return invoke({constant}, null, {given})\n  }}\n",
            spell::method(&one.name)
        );
    }
    for one in object.methods.iter().filter(|method| !super::uses_own(method)) {
        out += &method(surface, name, &spell::method(&one.name), one, "this", 0);
    }
    out += match name.as_str() {
        "EventStream" => "\n  [Symbol.asyncIterator]() {\n    return eventsOf(this)\n  }\n",
        "Clock" => "\n  held(work, ...more) {\n    nothingMore('clock.held', more)\n    return held(this, work)\n  }\n",
        _ => "",
    };
    if name == "Sandbox" {
        for id in surface.services.iter().map(|service| service.id.as_str()).chain(["acme"]) {
            let _ = write!(
                out,
                "\n  {id}(options, ...more) {{\n    nothingMore('sandbox.{id}', more)\n    return optionsOf(this, this.access('{id}'), options)\n  }}\n"
            );
        }
    }
    out + "}\n"
}
