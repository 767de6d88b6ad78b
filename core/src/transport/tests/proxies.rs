//! Proxies: what they get to see, and when they are asked at all.
//!
//! Proxies are set by the environment, which a process cannot safely change for itself: each case
//! runs one request in a child, which is this very test program.

use std::process::Command;

use super::protected::Authority;
use super::server::{Server, Step, ok, send};
use super::*;

const CHILD: &str = "transport::tests::proxies::child";

/// Any address of this machine that does not count as loopback.
const HOST: &str = "0.0.0.0";

#[tokio::test]
#[ignore = "runs in a child of the other tests"]
async fn child() {
    let url = std::env::var("KEYWRIGHT_TEST_URL").unwrap();
    let pem = std::env::var("KEYWRIGHT_TEST_CA").unwrap();
    let options = TransportOptions::default();
    let options = if pem.is_empty() { options } else { options.extra_roots(pem.as_bytes()).unwrap() };
    let mut held = Vec::new();
    while std::env::var_os("KEYWRIGHT_TEST_EXHAUSTED").is_some() {
        match std::fs::File::open(std::env::current_exe().unwrap()) {
            Ok(file) => held.push(file),
            Err(_) => break,
        }
    }
    let answer = exchange(&HttpTransport::new(options), get(&url), Connection::Pooled).await;
    drop(held);
    println!("outcome: {:?}", answer.map(|(head, body)| (head.status, body)));
}

/// What one request of a child with this environment comes to.
async fn outcome(url: String, authority: &Authority, environment: Vec<(&'static str, String)>) -> String {
    let pem = authority.pem();
    let run = move || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([CHILD, "--exact", "--ignored", "--nocapture"]);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_ascii_lowercase());
        }
        command.env("KEYWRIGHT_TEST_URL", url).env("KEYWRIGHT_TEST_CA", pem).envs(environment).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find_map(|line| line.split_once("outcome: "));
    line.map(|(_, outcome)| outcome.to_owned()).unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

const GOOD: &str = "Ok((200, b\"{}\"))";

#[tokio::test]
async fn https_goes_through_a_tunnel_and_shows_the_proxy_nothing() {
    let authority = Authority::new();
    let tunnel = vec![
        Step::Request,
        send("HTTP/1.1 200 Connection established\r\n\r\n"),
        Step::Tls(authority.server("api.example.test")),
        Step::Request,
        ok("{}"),
    ];
    let proxy = Server::once(tunnel).await;
    let address = format!("http://user:pass@{}", proxy.address);
    let outcome = outcome("https://api.example.test/v1/agents".into(), &authority, vec![("HTTPS_PROXY", address)]).await;
    assert_eq!(outcome, GOOD);
    let [to_proxy, to_origin] = <[String; 2]>::try_from(proxy.requests()).unwrap();
    assert!(to_proxy.starts_with("CONNECT api.example.test:443 HTTP/1.1\r\n"), "{to_proxy}");
    assert!(to_proxy.to_ascii_lowercase().contains("proxy-authorization: basic"), "{to_proxy}");
    assert!(!to_proxy.contains(KEY) && !to_proxy.contains("/v1/agents"), "{to_proxy}");
    assert!(to_origin.contains(KEY), "{to_origin}");
    assert!(!to_origin.to_ascii_lowercase().contains("proxy-authorization"), "{to_origin}");
}

#[tokio::test]
async fn loopback_and_plain_http_take_no_proxy() {
    let authority = Authority::new();
    let proxy = Server::play([]).await;
    let all = |proxy: &Server| ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, proxy.http(""))).to_vec();
    for host in ["127.0.0.1", HOST] {
        let server = Server::once(vec![Step::Request, ok("{}")]).await;
        let url = format!("http://{host}:{}/", server.address.port());
        assert_eq!(outcome(url, &authority, all(&proxy)).await, GOOD, "{host}");
    }
    let server = Server::once(vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok("{}")]).await;
    assert_eq!(outcome(format!("https://{}/", server.address), &authority, all(&proxy)).await, GOOD);
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn every_form_of_exception_is_heeded() {
    let authority = Authority::new();
    for (form, exempt) in [
        ("0.0.0.0", true),
        ("0.0.0.0/8", true),
        ("*", true),
        ("0.0.0.0:{port}", true),
        ("10.0.0.0/8, .test", false),
        ("0.0.0.0:1", false),
    ] {
        let proxy = Server::once(vec![Step::Request, send("HTTP/1.1 503 No\r\n\r\n"), Step::Close]).await;
        let server = Server::once(vec![Step::Tls(authority.server(HOST)), Step::Request, ok("{}")]).await;
        let port = server.address.port().to_string();
        let environment = vec![("HTTPS_PROXY", proxy.http("")), ("NO_PROXY", form.replace("{port}", &port))];
        let outcome = outcome(format!("https://{HOST}:{port}/"), &authority, environment).await;
        assert_eq!(outcome == GOOD, exempt, "{form}: {outcome}");
        assert_eq!(proxy.connections(), usize::from(!exempt), "{form}");
    }
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_is_told_apart_from_one_that_fails() {
    let authority = Authority::new();
    for (answer, bad) in [
        ("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic\r\n\r\n", BadProxy::Login),
        ("HTTP/1.1 401 Login\r\n\r\n", BadProxy::Refused),
        ("HTTP/1.1 403 No\r\n\r\n", BadProxy::Refused),
        ("HTTP/1.0 500 Bad\r\n\r\n", BadProxy::Refused),
        ("HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad", BadProxy::Refused),
        ("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.test\r\n\r\n", BadProxy::Refused),
        ("HTTP/1.1 200 OK\r\n", BadProxy::Broken),
        ("", BadProxy::Broken),
        ("nonsense\r\n\r\n", BadProxy::Refused),
    ] {
        let expected = failure(Fault::Proxy(bad), Phase::Proxy, Reached::Nothing);
        let proxy = Server::once(vec![Step::Request, send(answer), Step::Close]).await;
        let outcome = outcome("https://api.example.test/".into(), &authority, vec![("HTTPS_PROXY", proxy.http(""))]).await;
        assert_eq!(outcome, format!("Err({expected:?})"), "{answer:?}");
        assert_eq!(proxy.connections(), 1, "never a second send");
        assert!(!proxy.requests().concat().contains(KEY));
    }
}

/// Nobody speaks through a tunnel before the client does; what comes all the same is not read as
/// if it were the service's.
#[tokio::test]
async fn what_a_proxy_says_beyond_its_answer_is_nobodys_word() {
    let authority = Authority::new();
    let proxy = Server::once(vec![Step::Request, send("HTTP/1.1 200 OK\r\n\r\nand more"), Step::Close]).await;
    let outcome = outcome("https://api.example.test/".into(), &authority, vec![("HTTPS_PROXY", proxy.http(""))]).await;
    let expected = failure(Fault::Tls(BadTls::Broken), Phase::Tls, Reached::Nothing);
    assert_eq!(outcome, format!("Err({expected:?})"));
    assert!(!proxy.requests().concat().contains(KEY));
}

/// `SSL_CERT_FILE` to nowhere is what a machine without certificates looks like.
#[tokio::test]
async fn a_machine_without_roots_says_so() {
    let authority = Authority::new();
    let nowhere = ["SSL_CERT_FILE", "SSL_CERT_DIR"].map(|name| (name, "/nowhere/at/all".to_owned()));
    let server = Server::once(vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok("{}")]).await;
    let url = format!("https://{}/", server.address);
    let alone = [&nowhere[..], &[("KEYWRIGHT_TEST_CA", String::new())]].concat();
    let expected = failure(Fault::NoRoots, Phase::Tls, Reached::Nothing);
    assert_eq!(outcome(url.clone(), &authority, alone).await, format!("Err({expected:?})"));
    // With a root of the caller's own there is one, and it is enough.
    let server = Server::once(vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok("{}")]).await;
    assert_eq!(outcome(format!("https://{}/", server.address), &authority, nowhere.to_vec()).await, GOOD);
}

/// Neither the service nor its address is blamed for what this process has used up.
#[cfg(unix)]
#[tokio::test]
async fn a_process_without_descriptors_says_so() {
    let authority = Authority::new();
    let server = Server::play([]).await;
    for scheme in ["http", "https"] {
        let environment = vec![("KEYWRIGHT_TEST_EXHAUSTED", "yes".to_owned())];
        let outcome = outcome(format!("{scheme}://{}/", server.address), &authority, environment).await;
        let expected = failure(Fault::Resources, Phase::Connect, Reached::Nothing);
        assert_eq!(outcome, format!("Err({expected:?})"), "{scheme}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn no_password_file_is_read_and_no_key_log_is_written() {
    let authority = Authority::new();
    let home = std::env::temp_dir().join(format!("keywright-home-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join(".netrc"), "default login somebody password CANARY\n").unwrap();
    let log = home.join("keys.log");
    let server = Server::once(vec![Step::Tls(authority.server("127.0.0.1")), Step::Request, ok("{}")]).await;
    let environment = vec![
        ("HOME", home.display().to_string()),
        ("NETRC", home.join(".netrc").display().to_string()),
        ("SSLKEYLOGFILE", log.display().to_string()),
    ];
    assert_eq!(outcome(format!("https://{}/", server.address), &authority, environment).await, GOOD);
    assert!(!server.requests()[0].to_ascii_lowercase().contains("authorization"));
    assert!(!log.exists());
    std::fs::remove_dir_all(&home).unwrap();
}
