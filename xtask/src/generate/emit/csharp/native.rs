//! The entry points of the native library, as C# declares them.

use super::indented;
use super::wire::raw;
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Method, Object, Surface, Type};

/// The version of everything in this repository.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What results are polled for: the suffix of the functions, and the type on the border.
const FUTURES: [(&str, &str); 3] = [("rust_buffer", "RustBuffer"), ("u64", "ulong"), ("void", "void")];

/// How a call with such a result is waited for: the class, and what its results are kept as.
pub fn future(returns: Option<&Type>) -> Result<(String, &'static str), String> {
    let raw = returns.map_or("void", raw);
    let (suffix, ty) = FUTURES.iter().find(|(_, ty)| *ty == raw).ok_or_else(|| format!("no call can end with {raw}"))?;
    Ok((format!("{}Future", pascal(suffix)), if *ty == "void" { "bool" } else { ty }))
}

fn future_kind(suffix: &str, ty: &str) -> String {
    let class = format!("{}Future", pascal(suffix));
    let of = |what: &str| format!("Native.ffi_keywright_facade_rust_future_{what}_{suffix}");
    let (kept, complete) = match ty {
        "void" => ("bool", format!("\n    {{\n        {}(future, status);\n        return true;\n    }}\n\n", of("complete"))),
        _ => (ty, format!(" => {}(future, status);\n\n", of("complete"))),
    };
    format!(
        "internal sealed unsafe class {class} : FutureKind<{kept}>\n{{\n    internal static readonly {class} Kind = new {class}();\n\n    internal override void Poll(ulong future, IntPtr callback, ulong data) => {}(future, callback, data);\n\n    internal override void Cancel(ulong future) => {}(future);\n\n    internal override {kept} Complete(ulong future, RustCallStatus* status){complete}    internal override void Free(ulong future) => {}(future);\n}}\n\n",
        of("poll"),
        of("cancel"),
        of("free")
    )
}

fn objects(surface: &Surface) -> impl Iterator<Item = &Object> {
    surface.objects.iter().chain([&surface.client])
}

/// Every method with the object that it is called on, if any.
fn methods(surface: &Surface) -> Vec<(&Method, bool)> {
    let mut all: Vec<(&Method, bool)> = Vec::new();
    for one in objects(surface) {
        all.extend(one.constructors.iter().map(|made| (made, false)));
        all.extend(one.methods.iter().map(|done| (done, true)));
    }
    all.extend(surface.groups.iter().flat_map(|group| &group.methods).map(|done| (done, true)));
    all.extend(surface.functions.iter().chain(&surface.own_functions).map(|function| (function, false)));
    all
}

/// All imports, and the handles of all objects.
pub fn imports(surface: &Surface) -> String {
    let mut body = format!(
        "/// <summary>The version of the native library that this was made for.</summary>\ninternal const string Version = \"{VERSION}\";\n\n/// <summary>Its file, without prefix and ending.</summary>\ninternal const string File = \"keywright_native\";\n\n"
    );
    body += &import("uint", "ffi_keywright_facade_uniffi_contract_version", "");
    body += &import("RustBuffer", "ffi_keywright_facade_rustbuffer_alloc", "ulong size, RustCallStatus* status");
    body += &import("void", "ffi_keywright_facade_rustbuffer_free", "RustBuffer buffer, RustCallStatus* status");
    for (suffix, ty) in FUTURES {
        let future = |what: &str| format!("ffi_keywright_facade_rust_future_{what}_{suffix}");
        body += &import("void", &future("poll"), "ulong future, IntPtr callback, ulong data");
        body += &import("void", &future("cancel"), "ulong future");
        body += &import(ty, &future("complete"), "ulong future, RustCallStatus* status");
        body += &import("void", &future("free"), "ulong future");
    }
    for one in objects(surface) {
        if let Some((clone, free)) = &one.symbols {
            body += &import("ulong", clone, "ulong handle, RustCallStatus* status");
            body += &import("void", free, "ulong handle, RustCallStatus* status");
        }
    }
    for (method, has_self) in methods(surface) {
        body += &entry(method, has_self);
    }
    let mut out = format!("internal static unsafe class Native\n{{\n{}}}\n\n", indented(body.trim_end(), 1));
    for (suffix, ty) in FUTURES {
        out += &future_kind(suffix, ty);
    }
    for one in objects(surface) {
        out += &handle(one, one.name == surface.client.name);
    }
    let usings = "using System.Runtime.InteropServices;\n\n";
    indented(&(usings.to_owned() + out.trim_end()), 1)
}

fn import(returns: &str, name: &str, parameters: &str) -> String {
    format!(
        "[DllImport(File, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]\ninternal static extern {returns} {name}({parameters});\n\n"
    )
}

fn entry(method: &Method, has_self: bool) -> String {
    let mut parameters: Vec<String> = if has_self { vec!["ulong self".to_owned()] } else { Vec::new() };
    parameters.extend(method.params.iter().enumerate().map(|(n, param)| format!("{} a{n}", raw(&param.ty))));
    let returns = match (&method.returns, method.is_async) {
        (_, true) => "ulong",
        (None, false) => "void",
        (Some(ty), false) => raw(ty),
    };
    if !method.is_async {
        parameters.push("RustCallStatus* status".to_owned());
    }
    import(returns, &method.symbol, &parameters.join(", "))
}

fn handle(one: &Object, has_host: bool) -> String {
    let Some((clone, free)) = &one.symbols else { return String::new() };
    let name = &one.name;
    let (host, given) = if has_host { (", Host host", "host") } else { ("", "null") };
    format!(
        "internal sealed unsafe class {name}Handle : NativeHandle\n{{\n    internal {name}Handle(ulong handle{host})\n        : base(handle, {given})\n    {{\n    }}\n\n    private protected override ulong Copy(ulong handle, RustCallStatus* status) => Native.{clone}(handle, status);\n\n    private protected override void Free(ulong handle, RustCallStatus* status) => Native.{free}(handle, status);\n}}\n\n"
    )
}

/// What the tests compare: the entry point that gives each checksum, and the checksum.
pub fn checksums(surface: &Surface) -> String {
    let all = methods(surface);
    let checks: String = all
        .iter()
        .map(|(method, _)| {
            let (symbol, checksum) = &method.checksum;
            format!("yield return (\"{symbol}\", {symbol}(), {checksum});\n")
        })
        .collect();
    let imports: String = all
        .iter()
        .map(|(method, _)| format!("[DllImport(\"keywright_native\", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]\nprivate static extern ushort {}();\n\n", method.checksum.0))
        .collect();
    let body = format!(
        "internal static IEnumerable<(string Name, ushort Found, ushort Due)> All()\n{{\n{}}}\n\n{}",
        indented(&checks, 1),
        imports.trim_end()
    );
    indented(
        &format!("using System.Runtime.InteropServices;\n\ninternal static class Checksums\n{{\n{}}}\n", indented(&body, 1)),
        1,
    )
}

/// The version for the build of the package.
pub fn version() -> String {
    format!(
        "<!-- `cargo xtask gen` writes this file. -->\n<Project>\n  <PropertyGroup>\n    <Version>{VERSION}</Version>\n  </PropertyGroup>\n</Project>\n"
    )
}
