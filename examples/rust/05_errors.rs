//! What can go wrong, how it looks, and what to do about each kind.
//!
//! `cargo run --example 05_errors`

use std::time::Duration;

use keywright::sandbox::Sandbox;
use keywright::{CallOptions, Client, ClientOptions, CreateKey, Error, PageRequest, Result, UpdateKey};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;
    let client = Client::new("seclai", sandbox.seclai())?;
    let keys = client.keys();
    let made = keys.create(CreateKey::new().name("used")).await?;
    client.with_key(made.secret.clone())?.get("/agents").await?;

    println!("Before anything is sent");
    show(Client::new("segops", ClientOptions::new().api_key("pk_live_x")).map(|_| ()));
    show(Client::new("seclai", ClientOptions::new().api_key("two\nlines")).map(|_| ()));
    show(keys.get("../agents").await.map(|_| ()));
    show(keys.list(PageRequest::new().page_size(7)).await.map(|_| ()));
    show(keys.update(&made.key, UpdateKey::new().name("x")).await.map(|_| ()));

    println!("\nWhat the service refuses");
    show(keys.delete(&made.key).await);
    show(client.agents().get("nobody").await.map(|_| ()));
    show(client.with_key("sk-not-a-real-key-at-all")?.get("/agents").await.map(|_| ()));

    println!("\nWhat may or may not have happened");
    fault(&sandbox, "POST", json!({ "phase": "after_commit", "action": { "kind": "reset" } }))?;
    show(keys.create(CreateKey::new().name("lost")).await.map(|_| ()));
    fault(&sandbox, "GET", json!({ "phase": "before_handler", "times": 4, "action": { "kind": "status", "status": 503 } }))?;
    show(client.get("/agents").await.map(|_| ()));
    fault(&sandbox, "GET", json!({ "phase": "before_handler", "action": { "kind": "delay", "by": "PT90S" } }))?;
    let once = client.options(CallOptions::new().attempt_timeout(Duration::from_secs(30)).max_attempts(1))?;
    show(once.get("/agents").await.map(|_| ()));

    println!("\nWhat is not an answer of the service");
    fault(
        &sandbox,
        "GET",
        json!({ "phase": "before_handler", "action": { "kind": "status", "status": 200, "body": "<html>Log in</html>" } }),
    )?;
    show(client.agents().list(PageRequest::new()).await.map(|_| ()));
    fault(
        &sandbox,
        "GET",
        json!({ "phase": "before_handler", "action": { "kind": "status", "status": 302, "headers": { "Location": "https://evil.example/?q=1" } } }),
    )?;
    show(client.get("/agents").await.map(|_| ()));
    Ok(())
}

fn fault(sandbox: &Sandbox, method: &str, mut rule: serde_json::Value) -> Result<()> {
    rule["match"] = json!({ "service": "seclai", "method": method });
    sandbox.fault_json(&rule.to_string())?;
    Ok(())
}

/// One line for a program, one for a person.
fn show<T>(result: std::result::Result<T, Error>) {
    match result {
        Ok(_) => println!("  ok"),
        Err(error) => {
            println!("  {:<16} outcome {:<9} {}", error.kind(), error.outcome(), error.reason().unwrap_or(""));
            println!("      {}", plain(&error));
        }
    }
}

/// The sentence without what differs from run to run.
fn plain(error: &Error) -> String {
    let text = error.to_string();
    let text = error.candidates().iter().fold(text, |text, id| text.replace(id.as_str(), "KEY_ID"));
    error.request_id().map_or(text.clone(), |id| text.replace(id, "ID"))
}
