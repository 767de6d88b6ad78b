//! Credentials over time and side by side: never mixed, never kept longer than was asked for, and
//! not mistaken when the two sides' clocks disagree (security K14, Y89, Y90).
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use keywright::{Account, Client, ClientOptions, CreateKey, ErrorKind, Management, ManualClock};
use keywright_sandbox::{JournalEntry, Options, Sandbox};
use sha2::{Digest, Sha256};

const NOW: &str = "2026-03-23T10:00:00Z";

fn sandbox() -> Sandbox {
    Sandbox::start_with(Options::new().clock(&format!("frozen {NOW}"))).unwrap()
}

fn options(base_url: &str, clock: &ManualClock) -> ClientOptions {
    ClientOptions::new().env::<&str, &str>([]).base_url(base_url).clock(Arc::new(clock.clone()))
}

/// A client that logs in; its clock is off by so many minutes, as it is on many machines.
fn manager(sandbox: &Sandbox, keep_password: bool, minutes_off: i64) -> (Client, ManualClock) {
    let given = sandbox.segops();
    let now: keywright::Timestamp = NOW.parse().unwrap();
    let clock = ManualClock::at(now + keywright::SignedDuration::from_secs(60 * minutes_off));
    let login = Management::login(given.email.as_str(), given.password.as_str());
    let options = options(&given.base_url, &clock).management(login).keep_password(keep_password);
    (Client::new("segops", options.account(Account::id(given.tenant_slug.as_str()))).unwrap(), clock)
}

fn pass(sandbox: &Sandbox, clock: &ManualClock, minutes: u64) {
    sandbox.clock().advance(Duration::from_secs(60 * minutes));
    clock.advance(Duration::from_secs(60 * minutes));
}

fn seen(sandbox: &Sandbox, path: &str) -> usize {
    sandbox.journal().iter().filter(|entry| entry.path == path).count()
}

const LOGIN: &str = "/api/auth/token/";
const REFRESH: &str = "/api/auth/token/refresh/";

/// K14: 10,000 calls of two clients in one process, each with its own key.
#[tokio::test]
async fn two_clients_never_use_each_other_s_key() {
    const ROUNDS: usize = 100;
    const AT_ONCE: usize = 50;
    let sandbox = sandbox();
    let given = sandbox.seclai();
    let clock = ManualClock::at(NOW.parse().unwrap());
    let first = Client::new("seclai", options(&given.base_url, &clock).api_key(given.api_key.as_str())).unwrap();
    let second = first.keys().create(CreateKey::new()).await.unwrap().secret.clone();
    let keys = [given.api_key.as_str(), second.expose()];
    let clients = keys.map(|key| Client::new("seclai", options(&given.base_url, &clock).api_key(key)).unwrap());
    for _ in 0..ROUNDS {
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            for (client, path) in clients.iter().cloned().zip(["/me", "/agents"]) {
                running.spawn(async move { client.get(path).send().await.map(|_| ()) });
            }
        }
        running.join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    }
    let journal = sandbox.journal();
    for (key, path) in keys.iter().zip(["/me", "/agents"]) {
        let digest: String = Sha256::digest(key).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let shown = ("x-api-key".to_owned(), format!("sha256:{digest}"));
        let own: Vec<&JournalEntry> = journal.iter().filter(|entry| entry.path == path).collect();
        // The journal forgets its oldest entry, the create, at most.
        assert!(own.len() >= ROUNDS * AT_ONCE - 1, "{}", own.len());
        assert!(own.iter().all(|entry| entry.headers.contains(&shown) && entry.status == Some(200)), "{path}");
    }
}

/// Y89: a password that was not to be kept is gone after the first login: when the login is over
/// the caller hears of it, and no second login is tried.
#[tokio::test]
async fn a_password_is_kept_only_as_long_as_was_asked_for() {
    for keep in [true, false] {
        let sandbox = sandbox();
        let (client, clock) = manager(&sandbox, keep, 0);
        client.keys().create(CreateKey::new().name("a")).await.unwrap();
        // The refresh token ends after seven days.
        pass(&sandbox, &clock, 8 * 24 * 60);
        let result = client.keys().create(CreateKey::new().name("b")).await;
        if keep {
            result.unwrap();
        } else {
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.reason()), (ErrorKind::Unauthenticated, Some("expired")));
            assert!(error.remedy().unwrap().contains("keep_password"));
        }
        assert_eq!(seen(&sandbox, LOGIN), if keep { 2 } else { 1 });
    }
}

/// Y90: how old a token is follows from its own two times, so a clock that is five minutes off
/// neither renews it early nor sends it dead.
#[tokio::test]
async fn a_clock_that_is_off_does_not_age_a_token() {
    for minutes_off in [-5, 0, 5] {
        let sandbox = sandbox();
        let (client, clock) = manager(&sandbox, true, minutes_off);
        client.keys().create(CreateKey::new().name("a")).await.unwrap();
        pass(&sandbox, &clock, 57);
        client.keys().create(CreateKey::new().name("b")).await.unwrap();
        assert_eq!((seen(&sandbox, LOGIN), seen(&sandbox, REFRESH)), (1, 0), "{minutes_off}");
        pass(&sandbox, &clock, 4);
        client.keys().create(CreateKey::new().name("c")).await.unwrap();
        assert_eq!((seen(&sandbox, LOGIN), seen(&sandbox, REFRESH)), (1, 1), "{minutes_off}");
        assert!(sandbox.journal().iter().all(|entry| entry.status != Some(401)), "{minutes_off}");
    }
}
