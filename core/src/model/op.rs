//! What can be asked: the key operations, and an operation with its arguments in our words.

use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::model::wire_enum::wire_enum;

wire_enum! {
    /// The operations on keys, under the same name in all languages.
    #[derive(PartialOrd, Ord)]
    KeyOp {
        /// Makes a key.
        Create = "create",
        /// Lists keys.
        List = "list",
        /// Gets one key.
        Get = "get",
        /// Changes name or expiry.
        Update = "update",
        /// Deactivates a used key for good and keeps its history.
        Archive = "archive",
        /// Disables a key.
        Revoke = "revoke",
        /// Undoes a revocation.
        Reactivate = "reactivate",
        /// Gives the same key a new secret.
        Rotate = "rotate",
        /// Removes a key for good.
        Delete = "delete",
        /// Lists the calls made with a key.
        Calls = "calls",
        /// Reports the credits a key has used.
        Usage = "usage",
    }
}

/// The arguments of one operation, in our words: what `plan` puts into a request. Their values
/// are the caller's and are not shown.
#[derive(Clone, Default)]
pub(crate) struct OperationArgs {
    /// Values for the parameters of the path.
    pub path_params: Vec<(String, String)>,
    /// Query members by our names.
    pub query: Vec<(String, String)>,
    /// Query members by the service's names, added as they are.
    pub raw_query: Vec<(String, String)>,
    /// Body members by our names.
    pub fields: Map<String, Value>,
    /// A whole body instead of members.
    pub body: Option<Payload>,
}

impl fmt::Debug for OperationArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        f.debug_struct("OperationArgs")
            .field("path_params", &names(&self.path_params))
            .field("query", &names(&self.query))
            .field("raw_query", &names(&self.raw_query))
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .field("body", &self.body)
            .finish()
    }
}

impl OperationArgs {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Sets a parameter of the path.
    pub(crate) fn path_param(mut self, name: &str, value: impl Into<String>) -> Self {
        self.path_params.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a query member unless it is absent.
    pub(crate) fn query(mut self, name: &str, value: Option<impl Into<String>>) -> Self {
        if let Some(value) = value {
            self.query.push((name.to_owned(), value.into()));
        }
        self
    }

    /// Adds a body member unless it is absent.
    pub(crate) fn field(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.fields.insert(name.to_owned(), value.into());
        }
        self
    }
}

/// The body of a request that the caller made. Its content is the caller's and is not shown.
#[derive(Clone)]
pub(crate) enum Payload {
    /// A JSON value.
    Json(Value),
    /// Bytes of a stated type.
    Bytes {
        /// The media type.
        content_type: String,
        /// The bytes.
        bytes: Bytes,
    },
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json(_) => "Json",
            Self::Bytes { .. } => "Bytes",
        })
    }
}
