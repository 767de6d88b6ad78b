//! The public classes: clients, their parts, and objects, sync and async under the same names.

use super::spell::{Signature, docstring, given, spread};
use crate::generate::emit::lines::Lines;
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Doc, Group, Method, Object, Service, Surface, Type};

/// Sync or async.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Calls block.
    Sync,
    /// Calls are awaited.
    Async,
}

impl Form {
    fn prefix(self) -> &'static str {
        match self {
            Self::Sync => "",
            Self::Async => "Async",
        }
    }

    fn is_async(self) -> bool {
        self == Self::Async
    }
}

/// The methods of a request, each a short way to `request`.
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A name that is no option is answered with the one that may have been meant.
const OTHER: &str = ", **other: NoReturn";

fn refuse_other(out: &mut Lines) {
    out.line("if other:");
    out.deeper(|out| out.line("raise no_option(self, other)"));
}

/// What is common to every module.
fn head(out: &mut Lines, doc: &str) {
    out.line(format!("\"\"\"{doc}\"\"\""));
    out.line("# Written by `cargo xtask gen` from the facade.");
    out.gap();
    out.line("from __future__ import annotations");
    out.gap();
}

/// What annotations need, which is not there when the program runs.
fn annotations(out: &mut Lines, surface: &Surface, of_clients: bool) {
    out.line("TYPE_CHECKING = False");
    out.line("if TYPE_CHECKING:");
    out.deeper(|out| {
        out.line("import builtins");
        out.line("from collections.abc import Awaitable, Callable, Iterable");
        out.line("from datetime import datetime");
        out.line("from types import EllipsisType, TracebackType");
        out.line("from typing import Any, NoReturn, Self");
        out.gap();
        let records =
            surface.records.iter().filter(|record| record.is_given && record.name != "Pair" && record.name != "Response");
        let mut names: Vec<&str> = records.map(|record| record.name.as_str()).chain(["Secret"]).collect();
        names.sort_unstable();
        spread(out, "from ._native import (", &names.join(", "), ")");
        if of_clients {
            out.line("from ._objects import Clock, Dialect");
        }
        let words: Vec<&str> = surface.enums.iter().map(|one| one.name.as_str()).filter(|name| *name != "HostAsk").collect();
        spread(out, "from ._types import (", &format!("{}, Pairs", words.join(", ")), ")");
    });
    out.gap();
}

/// `_sync.py` or `_async.py`.
pub fn clients(surface: &Surface, form: Form) -> String {
    let mut out = Lines::default();
    match form {
        Form::Sync => {
            head(&mut out, "Clients whose calls block.");
            out.line("from . import _native as native");
            out.line("from ._runtime import Closed, EventStream, Page, Response, no_option");
        }
        Form::Async => {
            head(&mut out, "Clients whose calls are awaited, on asyncio and on trio.");
            out.line("from . import _native as native");
            out.line("from ._aio import AsyncPage, AsyncPager, call");
            out.line("from ._runtime import Closed, EventStream, Response, no_option");
        }
    }
    out.gap();
    annotations(&mut out, surface, true);
    for group in &surface.groups {
        self::group(&mut out, surface, group, form);
    }
    client(&mut out, surface, form);
    for service in &surface.services {
        named(&mut out, surface, service, form);
    }
    out.into_text()
}

fn group(out: &mut Lines, surface: &Surface, group: &Group, form: Form) {
    let class = format!("{}{}", form.prefix(), pascal(&group.name));
    out.gap();
    out.line(format!("class {class}:"));
    out.deeper(|out| {
        docstring(out, &Doc { text: vec![group.doc.clone()], errors: String::new() }, &[]);
        out.gap();
        out.line(if group.is_bound { "__slots__ = (\"_client\", \"_name\")" } else { "__slots__ = (\"_client\",)" });
        out.gap();
        let base = format!("{}Client", form.prefix());
        if group.is_bound {
            out.line(format!("def __init__(self, client: {base}, name: str) -> None:"));
            out.deeper(|out| {
                out.line("self._client = client");
                out.line("self._name = name");
            });
        } else {
            out.line(format!("def __init__(self, client: {base}) -> None:"));
            out.deeper(|out| out.line("self._client = client"));
        }
        for method in &group.methods {
            let name = method.name.strip_prefix(&format!("{}_", group.name)).unwrap_or(&method.name);
            let on = On { native: "self._client._native", bound: group.is_bound.then_some("self._name"), form };
            self::method(out, surface, method, name, &on);
        }
    });
    out.gap();
}

/// Where a native method stands and how it is called.
struct On<'a> {
    native: &'a str,
    bound: Option<&'a str>,
    form: Form,
}

fn method(out: &mut Lines, surface: &Surface, method: &Method, name: &str, on: &On<'_>) {
    let signature = Signature::of(surface, method, on.bound.is_some());
    let is_awaited = method.is_async && on.form.is_async();
    let page = surface.page_of(method).and_then(|page| page.item()).map(given);
    let result = match (&page, on.form) {
        (Some(item), Form::Sync) => format!("Page[{item}]"),
        (Some(item), Form::Async) => format!("AsyncPager[{item}]"),
        (None, _) => returned(method),
    };
    let keyword = if is_awaited && page.is_none() { "async def" } else { "def" };
    let takes_options = method.name == "with_options";
    let other = if takes_options { OTHER } else { "" };
    out.gap();
    spread(
        out,
        &format!("{keyword} {name}("),
        &format!("self{}{other}", signature.text(on.form.is_async())),
        &format!(") -> {result}:"),
    );
    out.deeper(|out| {
        let fields: Vec<_> = signature.required.iter().chain(&signature.optional).copied().collect();
        docstring(out, &method.doc, &fields);
        if takes_options {
            refuse_other(out);
        }
        let native = format!("{}.{}", on.native, method.name);
        let mut arguments: Vec<String> = on.bound.map(str::to_owned).into_iter().collect();
        arguments.extend(Signature::arguments(surface, method, on.bound.is_some()));
        match (page.is_some(), is_awaited) {
            (true, _) => {
                // `after` is the last argument of every list.
                arguments.pop();
                let head = if is_awaited { "return AsyncPager(" } else { "return Page._of(" };
                let all = [vec![native, "after".to_owned()], arguments].concat();
                spread(out, head, &all.join(", "), ")");
            }
            (false, true) => {
                let called = format!("call({})", [vec![native], arguments].concat().join(", "));
                answered(out, method, &format!("await {called}"));
            }
            (false, false) => {
                let first = if method.is_async { vec!["None".to_owned()] } else { Vec::new() };
                let call = format!("{native}({})", [first, arguments].concat().join(", "));
                if method.is_async && method.returns == Some(Type::Record("CreatedKey".to_owned())) {
                    owed(out, |out| answered(out, method, &call));
                } else {
                    answered(out, method, &call);
                }
            }
        }
    });
}

/// A call that blocks and brings a new secret. An exception that a signal raises between the native
/// call and the caller means that the result was not taken.
fn owed(out: &mut Lines, call: impl FnOnce(&mut Lines)) {
    out.line("native.taken()");
    out.line("try:");
    out.deeper(call);
    out.line("except BaseException:");
    out.deeper(|out| {
        out.line("native.not_taken()");
        out.line("raise");
    });
}

fn returned(method: &Method) -> String {
    match &method.returns {
        None => "None".to_owned(),
        Some(Type::Object(name)) if name == "Client" => "Self".to_owned(),
        Some(ty) => given(ty),
    }
}

fn answered(out: &mut Lines, method: &Method, value: &str) {
    let value = match &method.returns {
        Some(Type::Object(name)) if name == "Client" => format!("self._handle({value})"),
        Some(Type::Record(name)) if name == "Response" => format!("Response({value})"),
        _ => value.to_owned(),
    };
    let (head, tail) = value.split_once('(').unwrap_or((&value, ")"));
    let arguments = tail.strip_suffix(')').unwrap_or(tail);
    let result = if method.returns.is_some() { "return " } else { "" };
    // Where something stands around the call, it stays on one line.
    if arguments.contains('(') {
        out.line(format!("{result}{value}"));
    } else {
        spread(out, &format!("{result}{head}("), arguments, ")");
    }
}

fn client(out: &mut Lines, surface: &Surface, form: Form) {
    let class = format!("{}Client", form.prefix());
    let Some(new) = surface.client.constructors.iter().find(|method| method.name == "new") else { return };
    out.gap();
    out.line(format!("class {class}:"));
    out.deeper(|out| {
        let text = vec![
            "A client of one service: `seclai`, `segops`, `sidclaw`, `seenty`, `itellico`, or any that a dialect describes."
                .to_owned(),
            "Handles made from it share its connections, limiters and tokens. Making one does no I/O.".to_owned(),
        ];
        let signature = Signature::of(surface, new, true);
        docstring(out, &Doc { text, errors: new.doc.errors.clone() }, &signature.optional);
        out.gap();
        out.line("__slots__ = (\"_native\", \"__weakref__\")");
        out.gap();
        out.line("_native: native.Client");
        out.gap();
        let parameters = format!("self, service: str | Dialect{}{OTHER}", signature.text(form.is_async()));
        spread(out, "def __init__(", &parameters, ") -> None:");
        out.deeper(|out| {
            refuse_other(out);
            let names: Vec<&str> = signature.optional.iter().map(|field| field.name.as_str()).collect();
            for (case, make) in [("if isinstance(service, str):", "new"), ("else:", "with_dialect")] {
                out.line(case);
                out.deeper(|out| {
                    spread(out, &format!("self._native = native.Client.{make}("), &format!("service, {}", names.join(", ")), ")");
                });
            }
        });
        lifecycle(out, form);
        for group in surface.groups.iter().filter(|group| !group.is_bound) {
            property(out, &group.name, &format!("{}{}", form.prefix(), pascal(&group.name)), &group.doc, "");
        }
        for resource in &surface.resources {
            let words = resource.name.replace('_', " ");
            let doc = format!("{}{} ({}).", words[..1].to_uppercase(), &words[1..], resource.services.join(", "));
            property(out, &resource.name, &format!("{}Resource", form.prefix()), &doc, &format!(", \"{}\"", resource.name));
        }
        out.gap();
        out.line(format!("def resource(self, name: str) -> {}Resource:", form.prefix()));
        out.deeper(|out| {
            out.line("\"\"\"A resource that the service's description declares, as `agents`.\"\"\"");
            out.line(format!("return {}Resource(self, name)", form.prefix()));
        });
        let on = On { native: "self._native", bound: None, form };
        for method in surface.client.methods.iter().filter(|method| method.name != "host_requests") {
            self::method(out, surface, method, &method.name, &on);
        }
        verbs(out, surface, form);
    });
    out.gap();
}

fn lifecycle(out: &mut Lines, form: Form) {
    let (keyword, enter, exit, close) = match form {
        Form::Sync => ("def", "__enter__", "__exit__", "close"),
        Form::Async => ("async def", "__aenter__", "__aexit__", "aclose"),
    };
    for line in [
        "",
        "def _handle(self, made_of: native.Client) -> Self:",
        "    made = object.__new__(type(self))",
        "    made._native = made_of",
        "    return made",
        "",
        &format!("{keyword} {close}(self) -> None:"),
        "    \"\"\"Ends the use of this handle: what is called on it afterwards fails. Others go on.\"\"\"",
        "    self._native = Closed()  # type: ignore[assignment]",
        "",
        &format!("{keyword} {enter}(self) -> Self:"),
        "    return self",
        "",
        &format!("{keyword} {exit}("),
        "    self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None",
        ") -> None:",
        &format!("    {}self.{close}()", if form.is_async() { "await " } else { "" }),
        "",
        "def __repr__(self) -> str:",
        "    native = getattr(self, \"_native\", None)",
        "    if native is None or isinstance(native, Closed):",
        "        return f\"<{type(self).__name__} closed>\"",
        "    described = self.describe()",
        "    return f\"<{type(self).__name__} {described.service} at {described.base_url}>\"",
        "",
        "def __reduce__(self) -> Any:",
        "    raise TypeError(\"a client cannot be pickled or copied: make one where it is needed\")",
    ] {
        out.line(line);
    }
}

fn property(out: &mut Lines, name: &str, class: &str, doc: &str, argument: &str) {
    out.gap();
    out.line("@property");
    out.line(format!("def {name}(self) -> {class}:"));
    out.deeper(|out| {
        out.line(format!("\"\"\"{doc}\"\"\""));
        out.line(format!("return {class}(self{argument})"));
    });
}

/// `client.get(path, ...)` and its kin.
fn verbs(out: &mut Lines, surface: &Surface, form: Form) {
    let Some(request) = surface.client.methods.iter().find(|method| method.name == "request") else { return };
    let signature = Signature::of(surface, request, true);
    let keyword = if form.is_async() { "async def" } else { "def" };
    for verb in VERBS {
        out.gap();
        let parameters = format!("self{}", signature.text(form.is_async()));
        spread(out, &format!("{keyword} {verb}("), &parameters, ") -> Response:");
        out.deeper(|out| {
            out.line(format!("\"\"\"Sends a {} request: see `request`.\"\"\"", verb.to_uppercase()));
            let names = Signature::arguments(surface, request, true).join(", ");
            let method = format!("\"{}\"", verb.to_uppercase());
            match form {
                Form::Sync => out.line(format!("return Response(self._native.request(None, {method}, {names}))")),
                Form::Async => out.line(format!("return Response(await call(self._native.request, {method}, {names}))")),
            }
        });
    }
}

fn named(out: &mut Lines, surface: &Surface, service: &Service, form: Form) {
    let Some(new) = surface.client.constructors.iter().find(|method| method.name == "new") else { return };
    let signature = Signature::of(surface, new, true);
    out.gap();
    out.line(format!("class {0}{1}({0}Client):", form.prefix(), service.python));
    out.deeper(|out| {
        let class = format!("{}{}", form.prefix(), service.python);
        let one = if form.is_async() { "await client" } else { "client" };
        for line in [
            format!("\"\"\"A client of {}. What it takes and what it can do: see `{}Client`.", service.title, form.prefix()),
            String::new(),
            format!("    >>> client = {class}()  # the key from the environment, or as `api_key`"),
            format!("    >>> made = {one}.keys.create(name=\"ci\")"),
            "    >>> made.secret.expose()  # shown once: store it before anything else".to_owned(),
            format!("    >>> {one}.keys.retire(made.key.id)  # delete, archive or revoke: as the service has it"),
            "\"\"\"".to_owned(),
        ] {
            out.line(line);
        }
        out.gap();
        out.line("__slots__ = ()");
        out.gap();
        spread(out, "def __init__(", &format!("self{}{OTHER}", signature.text(form.is_async())), ") -> None:");
        out.deeper(|out| {
            refuse_other(out);
            let names: Vec<&str> = signature.optional.iter().map(|field| field.name.as_str()).collect();
            spread(out, "self._native = native.Client.new(", &format!("\"{}\", {}", service.id, names.join(", ")), ")");
        });
    });
    out.gap();
}

/// `_objects.py`: everything else that is no value.
pub fn objects(surface: &Surface) -> String {
    let mut out = Lines::default();
    head(&mut out, "Clocks, dialects and the sandbox, over their native objects.");
    out.line("from . import _native as native");
    out.gap();
    annotations(&mut out, surface, false);
    for object in
        surface.objects.iter().filter(|object| !["HostRequest", "HostRequests", "EventStream"].contains(&object.name.as_str()))
    {
        self::object(&mut out, surface, object);
    }
    out.into_text()
}

fn object(out: &mut Lines, surface: &Surface, object: &Object) {
    let name = &object.name;
    out.gap();
    out.line(format!("class {name}:"));
    out.deeper(|out| {
        docstring(out, &object.doc, &[]);
        out.gap();
        out.line("__slots__ = (\"_native\",)");
        out.gap();
        out.line(format!("_native: native.{name}"));
        out.gap();
        out.line("@classmethod");
        out.line(format!("def _of(cls, made_of: native.{name}) -> Self:"));
        out.deeper(|out| {
            out.line("made = object.__new__(cls)");
            out.line("made._native = made_of");
            out.line("return made");
        });
        for method in &object.constructors {
            let signature = Signature::of(surface, method, false);
            out.gap();
            out.line("@classmethod");
            spread(out, &format!("def {}(", method.name), &format!("cls{}", signature.text(false)), ") -> Self:");
            out.deeper(|out| {
                let fields: Vec<_> = signature.required.iter().chain(&signature.optional).copied().collect();
                docstring(out, &method.doc, &fields);
                let arguments = Signature::arguments(surface, method, false).join(", ");
                out.line(format!("return cls._of(native.{name}.{}({arguments}))", method.name));
            });
        }
        for method in &object.methods {
            if method.returns == Some(Type::Object(name.clone())) {
                own_object(out, surface, method);
            } else {
                let on = On { native: "self._native", bound: None, form: Form::Sync };
                self::method(out, surface, method, &method.name, &on);
            }
        }
    });
    out.gap();
}

/// A method that gives another object of the same class, or of its subclass.
fn own_object(out: &mut Lines, surface: &Surface, method: &Method) {
    let signature = Signature::of(surface, method, false);
    out.gap();
    spread(out, &format!("def {}(", method.name), &format!("self{}", signature.text(false)), ") -> Self:");
    out.deeper(|out| {
        let fields: Vec<_> = signature.required.iter().chain(&signature.optional).copied().collect();
        docstring(out, &method.doc, &fields);
        let arguments = Signature::arguments(surface, method, false).join(", ");
        out.line(format!("return self._of(self._native.{}({arguments}))", method.name));
    });
}
