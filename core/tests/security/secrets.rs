//! G1 to G6: what is never shown.

use std::sync::{Arc, Mutex};

use keywright::testing::{Fault, Phase, Reached, ReplayTransport, Reply, TransportError};
use keywright::{Account, CreateKey, Deliver, Delivery, ErrorKind, Event, Management, Observer, OnCancel, PageRequest, Secret};

use crate::support::settle;
use crate::{KEY, bench, json, shown, with};

const NEW: &str = "odd/new+CANARY=of no shape";

#[test]
fn g1_a_secret_prints_nowhere_and_has_no_serializer() {
    // More specific for what can be serialised: a secret must fall through to the other.
    trait Fallback {
        fn is_serialised(&self) -> bool {
            false
        }
    }
    impl<T> Fallback for &T {}
    struct Probe<T>(T);
    impl<T: serde::Serialize> Probe<&T> {
        fn is_serialised(&self) -> bool {
            true
        }
    }
    impl<T> Fallback for Probe<T> {}
    let secret = Secret::new("CANARY");
    assert!(Probe(&"text").is_serialised() && !Probe(&secret).is_serialised());
    let texts = [format!("{secret}"), format!("{secret:?}"), format!("{secret:#?}"), format!("{secret:>20}")];
    assert!(texts.iter().all(|text| !text.contains("CANARY")), "{texts:?}");
}

/// Every event as text.
#[derive(Debug, Default)]
struct RecordingObserver(Mutex<String>);

impl Observer for RecordingObserver {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push_str(&format!("{event:?}\n"));
    }
}

#[track_caller]
fn hides(what: &str, text: &str, secret: &str) {
    let place = text.to_ascii_lowercase().find(&secret.to_ascii_lowercase());
    assert!(place.is_none(), "{what} shows it: {}", &text[place.unwrap_or(0).saturating_sub(60)..]);
}

/// The key in use comes back as an id: of a run, of an orphan, of a candidate, as a name on the way.
#[tokio::test]
async fn g2_the_key_echoed_as_an_id_is_in_no_error_event_or_debug() {
    let stream = Reply::status(200).header("content-type", "text/event-stream");
    let cut = TransportError { fault: Fault::Truncated, phase: Phase::Body, reached: Reached::Head, reused: false };
    let bench1 = bench(ReplayTransport::new().answer(stream.chunk(format!("data: {{\"run_id\":\"{KEY}\"}}\n\n")).cut(cut)));
    let mut events = bench1.run(bench1.client.runs().stream("a", &serde_json::json!({ "input": "x" }))).await.unwrap();
    assert!(events.next().await.unwrap().is_ok());
    hides("Debug of a stream", &format!("{events:?}"), KEY);
    let error = events.next().await.unwrap().unwrap_err();
    hides("the error of a stream", &shown(&error), KEY);
    assert!(error.remedy().unwrap().contains("[redacted]"), "{error}");
    assert_eq!(events.run_id(), Some(KEY), "data is handed over as it came");

    let list = format!(
        r#"{{"data":[{{"id":"{KEY}","name":"ci","created_at":"2023-09-29T16:26:37Z"}}],"pagination":{{"has_next":false}}}}"#
    );
    let lost = TransportError { fault: Fault::Reset, phase: Phase::Send, reached: Reached::Request, reused: false };
    let bench2 = bench(ReplayTransport::new().fail(lost).answer(json(200, &list)));
    let error = bench2.run(bench2.client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
    assert_eq!(error.candidates(), ["[redacted]"]);
    hides("a candidate", &shown(&error), KEY);

    let bench3 = bench(ReplayTransport::new().answer(json(200, &format!(r#"{{"{KEY}":{{"a":"x"}}}}"#))));
    let answer = bench3.run(bench3.client.get("/v1/me").send()).await.unwrap();
    let error = answer.json::<std::collections::BTreeMap<String, std::collections::BTreeMap<String, u8>>>().unwrap_err();
    hides("a place in JSON", &shown(&error), KEY);
    assert!(error.to_string().contains("`[redacted]"), "{error}");

    let running = json(200, &format!(r#"{{"run_id":"r","status":"{KEY}"}}"#));
    let bench4 = bench(ReplayTransport::new().endless(running));
    let patient = bench4.client.options(keywright::CallOptions::new().timeout(std::time::Duration::from_secs(9))).unwrap();
    let error = bench4.run(patient.runs().wait("r")).await.unwrap_err();
    hides("the status of what is waited for", &shown(&error), KEY);
}

#[tokio::test]
async fn g2_an_orphan_whose_id_is_a_secret_is_told_without_it() {
    for id in [KEY, NEW] {
        let heard = Arc::new(RecordingObserver::default());
        let made = json(201, &format!(r#"{{"id":"{id}","name":null,"key":"{NEW}","created_at":"2023-09-29T16:26:37Z"}}"#));
        let listener = Arc::clone(&heard);
        let bench = with("seclai", ReplayTransport::new().answer(made), |options| options.api_key(KEY).observer(listener));
        let keys = bench.client.keys().delivery(Delivery::new().on_cancel(OnCancel::Keep));
        let mut call = Box::pin(keys.create(CreateKey::new()));
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
        settle().await;
        drop(call);
        settle().await;
        let heard = heard.0.lock().unwrap().clone();
        assert!(heard.contains("OrphanKey"), "{heard}");
        hides("an event", &heard, id);
    }
    for id in [KEY, NEW] {
        let heard = Arc::new(RecordingObserver::default());
        let listener = Arc::clone(&heard);
        let made = json(201, &format!(r#"{{"id":"{id}","name":null,"key":"{NEW}"}}"#));
        let bench = with("seclai", ReplayTransport::new().answer(made), |options| options.api_key(KEY).observer(listener));
        let sealed = Deliver::new(|_| async { Err("the vault is sealed".into()) });
        let keys = bench.client.keys().delivery(Delivery::new().deliver(sealed));
        let error = bench.run(keys.create(CreateKey::new())).await.unwrap_err();
        hides("a candidate that was not delivered", &shown(&error), id);
        let heard = heard.0.lock().unwrap().clone();
        assert!(heard.contains("OrphanKey"), "{heard}");
        hides("an event about one that was not delivered", &heard, id);
    }
    let bench = bench(ReplayTransport::new().answer(json(201, &format!(r#"{{"id":"{KEY}","name":null}}"#))));
    let error = bench.run(bench.client.keys().create(CreateKey::new())).await.unwrap_err();
    assert_eq!(error.candidates(), ["[redacted]"]);
    hides("a candidate whose secret was not told", &shown(&error), KEY);
}

/// Secrets that the call was not sent with: all that the client holds.
#[tokio::test]
async fn g3_every_secret_of_the_client_is_hidden_whichever_the_call_was_sent_with() {
    const PASSWORD: &str = "pass/CANARY word";
    const REFRESH: &str = "refresh+CANARY.token";
    let login = || json(200, &format!(r#"{{"access":"e30.e30.CANARYaccess","refresh":"{REFRESH}"}}"#));
    for secret in [PASSWORD, REFRESH, "e30.e30.CANARYaccess", "sk_CANARYkey/odd"] {
        let body = serde_json::json!({ "detail": format!("no {secret}!"), "message": secret, "code": secret, secret: [secret] });
        let script = ReplayTransport::new().answer(login()).endless(json(403, &body.to_string()).header("x-request-id", secret));
        let bench = with("segops", script, |options| {
            let options = options.management(Management::login("ops@acme.test", PASSWORD)).account(Account::id("acme"));
            options.api_key("sk_CANARYkey/odd")
        });
        let error = bench.run(bench.client.keys().delete("1")).await.unwrap_err();
        hides("an error", &shown(&error), secret);
        let error = bench.run(bench.client.segments().list(PageRequest::new())).await.unwrap_err();
        hides("an error with another credential", &shown(&error), secret);
    }
    for secret in ["seenty_owner_CANARY0123456789", "odd owner's token CANARY".trim_matches(' ')] {
        let secret = &secret.replace([' ', '\''], "/");
        let script = ReplayTransport::new()
            .endless(json(404, &format!(r#"{{"error":{{"message":"{secret}","code":"{secret}"}},"message":"{secret}"}}"#)));
        let bench = with("seenty", script, |options| {
            options.api_key("sk_live_0123456789abcdef").management(Management::token(secret.as_str()))
        });
        let error = bench.run(bench.client.monitors().list(PageRequest::new())).await.unwrap_err();
        hides("an error about the API key", &shown(&error), secret);
    }
}

#[tokio::test]
async fn g3_a_redirect_to_a_host_that_is_the_key_shows_neither() {
    let key = "sk-CANARY0123456789ABCDEFGH";
    for host in [key.to_owned(), format!("x.{key}"), format!("{key}.evil.test")] {
        let location: &'static str = format!("https://{host}/p?k={key}").leak();
        let bench = with("seclai", ReplayTransport::new().answer(Reply::status(302).header("location", location)), |options| {
            options.api_key(key)
        });
        let error = bench.run(bench.client.get("/v1/me").send()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        hides(&host, &shown(&error), key);
    }
}

/// A refused create, or one that cannot be read, may hold the new secret in any form.
#[tokio::test]
async fn g4_no_answer_to_a_create_a_rotate_or_a_login_is_quoted() {
    let bodies = [
        format!("<p>{NEW}</p>"),
        NEW.to_owned(),
        format!(r#"{{"id":"k1","key":"{NEW}"#),
        format!(r#"[{{"id":"k1","key":"{NEW}"}}]"#),
    ];
    for body in bodies {
        for status in [200, 201, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
            let repeated: &'static str = NEW;
            let answer = Reply::status(status).chunk(body.clone()).header("x-request-id", repeated);
            let rotating =
                with("sidclaw", ReplayTransport::new().endless(answer.clone()), |options| options.api_key("ai_0123456789abcdef"));
            let creating = bench(ReplayTransport::new().endless(answer.clone()));
            let raw = creating.client.post("/api-keys").json(&1);
            for error in [
                creating.run(creating.client.keys().create(CreateKey::new().name("ci"))).await.err(),
                rotating.run(rotating.client.keys().rotate("k9")).await.err(),
                creating.run(raw.send()).await.err(),
            ] {
                let Some(error) = error else { continue };
                assert_eq!(error.excerpt(), None, "{status} {body}");
                hides(&format!("{status} {body}"), &shown(&error), NEW);
            }
            for service in ["segops", "sidclaw"] {
                let bench = with(service, ReplayTransport::new().endless(answer.clone()), |options| {
                    let options = options.management(Management::login("ops@acme.test", "a password"));
                    if service == "segops" { options.account(Account::id("acme")) } else { options }
                });
                let error = bench.run(bench.client.keys().delete("1")).await.unwrap_err();
                assert_eq!(error.excerpt(), None, "{service} {status} {body}");
                hides(&format!("{service} {status} {body}"), &shown(&error), NEW);
            }
        }
    }
    // What a service says in words stays, without the secret that stands where secrets stand.
    let refusal = serde_json::json!({ "detail": format!("there is one: {NEW}"), "existing": [{ "id": "k1", "key": NEW }] });
    let bench = bench(ReplayTransport::new().answer(json(409, &refusal.to_string())));
    let error = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap_err();
    assert_eq!(error.message(), Some("there is one: [redacted]"));
}

#[tokio::test]
async fn g5_a_new_secret_stands_in_its_place_only() {
    let spelled = ["odd\\/new+CANARY=of no shape", "odd%2fnew%2BCANARY%3Dof%20no%20shape", "ODD/NEW+canary=OF NO SHAPE"];
    for spelled in spelled {
        let body = format!(
            r#"{{"id":"k1","name":"{spelled}","key":"{NEW}","example":{{"{spelled}":["x {spelled}"]}},"prefix":"odd/"}}"#
        );
        let repeated: &'static str = NEW;
        let bench = bench(ReplayTransport::new().answer(json(201, &body).header("x-request-id", repeated)));
        let made = bench.run(bench.client.keys().create(CreateKey::new().name("ci"))).await.unwrap();
        assert_eq!((made.secret.expose(), made.key.prefix.as_deref()), (NEW, Some("odd/")));
        let debug = format!("{made:?} {} {:?}", made.key.data, made.meta.request_id);
        assert!(!debug.to_ascii_lowercase().contains("canary"), "{debug}");
    }
}

/// `core/tests/canary` does this with every status and body; here: it listens to all of it.
#[test]
fn g6_the_canary_hears_both_ways_to_log_and_every_level() {
    let canary = [include_str!("../canary/main.rs"), include_str!("../canary/listen.rs")].concat();
    for must in ["impl tracing::Subscriber", "impl log::Log", "LevelFilter::Trace", "for status in 200..600", "set_hook"] {
        assert!(canary.contains(must), "{must}");
    }
}
