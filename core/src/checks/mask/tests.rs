use super::*;
use crate::Dialect;

fn mask(text: &str, secrets: &[&str]) -> String {
    let secrets = SecretsInUse::shapes_only().with(secrets.iter().map(|secret| Secret::new(*secret)));
    ServiceText::of(text).masked(&secrets).into_string()
}

#[test]
fn the_key_in_use_and_whatever_looks_like_one_is_hidden() {
    assert_eq!(mask("key my-own-odd-key is bad", &["my-own-odd-key"]), "key [redacted] is bad");
    assert_eq!(mask("no \"sk_live_abcdefgh12345678\"!", &[]), "no \"[redacted]\"!");
    assert_eq!(mask("token eyJhbGciOi.eyJzdWIi.sig", &[]), "token [redacted]");
    assert_eq!(mask(r#"["a\"b\\c"]"#, &[r#"a"b\c"#]), r#"["[redacted]"]"#);
    assert_eq!(mask("owned-by-owner owner", &["owner-by-owner", "owned-by"]), "[redacted]-owner owner");
    assert_eq!(mask("abcdabcdabcd", &["abcd"]), "[redacted]");
}

#[test]
fn every_spelling_that_is_written_down_is_known() {
    let secret = "pa/ss&wo\"rd\\k'y<é>";
    for spelled in [
        r#"pa\/ss\u0026wo\"rd\\k'y<é>"#,
        r#"pa\u002Fss\u0026wo\u0022rd\u005ck\u0027y\u003c\u00E9>"#,
        "pa%2Fss%26wo%22rd%5ck%27y%3c%C3%a9%3E",
        "pa/ss&amp;wo&quot;rd\\k&apos;y&lt;é&gt;",
        "pa&#47;ss&#38;wo&#x22;rd&#92;k&#39;y&lt;&#233;&gt;",
        r#"pa/ss\x26wo\x22rd\\k\'y<é>"#,
        "PA/SS&WO\"RD\\K'Y<é>",
        // JSON in JSON, a URL in JSON, JSON in a form.
        r#"pa\\\/ss\\u0026wo\\\"rd\\\\k'y<é>"#,
        r"pa\u00252Fss\u002526wo\u002522rd%5ck%27y%3c%C3%a9%3E",
        r"pa%5C%2Fss%5Cu0026wo%5C%22rd%5C%5Ck'y%3Cé%3E",
    ] {
        assert_eq!(mask(&format!("é {spelled} é"), &[secret]), "é [redacted] é", "{spelled}");
    }
}

#[test]
fn a_secret_that_holds_escapes_itself_is_found_in_any_spelling() {
    for (secret, spelled) in [
        ("a%41/b%2f", "a%41/b%2f"),
        ("a%41/b%2f", r"a%41\/b%2f"),
        ("a%41/b%2f", "a%2541%2Fb%252f"),
        (r"x\u0041/y", r"x\u0041/y"),
        (r"x\u0041/y", r"x\\u0041\/y"),
        ("41abcd/", "100%41abcd/"),
        ("nabcd/", r"C:\nabcd/"),
        ("a&amp;b;c", "a&amp;amp;b;c"),
    ] {
        let masked = mask(&format!("<{spelled}>"), &[secret]);
        assert!(masked.contains(HIDDEN) && !masked.contains("abcd") && masked.len() < 22, "{secret} in {spelled}: {masked}");
    }
}

#[test]
fn a_shape_is_known_behind_a_point_or_a_dash_in_any_case_and_with_all_its_characters() {
    for (text, shown) in [
        ("x.sk_live_abcdefgh1234", "x.[redacted]"),
        ("-sk_live_abcdefgh1234", "-[redacted]"),
        ("'SK_LIVE_ABCDEFGH1234'", "'[redacted]'"),
        ("sk_live_abcdefgh+1234/xyz==", "[redacted]"),
        ("seenty_owner_abcdefgh1234", "[redacted]"),
        ("%22sk-abcdefgh1234%22", "%22[redacted]%22"),
        (r"a\nsk-abcdefgh1234\n", r"a\n[redacted]\n"),
        (r"sk\u002dabcd\u0065fgh1234", "[redacted]"),
        ("https://h.test/?k=ai_abcdefgh12#x", "https://h.test/?k=[redacted]#x"),
        ("pk_abcdefgh1234 mk_abcdefgh1234", "[redacted] [redacted]"),
    ] {
        assert_eq!(mask(text, &[]), shown);
    }
}

#[test]
fn plain_words_and_shown_prefixes_stay() {
    for text in [
        "This API key has call history and cannot be deleted.",
        "keys begin with sk_live_",
        "ai_1234",
        "ApiKey 'key_abc123' not found",
        "é sk_ é",
        "risk-management and task-forces",
        "50% off, R&D; C:\\new\\table",
        "7f9c24e8-3b12-4c1f-8a61-0e5f3a0b9d77",
    ] {
        assert_eq!(mask(text, &[]), text);
        assert_eq!(mask(text, &["no such secret", "key"]), text);
    }
}

#[test]
fn the_shapes_of_a_service_of_ones_own_come_from_its_file() {
    let acme = Dialect::from_toml(include_str!("../../../../examples/acme.toml")).unwrap();
    let secrets = SecretsInUse::new(acme.0.shapes.clone());
    assert_eq!(&*ServiceText::of("no acme_abcdefgh1").masked(&secrets), "no [redacted]");
    assert_eq!(mask("no acme_abcdefgh1", &[]), "no acme_abcdefgh1");
    for service in Dialect::BUILTIN {
        let names = Dialect::builtin(service).unwrap().0.shapes.names().to_vec();
        for name in names {
            assert_eq!(mask(&format!("<{name}0123456789abc>"), &[]), "<[redacted]>", "{service}");
        }
    }
}

#[test]
fn a_text_is_masked_before_it_is_cut() {
    let secret = "odd/key=of no shape".repeat(9);
    for before in [0, 1, 1_990, 1_999, 2_000, 8_900, 9_010, 9_023] {
        for secret in [&secret, "odd/key"] {
            let masked = mask(&format!("{}{secret}{}", " ".repeat(before), "y".repeat(9_000)), &[secret]);
            assert!(!masked.contains("odd") && masked.len() <= LONGEST_SHOWN + 3, "{before}: {masked}");
        }
    }
    assert_eq!(ServiceText::of("i".repeat(129)).masked_id(&SecretsInUse::default()), None);
}

/// What looks like a key is known by twelve characters, which may stand beyond the cut.
#[test]
fn a_key_at_the_cut_is_known_by_what_stands_behind_the_cut() {
    for hidden in 1..12 {
        let text = |shown: usize| format!("{} sk_live_abcdefgh1234", "x".repeat(shown - 1 - hidden));
        let excerpt = super::excerpt(text(200).as_bytes(), &SecretsInUse::shapes_only()).unwrap();
        assert!(!excerpt.contains('s'), "{hidden}: {}", &*excerpt);
        assert!(!mask(&text(2_000), &[]).contains('s'), "{hidden}");
    }
}

#[test]
fn an_excerpt_is_short_printable_and_masked() {
    let excerpt = |body: &[u8], secret: &str| {
        super::excerpt(body, &SecretsInUse::shapes_only().with([Secret::new(secret)])).map(Masked::into_string)
    };
    let body = format!("\u{0}<html>{} sk_live_{}", "x".repeat(180), "k".repeat(500));
    let shown = excerpt(body.as_bytes(), "-").unwrap();
    assert!(shown.chars().count() <= 200 && !shown.contains("kkkk") && !shown.contains('\u{0}'));
    assert_eq!(excerpt(b"", "-"), None);
    for before in [0, 150, 190, 199, 795, 1_800, 3_190, 3_199] {
        let body = format!("{}odd/key=of no shape{}", " ".repeat(before), "y".repeat(4000));
        assert!(!excerpt(body.as_bytes(), "odd/key=of no shape").unwrap().contains("odd"), "{before}");
    }
    assert_eq!(excerpt(b"<p>odd/key=of", "odd/key=of no shape").unwrap(), "<p>[redacted]", "a body that was cut in it");
    assert_eq!(excerpt(b"<p>odd%2Fkey=of", "odd/key=of no shape").unwrap(), "<p>[redacted]");
}

#[test]
fn a_new_secret_is_hidden_in_all_that_stands_beside_it_and_nothing_else_is() {
    let mut value =
        serde_json::json!({ "a": ["use new-secret/1"], "new-secret/1": { "b": "new-secret%2F1" }, "prefix": "sk_live_abcd1234" });
    hide_in(&mut value, &Secret::new("new-secret/1"));
    let want = serde_json::json!({ "a": ["use [redacted]"], "[redacted]": { "b": "[redacted]" }, "prefix": "sk_live_abcd1234" });
    assert_eq!(value, want);
}

#[test]
fn text_of_a_service_prints_nowhere() {
    assert_eq!(format!("{:?}", ServiceText::of("CANARY")), "ServiceText(6 bytes)");
}

/// As many steps for a byte, however long the secret is and however it repeats itself.
#[test]
fn searching_takes_time_in_proportion_to_the_text_alone() {
    let text = "a".repeat(1 << 20);
    let long = Secret::new(format!("{}b", "a".repeat(1 << 20)));
    let mut places = 0;
    let secrets = SecretsInUse::shapes_only().with([long]);
    for _ in 0..20 {
        places += secrets.mask(&text, false).matches(HIDDEN).count();
    }
    // A search that grows with the product would take 10^13 steps here.
    assert_eq!(places, 0);
}
