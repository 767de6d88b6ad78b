//! What the worst texts cost, in steps and, where it is asked for, in time.

use super::scan::{STEPS, most_broken, most_values};
use super::{Document, Partial};

/// As long as an answer may be unless a caller says otherwise.
const LONGEST: usize = 8 << 20;

/// A text of about that length: pieces, numbered, between two ends.
fn filled(length: usize, open: &str, close: &str, piece: impl Fn(u32) -> String) -> Vec<u8> {
    let mut text = String::from(open);
    for number in 0.. {
        let piece = piece(number);
        if text.len() + piece.len() + close.len() >= length {
            break;
        }
        text.extend([if number == 0 { "" } else { "," }, &piece]);
    }
    text.push_str(close);
    text.into_bytes()
}

/// Numbers that are in no order.
fn mixed(number: u32) -> u32 {
    number.wrapping_mul(0x9e37_79b9)
}

fn texts(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let list = |piece: &str| filled(length, "[", "]", |_| piece.to_owned());
    let object = |piece: fn(u32) -> String| filled(length, "{", "}", piece);
    let thirteen: Vec<_> = (0..13).map(|name| format!("\"\\n{name}\":1")).collect();
    let cut = |mut text: Vec<u8>| {
        text.pop();
        text
    };
    let mut twice = object(|n| format!("\"{:x}\":\"123456789\"", mixed(n)));
    twice.truncate(twice.len() - 40);
    while twice.last().is_some_and(|byte| *byte != b',') {
        twice.pop();
    }
    twice.extend(b"\"0\":1}");
    vec![
        ("numbers", list("1")),
        ("numbers, fewer", list("11111111111")),
        ("lists", list("[]")),
        ("lists, fewer", list("[         ]")),
        ("nesting", list(&["[".repeat(125), "]".repeat(125)].concat())),
        ("floats", list("1e300")),
        ("one integer", vec![b'9'; length]),
        ("long integers", list("9007199254740993")),
        ("one text", [b"[\"".to_vec(), vec![b'a'; length], b"\"]".to_vec()].concat()),
        ("one text, cut", [b"[\"".to_vec(), vec![b'a'; length]].concat()),
        ("escapes", list(&format!("\"{}\"", "\\n".repeat(100)))),
        ("surrogates", list(&format!("\"{}\"", "\\ud83d\\ude00".repeat(100)))),
        ("members", object(|n| format!("\"{n:x}\":1"))),
        ("members, fewer", object(|n| format!("\"{:x}\":\"123456789\"", mixed(n)))),
        ("members, escaped", object(|n| format!("\"\\n{:x}\":\"123456\"", mixed(n)))),
        ("members of one beginning", object(|n| format!("\"{}{:x}\":1", "a".repeat(40), mixed(n)))),
        ("members, cut", cut(object(|n| format!("\"{:x}\":\"12345678\"", mixed(n))))),
        ("members, one twice", twice),
        ("members with long integers", object(|n| format!("\"{:x}\":9007199254740993", mixed(n)))),
        ("objects", list(r#"{"a":1,"b":1}"#)),
        ("objects of escaped names", list(r#"{"\n":"1234567890"}"#)),
        ("objects whose names may repeat", list(&format!("{{{}}}", thirteen.join(",")))),
        ("bytes that are no Unicode", [b"[\"".to_vec(), vec![0xff; length], b"\"]".to_vec()].concat()),
        (
            "bytes that are no Unicode, fewer",
            [b"[\"".to_vec(), b"\xff1234567890123456".repeat(length / 17), b"\"]".to_vec()].concat(),
        ),
        ("halves of surrogates", list(&format!("\"{}\"", "\\ud800".repeat(100)))),
        ("halves beside long integers", list(r#""\ud800",9007199254740993,1234567890123456789"#)),
    ]
}

/// Steps to read a body as a list, which reads the most.
fn steps(body: &[u8]) -> usize {
    STEPS.set(0);
    let _ = Document::read(body).is_ok() || Document::read_list(body).is_ok();
    STEPS.get()
}

/// A text of four times the length takes four times the steps, whatever stands in it. Sorting takes
/// a few more.
#[test]
fn steps_grow_with_the_length_alone() {
    for ((name, short), (_, long)) in texts(1 << 15).iter().zip(texts(1 << 17)) {
        let (few, many) = (steps(short), steps(&long));
        assert!(many < few * 5 + 1_000, "{name}: {few} steps become {many}");
        assert!(many < 24 * long.len(), "{name}: {many} steps for {} bytes", long.len());
    }
}

#[test]
fn a_text_of_more_values_than_any_answer_has_is_refused_early() {
    let list = |values: usize| [&b"["[..], &b"1,".repeat(values - 2), b"1]"].concat();
    let most = most_values(0);
    assert!(Document::read(&list(most)).is_ok());
    assert!(Document::read(&list(most + 1)).is_err());
    for (name, text) in texts(LONGEST) {
        let marks = Document::read(&text).map_or(0, |document| document.root().all());
        assert!(marks <= most, "{name}: {marks}");
    }
    // Both ways to read give up.
    assert!(steps(&list(4 * most)) < 3 * steps(&list(most)), "beyond the limit nothing is read");
    // More is allowed to longer texts only, in proportion.
    assert_eq!((most_values(LONGEST), most_values(4 * LONGEST)), (most, 4 * most));
}

#[test]
fn a_list_with_more_broken_text_than_text_is_refused_and_any_other_is_not() {
    let list = |broken: &[u8], times: usize| [&b"[\""[..], &broken.repeat(times), b"\"]"].concat();
    for broken in [&b"\xff"[..], br"\ud800"] {
        assert!(Document::read_list(&list(broken, 1_000)).is_ok());
        assert!(Document::read_list(&list(broken, 100_000)).is_err());
    }
    let names = [&b"{\"name\":\"Jos\xe9 Mu\xf1oz, 1 rue de la Paix\"},"[..]; 10_000].concat();
    let body = [b"[", names.strip_suffix(b",").unwrap(), b"]"].concat();
    assert_eq!(Document::read_list(&body).unwrap().root().items().unwrap().count(), 10_000);
    assert!(most_broken(body.len()) > 20_000);
}

/// The time that this thread has run, in nanoseconds, where the system tells it.
fn used() -> u64 {
    let read = || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok();
    read().unwrap_or(0)
}

#[test]
#[ignore = "a measurement: it asserts nothing, and means something with --release only"]
fn the_time_of_the_worst_texts() {
    for (name, text) in texts(LONGEST) {
        let timed = |work: &dyn Fn()| {
            let before = used();
            (0..5).for_each(|_| work());
            (used() - before) as f64 / 5e6
        };
        let read = timed(&|| drop(Document::read(&text)));
        let list = timed(&|| drop(Document::read_list(&text)));
        let partial = timed(&|| drop(Partial::read(&text, "/data/0", |_| false)));
        let per_mib = read.max(list) * f64::from(1 << 20) / text.len() as f64;
        println!("{name:34} {read:6.1} ms, as a list {list:6.1} ms, cut {partial:6.1} ms; {per_mib:5.1} ms for a MiB");
    }
}
