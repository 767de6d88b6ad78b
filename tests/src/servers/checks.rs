//! The checks, each against an nginx of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use keywright::{CallOptions, Client, ClientOptions, Error, ErrorKind, PageRequest, Stop};
use serde_json::json;
use tokio::task::JoinSet;

use super::nginx::{Nginx, Settings, pause};
use super::{Identity, Logged, Outcome};

const KEY: &str = "sk-0123456789abcdef0123456789abcdef0123";

/// A place to try things in.
struct Harness<'a> {
    program: &'a Path,
    folder: &'a Path,
}

/// Every check and what it came to.
pub async fn all(program: &Path, folder: &Path) -> Vec<(&'static str, Outcome)> {
    let harness = |name: &str| -> (PathBuf, PathBuf) { (program.to_owned(), folder.join(name)) };
    let mut ended = Vec::new();
    macro_rules! check {
        ($($name:ident),* $(,)?) => {$(
            let (program, folder) = harness(stringify!($name));
            ended.push((stringify!($name), $name(&Harness { program: &program, folder: &folder }).await));
        )*};
    }
    check!(
        a_limiter_that_answers_429,
        a_limiter_that_answers_429_after_delays,
        a_limiter_that_answers_503,
        a_limiter_that_answers_503_after_delays,
        one_shot_calls_under_a_limiter_go_out_once,
        keep_alive_that_ends_by_count,
        keep_alive_that_ends_by_time,
        reload_under_load,
        thousands_of_calls_share_the_connections,
        tls_1_2_and_1_3_with_an_authority_of_our_own,
        a_default_self_signed_certificate,
        tls_1_1_only,
        a_client_certificate_is_wanted,
        a_body_that_is_too_large,
    );
    ended
}

impl Harness<'_> {
    async fn nginx(&self, settings: Settings<'_>) -> Result<Nginx, String> {
        Nginx::start(self.program, self.folder, settings).await
    }
}

fn client(url: &str, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Result<Client, String> {
    let options = ClientOptions::new().env::<&str, &str>([]).api_key(KEY).base_url(url).isolated_limits(true);
    Client::new("seclai", change(options)).map_err(|error| error.to_string())
}

/// Runs so many calls at once and gives what they ended with.
async fn at_once<F>(count: usize, call: impl Fn(usize) -> F) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let mut running = JoinSet::new();
    for n in 0..count {
        running.spawn(call(n));
    }
    running.join_all().await
}

fn errors<T>(ended: &[Result<T, Error>]) -> Vec<String> {
    let mut texts: Vec<_> = ended.iter().filter_map(|one| one.as_ref().err()).map(ToString::to_string).collect();
    texts.sort();
    texts.dedup();
    texts.truncate(4);
    texts
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn connections(log: &[Logged]) -> usize {
    log.iter().map(|one| one.connection).collect::<BTreeSet<_>>().len()
}

/// 100 reads at once through `limit_req` at 10 a second: all succeed, with at most 1.6 requests each.
async fn limited(harness: &Harness<'_>, location: &str) -> Outcome {
    let http = "limit_req_zone $binary_remote_addr zone=one:1m rate=10r/s;";
    let nginx = harness.nginx(Settings { http, location, ..Settings::default() }).await?;
    let client = client(&nginx.url("http"), |options| options)?;
    let ended = at_once(100, |_| {
        let agents = client.agents();
        async move { agents.list(PageRequest::new()).await }
    })
    .await;
    let good = ended.iter().filter(|one| one.is_ok()).count();
    let log = nginx.log().await;
    let refused = log.iter().filter(|one| one.status != 200).count();
    let told = format!("{good} of 100, {} requests, {refused} refused", log.len());
    ensure(good == 100 && log.len() <= 160, || format!("{told}: {:?}", errors(&ended)))?;
    Ok(told)
}

async fn a_limiter_that_answers_429(harness: &Harness<'_>) -> Outcome {
    limited(harness, "limit_req zone=one burst=10 nodelay; limit_req_status 429;").await
}

async fn a_limiter_that_answers_429_after_delays(harness: &Harness<'_>) -> Outcome {
    limited(harness, "limit_req zone=one burst=10; limit_req_status 429;").await
}

// The next two need the rule on waves of 503: 503 is what nginx answers unless
// it is told otherwise, without a `Retry-After`.

async fn a_limiter_that_answers_503(harness: &Harness<'_>) -> Outcome {
    limited(harness, "limit_req zone=one burst=10 nodelay;").await
}

async fn a_limiter_that_answers_503_after_delays(harness: &Harness<'_>) -> Outcome {
    limited(harness, "limit_req zone=one burst=10;").await
}

/// What may be sent once only is sent once, whatever the limiter answers.
async fn one_shot_calls_under_a_limiter_go_out_once(harness: &Harness<'_>) -> Outcome {
    let http = "limit_req_zone $binary_remote_addr zone=one:1m rate=10r/s;";
    let location = "limit_req zone=one burst=10 nodelay;";
    let nginx = harness.nginx(Settings { http, location, ..Settings::default() }).await?;
    let client = client(&nginx.url("http"), |options| options)?;
    let ended = at_once(40, |n| {
        let post = client.post(format!("/once/{n}")).json(&json!({}));
        async move { post.send().await }
    })
    .await;
    let log = nginx.log().await;
    let doubled: Vec<_> = twice(&log);
    ensure(doubled.is_empty(), || format!("sent twice: {doubled:?}"))?;
    let good = ended.iter().filter(|one| one.is_ok()).count();
    let accepted = log.iter().filter(|one| one.status == 200).count();
    ensure(good == accepted, || format!("{accepted} were accepted and {good} succeeded"))?;
    Ok(format!("{good} of 40, {} requests", log.len()))
}

/// The targets that stand in the log more than once.
fn twice(log: &[Logged]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    log.iter().map(|one| one.target.as_str()).filter(|target| !seen.insert(*target)).collect()
}

/// After its last request of a connection nginx says `Connection: close`.
async fn keep_alive_that_ends_by_count(harness: &Harness<'_>) -> Outcome {
    let nginx = harness.nginx(Settings { server: "keepalive_requests 5;", ..Settings::default() }).await?;
    let client = client(&nginx.url("http"), |options| options)?;
    for n in 0..200 {
        client.post(format!("/once/{n}")).json(&json!({})).send().await.map_err(|error| error.to_string())?;
    }
    let log = nginx.log().await;
    ensure(twice(&log).is_empty() && log.len() == 200, || format!("{} requests for 200 calls", log.len()))?;
    let used = connections(&log);
    ensure(used == 40, || format!("{used} connections for 200 calls, 5 on each"))?;
    Ok(format!("{used} connections for 200 calls"))
}

/// nginx closes what rests for a second, and calls come at about that time. A read always
/// succeeds. A call that may be sent once only fails at worst where the close was on its way, and
/// then says that its outcome is unknown.
async fn keep_alive_that_ends_by_time(harness: &Harness<'_>) -> Outcome {
    let nginx = harness.nginx(Settings { server: "keepalive_timeout 1s;", ..Settings::default() }).await?;
    let url = nginx.url("http");
    let clients: Vec<_> = (0..32).map(|_| client(&url, |options| options)).collect::<Result<_, _>>()?;
    let ended = at_once(32, |worker| {
        let client = clients[worker].clone();
        async move {
            let mut ended = Vec::new();
            for round in 0..12 {
                ended.push(match worker % 2 {
                    0 => client.get(format!("/read/{worker}/{round}")).send().await,
                    _ => client.post(format!("/once/{worker}/{round}")).json(&json!({})).send().await,
                });
                pause(0.990 + 0.003 * f64::from(round) + 0.0005 * (worker as f64)).await;
            }
            ended
        }
    })
    .await;
    let log = nginx.log().await;
    let doubled: Vec<_> = twice(&log).into_iter().filter(|target| target.starts_with("/once")).collect();
    ensure(doubled.is_empty(), || format!("sent twice: {doubled:?}"))?;
    let failed: Vec<_> = ended.into_iter().flatten().filter_map(Result::err).collect();
    let tolerable = failed.iter().all(|error| error.stop() == Some(Stop::UnknownOutcome));
    ensure(tolerable && failed.len() <= 8, || format!("{} of 384: {failed:?}", failed.len()))?;
    Ok(format!("{} of 384 failed, {} connections", failed.len(), connections(&log)))
}

/// New workers every quarter of a second, while 16 readers and 16 writers do not pause.
async fn reload_under_load(harness: &Harness<'_>) -> Outcome {
    let nginx = harness.nginx(Settings::default()).await?;
    let client = client(&nginx.url("http"), |options| options)?;
    let over = Arc::new(AtomicBool::new(false));
    let load = at_once(32, |worker| {
        let (client, over) = (client.clone(), Arc::clone(&over));
        async move {
            let (mut good, mut failed) = (0, Vec::new());
            while !over.load(Ordering::Relaxed) {
                let ended = match worker % 2 {
                    0 => client.get(format!("/read/{worker}/{good}")).send().await,
                    _ => client.post(format!("/once/{worker}/{}", good + failed.len())).json(&json!({})).send().await,
                };
                match ended {
                    Ok(_) => good += 1,
                    Err(error) => failed.push(error),
                }
                pause(0.002).await;
            }
            (good, failed)
        }
    });
    let reloads = async {
        let mut reloaded = Ok(());
        for _ in 0..12 {
            pause(0.25).await;
            reloaded = reloaded.and(nginx.reload());
        }
        over.store(true, Ordering::Relaxed);
        reloaded
    };
    let (load, reloaded) = tokio::join!(load, reloads);
    reloaded?;
    let good: usize = load.iter().map(|(good, _)| good).sum();
    let failed: Vec<_> = load.into_iter().flat_map(|(_, failed)| failed).collect();
    let log = nginx.log().await;
    let doubled: Vec<_> = twice(&log).into_iter().filter(|target| target.starts_with("/once")).collect();
    ensure(doubled.is_empty(), || format!("sent twice: {doubled:?}"))?;
    let tolerable = failed.iter().all(|error| error.stop() == Some(Stop::UnknownOutcome));
    ensure(tolerable && failed.len() * 50 <= good, || format!("{} of {good}: {:?}", failed.len(), failed.first()))?;
    Ok(format!("{} of {good} failed during 12 reloads", failed.len()))
}

/// Calls beyond the connections wait; none fails, and nginx sees no more connections than allowed.
async fn thousands_of_calls_share_the_connections(harness: &Harness<'_>) -> Outcome {
    let nginx = harness.nginx(Settings::default()).await?;
    let client = client(&nginx.url("http"), |options| options.max_connections(64))?;
    let ended = at_once(3000, |_| {
        let get = client.get("/read");
        async move { get.send().await }
    })
    .await;
    let bad = errors(&ended);
    ensure(bad.is_empty(), || format!("{bad:?}"))?;
    let used = connections(&nginx.log().await);
    // One that is just given back is not yet there for the next call, which opens another.
    ensure(used < 128, || format!("{used} connections where 64 may be in use, and without the limit there are 256"))?;
    Ok(format!("{used} connections for 3000 calls"))
}

async fn tls_1_2_and_1_3_with_an_authority_of_our_own(harness: &Harness<'_>) -> Outcome {
    std::fs::create_dir_all(harness.folder).map_err(|error| error.to_string())?;
    let identity = Identity::by_authority(harness.folder)?;
    for protocol in ["TLSv1.2", "TLSv1.3"] {
        let folder = harness.folder.join(protocol);
        let harness = Harness { program: harness.program, folder: &folder };
        let server = format!("{} ssl_protocols {protocol};", protected(&identity));
        let nginx = harness.nginx(Settings { listen: "ssl", server: &server, ..Settings::default() }).await?;
        let trusting = client(&nginx.url("https"), |options| options.extra_roots(identity.root.as_bytes()))?;
        for n in 0..20 {
            let made = trusting.post(format!("/once/{n}")).json(&json!({})).send().await;
            made.map_err(|error| format!("{protocol}: {error}"))?;
        }
        let log = nginx.log().await;
        ensure(log.len() == 20 && log.iter().all(|one| one.protocol == protocol), || format!("{protocol}: {log:?}"))?;
        ensure(connections(&log) == 1, || format!("{protocol}: {} handshakes for 20 calls", connections(&log)))?;
        let strange = client(&nginx.url("https"), |options| options)?;
        refused(&strange, "signed by nobody whom this machine trusts").await?;
    }
    Ok("one handshake for 20 calls each".to_owned())
}

async fn a_default_self_signed_certificate(harness: &Harness<'_>) -> Outcome {
    std::fs::create_dir_all(harness.folder).map_err(|error| error.to_string())?;
    let identity = Identity::by_itself(harness.folder)?;
    let server = protected(&identity);
    let nginx = harness.nginx(Settings { listen: "ssl", server: &server, ..Settings::default() }).await?;
    let trusting = client(&nginx.url("https"), |options| options.extra_roots(identity.root.as_bytes()))?;
    trusting.get("/read").send().await.map_err(|error| error.to_string())?;
    refused(&client(&nginx.url("https"), |options| options)?, "extra_roots").await?;
    Ok("accepted where it was added".to_owned())
}

async fn tls_1_1_only(harness: &Harness<'_>) -> Outcome {
    std::fs::create_dir_all(harness.folder).map_err(|error| error.to_string())?;
    let identity = Identity::by_authority(harness.folder)?;
    let server = format!("{} ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;", protected(&identity));
    let nginx = harness.nginx(Settings { listen: "ssl", server: &server, ..Settings::default() }).await?;
    let trusting = client(&nginx.url("https"), |options| options.extra_roots(identity.root.as_bytes()))?;
    refused(&trusting, "speaks neither TLS 1.2 nor TLS 1.3").await?;
    Ok("named".to_owned())
}

/// nginx ends the handshake well and refuses the request.
async fn a_client_certificate_is_wanted(harness: &Harness<'_>) -> Outcome {
    std::fs::create_dir_all(harness.folder).map_err(|error| error.to_string())?;
    let identity = Identity::by_authority(harness.folder)?;
    let server =
        format!("{} ssl_verify_client on; ssl_client_certificate {};", protected(&identity), identity.certificate.display());
    let nginx = harness.nginx(Settings { listen: "ssl", server: &server, ..Settings::default() }).await?;
    let trusting = client(&nginx.url("https"), |options| options.extra_roots(identity.root.as_bytes()))?;
    match trusting.get("/read").send().await {
        Ok(_) => Err("it was let in".to_owned()),
        Err(error) if error.status() == Some(400) && error.attempts().len() == 1 => Ok(error.to_string()),
        Err(error) => Err(format!("{error:?}")),
    }
}

/// The refusal comes before the body is read, and is understood all the same.
async fn a_body_that_is_too_large(harness: &Harness<'_>) -> Outcome {
    let nginx = harness.nginx(Settings { server: "client_max_body_size 1k;", ..Settings::default() }).await?;
    let client = client(&nginx.url("http"), |options| options)?;
    let large = json!({ "text": "x".repeat(4 << 20) });
    match client.post("/once").json(&large).send().await {
        Ok(_) => Err("it was accepted".to_owned()),
        Err(error) if error.kind() == ErrorKind::Invalid && error.status() == Some(413) => Ok(error.to_string()),
        Err(error) => Err(format!("{error:?}")),
    }
}

fn protected(identity: &Identity) -> String {
    format!("ssl_certificate {}; ssl_certificate_key {};", identity.certificate.display(), identity.key.display())
}

/// A connection that fails at once, with these words, before anything is sent.
async fn refused(client: &Client, words: &str) -> Result<(), String> {
    let quick = client.options(CallOptions::new().timeout(Duration::from_secs(20))).map_err(|error| error.to_string())?;
    match quick.get("/read").send().await {
        Ok(_) => Err("it was let in".to_owned()),
        Err(error) => {
            let right = error.kind() == ErrorKind::Network && error.reason() == Some("tls") && error.attempts().len() == 1;
            ensure(right && error.to_string().contains(words), || format!("{error:?}"))
        }
    }
}
