//! One nginx: its settings, its process, and what it has logged.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use keywright::{Clock, SystemClock};

/// One request as nginx saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The number of the connection.
    pub connection: u64,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub target: String,
    /// The status that it answered.
    pub status: u16,
    /// `TLSv1.3`, or `-` without TLS.
    pub protocol: String,
}

/// A running nginx; ended when dropped.
#[derive(Debug)]
pub struct Nginx {
    program: PathBuf,
    folder: PathBuf,
    child: Child,
    /// The port of the server that was described.
    pub port: u16,
}

/// The server that is tried, before one that gives static answers as a service of the suite does:
/// what limits requests in nginx acts only where something is passed on.
const FRAME: &str = r#"
daemon off;
worker_processes 2;
pid <folder>/nginx.pid;
error_log <folder>/error.log warn;
events { worker_connections 2048; }
http {
    client_body_temp_path <folder>/body;
    proxy_temp_path <folder>/proxy;
    fastcgi_temp_path <folder>/fastcgi;
    uwsgi_temp_path <folder>/uwsgi;
    scgi_temp_path <folder>/scgi;
    log_format seen '$connection $request_method $request_uri $status $ssl_protocol';
    access_log off;
    <http>
    server {
        listen 127.0.0.1:<port> <listen>;
        access_log <folder>/access.log seen;
        <server>
        location / {
            proxy_pass http://127.0.0.1:<backend>;
            <location>
        }
    }
    server {
        listen 127.0.0.1:<backend>;
        default_type application/json;
        location /agents {
            return 200 '{"data":[{"id":"a1","name":"A","status":"active","created_at":"2026-01-01T00:00:00.000Z"}],"pagination":{"has_next":false}}';
        }
        location / { return 200 '{}'; }
    }
}
"#;

/// What differs from a plain server: lines for each block of the settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings<'a> {
    /// In `http`.
    pub http: &'a str,
    /// After the address in `listen`.
    pub listen: &'a str,
    /// In `server`.
    pub server: &'a str,
    /// In `location`.
    pub location: &'a str,
}

impl Nginx {
    /// Starts one and waits until it listens.
    ///
    /// # Errors
    /// It does not start; with what it has logged.
    pub async fn start(program: &Path, folder: &Path, settings: Settings<'_>) -> Result<Self, String> {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let (port, backend) = (free_port()?, free_port()?);
        let text = FRAME
            .replace("<http>", settings.http)
            .replace("<listen>", settings.listen)
            .replace("<server>", settings.server)
            .replace("<location>", settings.location)
            .replace("<folder>", &folder.display().to_string())
            .replace("<port>", &port.to_string())
            .replace("<backend>", &backend.to_string());
        fs::write(folder.join("nginx.conf"), text).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.args(arguments(folder)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| format!("{}: {error}", program.display()))?;
        let nginx = Self { program: program.to_owned(), folder: folder.to_owned(), child, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(nginx);
            }
            pause(0.02).await;
        }
        Err(format!("nginx does not listen: {}", nginx.errors()))
    }

    /// The address of the server.
    #[must_use]
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// Lets it read its settings again: new workers, and the old ones go.
    ///
    /// # Errors
    /// The signal could not be sent.
    pub fn reload(&self) -> Result<(), String> {
        let sent =
            Command::new(&self.program).args(arguments(&self.folder)).args(["-s", "reload"]).stderr(Stdio::null()).status();
        if sent.map_err(|error| error.to_string())?.success() { Ok(()) } else { Err("nginx did not take the signal".to_owned()) }
    }

    /// Every request so far, once nginx has had the time to log it.
    pub async fn log(&self) -> Vec<Logged> {
        pause(0.3).await;
        let text = fs::read_to_string(self.folder.join("access.log")).unwrap_or_default();
        text.lines().filter_map(logged).collect()
    }

    fn errors(&self) -> String {
        fs::read_to_string(self.folder.join("error.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let stopped =
            Command::new(&self.program).args(arguments(&self.folder)).args(["-s", "stop"]).stderr(Stdio::null()).status();
        if stopped.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn arguments(folder: &Path) -> [String; 6] {
    let place = folder.display();
    ["-p".into(), format!("{place}/"), "-c".into(), format!("{place}/nginx.conf"), "-e".into(), format!("{place}/error.log")]
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

fn logged(line: &str) -> Option<Logged> {
    let mut words = line.split(' ');
    Some(Logged {
        connection: words.next()?.parse().ok()?,
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        status: words.next()?.parse().ok()?,
        protocol: words.next()?.to_owned(),
    })
}

/// Real time passes: a real server has no clock of ours.
pub async fn pause(seconds: f64) {
    SystemClock.sleep(Duration::from_secs_f64(seconds)).await;
}
