//! The Node package: native glue, both module forms, types.
//!
//! Glue and script agree on one list of calls: a number says which method is meant, and arguments
//! and members cross by their place. Both are written here from the same list, so they cannot
//! disagree.

mod native;
mod script;
mod spell;
mod types;

use crate::generate::Generated;
use crate::generate::surface::{Field, Group, Method, Object, Surface, Type};

/// The first line of what is written here.
const NOTE: &str = "Written by `cargo xtask gen`; changes belong into core/facade or the emitter.";

/// What only the bindings themselves use.
const OWN_USE: [&str; 2] = ["HostRequest", "HostRequests"];

/// Its files.
///
/// # Errors
/// When the surface holds something that JavaScript cannot be given.
pub fn files(surface: &Surface) -> Result<Vec<Generated>, String> {
    let calls = calls(surface)?;
    let file = |path: &str, text: String| Generated { path: format!("bindings-node/{path}"), text };
    Ok(vec![
        file("src/generated.rs", native::text(surface, &calls)?),
        file("js/index.cjs", script::commonjs(surface, &calls)?),
        file("js/index.mjs", script::module(surface)),
        file("js/index.d.cts", types::text(surface)?),
        file("js/index.d.mts", types::module()),
    ])
}

/// A method with its number and its place.
struct Call<'a> {
    /// The number, of its kind.
    number: usize,
    /// The object that has it; empty for functions.
    object: &'a str,
    /// Its name there, without the prefix of a group.
    path: String,
    method: &'a Method,
    is_constructor: bool,
}

impl Call<'_> {
    /// Whether its first argument is the object itself.
    fn has_receiver(&self) -> bool {
        !self.object.is_empty() && !self.is_constructor
    }

    /// The place of its first parameter.
    fn first(&self) -> usize {
        usize::from(self.has_receiver())
    }

    /// The constant that describes it in the script.
    fn constant(&self) -> String {
        let name = format!("{}_{}", self.object, self.method.name);
        name.trim_start_matches('_').to_uppercase()
    }
}

/// The objects that users see.
fn objects(surface: &Surface) -> impl Iterator<Item = &Object> {
    surface.objects.iter().filter(|object| !OWN_USE.contains(&object.name.as_str()))
}

/// Every method in order, the async ones and the others numbered for themselves.
fn calls(surface: &Surface) -> Result<Vec<Call<'_>>, String> {
    let (mut begun, mut made, mut all) = (0, 0, Vec::new());
    let mut add = |object, path: String, method, is_constructor| {
        let method: &Method = method;
        let count = if method.is_async { &mut begun } else { &mut made };
        all.push(Call { number: *count, object, path, method, is_constructor });
        *count += 1;
    };
    for object in std::iter::once(&surface.client).chain(objects(surface)) {
        let short = spell::camel_of(&object.name);
        for method in &object.constructors {
            add(&object.name, format!("{}.{}", object.name, spell::method(&method.name)), method, true);
        }
        for method in object.methods.iter().filter(|method| !uses_own(method)) {
            add(&object.name, format!("{short}.{}", spell::method(&method.name)), method, false);
        }
    }
    for group in &surface.groups {
        for method in &group.methods {
            let name = spell::method(own_name(group, method));
            add(&surface.client.name, format!("{}.{name}", spell::member(&group.name)), method, false);
        }
    }
    for function in &surface.functions {
        add("", spell::method(&function.name), function, false);
    }
    if let Some(odd) = all.iter().find(|call| call.method.is_async && !call.has_receiver()) {
        return Err(format!("{}: no emitter knows an async function of no object", odd.path));
    }
    Ok(all)
}

/// Whether a method gives what only the bindings use.
fn uses_own(method: &Method) -> bool {
    let gives = |ty: &Type| matches!(ty, Type::Object(name) if OWN_USE.contains(&name.as_str()));
    method.returns.as_ref().is_some_and(|ty| gives(ty) || matches!(ty, Type::Optional(inner) if gives(inner)))
}

/// A method's name without the prefix of its group.
fn own_name<'a>(group: &Group, method: &'a Method) -> &'a str {
    method.name.strip_prefix(&format!("{}_", group.name)).unwrap_or(&method.name)
}

/// Parameters and their places.
type Places<'a> = Vec<(usize, &'a Field)>;

/// The parameters that stand as arguments of their own, and those that are options.
fn split<'a>(surface: &Surface, method: &'a Method) -> (Places<'a>, Places<'a>) {
    let is_option = |field: &Field| surface.options_of(&field.ty).is_some() || matches!(field.ty, Type::Optional(_));
    method.params.iter().enumerate().partition(|(_, field)| !is_option(field))
}
