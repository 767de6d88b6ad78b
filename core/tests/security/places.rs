//! G7 to G11: where a credential goes, and what may not lead it elsewhere.

use std::time::Duration;

use http::Method;
use keywright::testing::{HttpTransport, ReplayTransport, Reply, TransportOptions};
use keywright::{Account, Client, ClientOptions, CreateKey, Dialect, ErrorKind, PageRequest};

use crate::{KEY, bench, json, shown};

#[tokio::test]
async fn g7_nothing_in_an_answer_leads_a_request_elsewhere() {
    let elsewhere = "https://elsewhere.test/steal?a=b";
    let link = r#"{"data":[],"next":"https://elsewhere.test/p2","pagination":{"has_next":true,"next":"https://elsewhere.test/p2"},"base_url":"https://elsewhere.test"}"#;
    for status in [200, 201, 300, 301, 302, 303, 304, 305, 307, 308, 401, 403, 407, 429, 503] {
        let answer = Reply::json(status, link)
            .header("location", elsewhere)
            .header("www-authenticate", "Bearer realm=\"https://elsewhere.test\"")
            .header("link", "<https://elsewhere.test/p2>; rel=\"next\"")
            .header("refresh", "0; url=https://elsewhere.test/")
            .header("alt-svc", "h2=\"elsewhere.test:443\"")
            .header("content-location", elsewhere);
        let bench = bench((0..24).fold(ReplayTransport::new(), |script, _| script.answer(answer.clone())));
        let (keys, agents) = (bench.client.keys(), bench.client.agents());
        bench
            .run(async {
                let _ = keys.list(PageRequest::new()).await;
                let _ = agents.list(PageRequest::new()).await.map(|page| page.into_stream().collect());
                let _ = bench.client.get("/v1/me").await;
                let _ = keys.create(CreateKey::new().name("ci")).await;
            })
            .await;
        let sent = bench.wire.sent();
        assert!(sent.len() >= 4);
        for sent in sent {
            assert_eq!(sent.request.url.origin().ascii_serialization(), "https://api.example.test", "{status}");
            assert!(!sent.request.headers.contains_key("referer") && !sent.request.headers.contains_key("cookie"));
        }
    }
}

/// Proxies and TLS: `sockets.rs`, and in `core/src/transport/tests` more of each.
#[test]
fn g8_plain_http_is_for_this_machine_only() {
    let client = |url: &str| Client::new("seclai", ClientOptions::new().env::<&str, &str>([]).api_key(KEY).base_url(url));
    for url in
        ["http://h.test", "http://127.0.0.1.evil.test", "http://localhost.evil.test", "http://0x7f.1.evil.test", "HTTP://H.TEST"]
    {
        let error = client(url).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("base_url")), "{url}");
    }
    for url in ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9", "https://h.test"] {
        assert!(client(url).is_ok(), "{url}");
    }
}

/// That an answer with another certificate is refused: `sockets.rs`.
#[test]
fn g9_there_is_no_switch_to_trust_any_certificate() {
    let surface = include_str!("../../../tests/surface.json").to_ascii_lowercase();
    let options =
        [include_str!("../../src/options.rs"), include_str!("../../src/transport/mod.rs")].concat().to_ascii_lowercase();
    for text in [&surface, &options] {
        for switch in ["verify_", "insecure_tls", "danger", "accept_invalid", "skip_cert"] {
            assert!(!text.contains(switch), "{switch}");
        }
    }
    let transport = include_str!("../../src/transport/http.rs");
    assert!(!transport.contains("danger"));
}

#[tokio::test]
async fn g10_what_could_become_another_header_path_or_host_is_refused_and_not_shown() {
    let bench = bench(ReplayTransport::new());
    let paths = [
        "",
        "v1",
        "https://evil.test/CANARY",
        "//evil.test",
        "/a//b",
        "/a?b",
        "/a#b",
        "/a\\b",
        "/CANARY/../b",
        "/%2e%2e/b",
        "/a%2f..%2fb",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%252fb",
        "/..;/admin",
        "/CANARY/..;jsessionid=1/b",
        "/a\r\nX: y",
        "/a%0d%0aX:y",
        "/\u{85}",
    ];
    for path in paths {
        let error = bench.client.get(path).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("path")), "{path:?}");
        assert!(!shown(&error).contains("CANARY"), "{path:?}");
    }
    for id in ["", ".", "..", "../CANARY", "a/b", "a\\b", "%2e%2e", "%2F", "%252f", "..;", "a?b", "a#b", "a\nb", " a", "a\0"] {
        let error = bench.client.keys().get(id).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("id")), "{id:?}");
        assert!(Account::id(id).to_string() == id && bench.client.account(Account::id(id)).is_err() || !id.contains("CANARY"));
    }
    for (name, value) in [
        ("x\r\ny", "1"),
        ("x", "1\r\ny: 2"),
        ("x y", "1"),
        ("x", "\0"),
        ("authorization", "Bearer CANARY"),
        ("host", "evil.test"),
        ("x-api-key", "CANARY"),
        ("cookie", "CANARY"),
    ] {
        let error = bench.client.get("/v1").header(name, value).await.unwrap_err();
        assert_eq!(error.field(), Some("headers"), "{name:?}");
        assert!(!shown(&error).contains("CANARY"));
    }
    for method in [Method::CONNECT, Method::TRACE] {
        let error = bench.client.request(method, "/v1").await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("method")));
    }
    for url in [
        "https://u:CANARY@h.test",
        "https://h.test/?CANARY",
        "https://h.test/#CANARY",
        "https://h\\.test",
        "https:///CANARY",
        "ftp://CANARY",
    ] {
        let error = Client::new("seclai", ClientOptions::new().env::<&str, &str>([]).api_key(KEY).base_url(url)).unwrap_err();
        assert!(error.field() == Some("base_url") && !shown(&error).contains("CANARY"), "{url}");
    }
    assert_eq!(bench.wire.sent().len(), 0);
}

/// What a shell makes of it: `core/src/client/curl.rs`.
#[test]
fn g11_a_curl_command_holds_no_credential_and_no_second_command() {
    let bench = bench(ReplayTransport::new());
    let request =
        bench.client.post("/v1/x").query("q", "$(id)`id`'").header("x-note", "'; id #").body("text/plain", "@/etc/passwd'; id");
    let command = request.to_curl().unwrap();
    assert!(!command.contains(KEY) && command.contains("$SECLAI_API_KEY"));
    let outside_quotes: String = command.replace(r"'\''", "").split('\'').step_by(2).map(str::to_owned).collect();
    assert!(!outside_quotes.contains(';') && !outside_quotes.contains('`') && !outside_quotes.contains("$("), "{command}");
    assert!(command.contains("--data-raw '@/etc/passwd"));
    let evil = include_str!("../../../examples/acme.toml").replace("ACME_API_KEY", "X$(id)");
    assert_eq!(Dialect::from_toml(&evil).unwrap_err().kind(), ErrorKind::Config);
}

#[tokio::test]
async fn g10_a_path_takes_no_longer_for_each_of_its_parts() {
    let bench = bench(ReplayTransport::new().endless(json(200, "{}")));
    // A reader that decodes once for each part would take 10^11 steps.
    let path = format!("/%{}41", "25".repeat(500_000));
    assert!(bench.run(bench.client.get(path).send()).await.is_ok());
    let _ = HttpTransport::new(TransportOptions::default().connect_timeout(Duration::MAX));
}
