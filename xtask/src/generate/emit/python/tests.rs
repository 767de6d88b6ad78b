//! What the emitter writes for a small surface, to the letter; and what it refuses.

use super::classes::{self, Form};
use super::{native, stubs};
use crate::generate::surface::{Doc, Enum, Field, Group, Method, Object, Record, Surface, Type};

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.to_owned(), ty, doc: format!("The {name}.") }
}

fn record(name: &str, is_taken: bool, fields: Vec<Field>) -> Record {
    let doc = Doc { text: vec![format!("A {name}.")], errors: String::new() };
    Record { name: name.to_owned(), doc, fields, is_taken, is_given: !is_taken }
}

fn method(name: &str, params: Vec<Field>, returns: Type) -> Method {
    Method {
        name: name.to_owned(),
        doc: Doc { text: vec!["Makes a thing.".to_owned()], errors: "`config`.".to_owned() },
        params,
        returns: Some(returns),
        throws: true,
        is_async: true,
        symbol: String::new(),
        checksum: (String::new(), 0),
    }
}

/// A client with one part, which makes a thing by its options.
fn small() -> Surface {
    let options = record("Wanted", true, vec![field("name", Type::Optional(Box::new(Type::Text))), field("fast", Type::Bool)]);
    let thing = record("Thing", false, vec![field("id", Type::Text), field("secret", Type::Secret)]);
    let create = method(
        "things_create",
        vec![field("place", Type::Text), field("wanted", Type::Record("Wanted".to_owned()))],
        Type::Record("Thing".to_owned()),
    );
    let info = record("ErrorInfo", false, vec![field("kind", Type::Enum("ErrorKind".to_owned()))]);
    Surface {
        client: Object { name: "Client".to_owned(), doc: Doc::default(), constructors: vec![], methods: vec![], symbols: None },
        groups: vec![Group { name: "things".to_owned(), doc: "Things.".to_owned(), is_bound: false, methods: vec![create] }],
        resources: vec![],
        services: vec![],
        objects: vec![],
        records: vec![options, thing, info],
        enums: vec![Enum {
            name: "ErrorKind".to_owned(),
            doc: Doc::default(),
            variants: vec![("config".to_owned(), "Wrong.".to_owned()), ("timeout".to_owned(), "Late.".to_owned())],
        }],
        functions: vec![],
        own_functions: vec![],
    }
}

fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from} in\n{text}"));
    let end = text[start..].find(to).map_or(text.len(), |end| start + end);
    text[start..end].trim_end()
}

#[test]
fn options_become_arguments_by_name() {
    let text = classes::clients(&small(), Form::Sync);
    let expected = r#"    def create(self, place: str, *, name: str | None = None, fast: bool = False) -> Thing:
        """Makes a thing.

        Args:
            place: The place.
            name: The name.
            fast: The fast.

        Raises:
            KeywrightError: `config`.
        """
        return self._client._native.things_create(None, place, name, fast)"#;
    assert_eq!(part(&text, "    def create(", "\n\n\n"), expected);
}

#[test]
fn the_async_form_awaits_the_same_native_method() {
    let text = classes::clients(&small(), Form::Async);
    let expected = "        return await call(self._client._native.things_create, place, name, fast)";
    assert_eq!(part(&text, "        return await", "\n"), expected);
    assert!(text.contains("class AsyncThings:"), "{text}");
}

#[test]
fn the_glue_takes_every_member_and_gives_the_record() {
    let text = native::text(&small()).unwrap();
    let expected =
        "    fn things_create<'py>(&self, py: Python<'py>, queue: Option<&Bound<'py, Queue>>, place: &Bound<'_, PyAny>, \
        name: &Bound<'_, PyAny>, fast: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            let call = Call::of(&self.0, queue);
            let place = from_py(place, \"place\")?;
            let wanted_given = facade::Wanted { name: from_py(name, \"name\")?, fast: from_py(fast, \"fast\")? };
            let inner = Arc::clone(&self.0.inner);
            call.run(py, async move { inner.things_create(place, wanted_given).await })
        }
    }";
    assert_eq!(part(&text, "    fn things_create", "\n}"), expected);
}

#[test]
fn what_holds_a_secret_is_not_pickled() {
    let text = native::text(&small()).unwrap();
    let thing = part(&text, "impl Thing {", "\n}");
    assert!(thing.contains("record::kept(\"Thing\", slf)"), "{thing}");
}

#[test]
fn every_kind_of_error_has_a_class() {
    let text = stubs::errors(&small()).unwrap();
    assert!(text.contains("class ConfigError(KeywrightError):"), "{text}");
    assert!(text.contains("class CallTimeoutError(KeywrightError, TimeoutError):"), "{text}");
}

#[test]
fn what_cannot_be_given_is_refused_by_name() {
    let mut surface = small();
    let wrong = field("hook", Type::Optional(Box::new(Type::KeyFunction)));
    surface.records[0].fields.push(wrong);
    assert_eq!(native::text(&surface).unwrap_err(), "things_create: hook: a function is optional by itself");
}
