//! Lists that are walked while they change, and what is told of members that cannot be read.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::{Arc, Mutex};

use keywright::testing::{ReplayTransport, Reply};
use keywright::{Client, ClientOptions, CreateKey, ErrorKind, Event, EventName, ManualClock, Observer, PageRequest, Shared};

fn list(ids: &[&str], has_next: bool) -> Reply {
    let keys: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}","created_at":"2020-01-01T00:00:00Z"}}"#)).collect();
    Reply::json(200, format!(r#"{{"data":[{}],"pagination":{{"has_next":{has_next}}}}}"#, keys.join(",")))
}

/// Clients of one process at one service.
struct Clients {
    clock: ManualClock,
    wire: Arc<ReplayTransport>,
    shared: Shared,
}

impl Clients {
    fn new(script: ReplayTransport) -> Self {
        let clock = ManualClock::at("2023-09-29T16:26:37Z".parse().unwrap());
        Self { shared: Shared::new(Arc::new(clock.clone())), clock, wire: Arc::new(script) }
    }

    fn options(&self, base: &str) -> ClientOptions {
        let options = ClientOptions::new().env::<&str, &str>([]).base_url(base).api_key("sk-0123456789abcdef");
        options.clock(Arc::new(self.clock.clone())).shared(self.shared.clone()).transport(self.wire.clone())
    }

    fn at(&self, base: &str) -> Client {
        Client::new("seclai", self.options(base)).unwrap()
    }

    fn sent(&self) -> Vec<String> {
        let sent = self.wire.sent();
        sent.iter().map(|sent| format!("{} {}", sent.request.method, &sent.request.url[url::Position::BeforePath..])).collect()
    }
}

const HERE: &str = "https://api.example.test";

#[tokio::test]
async fn a_walk_starts_again_when_another_client_of_this_process_removes_a_key() {
    let script = ReplayTransport::new()
        .answer(list(&["a", "b"], true))
        .answer(Reply::status(204))
        .answer(list(&["b", "c"], true))
        .answer(list(&["d"], false));
    let clients = Clients::new(script);
    let (walker, other) = (clients.at(HERE), clients.at(HERE));
    let mut keys = walker.keys().stream();
    let mut given = Vec::new();
    while let Some(key) = keys.next().await {
        given.push(key.unwrap().id.to_string());
        if given.len() == 2 {
            other.keys().delete("a").await.unwrap();
        }
    }
    assert_eq!(given, ["a", "b", "c", "d"]);
    assert_eq!(clients.sent(), ["GET /api-keys", "DELETE /api-keys/a", "GET /api-keys", "GET /api-keys?page=2"]);
}

#[tokio::test]
async fn what_happens_elsewhere_or_to_other_things_leaves_a_walk_alone() {
    let script = ReplayTransport::new()
        .answer(list(&["a", "b"], true))
        .answer(Reply::status(204))
        .answer(Reply::status(204))
        .answer(list(&["c"], false));
    let clients = Clients::new(script);
    let (walker, elsewhere) = (clients.at(HERE), clients.at("https://other.example.test"));
    let page = walker.keys().list(PageRequest::new()).await.unwrap();
    elsewhere.keys().delete("x").await.unwrap();
    walker.sources().delete("y").await.unwrap();
    let last = page.next_page().await.unwrap().unwrap();
    assert_eq!((last.items.len(), last.has_next()), (1, false));
    assert_eq!(clients.sent().len(), 4);
}

#[tokio::test]
async fn a_key_that_is_created_on_the_way_is_not_given() {
    let script = ReplayTransport::new()
        .answer(list(&["a", "b"], true))
        .answer(Reply::json(201, r#"{"id":"new","key":"sk-fedcba9876543210","created_at":"2020-01-01T00:00:00Z"}"#))
        .answer(Reply::status(204))
        .answer(list(&["new", "b"], true))
        .answer(list(&["c"], false));
    let clients = Clients::new(script);
    let client = clients.at(HERE);
    let first = client.keys().list(PageRequest::new()).await.unwrap();
    client.keys().create(CreateKey::new()).await.unwrap();
    client.keys().delete("a").await.unwrap();
    let second = first.next_page().await.unwrap().unwrap();
    // Nothing on the first page was new, so the second was asked for at once.
    assert_eq!(second.items.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[tokio::test]
async fn a_page_that_is_no_more_makes_a_walk_start_again() {
    let script = ReplayTransport::new()
        .answer(list(&["a", "b"], true))
        .answer(list(&["c", "d"], true))
        .answer(Reply::status(204))
        .answer(Reply::json(404, r#"{"detail":"no such page"}"#))
        .answer(list(&["d", "e"], false));
    let clients = Clients::new(script);
    let client = clients.at(HERE);
    let first = client.keys().list(PageRequest::new()).await.unwrap();
    let second = first.next_page().await.unwrap().unwrap();
    client.keys().delete("a").await.unwrap();
    let third = second.next_page().await.unwrap().unwrap();
    assert_eq!((third.items[0].id.as_str(), third.items.len(), third.has_next()), ("e", 1, false));
}

#[tokio::test]
async fn a_page_can_be_gone_on_from_twice() {
    let script = ReplayTransport::new()
        .answer(list(&["a"], true))
        .answer(list(&["b"], true))
        .answer(list(&["b"], true))
        .answer(list(&["c"], false));
    let clients = Clients::new(script);
    let first = clients.at(HERE).keys().list(PageRequest::new()).await.unwrap();
    for _ in 0..2 {
        let second = first.next_page().await.unwrap().unwrap();
        assert_eq!(second.items[0].id, "b");
    }
    let client = clients.at(HERE);
    let token = first.next_token().unwrap();
    let error = client.agents().list(PageRequest::new().after(token)).await;
    // Another client knows nothing of the walk: its token is a place.
    assert_eq!(error.unwrap().items.len(), 1);
    assert_eq!(clients.sent().last().unwrap(), "GET /agents?page=2");
}

#[tokio::test]
async fn a_token_of_another_list_is_refused() {
    let clients = Clients::new(ReplayTransport::new().answer(list(&["a"], true)));
    let client = clients.at(HERE);
    let page = client.keys().list(PageRequest::new()).await.unwrap();
    let error = client.agents().list(PageRequest::new().after(page.next_token().unwrap())).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("after")));
    assert_eq!(clients.sent().len(), 1);
}

#[derive(Debug, Default)]
struct Warnings(Mutex<Vec<String>>);

impl Observer for Warnings {
    fn event(&self, event: &Event) {
        if event.name == EventName::Warning {
            self.0.lock().unwrap().extend(event.detail.clone());
        }
    }
}

#[tokio::test]
async fn one_warning_a_page_names_the_members_that_were_left_out_and_nothing_of_their_text() {
    let body = r#"{"data":[{"id":"a","last_used_at":"never","name":5},{"id":"b","last_used_at":"canary"},{"id":"c"}],"pagination":{"has_next":false}}"#;
    let clients = Clients::new(ReplayTransport::new().answer(Reply::json(200, body)));
    let warnings = Arc::new(Warnings::default());
    let client = Client::new("seclai", clients.options(HERE).observer(warnings.clone())).unwrap();
    assert_eq!(client.keys().list(PageRequest::new()).await.unwrap().items.len(), 3);
    let told = warnings.0.lock().unwrap().clone();
    let [told] = &told[..] else { panic!("{told:?}") };
    assert!(told.contains("`last_used_at` (2)") && told.contains("`name` (1)") && !told.contains("canary"), "{told}");
}
