//! The client, its parts, and the clients of the services by their own names.

use super::indented;
use super::methods::{Place, client_constructor, method};
use super::names::{summary, xml};
use crate::generate::surface::Surface;
use crate::generate::surface::words::pascal;

/// What the package serves by itself.
const OWN: &str = "host_requests";

/// Requests that have a method of their own.
const VERBS: [&str; 5] = ["Get", "Post", "Put", "Patch", "Delete"];

/// The client.
pub fn client(surface: &Surface) -> Result<String, String> {
    let client = &surface.client;
    let mut body = String::new();
    for made in &client.constructors {
        body += &client_constructor(surface, made)?;
    }
    for group in surface.groups.iter().filter(|group| !group.is_bound) {
        body += &part(&pascal(&group.name), &pascal(&group.name), &group.doc, "this");
    }
    for resource in &surface.resources {
        let doc = format!("What {} has under this name.", and(&resource.services));
        body += &part(&pascal(&resource.name), "Resource", &doc, &format!("this, \"{}\"", resource.name));
    }
    for done in &client.methods {
        let marks = if done.name == OWN { "internal" } else { "public virtual" };
        body += &method(surface, done, Place { on: "this", marks, prefix: "", bound: None })?;
    }
    body += &VERBS.map(verb).concat();
    let head = summary(&client.doc.text);
    let class = format!("{head}public partial class KeywrightClient : IDisposable\n{{\n{}}}\n", indented(body.trim_end(), 1));
    Ok(indented(&class, 1))
}

/// The short form of a request with this method.
fn verb(name: &str) -> String {
    let method = name.to_uppercase();
    format!(
        "/// <summary>Sends a {method} request of your own.</summary>\n/// <param name=\"path\">The path.</param>\n/// <param name=\"options\">What the request carries.</param>\n/// <param name=\"cancellationToken\">Ends the call.</param>\n/// <returns>The answer.</returns>\n/// <exception cref=\"KeywrightException\">As <see cref=\"RequestAsync\"/>.</exception>\npublic Task<Response> {name}Async(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>\n    RequestAsync(\"{method}\", path, options, cancellationToken);\n\n"
    )
}

/// A part of the client, made when it is first used.
fn part(name: &str, class: &str, doc: &str, with: &str) -> String {
    let field = format!("_{}", name[..1].to_lowercase() + &name[1..]);
    format!(
        "private {class}? {field};\n\n/// <summary>{}</summary>\npublic virtual {class} {name} => {field} ?? ({field} = new {class}({with}));\n\n",
        xml(doc)
    )
}

fn and(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// The parts of the client.
pub fn groups(surface: &Surface) -> Result<String, String> {
    let mut out = String::new();
    for group in &surface.groups {
        let (class, prefix) = (pascal(&group.name), format!("{}_", group.name));
        let bound = group.is_bound.then_some((group.name.as_str(), "name"));
        let (field, parameter, set) = match bound {
            Some(_) => ("private readonly string name;\n", ", string name", "    this.name = name;\n"),
            None => ("", "", ""),
        };
        let nobody = if bound.is_some() { "    name = null!;\n" } else { "" };
        let mut body = format!(
            "private readonly KeywrightClient client;\n{field}\ninternal {class}(KeywrightClient client{parameter})\n{{\n    this.client = client;\n{set}}}\n\n/// <summary>For tests that stand in for it.</summary>\nprotected {class}()\n{{\n    client = null!;\n{nobody}}}\n\n"
        );
        for done in &group.methods {
            body += &method(surface, done, Place { on: "client", marks: "public virtual", prefix: &prefix, bound })?;
        }
        out += &format!(
            "/// <summary>{}</summary>\npublic partial class {class}\n{{\n{}}}\n\n",
            xml(&group.doc),
            indented(body.trim_end(), 1)
        );
    }
    Ok(indented(out.trim_end(), 1))
}

/// The clients of the services.
pub fn services(surface: &Surface) -> String {
    let mut out = String::new();
    for service in &surface.services {
        let (class, id, title) = (&service.csharp, &service.id, &service.title);
        out += &format!(
            "/// <summary>A client of {title}.</summary>\npublic partial class {class} : KeywrightClient\n{{\n    /// <summary>A client with this API key.</summary>\n    /// <param name=\"apiKey\">The API key.</param>\n    /// <exception cref=\"KeywrightException\">When the text cannot be a key.</exception>\n    public {class}(string apiKey)\n        : base(\"{id}\", new ClientOptions {{ ApiKey = apiKey ?? throw new ArgumentNullException(nameof(apiKey)) }})\n    {{\n    }}\n\n    /// <summary>A client with these options; without any, the API key comes from the environment.</summary>\n    /// <param name=\"options\">What differs from the defaults.</param>\n    /// <exception cref=\"KeywrightException\">When an option is wrong.</exception>\n    public {class}(ClientOptions? options = null)\n        : base(\"{id}\", options)\n    {{\n    }}\n}}\n\n"
        );
    }
    indented(out.trim_end(), 1)
}
