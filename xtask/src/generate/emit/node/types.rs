//! `js/index.d.cts`: the types of all that is public, with the facade's own documentation.

use std::fmt::Write as _;

use super::script::{self, VERBS, error_class, kinds, told};
use super::{NOTE, objects, own_name, spell, split};
use crate::generate::surface::words::{camel, pascal};
use crate::generate::surface::{Doc, Enum, Field, Group, Method, Object, Record, Surface, Type};

/// Words that a member may hold, where others may come: the service's own, or later ones.
const OPEN: [(&str, &str, &[&str]); 6] = [
    ("Key", "status", &["active", "revoked", "archived", "expired"]),
    ("Retired", "action", &["delete", "archive", "revoke"]),
    ("Capability", "source", &["documented", "observed", "assumed"]),
    ("UsageReport", "granularity", &["day", "week", "month"]),
    ("ClientOptions", "variant", &["documented", "live"]),
    ("UsageQuery", "range", &["24h", "7d", "30d"]),
];

const HEAD: &str = "
/// <reference types=\"node\" />

/** JSON as a service sent it: its shape is the service's own. Integers beyond 2^53 - 1 are strings. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any

/** Names and values: an object, or a list of pairs where a name repeats. */
export type Pairs = { readonly [name: string]: string } | ReadonlyArray<readonly [name: string, value: string]>

/** Any other word: the list may grow. */
type Other = string & {}

/** What every call takes beside its own options. */
export interface Cancellable {
  /** Ends the call: it rejects with the reason of the signal, and its connection is closed. */
  signal?: AbortSignal | undefined
}

/** Which page of a list. */
export interface ListOptions extends Cancellable {
  /** How many items a page has; the service says which sizes there are. */
  pageSize?: number | undefined
  /** Where the list goes on: `nextToken` of the page before. */
  after?: string | undefined
}

/** A key, password or token. It prints nowhere: `expose` is the only way to read it. */
export declare class Secret {
  /** Takes the text. */
  constructor(text: string)
  /** The text itself. */
  expose(): string
  /** The first eight hexadecimal digits of its SHA-256: tells two keys apart in a log. */
  fingerprint(): string
  /** Whether both hold the same text. */
  equals(other: unknown): boolean
  /** Always `[secret]`. */
  toString(): string
  /** Always `[secret]`. */
  toJSON(): string
}

/** One page of a list. Walking it walks on through the following pages. */
export declare class Page<T> implements AsyncIterable<T> {
  private constructor()
  /** The items of this page, in the service's order. */
  readonly items: readonly T[]
  /** Where the next page begins; `null` on the last. */
  readonly nextToken: string | null
  /** How this page came to be. */
  readonly meta: Meta
  /** Whether another page follows. */
  get hasNext(): boolean
  /** The next page; `null` after the last. */
  nextPage(): Promise<Page<T> | null>
  [Symbol.asyncIterator](): AsyncIterator<T>
}

/** A list that was asked for: `await` gives its first page, `for await` walks all its items. */
export declare class Listing<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  private constructor()
  then<A = Page<T>, B = never>(
    done?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B>
  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B>
  finally(ended?: (() => void) | null): Promise<Page<T>>
  [Symbol.asyncIterator](): AsyncIterator<T>
}
";

/// The whole file.
///
/// # Errors
/// When a type is not known.
pub fn text(surface: &Surface) -> Result<String, String> {
    let mut out = format!("// {NOTE}\n{HEAD}");
    surface.enums.iter().filter(|one| one.name != "HostAsk").for_each(|one| out += &words(surface, one));
    for record in surface.records.iter().filter(|record| !["ErrorInfo", "Pair", "Response"].contains(&record.name.as_str())) {
        out += &interface(record)?;
    }
    out += &response(surface)?;
    out += &errors(surface)?;
    for group in &surface.groups {
        out += &part(surface, group)?;
    }
    out += &client(surface)?;
    for object in objects(surface) {
        out += &class(surface, object)?;
    }
    for function in &surface.functions {
        out += &comment(&function.doc, "");
        let _ = writeln!(out, "export declare function {}{}", spell::method(&function.name), signature(surface, function, 0)?);
    }
    Ok(in_our_words(surface, out))
}

/// The documentation names members as Rust writes them; a reader here knows them as we do.
fn in_our_words(surface: &Surface, text: String) -> String {
    let members = surface.records.iter().flat_map(|record| &record.fields).filter(|field| field.name.contains('_'));
    members.fold(text, |text, field| text.replace(&format!("`{}`", field.name), &format!("`{}`", spell::field(field))))
}

/// The types for ES modules: the same.
pub fn module() -> String {
    format!("// {NOTE}\n\nexport * from './index.cjs'\n")
}

fn comment(doc: &Doc, indent: &str) -> String {
    let mut lines = doc.text.join("\n\n");
    if !doc.errors.is_empty() {
        lines = format!("{lines}\n\n@throws {}", doc.errors);
    }
    note(&lines, indent)
}

fn note(text: &str, indent: &str) -> String {
    // Members and words are named as Rust writes them; the type beside the text says them in ours.
    let text = text.replace("*/", "* /");
    match text.lines().count() {
        0 => String::new(),
        1 => format!("{indent}/** {text} */\n"),
        _ => {
            let lines = text.lines().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n").collect::<String>();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

/// A closed list is open where it is given: a later version may know more words.
fn words(surface: &Surface, one: &Enum) -> String {
    let is_given =
        surface.records.iter().any(|record| record.is_given && record.fields.iter().any(|field| holds(&field.ty, &one.name)));
    let mut out = format!("\n{}export type {} =\n", comment(&one.doc, ""), one.name);
    for (word, doc) in &one.variants {
        let _ = writeln!(out, "{}  | '{word}'", note(doc, "  "));
    }
    if is_given { out + "  | Other\n" } else { out }
}

fn holds(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Enum(of) => of == name,
        Type::Optional(inner) | Type::List(inner) => holds(inner, name),
        _ => false,
    }
}

fn interface(record: &Record) -> Result<String, String> {
    let mut out = format!("\n{}export interface {} {{\n", comment(&record.doc, ""), record.name);
    for field in &record.fields {
        out += &member(record, field)?;
    }
    Ok(out + "}\n")
}

fn member(record: &Record, field: &Field) -> Result<String, String> {
    let name = script::member(record, field);
    let doc = note(&field.doc, "  ");
    let open = OPEN.iter().find(|(of, member, _)| *of == record.name && *member == field.name);
    let or_other = |words: &[&str]| words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | ") + " | Other";
    if record.is_given {
        let ty = open.map_or_else(|| given(&field.ty), |(_, _, words)| Ok(or_other(words)))?;
        return Ok(format!("{doc}  readonly {name}: {ty}\n"));
    }
    let ty = open.map_or_else(|| taken(&field.ty), |(_, _, words)| Ok(or_other(words)))?;
    let mark = if field.ty.may_be_absent() { "?" } else { "" };
    Ok(format!("{doc}  {name}{mark}: {ty}{}\n", or_undefined(&field.ty)))
}

/// `undefined` is as good as left out, but for a secret.
fn or_undefined(ty: &Type) -> &'static str {
    match ty {
        Type::Optional(inner) if **inner == Type::Secret => "",
        Type::KeyFunction | Type::DeliverFunction | Type::EventFunction => "",
        ty if ty.may_be_absent() => " | undefined",
        _ => "",
    }
}

/// A type as it is given.
fn given(ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => "boolean".to_owned(),
        Type::Int(_) | Type::Float | Type::Duration => "number".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Bytes => "Buffer".to_owned(),
        Type::Time => "Date".to_owned(),
        Type::Secret => "Secret".to_owned(),
        Type::Json => "Json".to_owned(),
        Type::Optional(inner) => format!("{} | null", given(inner)?),
        Type::List(inner) if **inner == Type::Record("Pair".to_owned()) => {
            "ReadonlyArray<readonly [name: string, value: string]>".to_owned()
        }
        Type::List(inner) => format!("readonly {}[]", given(inner)?),
        Type::Record(name) | Type::Enum(name) | Type::Object(name) => name.clone(),
        other => return Err(format!("{other:?} is never given")),
    })
}

/// A type as it is taken.
fn taken(ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Bool => "boolean".to_owned(),
        Type::Int(_) | Type::Float | Type::Duration => "number".to_owned(),
        Type::Limit => "number | null".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Bytes => "Uint8Array".to_owned(),
        Type::Time => "Date".to_owned(),
        Type::Secret => "string | Secret".to_owned(),
        Type::Json => "unknown".to_owned(),
        Type::KeyFunction => "(() => string | Secret | Promise<string | Secret>) | undefined".to_owned(),
        Type::DeliverFunction => {
            "((secret: Secret, call: { signal: AbortSignal }) => void | Promise<void>) | undefined".to_owned()
        }
        Type::EventFunction => "((event: Event) => void) | undefined".to_owned(),
        Type::Optional(inner) => taken(inner)?,
        Type::List(inner) if **inner == Type::Record("Pair".to_owned()) => "Pairs".to_owned(),
        Type::List(inner) => format!("readonly {}[]", taken(inner)?),
        Type::Record(name) | Type::Enum(name) | Type::Object(name) => name.clone(),
    })
}

/// The parameters of a method and what it gives; the first ones are bound.
fn signature(surface: &Surface, method: &Method, bound: usize) -> Result<String, String> {
    let (arguments, options) = split(surface, method);
    let mut parameters = Vec::new();
    for (_, param) in arguments.into_iter().skip(bound) {
        parameters.push(format!("{}: {}", spell::field(param), taken(&param.ty)?));
    }
    parameters.extend(options_of(surface, method, options.into_iter().map(|(_, field)| field).collect())?);
    let gives = method.returns.as_ref().map_or(Ok("void".to_owned()), given)?;
    let gives = match surface.page_of(method).and_then(Record::item) {
        Some(item) => format!("Listing<{}>", given(item)?),
        None if method.is_async => format!("Promise<{gives}>"),
        None => gives,
    };
    Ok(format!("({}): {gives}", parameters.join(", ")))
}

/// The last parameter: all records of options together, and what stands alone.
fn options_of(surface: &Surface, method: &Method, options: Vec<&Field>) -> Result<Option<String>, String> {
    if options.is_empty() && !method.is_async {
        return Ok(None);
    }
    let (records, alone): (Vec<&Field>, Vec<&Field>) =
        options.into_iter().partition(|field| surface.options_of(&field.ty).is_some());
    let mut parts = records.iter().map(|field| given(&field.ty)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = alone.iter().map(|field| field.name.as_str()).collect();
    if names == ["page_size", "after"] {
        parts.push("ListOptions".to_owned());
    } else {
        let members =
            alone.iter().map(|field| Ok(format!("{}?: {}{}", spell::field(field), taken(&field.ty)?, or_undefined(&field.ty))));
        let members = members.collect::<Result<Vec<_>, String>>()?;
        if !members.is_empty() {
            parts.push(format!("{{ {} }}", members.join("; ")));
        }
        if method.is_async {
            parts.push("Cancellable".to_owned());
        }
    }
    Ok(Some(format!("options?: {}", parts.join(" & "))))
}

fn one(surface: &Surface, name: &str, method: &Method, bound: usize) -> Result<String, String> {
    Ok(format!("{}  {name}{}\n", comment(&method.doc, "  "), signature(surface, method, bound)?))
}

fn part(surface: &Surface, group: &Group) -> Result<String, String> {
    let mut out = format!("\n/** {} */\nexport interface {} {{\n", group.doc, pascal(&group.name));
    for method in &group.methods {
        out += &one(surface, &spell::method(own_name(group, method)), method, usize::from(group.is_bound))?;
    }
    Ok(out + "}\n")
}

fn client(surface: &Surface) -> Result<String, String> {
    let object = &surface.client;
    let mut out = format!("\n{}export declare class {} {{\n", comment(&object.doc, ""), object.name);
    for method in &object.constructors {
        let signed = signature(surface, method, 0)?;
        out += &comment(&method.doc, "  ");
        let _ = match method.name.as_str() {
            "new" => writeln!(out, "  constructor{}", signed.rsplit_once(':').map_or(signed.as_str(), |(head, _)| head)),
            name => writeln!(out, "  static {}{signed}", camel(name)),
        };
    }
    for group in &surface.groups {
        let (member, class) = (spell::member(&group.name), pascal(&group.name));
        let _ = if group.is_bound {
            write!(out, "  /** {} */\n  {member}(name: string): {class}\n", group.doc)
        } else {
            write!(out, "  /** {} */\n  readonly {member}: {class}\n", group.doc)
        };
    }
    for resource in &surface.resources {
        let _ = write!(
            out,
            "  /** `{}` ({}). */\n  readonly {}: Resource\n",
            resource.name,
            resource.services.join(", "),
            spell::member(&resource.name)
        );
    }
    for method in object.methods.iter().filter(|method| !super::uses_own(method)) {
        let text = one(surface, &spell::method(&method.name), method, 0)?;
        // A handle is of the class of the client that it is made from.
        out += &text.replace(&format!("): {}\n", object.name), "): this\n");
    }
    for verb in VERBS {
        let _ = write!(
            out,
            "  /** The same as `request('{}', path, options)`. */\n  {verb}(path: string, options?: RequestOptions & Cancellable): Promise<Response>\n",
            verb.to_uppercase()
        );
    }
    out += "}\n";
    for service in &surface.services {
        for class in &service.node {
            let _ = write!(
                out,
                "\n/** A client of {}. */\nexport declare class {class} extends {} {{\n  /** Does no I/O. */\n  constructor(options?: ClientOptions)\n}}\n",
                service.title, object.name
            );
        }
    }
    Ok(out)
}

fn class(surface: &Surface, object: &Object) -> Result<String, String> {
    let name = &object.name;
    let walks = if name == "EventStream" { " implements AsyncIterable<ServerEvent>" } else { "" };
    let mut out = format!("\n{}export declare class {name}{walks} {{\n  private constructor()\n", comment(&object.doc, ""));
    for method in &object.constructors {
        let signed = signature(surface, method, 0)?;
        let signed =
            if method.name == "start" { signed.replace(&format!("): {name}"), &format!("): Promise<{name}>")) } else { signed };
        let _ = writeln!(out, "{}  static {}{signed}", comment(&method.doc, "  "), spell::method(&method.name));
    }
    for method in object.methods.iter().filter(|method| !super::uses_own(method)) {
        out += &one(surface, &spell::method(&method.name), method, 0)?;
    }
    out += match name.as_str() {
        "EventStream" => {
            "  /** Walks the events; leaving the loop closes the connection. */\n  [Symbol.asyncIterator](): AsyncIterator<ServerEvent>\n"
        }
        "Clock" => "  /** Holds it while some work is done. */\n  held<T>(work: () => T | Promise<T>): Promise<T>\n",
        _ => "",
    };
    if name == "Sandbox" {
        let titles = surface.services.iter().map(|service| (service.id.as_str(), service.title.as_str()));
        for (id, title) in titles.chain([("acme", "the invented service of `examples/acme.toml`")]) {
            let _ = write!(
                out,
                "  /** The options of a client of {title}: address, key and clock of this sandbox. */\n  {id}(): ClientOptions\n"
            );
        }
    }
    Ok(out + "}\n")
}

fn response(surface: &Surface) -> Result<String, String> {
    let record = surface.record("Response")?;
    let mut out = format!("\n{}export declare class Response {{\n  private constructor()\n", comment(&record.doc, ""));
    for field in &record.fields {
        let text = member(record, field)?;
        out += &if field.name == "headers" {
            format!("{}  readonly headers: {{ readonly [name: string]: string }}\n", note(&field.doc, "  "))
        } else {
            text
        };
    }
    out += "  /** Always true: everything but 2xx is an error. */\n  get ok(): boolean\n";
    out += "  /** The body as UTF-8 text. */\n  text(): string\n";
    out += "  /** The body as JSON, decoded strictly: a member named twice is an error. */\n  json(): Json\n";
    Ok(out + "}\n")
}

fn errors(surface: &Surface) -> Result<String, String> {
    let info = surface.record("ErrorInfo")?;
    let mut out = String::from(
        "\n/** What every call fails with. Each kind has a class of its own. `message` is one sentence with the remedy. */\nexport declare class KeywrightError extends Error {\n  /** For tests of your own: calls make theirs. */\n  constructor(message: string, details?: Partial<Omit<KeywrightError, 'name' | 'message' | 'stack'>>)\n",
    );
    for field in told(info) {
        out += &member(info, field)?;
    }
    out += "  /** What a function of your own failed with: key provider or `deliver`. */\n  readonly cause?: unknown\n}\n";
    for (kind, doc) in &kinds(surface)?.variants {
        let name = error_class(kind);
        let _ = write!(
            out,
            "\n{}export declare class {name} extends KeywrightError {{\n  readonly kind: '{kind}'\n}}\n",
            note(doc, "")
        );
    }
    Ok(out)
}
