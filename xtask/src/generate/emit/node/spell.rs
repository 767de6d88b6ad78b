//! How JavaScript writes the surface's names.

use crate::generate::surface::words::{camel, snake};
use crate::generate::surface::{Field, Type};

/// The name of a method: `calls_oldest_first` as `callsOldestFirst`.
pub fn method(name: &str) -> String {
    camel(name)
}

/// The name of a member: `next_token` as `nextToken`.
pub fn member(name: &str) -> String {
    camel(name)
}

/// The name of a field; lengths of time say that they are milliseconds.
pub fn field(field: &Field) -> String {
    let name = camel(&field.name);
    if is_length(&field.ty) { format!("{name}Ms") } else { name }
}

/// `EventStream` as `eventStream`.
pub fn camel_of(name: &str) -> String {
    camel(&snake(name))
}

fn is_length(ty: &Type) -> bool {
    match ty {
        Type::Duration | Type::Limit => true,
        Type::Optional(inner) => is_length(inner),
        _ => false,
    }
}
