//! How the glue takes each argument, as Rust.

use crate::generate::surface::{Field, Method, Record, Type};

/// An argument as what the facade takes.
///
/// # Errors
/// When it cannot be taken.
pub fn from_py(ty: &Type, name: &str) -> Result<String, String> {
    Ok(match ty {
        Type::Optional(inner) => match &**inner {
            Type::Limit => format!("from_py_limit({name}, \"{name}\")?"),
            Type::KeyFunction | Type::DeliverFunction | Type::EventFunction => {
                return Err(format!("{name}: a function is optional by itself"));
            }
            _ => format!("record::optional({name}, \"{name}\")?"),
        },
        Type::KeyFunction => format!("facade::KeyFunction(callable({name}, \"{name}\")?)"),
        Type::EventFunction => format!("facade::EventFunction(callable({name}, \"{name}\")?)"),
        Type::DeliverFunction => format!("call.deliver(&self.0, {name})?"),
        _ => format!("from_py({name}, \"{name}\")?"),
    })
}

/// A member of options.
///
/// # Errors
/// When it cannot be taken.
pub fn from_py_option(method: &Method, options: &Record, field: &Field) -> Result<String, String> {
    let name = &field.name;
    if options.is_environment(field) {
        let by = |name: &str| method.params.iter().any(|param| param.name == name);
        let (service, dialect) =
            (if by("service") { "Some(&service)" } else { "None" }, if by("dialect") { "Some(&dialect)" } else { "None" });
        return Ok(format!("handed_over({name}, {service}, {dialect})?"));
    }
    if options.is_never_nothing(field) {
        return Ok(match &field.ty {
            Type::KeyFunction => format!("facade::KeyFunction(provider({name}, \"{name}\")?)"),
            _ => format!("from_py_given({name}, \"{name}\")?"),
        });
    }
    from_py_all(&field.ty, name)
}

/// An argument that is always there: `None` stands for nothing.
///
/// # Errors
/// When it cannot be taken.
pub fn from_py_all(ty: &Type, name: &str) -> Result<String, String> {
    match ty {
        Type::Optional(inner) => match &**inner {
            Type::Limit | Type::KeyFunction | Type::DeliverFunction | Type::EventFunction => from_py(ty, name),
            _ => Ok(format!("from_py({name}, \"{name}\")?")),
        },
        _ => from_py(ty, name),
    }
}
