//! Objects that cross by reference, and the functions that belong to none.

use super::indented;
use super::methods::{Place, method};
use super::names::{object, summary};
use crate::generate::surface::{Method, Object, Surface};

/// What the core asks of its host is served by the package itself.
const OWN: [&str; 2] = ["HostRequest", "HostRequests"];

/// All objects but the client, and the functions.
pub fn all(surface: &Surface) -> Result<String, String> {
    let mut out = String::new();
    for one in &surface.objects {
        let is_own = OWN.contains(&one.name.as_str());
        let access = if is_own { "internal" } else { "public" };
        let head = format!("{}{access} sealed partial class {} : IDisposable\n", summary(&one.doc.text), one.name);
        let mut body = plumbing(one);
        for made in &one.constructors {
            body += &factory(surface, one, made)?;
        }
        for done in &one.methods {
            body += &method(
                surface,
                done,
                Place { on: "this", marks: if is_own { "internal" } else { "public" }, prefix: "", bound: None },
            )?;
        }
        out += &format!("{head}{{\n{}}}\n\n", indented(body.trim_end(), 1));
    }
    let mut functions = String::new();
    for function in surface.functions.iter().filter(|function| function.name != "build_info") {
        functions += &method(surface, function, Place { on: "", marks: "public static", prefix: "", bound: None })?;
    }
    for function in &surface.own_functions {
        functions += &method(surface, function, Place { on: "", marks: "internal static", prefix: "", bound: None })?;
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
