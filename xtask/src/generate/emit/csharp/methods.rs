//! Methods, constructors and functions: what they look like and how they cross.

use super::indented;
use super::names::{documented, given, page_item, parameter, taken};
use super::native::future;
use super::wire::{lift, lower, raw};
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Field, Method, Surface, Type};

/// Where a method stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The expression of the object it is called on; empty for functions and constructors.
    pub on: &'a str,
    /// What stands before it: `public virtual`.
    pub marks: &'a str,
    /// What is taken off its name.
    pub prefix: &'a str,
    /// A first parameter that is bound already, and the field that holds it.
    pub bound: Option<(&'a str, &'a str)>,
}

/// One method as C#, with the forms that belong to it.
pub fn method(surface: &Surface, method: &Method, place: Place<'_>) -> Result<String, String> {
    let at = |error: String| format!("{}: {error}", method.name);
    let call = Call { surface, method, place, params: visible(method, place) };
    let mut out = if method.is_async { call.awaited() } else { call.direct() }.map_err(at)?;
    if call.params.iter().any(|param| param.ty == Type::Json) {
        out += &call.for_objects().map_err(at)?;
    }
    Ok(out)
}

fn visible<'a>(method: &'a Method, place: Place<'_>) -> Vec<&'a Field> {
    method.params.iter().filter(|param| place.bound.is_none_or(|(name, _)| param.name != name)).collect()
}

/// Whether a record of options takes a function that stores secrets.
fn delivers(surface: &Surface, ty: &Type) -> bool {
    surface.options_of(ty).is_some_and(|record| record.fields.iter().any(|field| field.ty == Type::DeliverFunction))
}

/// A constructor of the client, or a function that makes one.
pub fn client_constructor(surface: &Surface, method: &Method) -> Result<String, String> {
    let place = Place { on: "", marks: "public", prefix: "", bound: None };
    let call = Call { surface, method, place, params: visible(method, place) };
    let checked = "Rust.Check(ref callStatus, null);\n";
    if method.name == "new" {
        call.waited("public unsafe KeywrightClient", &format!("{checked}handle = new ClientHandle(result, new Host(options));\n"))
    } else {
        let head = format!("public static unsafe KeywrightClient {}", call.name());
        call.waited(&head, &format!("{checked}return new KeywrightClient(result, new Host(options));\n"))
    }
}

struct Call<'a> {
    surface: &'a Surface,
    method: &'a Method,
    place: Place<'a>,
    params: Vec<&'a Field>,
}

impl Call<'_> {
    fn name(&self) -> String {
        let name = self.method.name.strip_prefix(self.place.prefix).unwrap_or(&self.method.name);
        pascal(name) + if self.method.is_async { "Async" } else { "" }
    }

    /// `keys.create`, for those who watch.
    fn operation(&self) -> String {
        match self.place.prefix.strip_suffix('_') {
            Some(group) => format!("{group}.{}", &self.method.name[self.place.prefix.len()..]),
            None => self.method.name.clone(),
        }
    }

    fn returns(&self) -> Result<Option<String>, String> {
        self.method.returns.as_ref().map(|ty| given(self.surface, ty)).transpose()
    }

    fn docs(&self) -> Result<String, String> {
        documented(&self.method.doc, &self.params, self.method.throws, self.method.is_async)
    }

    /// The parameters; those at the end that may be left out have a default.
    fn declared(&self) -> Result<String, String> {
        let defaulted = |param: &&&Field| match &param.ty {
            Type::Optional(_) => true,
            ty => self.surface.options_of(ty).is_some(),
        };
        let needed = self.params.len() - self.params.iter().rev().take_while(defaulted).count();
        let mut out = Vec::new();
        for (place, param) in self.params.iter().enumerate() {
            let options = self.surface.options_of(&param.ty).is_some();
            let ty = taken(&param.ty)? + if options { "?" } else { "" };
            out.push(format!("{ty} {}{}", parameter(&param.name), if place >= needed { " = null" } else { "" }));
        }
        if self.method.is_async {
            out.push("CancellationToken cancellationToken = default".to_owned());
        }
        Ok(out.join(", "))
    }

    /// What must not be null is looked at before anything is allocated.
    fn checks(&self) -> String {
        let checked =
            self.params.iter().filter(|param| matches!(param.ty, Type::Text | Type::Secret | Type::Json | Type::Object(_)));
        checked.map(|param| format!("    Check.NotNull({0}, nameof({0}));\n", parameter(&param.name))).collect()
    }

    /// The call across the border: `into` gets what it gives. Nothing is passed before all is made ready.
    fn crossed(&self, into: &str) -> Result<String, String> {
        let (mut lines, mut passed) = (String::new(), Vec::new());
        let status = if self.method.is_async { None } else { Some("&callStatus".to_owned()) };
        for (n, param) in self.method.params.iter().enumerate() {
            let value = match self.place.bound {
                Some((name, field)) if name == param.name => field.to_owned(),
                _ if self.surface.options_of(&param.ty).is_some() => {
                    let Type::Record(record) = &param.ty else { return Err("options that are no record".to_owned()) };
                    format!("({} ?? new {record}())", parameter(&param.name))
                }
                _ => parameter(&param.name),
            };
            if self.surface.options_of(&param.ty).is_some_and(|record| record.name == "ClientOptions") {
                let by_dialect = self.method.params.iter().any(|param| param.name == "dialect");
                let variables = if by_dialect { "dialect.Variables()" } else { "KeywrightFunctions.ClientVariables(service)" };
                lines += &format!("    w.Variables = {variables};\n");
            }
            if delivers(self.surface, &param.ty) {
                lines += "    w.StoreCall = storeCall;\n";
            }
            let (line, expression) = lower(self.surface, &param.ty, &value, &param.name, &format!("a{n}"))?;
            lines += &format!("    {line}\n");
            passed.push(expression);
        }
        let call = |passed: Vec<String>| {
            let all: Vec<String> = passed.into_iter().chain(status).collect();
            format!("{into}Native.{}({});\n", self.method.symbol, all.join(", "))
        };
        let own = (!self.place.on.is_empty()).then(|| format!("{}.Handle.Clone()", self.place.on));
        if passed.is_empty() {
            return Ok(call(own.into_iter().collect()));
        }
        if let Some(own) = own {
            lines += &format!("    var self = {own};\n");
            passed.insert(0, "self".to_owned());
        }
        Ok(format!("using (var w = Writer.Rent())\n{{\n{lines}    w.Pass();\n    {}}}\n", call(passed)))
    }

    /// Whether it is a client's, whose host serves what it asks.
    fn is_hosted(&self) -> bool {
        self.place.marks.contains("virtual")
    }

    fn direct(&self) -> Result<String, String> {
        let host = if self.is_hosted() { "Host" } else { "null" };
        let made = match &self.method.returns {
            // A handle of a client goes on with what its client asks of its host.
            Some(ty) if *ty == Type::Object("Client".to_owned()) && self.is_hosted() => {
                "return new KeywrightClient(result, Host);\n".to_owned()
            }
            Some(ty) => format!("return {};\n", lift(self.surface, ty)?),
            None => String::new(),
        };
        let returns = self.returns()?.unwrap_or_else(|| "void".to_owned());
        let head = format!("{} unsafe {returns} {}", self.place.marks, self.name());
        self.waited(&head, &format!("Rust.Check(ref callStatus, {host});\n{made}"))
    }

    /// A member that waits for the call: its head up to the name, and what it does after the call.
    fn waited(&self, head: &str, ends: &str) -> Result<String, String> {
        let (declared, into) = match &self.method.returns {
            Some(ty) => (format!("    {} result;\n", raw(ty)), "result = "),
            None => (String::new(), ""),
        };
        Ok(format!(
            "{}{head}({})\n{{\n{}    Library.Load();\n    RustCallStatus callStatus = default;\n{declared}{}{}}}\n\n",
            self.docs()?,
            self.declared()?,
            self.checks(),
            indented(&self.crossed(into)?, 1),
            indented(ends, 1)
        ))
    }

    fn awaited(&self) -> Result<String, String> {
        let page = match &self.method.returns {
            Some(Type::Record(name)) if self.surface.page_of(self.method).is_some() => page_item(self.surface, name)?,
            _ => None,
        };
        let returns = self.returns()?;
        let task = returns.as_ref().map_or_else(|| "Task".to_owned(), |ty| format!("Task<{ty}>"));
        let generic = returns.unwrap_or_else(|| "bool".to_owned());
        let (kind, kept) = future(self.method.returns.as_ref())?;
        let lifted = self.method.returns.as_ref().map_or_else(|| Ok("result".to_owned()), |ty| lift(self.surface, ty))?;
        // What only the package itself waits for is nobody's to watch.
        let (client, watched) = match (self.is_hosted(), self.place.marks) {
            (true, _) => (self.place.on, format!("\"{}\"", self.operation())),
            (false, "internal") => ("null", "null".to_owned()),
            (false, _) => ("null", format!("\"{}\"", self.operation())),
        };
        let (delivery, delivered) = match self.params.iter().find(|param| delivers(self.surface, &param.ty)) {
            Some(param) => ("storeCall", format!("    var storeCall = StoreCall.Of({}?.Deliver);\n", parameter(&param.name))),
            None => ("null", String::new()),
        };
        let (marks, name) =
            if page.is_some() { ("private", format!("Begin{}", self.name())) } else { (self.place.marks, self.name()) };
        let docs = if page.is_some() { String::new() } else { self.docs()? };
        let declared = self.declared()?;
        let declared = if page.is_some() { declared.replace(" = null", "").replace(" = default", "") } else { declared };
        let body = format!(
            "{docs}{marks} {task} {name}({declared})\n{{\n{}    if (cancellationToken.IsCancellationRequested)\n    {{\n        return Task.FromCanceled<{generic}>(cancellationToken);\n    }}\n\n{delivered}    ulong future;\n{}\n    return new PendingCall<{kept}, {generic}>({kind}.Kind, future, result => {lifted}, {client}, {watched}, {delivery}, cancellationToken).Begin();\n}}\n\n",
            self.checks(),
            indented(&self.crossed("future = ")?, 1),
        );
        let body = self.rebound(body)?;
        Ok(match page {
            Some(item) => body + &self.pages(&given(self.surface, item)?)?,
            None => body,
        })
    }

    /// A page inside an answer goes on where its own call went on.
    fn rebound(&self, body: String) -> Result<String, String> {
        let Some(Type::Record(name)) = &self.method.returns else { return Ok(body) };
        let record = self.surface.record(name)?;
        let mut page = None;
        for field in &record.fields {
            if let Type::Optional(inner) = &field.ty
                && let Type::Record(inner) = inner.as_ref()
                && page_item(self.surface, inner)?.is_some()
            {
                page = Some(pascal(&field.name));
            }
        }
        let with_after = |param: &&&Field| {
            let options = self.surface.options_of(&param.ty);
            options.is_some_and(|record| record.fields.iter().any(|field| field.name == "after"))
        };
        let (Some(page), Some(options)) = (page, self.params.iter().find(with_after)) else { return Ok(body) };
        let names: Vec<String> = self.params.iter().map(|param| parameter(&param.name)).collect();
        let record_of = self.surface.options_of(&options.ty).map_or("", |record| record.name.as_str());
        let (options, name) = (parameter(&options.name), self.name());
        let next: Vec<String> =
            names.iter().map(|name| if *name == options { format!("{options}.From(after)") } else { name.clone() }).collect();
        let begun = body.replacen(&format!("{} Task", self.place.marks), "private Task", 1).replacen(
            &format!(" {name}("),
            &format!(" Begin{name}("),
            1,
        );
        let begun = begun.lines().filter(|line| !line.starts_with("///")).collect::<Vec<_>>().join("\n") + "\n\n";
        Ok(begun
            + &format!(
                "{}{} async Task<{}> {name}({})\n{{\n    {options} = ({options} ?? new {record_of}()).From(null);\n    var reply = await Begin{name}({}, cancellationToken).ConfigureAwait(false);\n    reply.{page}?.Bind(async (after, token) => (await {name}({}, token).ConfigureAwait(false)).{page}!);\n    return reply;\n}}\n\n",
                self.docs()?,
                self.place.marks,
                record.name,
                self.declared()?,
                names.join(", "),
                next.join(", ")
            ))
    }

    /// A list page by page, and as one.
    fn pages(&self, item: &str) -> Result<String, String> {
        let names: Vec<String> = self.params.iter().map(|param| parameter(&param.name)).collect();
        let next: Vec<&str> = names.iter().map(|name| if name == "after" { "next" } else { name }).collect();
        let (name, declared, marks) = (self.name(), self.declared()?, self.place.marks);
        let all = name.replace("Async", "AllAsync");
        let all_docs = self.docs()?.replacen("Gets a page of", "Walks, page after page,", 1).replacen(
            ", and from it all that follow",
            "",
            1,
        );
        Ok(format!(
            "{}{marks} async Task<Page<{item}>> {name}({declared})\n{{\n    var page = await Begin{name}({}, cancellationToken).ConfigureAwait(false);\n    page.Bind((next, token) => {name}({}, token));\n    return page;\n}}\n\n{all_docs}{marks} IAsyncEnumerable<{item}> {all}({declared})\n{{\n    return Page<{item}>.Walk(token => {name}({}, token), cancellationToken);\n}}\n\n",
            self.docs()?,
            names.join(", "),
            next.join(", "),
            names.join(", ")
        ))
    }

    /// The form that takes any object as JSON.
    fn for_objects(&self) -> Result<String, String> {
        let declared = self.declared()?.replace("Json ", "object ");
        let mut names: Vec<String> = self
            .params
            .iter()
            .map(|param| match param.ty {
                Type::Json => format!("Json.From({})", parameter(&param.name)),
                _ => parameter(&param.name),
            })
            .collect();
        let mut returns = self.returns()?.unwrap_or_else(|| "void".to_owned());
        if self.method.is_async {
            names.push("cancellationToken".to_owned());
            returns = format!("Task<{returns}>");
        }
        let marks = self.place.marks.replace(" virtual", "");
        let body = format!(
            "{}/// <remarks>The object is serialized by reflection; where that is not possible give JSON text or a <see cref=\"System.Text.Json.JsonElement\"/>.</remarks>\n[System.Diagnostics.CodeAnalysis.RequiresUnreferencedCode(Json.ByReflection)]\n[System.Diagnostics.CodeAnalysis.RequiresDynamicCode(Json.ByReflection)]\n{marks} {returns} {}({declared}) => {}({});\n",
            self.docs()?,
            self.name(),
            self.name(),
            names.join(", ")
        );
        Ok(format!("#if NET8_0_OR_GREATER\n{}#endif\n\n", indented(&body, 0)))
    }
}
