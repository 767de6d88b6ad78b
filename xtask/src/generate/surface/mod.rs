//! The facade's surface, free of uniffi: what the emitters of all languages read.
//!
//! The grammar is closed. What stands outside it is refused by name when it is read, never guessed
//! by an emitter.

mod read;
pub mod words;

use serde::Serialize;

pub use read::read;

/// Everything that crosses.
#[derive(Debug, Serialize)]
pub struct Surface {
    /// The client: its methods that belong to no group.
    pub client: Object,
    /// The parts of the client, as `client.keys`.
    pub groups: Vec<Group>,
    /// Resources that have nothing but the common actions, as `client.agents`.
    pub resources: Vec<Resource>,
    /// Clients under the names that the services' pages print.
    pub services: Vec<Service>,
    /// The other objects.
    pub objects: Vec<Object>,
    /// Values and options.
    pub records: Vec<Record>,
    /// Closed lists of words.
    pub enums: Vec<Enum>,
    /// Functions that belong to no object.
    pub functions: Vec<Method>,
    /// Functions that only the bindings use.
    #[serde(skip)]
    pub own_functions: Vec<Method>,
}

/// A part of the client.
#[derive(Debug, Serialize)]
pub struct Group {
    /// `keys`.
    pub name: String,
    /// What it is, in one sentence.
    pub doc: String,
    /// Whether the first argument of every method is the resource that the part is bound to.
    pub is_bound: bool,
    /// Its methods, whose names still have the prefix.
    pub methods: Vec<Method>,
}

/// A resource with nothing but the common actions.
#[derive(Debug, Serialize)]
pub struct Resource {
    /// `agents`.
    pub name: String,
    /// The titles of the services that have it.
    pub services: Vec<String>,
}

/// A service and the names of its clients.
#[derive(Debug, Serialize)]
pub struct Service {
    /// `seclai`.
    pub id: String,
    /// `Seclai`.
    pub title: String,
    /// The class in Python.
    pub python: String,
    /// The classes in JavaScript.
    pub node: Vec<String>,
    /// The class in C#.
    pub csharp: String,
}

/// An object that crosses by reference.
#[derive(Debug, Serialize)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: Doc,
    /// The ways to make one.
    pub constructors: Vec<Method>,
    /// What it can do.
    pub methods: Vec<Method>,
    /// The entry points that copy and free a reference.
    #[serde(skip)]
    pub symbols: Option<(String, String)>,
}

/// A method, constructor or function.
#[derive(Debug, Clone, Serialize)]
pub struct Method {
    /// Its name, snake_case.
    pub name: String,
    /// Its documentation.
    pub doc: Doc,
    /// What it takes.
    pub params: Vec<Field>,
    /// What it gives.
    pub returns: Option<Type>,
    /// Whether it can fail.
    pub throws: bool,
    /// Whether it is awaited.
    pub is_async: bool,
    /// Its entry point.
    #[serde(skip)]
    pub symbol: String,
    /// The entry point that gives its checksum, and the checksum.
    #[serde(skip)]
    pub checksum: (String, u16),
}

/// A parameter, or a member of a record.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    /// Its name, snake_case.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Its documentation, in one paragraph; empty for parameters.
    pub doc: String,
}

/// A value that crosses by copy.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: Doc,
    /// Its members.
    pub fields: Vec<Field>,
    /// Whether it is taken.
    pub is_taken: bool,
    /// Whether it is given.
    pub is_given: bool,
}

/// A closed list of words.
#[derive(Debug, Clone, Serialize)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: Doc,
    /// Its values: the word and what it means.
    pub variants: Vec<(String, String)>,
}

/// Documentation: what it is, and when it fails.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Doc {
    /// Paragraphs.
    pub text: Vec<String>,
    /// The paragraph on errors; empty where there is none.
    pub errors: String,
}

/// What can cross.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// True or false.
    Bool,
    /// An integer of so many bits; signed ones are negative.
    Int(i8),
    /// A double.
    Float,
    /// Unicode text.
    Text,
    /// Bytes.
    Bytes,
    /// An instant.
    Time,
    /// A length of time.
    Duration,
    /// Text that prints nowhere.
    Secret,
    /// JSON.
    Json,
    /// A time limit; none is infinity.
    Limit,
    /// A function of the host that gives a key.
    KeyFunction,
    /// A function of the host that stores a secret.
    DeliverFunction,
    /// A function of the host that receives events.
    EventFunction,
    /// Or nothing.
    Optional(Box<Type>),
    /// Many, in order.
    List(Box<Type>),
    /// A record.
    Record(String),
    /// A word of a closed list.
    Enum(String),
    /// An object.
    Object(String),
}

impl Surface {
    /// The record of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn record(&self, name: &str) -> Result<&Record, String> {
        self.records.iter().find(|record| record.name == name).ok_or_else(|| format!("there is no record {name}"))
    }

    /// The record that a list gives page by page, if the method is one.
    pub fn page_of(&self, method: &Method) -> Option<&Record> {
        let Some(Type::Record(name)) = &method.returns else { return None };
        let page = self.record(name).ok()?;
        let has = |member: &str| page.fields.iter().any(|field| field.name == member);
        let walks = method.params.iter().any(|param| param.name == "after");
        (has("items") && has("next_token") && walks).then_some(page)
    }

    /// Whether a parameter is a record of options, whose members stand for themselves.
    pub fn options_of(&self, ty: &Type) -> Option<&Record> {
        let Type::Record(name) = ty else { return None };
        self.record(name).ok().filter(|record| record.is_taken && !record.is_given)
    }
}

/// Keys and addresses of a client. Left out, they are looked for in the environment; nothing in
/// their place is a mistake, as a variable that is not set.
const NEVER_NOTHING: [&str; 6] = ["api_key", "key_provider", "management", "email", "password", "base_url"];

impl Record {
    /// Whether a member is left out or given, and never nothing.
    pub fn is_never_nothing(&self, field: &Field) -> bool {
        self.name == "ClientOptions" && NEVER_NOTHING.contains(&field.name.as_str())
    }

    /// Whether a member holds the environment, which the language hands over.
    pub fn is_environment(&self, field: &Field) -> bool {
        self.name == "ClientOptions" && field.name == "env"
    }

    /// What the items of a page are.
    pub fn item(&self) -> Option<&Type> {
        let items = self.fields.iter().find(|field| field.name == "items")?;
        match &items.ty {
            Type::List(item) => Some(item),
            _ => None,
        }
    }

    /// The questions that it answers: a member `told_members` that lists words of a closed list is
    /// asked by `told(word)`. By name, with the member and the name of the list.
    pub fn questions(&self) -> impl Iterator<Item = (&str, &Field, &str)> {
        self.fields.iter().filter_map(|field| {
            let name = field.name.strip_suffix("_members")?;
            match &field.ty {
                Type::List(word) => match &**word {
                    Type::Enum(list) => Some((name, field, list.as_str())),
                    _ => None,
                },
                _ => None,
            }
        })
    }

    /// Whether a secret is in it, or in a record in it.
    pub fn holds_secret(&self, surface: &Surface) -> bool {
        self.fields.iter().any(|field| secret_in(&field.ty, surface))
    }
}

fn secret_in(ty: &Type, surface: &Surface) -> bool {
    match ty {
        Type::Secret => true,
        Type::Optional(inner) | Type::List(inner) => secret_in(inner, surface),
        Type::Record(name) => surface.record(name).is_ok_and(|record| record.holds_secret(surface)),
        _ => false,
    }
}

impl Type {
    /// Whether it may be left out of options: optional, a flag, a list, or a function.
    pub fn may_be_absent(&self) -> bool {
        matches!(
            self,
            Self::Optional(_) | Self::Bool | Self::List(_) | Self::KeyFunction | Self::DeliverFunction | Self::EventFunction
        )
    }
}
