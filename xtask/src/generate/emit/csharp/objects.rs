//! Objects that cross by reference, and the functions that belong to none.

use super::indented;
use super::methods::{Place, method};
use super::names::{documented, object, parameter, summary, taken};
use super::wire::lower;
use crate::generate::surface::words::pascal;
use crate::generate::surface::{Method, Object, Surface};

/// What the core asks of its host is served by the package itself.
const OWN: &str = "HostRequest";

/// All objects but the client, and the functions.
pub fn all(surface: &Surface) -> Result<String, String> {
    let mut out = String::new();
    for one in &surface.objects {
        let access = if one.name == OWN { "internal" } else { "public" };
        let head = format!("{}{access} sealed partial class {} : IDisposable\n", summary(&one.doc.text), one.name);
        let mut body = plumbing(one);
        for made in &one.constructors {
            body += &factory(surface, one, made)?;
        }
        for done in &one.methods {
            body += &method(surface, done, Place { on: "this", marks: "public", prefix: "", bound: None })?;
        }
        out += &format!("{head}{{\n{}}}\n\n", indented(body.trim_end(), 1));
    }
    let mut functions = String::new();
    for function in surface.functions.iter().filter(|function| function.name != "build_info") {
        functions += &method(surface, function, Place { on: "", marks: "public static", prefix: "", bound: None })?;
    }
    let doc = "/// <summary>What belongs to no client.</summary>\n";
    out += &format!("{doc}public static partial class KeywrightFunctions\n{{\n{}}}\n", indented(functions.trim_end(), 1));
    Ok(indented(&out, 1))
}

/// The reference and its end.
pub fn plumbing(one: &Object) -> String {
    let class = object(&one.name);
    format!(
        "internal {class}(ulong handle)\n{{\n    Handle = new {0}Handle(handle);\n}}\n\ninternal NativeHandle Handle {{ get; }}\n\n/// <summary>Lets go of it. Calls in flight go on; calling it afterwards is an <see cref=\"ObjectDisposedException\"/>.</summary>\npublic void Dispose()\n{{\n    Ending();\n    Handle.Dispose();\n}}\n\npartial void Ending();\n\n",
        one.name
    )
}

/// A way to make an object: the first is a constructor, any other a function with a name.
pub fn factory(surface: &Surface, one: &Object, made: &Method) -> Result<String, String> {
    if made.name != "new" {
        return method(surface, made, Place { on: "", marks: "public static", prefix: "", bound: None });
    }
    Err(format!("{}: only the client has a constructor of its own", one.name))
}

/// The constructor of the client, and how it is made from a description.
pub fn client_constructors(surface: &Surface, client: &Object) -> Result<String, String> {
    let mut out = String::new();
    for made in &client.constructors {
        let params: Vec<_> = made.params.iter().collect();
        let (mut declared, mut checks, mut lines, mut arguments) = (Vec::new(), String::new(), String::new(), Vec::new());
        for (place, param) in params.iter().rev().enumerate() {
            let name = parameter(&param.name);
            let (ty, value) = (taken(&param.ty)?, name.clone());
            if surface.options_of(&param.ty).is_some() {
                declared.insert(0, format!("{ty}? {name} = null"));
                checks += &format!("    {name} = {name} ?? new {ty}();\n");
            } else {
                declared.insert(0, format!("{ty} {name}"));
                checks = format!("    Check.NotNull({name}, nameof({name}));\n") + &checks;
            }
            lines += &format!("        var a{place} = {};\n", lower(&param.ty, &value, &param.name)?);
            arguments.insert(0, format!("a{place}"));
        }
        let docs = documented(&made.doc, &params, made.throws, false)?;
        let is_new = made.name == "new";
        let (head, end) = match is_new {
            true => (
                "public KeywrightClient".to_owned(),
                "    Handle = new ClientHandle(result);\n    Host = new Host(options);\n".to_owned(),
            ),
            false => (
                format!("public static KeywrightClient {}", pascal(&made.name)),
                "    return new KeywrightClient(result, new Host(options));\n".to_owned(),
            ),
        };
        let head = head.replacen("public", "public unsafe", 1).replacen("unsafe static", "static unsafe", 1);
        out += &format!(
            "{docs}{head}({})\n{{\n{checks}    Library.Load();\n    RustCallStatus status = default;\n    ulong result;\n    var lowered = default(Lowered);\n    try\n    {{\n{lines}        lowered.Pass();\n        result = Native.{}({}, &status);\n    }}\n    finally\n    {{\n        lowered.Free();\n    }}\n\n    Rust.Check(ref status, null);\n{end}}}\n\n",
            declared.join(", "),
            made.symbol,
            arguments.join(", ")
        );
    }
    Ok(out)
}
