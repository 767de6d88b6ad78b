use proptest::prelude::*;
use serde_json::{Map, Number, json};

use super::*;

#[test]
fn a_member_named_twice_is_refused_at_any_depth() {
    assert_eq!(decode(br#"{"a":1,"a":1}"#), Err(NotJson));
    assert_eq!(decode(br#"[{"b":{"a":1,"a":2}}]"#), Err(NotJson));
    assert_eq!(decode(br#"{"a":{"a":1}}"#), Ok(json!({"a": {"a": 1}})));
}

#[test]
fn integers_beyond_a_double_are_text_and_exact() {
    let body = br#"{"a":9007199254740991,"b":9007199254740992,"c":-9007199254740993,"d":18446744073709551616,"e":"18446744073709551616"}"#;
    let want = json!({"a": 9_007_199_254_740_991_u64, "b": "9007199254740992", "c": "-9007199254740993", "d": "18446744073709551616", "e": "18446744073709551616"});
    assert_eq!(decode(body), Ok(want));
}

#[test]
fn what_is_not_json_is_refused() {
    for body in ["", "{", "{}x", "NaN", "[1,]", "{\"a\":\"\\ud800\"}", "1e400", "\u{1}", "<html>", "{'a':1}"] {
        assert_eq!(decode(body.as_bytes()), Err(NotJson), "{body}");
    }
    assert_eq!(decode(b"\xff\xfe"), Err(NotJson));
    assert_eq!(decode(&[b'['; 100_000]), Err(NotJson));
    assert_eq!(decode(b"\xef\xbb\xbf{}"), Ok(json!({})));
    assert_eq!(decode(b"1e300"), Ok(json!(1e300)));
    assert_eq!(decode(b"-0.0"), Ok(json!(-0.0)));
}

#[test]
fn long_digits_inside_text_are_left_alone() {
    let body = br#"{"a":"x\"12345678901234567890","n":12345678901234567890123}"#;
    assert_eq!(decode(body), Ok(json!({"a": "x\"12345678901234567890", "n": "12345678901234567890123"})));
}

#[test]
fn nesting_ends_where_the_library_that_decodes_ends() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    for depth in 126..130 {
        let reads = serde_json::from_slice::<Value>(&nested(depth)).is_ok();
        assert_eq!(decode(&nested(depth)).is_ok(), reads, "{depth}");
    }
}

#[test]
fn a_repeated_name_is_found_however_it_is_spelled_and_however_many_there_are() {
    assert_eq!(decode(br#"{"a":1,"\u0061":2}"#), Err(NotJson));
    assert_eq!(decode(br#"{"a":12345678901234567890,"\u0061":2}"#), Err(NotJson));
    assert_eq!(decode(br#"{"\u00e9":1,"b":{},"\u00e8":2}"#), Ok(json!({"\u{e9}": 1, "b": {}, "\u{e8}": 2})));
    let many = |names: &mut dyn Iterator<Item = u32>| {
        format!("{{{}}}", names.map(|name| format!("\"n{name}\":[{name}]")).collect::<Vec<_>>().join(","))
    };
    assert!(decode(many(&mut (0..10_000)).as_bytes()).is_ok());
    assert_eq!(decode(many(&mut (0..10_000).chain([17])).as_bytes()), Err(NotJson));
}

#[test]
fn values_are_found_where_they_stand() {
    let body = br#" {"a":{"b~/c":[1,{"d":"\u0041"}]},"e":null,"f":1.5,"g":-3,"h":true,"i":[]} "#;
    let document = Document::read(body).unwrap();
    let root = document.root();
    assert_eq!(root.pointer("/a/b~0~1c/1/d").unwrap().text().unwrap(), "A");
    assert_eq!(root.pointer("").unwrap().members().count(), 6);
    assert_eq!(root.pointer("/a/b~0~1c").unwrap().raw(), r#"[1,{"d":"\u0041"}]"#);
    assert_eq!((root.get("f").unwrap().decimal(), root.get("g").unwrap().count()), (Some(1.5), None));
    assert_eq!((root.get("g").unwrap().text_or_number(), root.get("h").unwrap().as_bool()), (Some("-3".to_owned()), Some(true)));
    assert_eq!(
        (root.get("f").unwrap().text_or_number(), root.get("h").unwrap().text_or_number()),
        (Some("1.5".to_owned()), None)
    );
    assert_eq!(root.get("i").unwrap().items().unwrap().count(), 0);
    let names = |names: [&str; 3]| names.map(str::to_owned);
    assert_eq!(root.member(&names(["x", "g", "h"])).unwrap().raw(), "-3");
    assert_eq!(root.member(&names(["e", "g", "h"])).unwrap().raw(), "-3");
    assert_eq!(root.first(&names(["/e", "/x", "/g"])).unwrap().raw(), "-3");
    assert!(root.member(&names(["e", "x", "e"])).is_none());
    for nowhere in ["/x", "/a/x", "/i/0", "/f/0", "a", "/a/b~0~1c/x"] {
        assert!(root.pointer(nowhere).is_none(), "{nowhere}");
    }
}

#[test]
fn what_is_kept_reads_like_a_value_and_shows_its_text() {
    let document = Document::read(br#"{"b": 1, "a": [2]}"#).unwrap();
    let kept = document.root().json();
    assert_eq!((kept["b"].as_u64(), kept.to_string().as_str()), (Some(1), r#"{"b": 1, "a": [2]}"#));
    assert_eq!(
        (&kept, serde_json::to_value(&kept).unwrap()),
        (&Json::from(json!({"a": [2], "b": 1})), json!({"a": [2], "b": 1}))
    );
    assert_ne!(kept, Json::from(json!({"a": [2], "b": 2})));
}

/// JSON without what is ours alone to refuse: repeated names, and integers that become text.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53) + 1..1 << 53).prop_map(Value::from),
        any::<f64>().prop_map(|float| Number::from_f64(float).map_or(Value::Null, Value::Number)),
        "\\PC{0,12}|[\u{0}-\u{1f}\"\\\\]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let member = ("[a-e\"\\\\é]{0,3}", inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            prop::collection::vec(member, 0..6).prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read(value in value(), is_pretty: bool) {
        let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert_eq!(decode(text.as_bytes()).ok(), serde_json::from_str(&text).ok());
    }

    #[test]
    fn what_is_accepted_is_what_the_library_accepts(value in value(), at: prop::sample::Index, byte in prop_oneof![Just(b'"'), Just(b'\\'), any::<u8>()], way in 0..3) {
        let mut body = value.to_string().into_bytes();
        let at = at.index(body.len());
        match way {
            0 => body[at] = byte,
            1 => body.insert(at, byte),
            _ => drop(body.remove(at)),
        }
        match (decode(&body), serde_json::from_slice::<Value>(&body)) {
            (Ok(ours), Ok(theirs)) => prop_assert!(ours == theirs || holds_large(&theirs), "{ours} {theirs}"),
            (Err(NotJson), Err(_)) => {}
            // Their last of two members of one name stands: written again, the text is shorter.
            (Err(NotJson), Ok(theirs)) => prop_assert!(count(&theirs) < names(&body), "{}", String::from_utf8_lossy(&body)),
            (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{error}"),
        }
    }
}

/// Whether a number is in it that we give as text.
fn holds_large(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() >= 9e15),
        Value::Array(items) => items.iter().any(holds_large),
        Value::Object(members) => members.values().any(holds_large),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.len() + members.values().map(count).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// How many members are named in a text that is JSON.
fn names(body: &[u8]) -> usize {
    let mut in_string = false;
    let mut at = 0;
    let mut found = 0;
    while at < body.len() {
        match body[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b':' if !in_string => found += 1,
            _ => {}
        }
        at += 1;
    }
    found
}

#[test]
fn a_broken_text_in_a_list_costs_that_text_alone() {
    let name = |body: &[u8]| {
        let document = Document::read_list(body).ok()?;
        let name = document.root().get("name")?;
        Some((name.text().map(std::borrow::Cow::into_owned), document.root().json().as_str().to_owned()))
    };
    let broken = |kept: &str| Some((None, kept.to_owned()));
    for half in ["\\ud83d", "\\udc00", "\\ud83d\\n", "\\ud83d\\u0041", "\\ud83d\\ud83d\\ude00"] {
        let kept = half.replacen("\\ud83d", "\\ufffd", 1).replace("\\udc00", "\\ufffd");
        let (body, kept) = [half, &kept].map(|text| format!(r#"{{"name":"a{text}b"}}"#)).into();
        assert_eq!(name(body.as_bytes()), broken(&kept), "{body}");
        assert!(Document::read(body.as_bytes()).is_err());
        assert!(serde_json::from_str::<Value>(&kept).is_ok());
    }
    assert_eq!(name(b"{\"name\":\"caf\xe9\"}"), broken(r#"{"name":"caf\ufffd"}"#));
    // What breaks more than a text breaks the list.
    for body in [&b"{\"name\xe9\":1}"[..], br#"{"na\ud83dme":1}"#, b"{\xe9}", br#"{"a":1,"a":2}"#, b"{"] {
        assert!(Document::read_list(body).is_err());
    }
    // A long integer beside it is text, as ever.
    assert_eq!(name(br#"{"n":12345678901234567890,"name":"\ud83d"}"#), broken(r#"{"n":"12345678901234567890","name":"\ufffd"}"#));
}
