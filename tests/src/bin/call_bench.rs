//! One typed list call over loopback, against the HTTP library alone with serde: what everything
//! above the network costs. Interleaved rounds in one process; compare within a run only.
#![allow(clippy::disallowed_methods, reason = "a measurement reads the machine's clock")]

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keywright::{Client, ClientOptions, PageRequest};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

const ROUNDS: usize = 21;
const CALLS: u32 = 2_000;
const AT_ONCE: u32 = 64;

#[derive(Deserialize)]
struct List {
    data: Vec<Agent>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding them is what is measured")]
struct Agent {
    id: String,
    name: String,
    status: String,
    description: String,
    created_at: String,
}

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    // The HTTP library alone wants its provider named, even for plain http.
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "a provider is there already")?;
    let address = serve()?;
    // For the measurements of other languages: the same server, until its standard input ends.
    if std::env::args().any(|word| word == "--serve") {
        println!("{address}");
        std::io::stdin().read_line(&mut String::new())?;
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let base = format!("http://{address}");
    let bare = reqwest::Client::builder().no_proxy().http1_only().build()?;
    let ours = Client::new("seclai", ClientOptions::new().api_key("sk-0123456789abcdef0123").base_url(&base))?;
    let url: Arc<str> = format!("{base}/agents").into();
    let plain = move || {
        let (bare, url) = (bare.clone(), Arc::clone(&url));
        async move {
            let body = bare.get(&*url).header("x-api-key", "sk-0123456789abcdef0123").send().await?.bytes().await?;
            assert_eq!(serde_json::from_slice::<List>(&body)?.data.len(), 10);
            Ok::<(), Failure>(())
        }
    };
    let full = move || {
        let client = ours.clone();
        async move {
            assert_eq!(client.agents().list(PageRequest::new()).await?.items.len(), 10);
            Ok::<(), Failure>(())
        }
    };
    println!("{:<22}{:>14}{:>14}{:>8}", "", "reqwest+serde", "keywright", "ratio");
    compare("one after the other", || runtime.block_on(in_turn(&plain)), || runtime.block_on(in_turn(&full)))?;
    compare("64 at once", || runtime.block_on(at_once(&plain)), || runtime.block_on(at_once(&full)))
}

/// Prints the medians of interleaved rounds, a call each.
fn compare(
    what: &str,
    theirs: impl Fn() -> Result<Duration, Failure>,
    ours: impl Fn() -> Result<Duration, Failure>,
) -> Result<(), Failure> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        left.push(theirs()?);
        right.push(ours()?);
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64() * 1e6
    };
    let (left, right) = (median(left), median(right));
    println!("{what:<22}{left:>11.1} us{right:>11.1} us{:>8.2}", right / left);
    Ok(())
}

async fn in_turn<F: Future<Output = Result<(), Failure>>>(call: &impl Fn() -> F) -> Result<Duration, Failure> {
    let began = Instant::now();
    for _ in 0..CALLS {
        call().await?;
    }
    Ok(began.elapsed() / CALLS)
}

async fn at_once<F>(call: &(impl Fn() -> F + Clone + 'static)) -> Result<Duration, Failure>
where
    F: Future<Output = Result<(), Failure>> + 'static,
{
    let began = Instant::now();
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let call = call.clone();
            local.spawn_local(async move {
                for _ in 0..CALLS / AT_ONCE {
                    call().await?;
                }
                Ok::<(), Failure>(())
            })
        })
        .collect();
    local.await;
    for task in tasks {
        task.await??;
    }
    Ok(began.elapsed() / (CALLS / AT_ONCE * AT_ONCE))
}

/// A server of one answer, on a thread of its own.
fn serve() -> Result<std::net::SocketAddr, Failure> {
    let agent = |n: u32| {
        format!(
            r#"{{"id":"agent_{n:08}","name":"Agent {n}","status":"active","description":"An agent that does things","created_at":"2026-01-01T00:00:00.000Z"}}"#
        )
    };
    let agents: Vec<String> = (0..10).map(agent).collect();
    let body = format!(r#"{{"data":[{}],"pagination":{{"has_next":false}}}}"#, agents.join(","));
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Fri, 29 Sep 2023 16:26:37 GMT\r\ncontent-length";
    let answer: Arc<[u8]> = format!("{head}: {}\r\n\r\n{body}", body.len()).into_bytes().into();
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || runtime.block_on(accept(listener, &answer)));
    Ok(address)
}

async fn accept(listener: std::net::TcpListener, answer: &Arc<[u8]>) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (mut socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        let answer = Arc::clone(answer);
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            let mut held = 0;
            while let Ok(read @ 1..) = socket.read(&mut buffer[held..]).await {
                held += read;
                if buffer[..held].ends_with(b"\r\n\r\n") {
                    held = 0;
                    if socket.write_all(&answer).await.is_err() {
                        return;
                    }
                }
            }
        });
    }
}
