//! The program: its one line, its ports, its worlds by path, and what it keeps when killed.
#![cfg(feature = "binary")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use support::{Connection, call};

struct Running {
    child: Child,
    line: Value,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, line: serde_json::from_str(&line).unwrap_or_else(|_| panic!("no line: {line}")) }
    }

    fn text(&self, pointer: &str) -> String {
        self.line.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}")).to_owned()
    }

    fn control(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let token = format!("Authorization: Bearer {}", self.text("/token"));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = call(&self.text("/control"), method, path, &[&token], &body);
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// SIGKILL: nothing is written any more.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keywright-sandbox"));
    command.args(arguments);
    command
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn text(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Eight clients create keys until so many are acknowledged; then it is killed amid the rest.
fn create_and_kill(running: Running, wanted: usize) -> Vec<String> {
    let (url, key) = (running.text("/urls/seclai"), format!("X-API-Key: {}", running.text("/services/seclai/api_key")));
    let (count, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let client = || {
        let mut made = Vec::new();
        let Ok(mut connection) = Connection::to(&url) else { return made };
        while !over.load(Ordering::Relaxed) {
            let sent = connection.send("POST", "/api-keys", &[&key], "{}");
            let Ok(answer) = sent.and_then(|()| connection.receive()) else { break };
            assert_eq!(answer.status, 201);
            made.push(answer.json()["key"].as_str().unwrap().to_owned());
            count.fetch_add(1, Ordering::Relaxed);
        }
        made
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8).map(|_| scope.spawn(client)).collect();
        while count.load(Ordering::Relaxed) < wanted {
            std::thread::yield_now();
        }
        running.kill();
        over.store(true, Ordering::Relaxed);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn no_acknowledged_key_is_lost_when_it_is_killed() {
    let folder = Folder::new("killed");
    let arguments = ["--data", folder.text(), "--seed", "1"];
    let mut acknowledged = Vec::new();
    for _ in 0..5 {
        acknowledged.extend(create_and_kill(Running::start(&arguments), 100));
    }
    let running = Running::start(&arguments);
    let mut connection = Connection::to(&running.text("/urls/seclai")).unwrap();
    for key in &acknowledged {
        connection.send("GET", "/me", &[&format!("X-API-Key: {key}")], "").unwrap();
        assert_eq!(connection.receive().unwrap().status, 200, "an acknowledged key was lost");
    }
    let (_, state) = running.control("GET", "/fixtures", Value::Null);
    let creates = state["calls"].as_array().unwrap().iter().filter(|call| call["method"] == "POST").count();
    assert!(creates >= acknowledged.len() && acknowledged.len() >= 500, "{creates} call rows of {}", acknowledged.len());
    let mut unique = acknowledged.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), acknowledged.len(), "a key was given out twice");
}

#[test]
fn its_files_are_the_owners_and_hold_no_secret() {
    let folder = Folder::new("files");
    let running = Running::start(&["--data", folder.text(), "--seed", "3"]);
    let key = running.text("/services/seclai/api_key");
    call(&running.text("/urls/seclai"), "GET", "/me", &[&format!("X-API-Key: {key}")], "");
    let secrets = ["/services/seclai/api_key", "/services/segops/password"].map(|at| running.text(at));
    for entry in fs::read_dir(&folder.0).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        let bytes = fs::read(entry.path()).unwrap();
        for secret in &secrets {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{entry:?}");
        }
    }
    let second = command(&["--data", folder.text()]).output().unwrap();
    assert!(!second.status.success(), "two processes on one file");
}

#[test]
fn what_others_may_change_is_refused_and_what_they_may_read_is_closed() {
    let folder = Folder::new("open");
    let arguments = ["--data", folder.text(), "--seed", "5"];
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for open in [0o777, 0o770, 0o1777, 0o722] {
        fs::create_dir_all(&folder.0).unwrap();
        mode(&folder.0, open);
        let output = command(&arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{open:o}");
        assert!(said.contains(&format!("(mode {open:04o}): `chmod 700")), "{said}");
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0, "nothing is written into it");
    }
    mode(&folder.0, 0o755);
    let running = Running::start(&arguments);
    let key = format!("X-API-Key: {}", running.text("/services/seclai/api_key"));
    running.kill();
    for entry in fs::read_dir(&folder.0).unwrap() {
        mode(&entry.unwrap().path(), 0o666);
    }
    let running = Running::start(&arguments);
    assert_eq!(call(&running.text("/urls/seclai"), "GET", "/me", &[&key], "").status, 200);
    for entry in fs::read_dir(&folder.0).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
    }
}

#[test]
fn it_refuses_to_listen_for_others() {
    let output = command(&["--address", "0.0.0.0"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no loopback address"));
}

#[test]
fn it_ends_with_its_parents_pipe() {
    let mut running = Running::start(&["--watch-stdin"]);
    drop(running.child.stdin.take());
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn further_worlds_are_reached_by_path_and_kept() {
    let folder = Folder::new("worlds");
    let arguments = ["--data", folder.text(), "--seed", "4"];
    let running = Running::start(&arguments);
    let (status, world) = running.control("POST", "/worlds", json!({ "seed": 9 }));
    assert_eq!((status, &world["world"]), (201, &json!("w2")));
    let url = world["services"]["seclai"]["base_url"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("{}/w2/seclai", running.text("/urls/seclai")));
    let key = format!("X-API-Key: {}", world["services"]["seclai"]["api_key"].as_str().unwrap());
    assert_eq!(call(&url, "GET", "/me", &[&key], "").status, 200);
    assert_eq!(call(&running.text("/urls/seclai"), "GET", "/me", &[&key], "").status, 401);
    let (_, journal) = running.control("GET", "/worlds/w2/journal", Value::Null);
    assert_eq!(journal["entries"].as_array().unwrap().len(), 1);
    running.kill();
    let running = Running::start(&arguments);
    let again = format!("{}/w2/seclai", running.text("/urls/seclai"));
    assert_eq!(call(&again, "GET", "/me", &[&key], "").status, 200);
    assert_eq!(running.control("DELETE", "/worlds/w2", Value::Null).0, 204);
    assert_eq!(call(&again, "GET", "/me", &[&key], "").status, 401);
    assert!(!folder.0.join("w2.db").exists());
}

#[test]
fn routes_and_rules_are_printed() {
    let routes = String::from_utf8(command(&["--routes"]).output().unwrap().stdout).unwrap();
    assert!(routes.contains("A seclai    POST   /api-keys/{id}/archive"), "{routes}");
    let rules = String::from_utf8(command(&["--rules"]).output().unwrap().stdout).unwrap();
    assert!(rules.contains("seclai.delete_unused"));
    assert!(!command(&["--break", "no.such_rule"]).output().unwrap().status.success());
}
