//! A server that plays given bytes and records what it got. It knows no HTTP beyond the end of a
//! request, so it can answer with anything.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What the server does next on a connection.
#[derive(Debug, Clone)]
pub enum Step {
    /// Reads one request, whole.
    Request,
    /// Reads to the end of the head of one request, and maybe some of its body.
    Head,
    /// Writes bytes.
    Send(Vec<u8>),
    /// Writes the same bytes for ever, until the client closes.
    Repeat(Vec<u8>),
    /// Closes politely: everything written arrives, then the end.
    Close,
    /// Drops the connection as it is: under TLS without saying goodbye.
    Drop,
    /// Writes bytes past TLS, straight to the socket.
    Garbage(Vec<u8>),
    /// Resets the connection.
    Reset,
    /// Does nothing until the test calls [`Server::go_on`].
    Stall,
    /// Speaks TLS from here on.
    Tls(Arc<ServerConfig>),
}

pub fn send(bytes: impl AsRef<[u8]>) -> Step {
    Step::Send(bytes.as_ref().to_vec())
}

/// A whole small answer.
pub fn ok(body: &str) -> Step {
    send(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    requests: Vec<(usize, String)>,
    finished: usize,
}

/// A listening server. Connections beyond its script are accepted, counted and dropped.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    stall: Arc<Notify>,
    finished: Arc<Notify>,
}

impl Server {
    /// Plays one script per connection, in the order in which they arrive.
    pub async fn play(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let server = Self { address, seen: Arc::default(), stall: Arc::new(Notify::new()), finished: Arc::new(Notify::new()) };
        let (seen, stall, finished) = (server.seen.clone(), server.stall.clone(), server.finished.clone());
        let mut scripts = scripts.into_iter().collect::<Vec<_>>().into_iter();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut seen = seen.lock().expect("no panic under lock");
                    seen.connections += 1;
                    seen.connections
                };
                let script = scripts.next().unwrap_or_default();
                let (seen, stall, finished) = (seen.clone(), stall.clone(), finished.clone());
                tokio::spawn(async move {
                    plain(
                        stream,
                        script,
                        &|text| seen.lock().expect("no panic under lock").requests.push((number, text)),
                        &stall,
                    )
                    .await;
                    seen.lock().expect("no panic under lock").finished += 1;
                    finished.notify_waiters();
                });
            }
        });
        server
    }

    /// The same script for one connection only.
    pub async fn once(script: Vec<Step>) -> Self {
        Self::play([script]).await
    }

    pub fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().expect("no panic under lock").connections
    }

    /// The requests in the order of their arrival, as text.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("no panic under lock").requests.iter().map(|(_, text)| text.clone()).collect()
    }

    /// Which connection each request came by, counted from 1.
    pub fn carriers(&self) -> Vec<usize> {
        self.seen.lock().expect("no panic under lock").requests.iter().map(|(number, _)| *number).collect()
    }

    pub fn go_on(&self) {
        self.stall.notify_one();
    }

    /// Waits until that many connections have played their script to its end.
    pub async fn finished(&self, count: usize) {
        loop {
            let next = self.finished.notified();
            if self.seen.lock().expect("no panic under lock").finished >= count {
                return;
            }
            next.await;
        }
    }
}

type Record<'a> = &'a (dyn Fn(String) + Send + Sync);

async fn plain(mut stream: TcpStream, script: Vec<Step>, record: Record<'_>, stall: &Notify) {
    let mut steps = script.into_iter();
    while let Some(step) = steps.next() {
        match step {
            Step::Tls(config) => {
                if let Ok(stream) = TlsAcceptor::from(config).accept(stream).await {
                    protected(stream, steps.collect(), record, stall).await;
                }
                return;
            }
            Step::Reset => {
                stream.set_zero_linger().expect("a live socket");
                return;
            }
            step => {
                if !common(&mut stream, step, record, stall).await {
                    return;
                }
            }
        }
    }
}

async fn protected(mut stream: TlsStream<TcpStream>, script: Vec<Step>, record: Record<'_>, stall: &Notify) {
    for step in script {
        let go_on = match step {
            Step::Garbage(bytes) => stream.get_mut().0.write_all(&bytes).await.is_ok(),
            step => common(&mut stream, step, record, stall).await,
        };
        if !go_on {
            return;
        }
    }
}

async fn common<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, step: Step, record: Record<'_>, stall: &Notify) -> bool {
    match step {
        Step::Request | Step::Head => match request(stream, matches!(step, Step::Request)).await {
            Some(text) => record(text),
            None => return false,
        },
        Step::Send(bytes) => return stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok(),
        Step::Repeat(bytes) => {
            while stream.write_all(&bytes).await.is_ok() {}
            return false;
        }
        Step::Close => {
            let _ = stream.shutdown().await;
            return false;
        }
        Step::Drop => return false,
        Step::Stall => stall.notified().await,
        Step::Tls(_) | Step::Reset | Step::Garbage(_) => unreachable!("handled where the kind of the stream is known"),
    }
    true
}

async fn request<S: AsyncRead + Unpin>(stream: &mut S, whole: bool) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().expect("a length"));
            if !whole || bytes.len() >= head + 4 + length {
                return Some(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
