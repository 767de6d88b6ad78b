//! Errors, words, the stub of the native module, and what the package exports.

use super::BEHIND;
use super::native::BY_HAND;
use super::spell::{docstring, given, left_out_or_given, spread, taken};
use crate::generate::emit::lines::Lines;
use crate::generate::emit::other_names;
use crate::generate::surface::words::{pascal, snake};
use crate::generate::surface::{Doc, Enum, Field, Method, Record, Surface, Type};

/// The class of a kind of error.
pub fn class_of(kind: &str) -> String {
    match kind {
        "timeout" => "CallTimeoutError".to_owned(),
        "cancelled" => "CancelledCallError".to_owned(),
        kind => format!("{}Error", pascal(kind)),
    }
}

fn kinds(surface: &Surface) -> Result<&Enum, String> {
    surface.enums.iter().find(|one| one.name == "ErrorKind").ok_or_else(|| "there is no ErrorKind".to_owned())
}

/// `_errors.py`.
///
/// # Errors
/// When the surface has no errors.
pub fn errors(surface: &Surface) -> Result<String, String> {
    let info = surface.record("ErrorInfo")?;
    let mut out = Lines::default();
    for line in [
        "\"\"\"One base for everything that fails, one class for each kind of failure.\"\"\"",
        "# Written by `cargo xtask gen` from the facade.",
        "",
        "from __future__ import annotations",
        "",
        "TYPE_CHECKING = False",
        "if TYPE_CHECKING:",
        "    import builtins",
        "    from typing import Any",
        "",
        "    from ._native import Attempt, ErrorInfo, FieldError",
        "    from ._types import ErrorKind, Outcome, Stop, TimeoutScope",
        "",
        "",
        "class KeywrightError(Exception):",
        "    \"\"\"Why a call failed, what became of it at the service, and what to do.",
        "",
        "    `str(error)` is one sentence with the remedy. It never holds a secret.",
        "    \"\"\"",
        "",
        "    def __init__(self, info: ErrorInfo) -> None:",
        "        super().__init__(info.text)",
        "        self._info = info",
        "",
        "    def __reduce__(self) -> Any:",
        "        return type(self), (self._info,)",
    ] {
        out.line(line);
    }
    for field in info.fields.iter().filter(|field| !["text", "host_failure"].contains(&field.name.as_str())) {
        out.deeper(|out| {
            out.gap();
            out.line("@property");
            out.line(format!("def {}(self) -> {}:", field.name, given(&field.ty)));
            out.deeper(|out| {
                let unit = if matches!(&field.ty, Type::Optional(inner) if **inner == Type::Duration) { " Seconds." } else { "" };
                docstring(out, &Doc { text: vec![format!("{}{unit}", field.doc)], errors: String::new() }, &[]);
                out.line(format!("return self._info.{}", field.name));
            });
        });
    }
    out.gap();
    for (word, doc) in &kinds(surface)?.variants {
        let bases = if word == "timeout" { "KeywrightError, TimeoutError" } else { "KeywrightError" };
        out.gap();
        out.line(format!("class {}({bases}):", class_of(word)));
        out.deeper(|out| out.line(format!("\"\"\"Kind `{word}`. {doc}\"\"\"")));
        out.gap();
    }
    out.gap();
    out.line("_CLASSES: dict[str, type[KeywrightError]] = {");
    out.deeper(|out| {
        for (word, _) in &kinds(surface).map(|kinds| kinds.variants.clone()).unwrap_or_default() {
            out.line(format!("\"{word}\": {},", class_of(word)));
        }
    });
    out.line("}");
    out.gap();
    out.line("for _class in (KeywrightError, *_CLASSES.values()):");
    out.deeper(|out| {
        out.line("# Where they are imported from, as a traceback names it.");
        out.line("_class.__module__ = \"keywright\"");
    });
    out.gap();
    out.gap();
    out.line("def _of(info: ErrorInfo) -> KeywrightError:");
    out.deeper(|out| out.line("return _CLASSES[info.kind](info)"));
    Ok(out.into_text())
}

/// `_types.py`: names for annotations.
pub fn types(surface: &Surface) -> String {
    let mut out = Lines::default();
    out.line("\"\"\"Names for annotations: the words of every closed list.\"\"\"");
    out.line("# Written by `cargo xtask gen` from the facade.");
    out.gap();
    out.line("from collections.abc import Iterable, Mapping");
    out.line("from typing import Literal, Union");
    out.gap();
    out.line("#: Names and values: query parameters, headers.");
    out.line("Pairs = Union[Mapping[str, str], Iterable[tuple[str, str]]]");
    for one in surface.enums.iter().filter(|one| one.name != "HostAsk") {
        out.gap();
        out.wrapped("#: ", &one.doc.text.join(" "), 110);
        let words: Vec<String> = one.variants.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        spread(&mut out, &format!("{} = Literal[", one.name), &words.join(", "), "]");
    }
    out.into_text()
}

/// `_names.py`: what a wrong name of an option may have meant.
pub fn other_names(surface: &Surface) -> String {
    let mut out = Lines::default();
    out.line("\"\"\"What options are called in other SDKs and in other spellings, and here.\"\"\"");
    out.line("# Written by `cargo xtask gen`.");
    out.gap();
    out.line("OTHER_NAMES = {");
    out.deeper(|out| {
        for (name, ours) in other_names::all(surface) {
            out.line(format!("\"{name}\": \"{}\",", ours.name));
        }
    });
    out.line("}");
    out.into_text()
}

/// `_native.pyi`.
///
/// # Errors
/// When the surface holds something that Python cannot be given.
pub fn native(surface: &Surface) -> Result<String, String> {
    let mut out = Lines::default();
    for line in [
        "# Written by `cargo xtask gen` from the facade.",
        "import builtins",
        "import contextvars",
        "from collections.abc import Awaitable, Callable, Iterable",
        "from datetime import datetime",
        "from types import EllipsisType",
        "from typing import Any, ClassVar, Self, final",
        "",
        "from ._errors import ConfigError, NetworkError",
        "from ._objects import Clock as _Clock",
        "from ._runtime import EventStream as _EventStream",
    ] {
        out.line(line);
    }
    let words: Vec<&str> = surface.enums.iter().map(|one| one.name.as_str()).filter(|name| *name != "HostAsk").collect();
    spread(&mut out, "from ._types import (", &format!("{}, Pairs", words.join(", ")), ")");
    out.gap();
    out.line("__version__: str");
    let by_hand = [
        "__version__",
        "Secret",
        "Queue",
        "Link",
        "Request",
        "config_error",
        "loads",
        "no_resources",
        "taken",
        "not_taken",
        "_panic_next",
    ];
    let records =
        surface.records.iter().filter(|record| record.is_given && record.name != "Pair").map(|record| record.name.as_str());
    let objects = surface.objects.iter().map(|object| object.name.as_str()).filter(|name| !BY_HAND.contains(name));
    let all: Vec<String> =
        by_hand.into_iter().chain(records).chain(objects).chain(["Client"]).map(|name| format!("\"{name}\"")).collect();
    spread(&mut out, "__all__ = [", &all.join(", "), "]");
    out.gap();
    for line in BY_HAND_STUB.lines() {
        out.line(line);
    }
    for record in surface.records.iter().filter(|record| record.is_given && record.name != "Pair") {
        self::record(&mut out, surface, record);
    }
    for object in surface.objects.iter().filter(|object| !BY_HAND.contains(&object.name.as_str())) {
        let methods: Vec<&Method> = object.methods.iter().collect();
        self::object(&mut out, surface, &object.name, &object.constructors, &methods);
    }
    let own = surface.client.methods.iter().filter(|method| method.name != "host_requests");
    let methods: Vec<&Method> = own.chain(surface.groups.iter().flat_map(|group| &group.methods)).collect();
    self::object(&mut out, surface, "Client", &surface.client.constructors, &methods);
    Ok(out.into_text())
}

/// What `src/` holds by hand.
const BY_HAND_STUB: &str = "\
def config_error(field: str, reason: str, remedy: str) -> ConfigError: ...
def loads(body: bytes) -> Any: ...
def no_resources(what: str) -> NetworkError: ...
def taken() -> None: ...
def not_taken() -> None: ...
def _panic_next(place: str) -> None: ...

@final
class Secret:
    def __new__(cls, text: str) -> Self: ...
    def expose(self) -> str: ...
    def fingerprint(self) -> str: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __format__(self, form: str, /) -> str: ...
    def __reduce__(self) -> Any: ...

@final
class Queue:
    def __new__(cls, is_closed: Callable[[], bool] | None = None) -> Self: ...
    def fileno(self) -> int: ...
    def drain(self) -> builtins.list[tuple[int, Any, Any, bool]]: ...
    def taken(self, number: int) -> None: ...
    def abort(self, number: int) -> None: ...

@final
class Request:
    @property
    def caller(self) -> int: ...
    @property
    def stores(self) -> bool: ...
    def context(self) -> contextvars.Context: ...

@final
class Link:
    def begin(self, request: Request) -> Awaitable[Any] | None: ...
    def answer(self, request: Request, given: Any) -> None: ...
    def fail(self, request: Request, raised: BaseException) -> None: ...
";

fn record(out: &mut Lines, surface: &Surface, record: &Record) {
    out.gap();
    out.line("@final");
    out.line(format!("class {}:", record.name));
    out.deeper(|out| {
        docstring(out, &record.doc, &[]);
        let params: Vec<String> = record
            .fields
            .iter()
            .map(|field| match &field.ty {
                Type::Optional(_) => format!("{}: {} = None", field.name, given(&field.ty)),
                _ => format!("{}: {}", field.name, given(&field.ty)),
            })
            .collect();
        spread(out, "def __new__(", &format!("cls, *, {}", params.join(", ")), ") -> Self: ...");
        for field in &record.fields {
            out.line("@property");
            out.line(format!("def {}(self) -> {}:", field.name, aliased(&field.ty)));
            out.deeper(|out| docstring(out, &Doc { text: vec![field.doc.clone()], errors: String::new() }, &[]));
        }
        for (name, field, list) in record.questions() {
            out.line(format!("def {name}(self, member: {list}) -> bool:"));
            let text = vec![format!("Whether a member is among `{}`.", field.name)];
            out.deeper(|out| docstring(out, &Doc { text, errors: String::new() }, &[]));
        }
        if !record.fields.iter().any(|field| matches!(field.ty, Type::Object(_)) || is_optional_object(&field.ty)) {
            out.line("def __eq__(self, other: object, /) -> bool: ...");
            out.line("def __hash__(self) -> int: ...");
        }
        out.line("def __reduce__(self) -> Any: ...");
        out.line("def __replace__(self, **changes: Any) -> Any: ...");
    });
    let _ = surface;
}

fn is_optional_object(ty: &Type) -> bool {
    matches!(ty, Type::Optional(inner) if matches!(**inner, Type::Object(_)))
}

/// Objects come in the classes that Python has for them.
fn aliased(ty: &Type) -> String {
    match ty {
        Type::Object(name) => format!("_{name}"),
        Type::Optional(inner) => format!("{} | None", aliased(inner)),
        other => given(other),
    }
}

fn object(out: &mut Lines, surface: &Surface, name: &str, made: &[Method], methods: &[&Method]) {
    out.gap();
    out.line("@final");
    out.line(format!("class {name}:"));
    out.deeper(|out| {
        for method in made {
            out.line("@staticmethod");
            spread(out, &format!("def {}(", method.name), &flat(surface, method).join(", "), &format!(") -> {name}: ..."));
        }
        for method in methods {
            let mut params = vec!["self".to_owned()];
            if method.is_async {
                params.push("queue: Queue | None".to_owned());
            }
            params.extend(flat(surface, method));
            // What a caller that blocks gets; an event loop gets the number of the call.
            let result = match surface.page_of(method).and_then(Record::item) {
                Some(item) => format!("tuple[builtins.list[{}], str | None, Meta]", given(item)),
                None => method.returns.as_ref().map_or("None".to_owned(), |ty| result(ty, name)),
            };

            spread(out, &format!("def {}(", method.name), &params.join(", "), &format!(") -> {result}: ..."));
        }
    });
}

fn result(ty: &Type, owner: &str) -> String {
    match ty {
        Type::Object(name) if name == owner => "Any".to_owned(),
        other => aliased(other),
    }
}

fn flat(surface: &Surface, method: &Method) -> Vec<String> {
    let one = |field: &Field| match &field.ty {
        Type::Object(_) => format!("{}: Any", field.name),
        Type::Optional(inner) if matches!(**inner, Type::Object(_)) => format!("{}: Any", field.name),
        ty => format!("{}: {}", field.name, taken(ty, true)),
    };
    let params = method.params.iter().flat_map(|param| match surface.options_of(&param.ty) {
        Some(options) => options
            .fields
            .iter()
            .map(|field| match options.is_never_nothing(field) {
                true => format!("{}: {}", field.name, left_out_or_given(&taken(&field.ty, true))),
                false => one(field),
            })
            .collect(),
        None => vec![one(param)],
    });
    params.collect()
}

/// `__init__.py`.
///
/// # Errors
/// When the surface has no errors.
pub fn exports(surface: &Surface) -> Result<String, String> {
    let named: Vec<&str> = surface.services.iter().map(|service| service.python.as_str()).collect();
    let groups: Vec<String> = surface.groups.iter().map(|group| pascal(&group.name)).collect();
    let values: Vec<&str> = surface
        .records
        .iter()
        .filter(|record| record.is_given && !BEHIND.contains(&record.name.as_str()))
        .map(|record| record.name.as_str())
        .chain(["Secret"])
        .collect();
    let errors: Vec<String> =
        kinds(surface)?.variants.iter().map(|(word, _)| class_of(word)).chain(["KeywrightError".to_owned()]).collect();
    let blocking: Vec<&str> =
        ["Client"].into_iter().chain(groups.iter().map(String::as_str)).chain(named.iter().copied()).collect();
    let awaited: Vec<String> = blocking.iter().map(|name| format!("Async{name}")).collect();
    let words: Vec<&str> = surface.enums.iter().map(|one| one.name.as_str()).filter(|name| *name != "HostAsk").collect();
    let mut out = Lines::default();
    for line in INTRODUCTION.lines() {
        out.line(line);
    }
    let list = |names: &[String]| names.join(", ");
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let from = |out: &mut Lines, module: &str, names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        spread(out, &format!("from .{module} import ("), &list(&names), ")");
    };
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        "from ._native import __version__".to_owned(),
        String::new(),
        format!("if __version__ != \"{version}\":"),
        format!(
            "    raise ImportError(f\"this is keywright {version}, and its native part is {{__version__}}: install it again\")"
        ),
        String::new(),
    ] {
        out.line(line);
    }
    from(&mut out, "_errors", &errors);
    from(&mut out, "_native", &owned(&values));
    from(&mut out, "_runtime", &owned(&["EventStream", "Page", "Response"]));
    from(&mut out, "_sync", &owned(&blocking));
    out.gap();
    out.line("TYPE_CHECKING = False");
    out.line("if TYPE_CHECKING:");
    out.deeper(|out| {
        from(out, "_async", &awaited);
        from(out, "_objects", &owned(&["Clock", "Dialect"]));
        from(out, "_aio", &owned(&["AsyncPage", "AsyncPager"]));
        from(out, "_types", &owned(&words));
        out.line("from .sandbox import Sandbox");
    });
    out.gap();
    let late: Vec<(String, &str)> = awaited
        .iter()
        .map(|name| (name.clone(), "_async"))
        .chain(["AsyncPage", "AsyncPager"].map(|name| (name.to_owned(), "_aio")))
        .chain(words.iter().map(|name| ((*name).to_owned(), "_types")))
        .chain(["Clock", "Dialect"].map(|name| (name.to_owned(), "_objects")))
        .chain([("Sandbox".to_owned(), "sandbox")])
        .collect();
    out.line("# What costs time to import, and where it is: it is imported when it is first named.");
    out.line("_LATE = {");
    out.deeper(|out| late.iter().for_each(|(name, module)| out.line(format!("\"{name}\": \"{module}\","))));
    out.line("}");
    for line in LATE.lines() {
        out.line(line);
    }
    let mut all: Vec<String> =
        [errors, owned(&values), owned(&blocking), late.iter().map(|(name, _)| name.clone()).collect()].concat();
    all.extend(["EventStream", "Page", "Response", "__version__"].map(str::to_owned));
    all.sort();
    all.dedup();
    out.gap();
    out.line("__all__ = [");
    out.deeper(|out| all.iter().for_each(|name| out.line(format!("\"{name}\","))));
    out.line("]");
    debug_assert!(snake("A") == "a");
    Ok(out.into_text())
}

const INTRODUCTION: &str = r#""""One client for API keys: use them and manage them, across services.

    >>> from keywright import Seclai
    >>> client = Seclai(api_key="sk-...")
    >>> made = client.keys.create(name="ci")
    >>> made.secret.expose()  # the only way to read it: store it now
    >>> for agent in client.agents.list():
    ...     print(agent.name)

`Seclai`, `SegOps`, `SidClaw`, `Seenty` and `ItellicoAI` are clients of these services, `Client` is one of
any service that a `Dialect` describes, and each has an `Async` twin with the same methods. What a service
does not have is refused before anything is sent, with that service's own way out.

Everything that fails raises a `KeywrightError`, by kind: its text is one sentence that ends in what to
do, `outcome` says what became of the request. `keywright.sandbox.Sandbox` serves all five services inside
the process, on a virtual clock, for tests without an account.
"""
# Written by `cargo xtask gen` from the facade.

from __future__ import annotations

"#;

const LATE: &str = r#"

def __getattr__(name: str) -> object:
    module = _LATE.get(name)
    if module is None:
        raise AttributeError(f"module 'keywright' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"#;
