//! Each way in which an answer or a request can differ is found.

use serde_json::json;

use super::*;
use crate::wire::parse;

fn names() -> Names {
    let mut names = Names::default();
    names.set("key", json!({ "id": "key_7", "count": 3 }));
    names
}

fn differences(expected: serde_json::Value, seen: serde_json::Value) -> usize {
    value_differs(&expected, &seen, &names(), "seclai").unwrap().len()
}

#[test]
fn order_and_further_elements_of_a_list_are_free() {
    assert_eq!(differences(json!({ "a": [1, 2] }), json!({ "a": [3, 2, 1] })), 0);
    assert_eq!(differences(json!({ "a": 1, "b": 2.0 }), json!({ "b": 2, "a": 1 })), 0);
}

#[test]
fn each_difference_of_a_body_is_found() {
    for (expected, seen) in [
        (json!({ "a": 1 }), json!({ "a": 1, "b": 2 })),
        (json!({ "a": 1, "b": 2 }), json!({ "a": 1 })),
        (json!({ "a": 1 }), json!({ "a": "1" })),
        (json!({ "a": null }), json!({ "a": "" })),
        (json!({ "a": [1] }), json!({ "a": [] })),
        (json!({ "a": [{ "b": 1 }] }), json!({ "a": [{ "b": 1, "c": 1 }] })),
        (json!({ "a": {} }), json!({ "a": [] })),
        (json!("{{key.id}}"), json!("key_8")),
        (json!("{{key.count}}"), json!("3")),
        (json!("key_{{any}}"), json!("key_")),
        (json!("key_{{any}}x"), json!("key_y")),
        (json!("{{time}}"), json!("now")),
    ] {
        assert_eq!(differences(expected.clone(), seen.clone()), 1, "{expected} against {seen}");
    }
}

#[test]
fn a_reference_without_a_value_is_an_error_of_the_example() {
    assert!(value_differs(&json!("{{nobody.id}}"), &json!(1), &names(), "seclai").is_err());
    assert!(value_differs(&json!("{{thing}}"), &json!(1), &names(), "seclai").is_err());
}

const EXAMPLE: &str = "# page: assumed\n# do: none, a test\n\nPOST /keys/{{key.id}}?a=1&b={{number}}\nX-Key: {{key.id}}\n\
    Cookie: session={{key.id}}\nContent-Type: application/json\n\n{ \"name\": \"ci\" }\n\n200\nSet-Cookie: s={{any}}\n\n{ \"ok\": true }\n";

fn call() -> Call {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Call {
        method: "POST".to_owned(),
        target: "/keys/key%5F7?b=7&a=1".to_owned(),
        headers: vec![
            header("x-key", "key_7"),
            header("cookie", "other=1; session=key_7"),
            header("content-type", "application/json; charset=utf-8"),
        ],
        body: br#"{"name":"ci"}"#.to_vec(),
    }
}

fn request_differences(change: impl Fn(&mut Call)) -> Vec<String> {
    let example = parse("seclai", "x.http", EXAMPLE).unwrap();
    let mut call = call();
    change(&mut call);
    request_differs(&example.request, &call, &names(), "seclai").unwrap()
}

#[test]
fn a_request_that_fits_has_no_difference() {
    assert_eq!(request_differences(|_| {}), [""; 0]);
}

#[test]
fn each_difference_of_a_request_is_found() {
    type Change = fn(&mut Call);
    let changes: [Change; 10] = [
        |call| call.method = "PUT".to_owned(),
        |call| call.target = "/keys/key_8?a=1&b=7".to_owned(),
        |call| call.target = "/keys/key_7?a=1".to_owned(),
        |call| call.target = "/keys/key_7?a=1&b=x".to_owned(),
        |call| call.target = "/keys/key_7?a=1&b=7&c=1".to_owned(),
        |call| call.headers[0].1 = "key_8".to_owned(),
        |call| call.headers[1].1 = "session=key_77".to_owned(),
        |call| call.headers[2].1 = "text/plain".to_owned(),
        |call| call.body = br#"{"name":"ci","more":1}"#.to_vec(),
        |call| call.body.clear(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert_eq!(request_differences(change).len(), 1, "change {index}");
    }
}

#[test]
fn each_difference_of_an_answer_is_found() {
    let example = parse("seclai", "x.http", EXAMPLE).unwrap();
    let answer = |status: u16, cookie: &str, body: &str| Answer {
        status,
        headers: vec![("set-cookie".to_owned(), cookie.to_owned())],
        body: body.as_bytes().to_vec(),
    };
    let count = |seen: Answer| answer_differs(&example.response, &seen, &names(), "seclai").unwrap().len();
    assert_eq!(count(answer(200, "s=1; HttpOnly", r#"{"ok":true}"#)), 0);
    assert_eq!(count(answer(201, "s=1", r#"{"ok":true}"#)), 1);
    assert_eq!(count(answer(200, "t=1", r#"{"ok":true}"#)), 1);
    assert_eq!(count(answer(200, "s=1", r#"{"ok":false}"#)), 1);
    assert_eq!(count(answer(200, "s=1", "")), 1);
}
