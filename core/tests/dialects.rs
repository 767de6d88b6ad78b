//! Dialects: those that ship make sense in every variant, and what makes no sense is refused by
//! file, key and reason.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use keywright::{CapabilityInfo, Dialect, ErrorKind};
use proptest::prelude::*;
use toml::{Table, Value};

const ACME: &str = include_str!("../../examples/acme.toml");
const FILES: [(&str, &str); 6] = [
    ("seclai", include_str!("../dialects/seclai.toml")),
    ("segops", include_str!("../dialects/segops.toml")),
    ("sidclaw", include_str!("../dialects/sidclaw.toml")),
    ("seenty", include_str!("../dialects/seenty.toml")),
    ("itellico", include_str!("../dialects/itellico.toml")),
    ("acme", ACME),
];

/// The base, `live` (which every dialect has, if only as the base), and whatever else a file names.
fn variants(text: &str) -> Vec<String> {
    let mut names = vec!["documented".to_owned(), "live".to_owned()];
    let tables: Table = text.parse().unwrap();
    let own = tables.get("variant").and_then(Value::as_table).into_iter().flat_map(Table::keys);
    names.extend(own.filter(|name| *name != "live").cloned());
    names
}

#[test]
fn every_dialect_that_ships_makes_sense_in_every_variant() {
    for (id, text) in FILES {
        for variant in variants(text) {
            let dialect = Dialect::from_toml_variant(text, &variant).unwrap_or_else(|error| panic!("{id} {variant}: {error}"));
            assert_eq!((dialect.id(), dialect.variant()), (id, variant.as_str()));
        }
    }
    for id in Dialect::BUILTIN {
        assert_eq!(Dialect::builtin(id).unwrap().id(), id);
        assert_eq!(Dialect::builtin_variant(id, "live").unwrap().variant(), "live");
    }
}

#[test]
fn every_built_in_service_answers_for_all_eleven_key_operations() {
    for id in Dialect::BUILTIN {
        for variant in ["documented", "live"] {
            let known = Dialect::builtin_variant(id, variant).unwrap().capabilities();
            let keys: Vec<&CapabilityInfo> = known.iter().filter(|info| info.name.starts_with("keys.")).collect();
            assert_eq!(keys.len(), 11, "{id}");
            for info in keys {
                assert_eq!(info.http.is_some(), info.supported, "{id} {variant} {}", info.name);
                // What is missing comes with what to do instead, in a sentence and not in a word.
                let remedy = info.remedy.as_deref().unwrap_or_default();
                assert!(info.supported || remedy.split(' ').count() >= 4, "{id} {variant} {}: `{remedy}`", info.name);
            }
        }
    }
}

/// The entries that state something about a service's behaviour, under their path in the file.
fn claims(tables: &Table, path: &str, found: &mut Vec<(String, Table)>) {
    for (name, value) in tables {
        let Some(table) = value.as_table() else { continue };
        let here = format!("{path}{name}");
        let is_claim =
            ["http", "unsupported", "same_as", "poll", "kind", "mode", "title"].iter().any(|key| table.contains_key(*key));
        if is_claim {
            found.push((here, table.clone()));
        } else {
            claims(table, &format!("{here}."), found);
        }
    }
}

#[test]
fn every_claim_about_a_service_says_how_we_know() {
    for (id, text) in FILES {
        let mut found = Vec::new();
        claims(&text.parse().unwrap(), "", &mut found);
        assert!(found.iter().any(|(path, _)| path.starts_with("op.")), "{id}");
        for (path, table) in found {
            let source = table.get("source").and_then(Value::as_str).unwrap_or_default();
            let known = ["documented", "observed", "assumed"].contains(&source.split(':').next().unwrap());
            assert!(known, "{id}: {path} has the source `{source}`");
        }
    }
}

/// The text of Acme with one change. An empty `from` appends.
fn changed(from: &str, to: &str) -> String {
    if from.is_empty() {
        return format!("{ACME}\n{to}\n");
    }
    assert!(ACME.contains(from), "`{from}` does not stand in examples/acme.toml");
    ACME.replacen(from, to, 1)
}

fn refused(text: &str, variant: &str, key: &str, reason: &str) {
    let error = Dialect::from_toml_variant(text, variant).expect_err(&format!("{key} {reason}"));
    assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("dialect")), "{error}");
    let place = if key.is_empty() { "(dialect)".to_owned() } else { format!("(dialect: {key})") };
    let said = error.to_string();
    assert!(said.contains(&place), "`{said}` does not name {place}");
    assert!(said.contains(reason), "`{said}` does not say `{reason}`");
    assert!(said.contains("dialects/README.md"), "{said}");
}

/// What is changed in Acme, what it is changed into, the key that is named, and a part of the reason.
type Case = (&'static str, &'static str, &'static str, &'static str);

fn all_refused(cases: &[Case]) {
    for (from, to, key, reason) in cases {
        refused(&changed(from, to), "documented", key, reason);
    }
}

#[test]
fn text_that_is_no_dialect_is_refused() {
    all_refused(&[
        ("[account]", "[account", "", "line 20"),
        ("id = \"acme\"", "id = \"acme\"\nid = \"acme\"", "", "duplicate key"),
        ("title = \"Acme\"\n", "", "service.title", "is missing"),
        ("resend = \"never\"\nsource = \"documented\"", "resend = \"never\"", "op.create.source", "is missing"),
        (", page = \"things\", source = \"documented\" }", ", page = \"things\" }", "resource.things.list.source", "is missing"),
        ("title = \"Acme\"", "title = \"Acme\"\ntitel = \"Acme\"", "service.titel", "unknown field `titel`"),
        ("", "[things]", "things", "unknown field `things`"),
        ("title = \"Acme\"", "title = 5", "service.title", "invalid type: integer `5`, expected a string"),
        ("secret = \"token\"", "secret = 5", "key.secret", "must be the name of a member, or a list of names"),
    ]);
    for (text, key) in [("", "service"), ("[service]\nid = 'x'", "service.title")] {
        refused(text, "documented", key, "is missing");
    }
}

#[test]
fn a_service_that_makes_no_sense_is_refused() {
    let address = "no_base_url = \"give `base_url`: Acme is an example and lives only in the sandbox\"\n";
    all_refused(&[
        ("id = \"acme\"", "id = \"Acme!\"", "service.id", "must be lower-case letters, digits and underscores"),
        (address, "", "service.base_url", "is missing (or say in `no_base_url` why there is none)"),
        (address, "base_url = \"https://a\"\nbase_path_drop = \"v1\"\n", "service.base_path_drop", "must begin with `/`"),
        (address, "base_url = \"https://a\"\nrequest_id = \"a b\"\n", "service.request_id", "is not a header name"),
        (
            "lives only in the sandbox\"\nsource = \"documented\"",
            "lives only in the sandbox\"\nsource = \"rumour\"",
            "service.source",
            "`rumour` must be documented",
        ),
        (
            "lives only in the sandbox\"\nsource = \"documented\"",
            "lives only in the sandbox\"\nsource = \"documented:\"",
            "service.source",
            "documented:<row>",
        ),
        ("in = \"header\"", "in = \"body\"", "account.required", "is missing"),
        ("in = \"header\"", "in = \"cookie\"", "account.in", "unknown variant `cookie`, expected one of `none`"),
        ("name = \"X-Acme-Org\"\n", "", "account.name", "is missing"),
        ("name = \"X-Acme-Org\"", "name = \"X Acme\"", "account.name", "is not a header name"),
        ("in = \"header\"", "in = \"path\"", "account.path", "is missing"),
        (
            "in = \"header\"",
            "in = \"path\"\npath = \"/v1/{account}/x\"",
            "account.path",
            "must begin with `/` and end in `{account}`",
        ),
        ("in = \"header\"", "in = \"path\"\npath = \"/v1/{account}\"", "account.me", "is missing"),
        (
            "in = \"header\"",
            "in = \"path\"\npath = \"/v1/{account}\"\nme = \"me\"\nplain = \"v1\"",
            "account.plain",
            "must begin with `/`",
        ),
    ]);
}

#[test]
fn a_credential_that_cannot_be_presented_is_refused() {
    let jwt = "[auth.login]\nmode = \"jwt\"\nlogin = \"POST /login\"\nrefresh = \"POST /refresh\"\naccess = \"/a\"\n";
    let csrf = "[auth.login]\nmode = \"cookie_csrf\"\nlogin = \"POST /login\"\ncookie = \"s\"\ncsrf_cookie = \"c\"\n";
    let case = |table: &str, more: &str, key: &str, reason: &str| {
        refused(&changed("", &format!("{table}{more}\nsource = \"assumed\"")), "documented", key, reason);
    };
    case(jwt, "", "auth.login.mode", "`jwt` needs `refresh_token`");
    case(jwt, "refresh_token = \"r\"", "auth.login.mode", "`r` must be a JSON pointer");
    case(&jwt.replace("POST /login", "POST login"), "", "auth.login.mode", "must have a whole path");
    case(&jwt.replace("POST /login", "/login"), "", "auth.login.mode", "must be a method, a space and a path");
    case(jwt, "refresh_token = \"/r\"\nenv = [\"ACME_EMAIL\"]", "auth.login.mode", "must name two variables");
    case(csrf, "csrf_header = \"X-C\"", "auth.login.mode", "`cookie_csrf` needs `lifetime`, in seconds");
    case(&csrf.replace("\"s\"", "\"s; x\""), "", "auth.login.mode", "`cookie` must be letters");
    case("[auth.login]\nmode = \"bearer\"", "", "auth.login.mode", "a login logs in, a key or token does not");
    all_refused(&[
        ("use = [\"key\"]", "use = []", "auth.use", "must name at least one credential"),
        ("use = [\"key\"]", "use = [\"keys\"]", "auth.use", "`keys` must be key, token or login"),
        ("manage = [\"key\"]", "manage = [\"login\"]", "auth.manage", "there is no `[auth.login]`"),
        ("mode = \"header\"", "mode = \"basic\"", "auth.key.mode", "`basic` must be header, bearer, scheme, jwt or cookie_csrf"),
        ("mode = \"header\"", "mode = \"scheme\"", "auth.key.mode", "`scheme` needs `word`"),
        ("mode = \"header\"", "mode = \"scheme\"\nword = \"Api Key\"", "auth.key.mode", "`word` must be letters"),
        ("name = \"X-Acme-Key\"\n", "", "auth.key.mode", "`header` needs `name`"),
        ("name = \"X-Acme-Key\"", "name = \"\"", "auth.key.mode", "is not a header name"),
        (
            "mode = \"header\"",
            "mode = \"jwt\"\nlogin = \"POST /l\"\nrefresh = \"POST /r\"\naccess = \"\"\nrefresh_token = \"\"",
            "auth.key.mode",
            "a login logs in",
        ),
    ]);
}

#[test]
fn a_list_or_a_key_that_cannot_be_read_is_refused() {
    all_refused(&[
        ("position = \"cursor\"\n", "", "page.tokens", "needs `position`"),
        ("more = \"/cursor\"\n", "", "page.tokens", "needs `more` or `total`"),
        ("more = \"/cursor\"", "total = \"/count\"", "page.tokens", "needs `more`, where the next cursor stands"),
        ("items = \"/tokens\"", "items = \"tokens\"", "page.tokens", "must be a JSON pointer"),
        ("style = \"cursor\"", "style = \"link\"", "page.tokens.style", "unknown variant `link`, expected one of `single`"),
        ("items = \"/tokens\"", "items = \"/tokens\"\nsource = \"page\"", "page.tokens", "`page` must be documented"),
        ("message = [\"/text\"]", "message = [\"text\"]", "error.message", "must be a JSON pointer"),
        ("code = [\"/code\"]", "code = [\"/code\"]\nretry_after = \"wait\"", "error.retry_after", "must be a JSON pointer"),
        ("id = \"token_id\"", "id = []", "key.id", "must name at least one member"),
        (
            "status = [{ from = \"state\", map = { on = \"active\", off = \"revoked\" } }]",
            "status = []",
            "key.status",
            "needs at least one rule",
        ),
        (
            "{ from = \"state\", map",
            "{ is = \"active\", map",
            "key.status[0]",
            "must be `{ from, map? }`, `{ is, when }` or `{ is }`",
        ),
        ("{ from = \"state\", map", "{ form = \"state\", map", "key.status[0].form", "unknown field `form`"),
        ("", "[answer]\nobject = \"data\"", "op.create", "must be a JSON pointer"),
    ]);
}

#[test]
fn an_operation_that_cannot_be_sent_is_refused() {
    all_refused(&[
        ("[op.list]", "[op.lists]", "op.lists", "is not a key operation"),
        ("http = \"POST /v2/tokens\"\n", "", "op.create", "needs exactly one of `http`, `unsupported` and `same_as`"),
        ("http = \"POST /v2/tokens\"", "http = \"POST /v2/tokens\"\nunsupported = \"no\"", "op.create", "needs exactly one of"),
        (
            "",
            "[op.delete]\nsame_as = \"archive\"\nsource = \"assumed\"",
            "op.delete.same_as",
            "`archive` is not an operation that this service has",
        ),
        ("POST /v2/tokens\"", "FETCH /v2/tokens\"", "op.create", "`FETCH` must be GET, POST, PUT, PATCH or DELETE"),
        ("POST /v2/tokens\"", "/v2/tokens\"", "op.create", "must be a method, a space and a path"),
        ("POST /v2/tokens\"", "POST v2/tokens\"", "op.create", "must begin with `/`, `{account}` or `{account?}`"),
        ("/v2/tokens/{id}/disable", "/v2/tokens/{id", "op.revoke", "has a `{` without `}`"),
        ("/v2/tokens/{id}/disable", "/v2/tokens/{Id}/disable", "op.revoke", "is not a lower-case name"),
        (
            "/v2/tokens/{id}/disable",
            "/v2/tokens/{token}/disable",
            "op.revoke",
            "a place `{token}` that `keys.revoke` does not fill",
        ),
        ("/v2/tokens/{id}/disable", "{account}/tokens/{id}/disable", "op.revoke", "needs `in = \"path\"` under `[account]`"),
        ("GET /v2/things", "GET {account?}/things", "resource.things.list", "needs `in = \"path\"` under `[account]`"),
        ("resend = \"never\"", "resend = \"idempotent\"", "op.create", "a repeated create or rotate makes a second secret"),
        (
            "",
            "[op.rotate]\nhttp = \"PUT /v2/tokens/{id}/secret\"\nsource = \"assumed\"",
            "op.rotate",
            "`resend` must be \"never\"",
        ),
        (
            "resend = \"never\"",
            "resend = \"sometimes\"",
            "op.create.resend",
            "unknown variant `sometimes`, expected one of `safe`, `idempotent`, `never`",
        ),
        ("page = \"tokens\"", "page = \"token\"", "op.list", "there is no `[page.token]`"),
        ("page = \"tokens\"\n", "", "op.list", "there is no `[page.default]`"),
        (
            "body = { name",
            "body = { nmae",
            "op.create",
            "`body` has `nmae`, but `keys.create` knows only name, scopes, expires_at, account",
        ),
        (
            "needs = [\"active\"]",
            "body = { name = \"label\" }",
            "op.revoke",
            "`body` has `name`, but `keys.revoke` knows only account",
        ),
        ("needs = [\"active\"]", "query = { name = \"label\" }", "op.revoke", "but `keys.revoke` has nothing to put there"),
        (
            "needs = [\"active\"]",
            "needs = [\"unused\"]",
            "op.revoke.needs[0]",
            "unknown variant `unused`, expected one of `active`",
        ),
        ("needs = [\"active\"]", "idempotency = \"a b\"", "op.revoke", "is not a header name"),
        ("needs = [\"active\"]", "answer = \"data\"", "op.revoke", "must be a JSON pointer"),
    ]);
}

#[test]
fn what_names_something_that_is_not_there_is_refused() {
    let refusal = "[refusal.odd]\nkind = \"conflict\"\nsource = \"assumed\"";
    let action = |line: &str| changed("[client]", &format!("{line}\n\n[client]"));
    all_refused(&[
        ("steps = [\"revoke\"]", "steps = [\"disable\"]", "retire.steps", "`disable` must be delete, archive or revoke"),
        ("steps = [\"revoke\"]", "steps = [\"delete\"]", "retire.steps", "`delete` is not an operation that this service has"),
        ("steps = [\"revoke\"]", "steps = [\"revoke\"]\nnext_on = [\"used\"]", "retire.next_on", "there is no `[refusal.used]`"),
        (
            "kind = \"unauthenticated\"",
            "kind = \"unauthorized\"",
            "refusal.invalid.kind",
            "`unauthorized` is not a kind of error",
        ),
        ("", refusal, "refusal.odd", "needs `status` or `code`"),
        (
            "kind = \"unauthenticated\"",
            "kind = \"unauthenticated\"\nop = \"keys.burn\"",
            "refusal.invalid.op",
            "`keys.burn` is neither an operation",
        ),
    ]);
    for (line, key, reason) in [
        ("get = { source = \"assumed\" }", "resource.things.get", "needs `http`"),
        (
            "get = { http = \"GET /t\", returns = \"file\", source = \"assumed\" }",
            "resource.things.get.returns",
            "unknown variant `file`",
        ),
        (
            "get = { http = \"GET /t\", body = \"id\", source = \"assumed\" }",
            "resource.things.get.body",
            "must be `true`, for any JSON, or a list of the members",
        ),
        (
            "all = { http = \"GET /t\", returns = \"page\", source = \"assumed\" }",
            "resource.things.all",
            "there is no `[page.default]`",
        ),
        (
            "wait = { poll = \"get\", done = [\"on\"], every = 1.0, source = \"assumed\" }",
            "resource.things.wait",
            "`poll` must name another action",
        ),
        (
            "wait = { poll = \"list\", done = [\"on\"], every = 0.0, source = \"assumed\" }",
            "resource.things.wait",
            "0.1 to 3600 seconds",
        ),
        ("wait = { poll = \"list\", every = 1.0, source = \"assumed\" }", "resource.things.wait", "needs `done`"),
    ] {
        refused(&action(line), "documented", key, reason);
    }
}

#[test]
fn a_variant_that_does_not_fit_is_refused() {
    let own = changed("", "[variant.beta.service]\nbase_url = \"https://beta.acme.test\"");
    assert_eq!(Dialect::from_toml_variant(&own, "beta").unwrap().variant(), "beta");
    refused(&own, "gamma", "variant", "there is no variant `gamma` (there is: documented beta)");
    refused(
        &changed("", "[variant.documented.service]\ntitle = \"A\""),
        "live",
        "variant",
        "`documented` is the name of the base",
    );
    refused(&format!("variant = 5\n{ACME}"), "live", "variant", "must be a table");
    refused(&changed("", "[variant.live]\nservice = 5"), "live", "variant", "`service` must be a table");
    refused(&changed("", "[variant.live.service]\ntitel = \"A\""), "live", "service.titel", "unknown field `titel`");
    let error = Dialect::builtin_variant("seclai", "beta").unwrap_err();
    assert!(error.to_string().contains("(seclai.toml: variant)"), "{error}");
    let error = Dialect::builtin("seclay").unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("service")));
    assert!(error.to_string().contains("seclai, segops, sidclaw, seenty, itellico"), "{error}");
}

/// One change that a person, an editor or a broken disk makes to a file.
#[derive(Debug, Clone)]
enum Slip {
    Insert(usize, String),
    Remove(usize, usize),
    Repeat(usize, usize),
    Drop(usize),
    Swap(usize, usize),
}

impl Slip {
    fn make(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let mut lines: Vec<&str> = text.lines().collect();
        let at = |place: usize, length: usize| place.checked_rem(length).unwrap_or(0);
        let place = |place: &usize| at(*place, letters.len());
        let line = |place: &usize| at(*place, lines.len());
        match self {
            Self::Insert(from, new) => {
                let (head, tail) = letters.split_at(place(from));
                head.iter().chain(&new.chars().collect::<Vec<_>>()).chain(tail).collect()
            }
            Self::Remove(from, count) => {
                let from = place(from);
                letters[..from].iter().chain(letters.iter().skip(from + count)).collect()
            }
            Self::Repeat(from, count) => {
                let (from, count) = (place(from), *count);
                let run = letters[from..].iter().take(count);
                letters[..from].iter().chain(run).chain(&letters[from..]).collect()
            }
            Self::Drop(which) if !lines.is_empty() => {
                lines.remove(line(which));
                lines.join("\n")
            }
            Self::Swap(one, other) if !lines.is_empty() => {
                let (one, other) = (line(one), line(other));
                lines.swap(one, other);
                lines.join("\n")
            }
            Self::Drop(_) | Self::Swap(..) => text.to_owned(),
        }
    }
}

fn slip() -> impl Strategy<Value = Slip> {
    let place = || any::<usize>();
    let odd = prop_oneof![
        "\\PC{1,4}",
        "[\\[\\]{}=\"'.,?/#\n\u{0}\u{e9}\u{1f600}]{1,6}",
        Just("{".repeat(300)),
        Just("a.".repeat(300)),
        Just("= [[[[[[[[[[".to_owned()),
        Just("99999999999999999999".to_owned()),
    ];
    prop_oneof![
        (place(), odd).prop_map(|(from, new)| Slip::Insert(from, new)),
        (place(), 1..40_usize).prop_map(|(from, count)| Slip::Remove(from, count)),
        (place(), 1..200_usize).prop_map(|(from, count)| Slip::Repeat(from, count)),
        place().prop_map(Slip::Drop),
        (place(), place()).prop_map(|(one, other)| Slip::Swap(one, other)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_dialect_panic(file in 0..FILES.len(), slips in proptest::collection::vec(slip(), 1..4)) {
        let text = slips.iter().fold(FILES[file].1.to_owned(), |text, slip| slip.make(&text));
        for variant in ["documented", "live", "\u{e9}"] {
            if let Err(error) = Dialect::from_toml_variant(&text, variant) {
                prop_assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("dialect")));
                prop_assert!(error.to_string().contains("(dialect"), "{}", error);
            }
        }
    }

    #[test]
    fn no_noise_makes_a_dialect_panic(text in "\\PC{0,300}") {
        prop_assert!(Dialect::from_toml(&text).is_err());
    }
}
