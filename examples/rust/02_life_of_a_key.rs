//! One key through its whole life, at each service in that service's own way.
//!
//! `cargo run --example 02_life_of_a_key`

use std::time::Duration;

use keywright::sandbox::Sandbox;
use keywright::{Account, CallsQuery, Client, CreateKey, Error, PageRequest, Result, UpdateKey, UsageQuery, UsageRange};
use keywright_examples::{line, title};
use serde_json::json;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;
    seclai(&sandbox).await?;
    segops(&sandbox).await?;
    sidclaw(&sandbox).await?;
    seenty(&sandbox).await?;
    itellico(&sandbox).await
}

/// Used keys are archived, unused ones deleted; every call and every credit is on record.
async fn seclai(sandbox: &Sandbox) -> Result<()> {
    title("Seclai");
    let client = Client::new("seclai", sandbox.seclai())?;
    let keys = client.keys();
    let made = keys.create(CreateKey::new()).await?;
    line(
        "create without a name",
        format!("{} in lists, {} on its page", made.key.display_name(), made.key.display_name_detail()),
    );

    let user = client.with_key(made.secret.clone())?;
    let agents = user.agents().list(PageRequest::new()).await?;
    let agent = agents.items.first().map(|agent| agent.id.clone()).unwrap_or_default();
    let run = user.runs().create(&agent, &json!({ "input": "Analyze latest changes in main branch" })).await?;
    let run = user.runs().wait(&run.id).await?;
    line("run an agent and wait", format!("{}, {} credit", run.status.as_deref().unwrap_or("?"), run.data["credits"]));
    let missing = user.post(format!("/agents/{agent}/runs")).json(&json!({})).await;
    line("run without input", said(missing.map(|_| ())));

    for call in keys.calls(&made.key, CallsQuery::new().method("POST")).await?.items {
        line("a call on record", format!("{} {} {}", call.method, call.endpoint.replace(&agent, "{id}"), call.status));
    }
    // A report ends before "now"; the run has ended just now.
    sandbox.clock().advance(Duration::from_secs(60));
    let usage = keys.usage(&made.key, UsageQuery::new().range(UsageRange::D7)).await?;
    line("usage of 7 days", format!("{} credit in {} slices of a {}", usage.total, usage.slices.len(), usage.granularity));
    line("rename", said(keys.update(&made.key, UpdateKey::new().name("better")).await.map(|_| ())));
    line("delete", said(keys.delete(&made.key).await.map(|_| ())));
    let archived = keys.archive(&made.key).await?;
    line("archive", format!("{}, still on record", archived.status_label));
    Ok(())
}

/// Keys are managed with a login and used with a scheme of their own; deleting revokes.
async fn segops(sandbox: &Sandbox) -> Result<()> {
    title("SegOps");
    let credentials = sandbox.segops();
    let tenant = Account::id(&credentials.tenant_slug);
    let client = Client::new("segops", credentials)?.account(tenant)?;
    let made = client.keys().create(CreateKey::new().name("Production Ingestor")).await?;
    line("create (logs in first)", made.key.display_name());

    let user = client.with_key(made.secret.clone())?;
    let tracked = user.events().track(&json!({ "event": "signed_up", "user_id": "u_1" })).await?;
    line("track an event", format!("queued: {}", tracked["queued"]));
    let events: Vec<_> = (0..1200).map(|n| json!({ "event": "seen", "user_id": format!("u_{n}") })).collect();
    let tracked = user.events().track_batch(&events).await?;
    line("track 1200 at once", format!("{} queued, in parts of 500", tracked["queued"]));

    line("list", said(client.keys().list(PageRequest::new()).await.map(|_| ())));
    client.keys().revoke(&made.key).await?;
    line("revoke (a delete)", said(user.events().track(&json!({ "event": "late", "user_id": "u_1" })).await.map(|_| ())));
    Ok(())
}

/// Keys have scopes, and rotate in place.
async fn sidclaw(sandbox: &Sandbox) -> Result<()> {
    title("SidClaw");
    let client = Client::new("sidclaw", sandbox.sidclaw())?;
    let made = client.keys().create(CreateKey::new().name("Production SDK").scopes(["evaluate"])).await?;
    line("create with a scope", made.key.scopes.join(", "));

    let user = client.with_key(made.secret.clone())?;
    let action = json!({ "operation": "read", "target_integration": "crm", "resource_scope": "contacts", "data_classification": "internal" });
    let decision = user.evaluate(&action).await?;
    line("evaluate", decision["decision"].as_str().unwrap_or("?"));
    line("read without the scope", said(user.agents().list(PageRequest::new()).await.map(|_| ())));

    let rotated = client.keys().rotate(&made.key).await?;
    line(
        "rotate",
        format!("same id: {}, new secret: {}", rotated.key.id == made.key.id, rotated.secret.expose() != made.secret.expose()),
    );
    line("the old secret", said(user.evaluate(&action).await.map(|_| ())));
    client.keys().delete(&made.key).await?;
    line("delete", "gone");
    Ok(())
}

/// Keys belong to the organization, expire by the clock, and are revoked for good.
async fn seenty(sandbox: &Sandbox) -> Result<()> {
    title("Seenty");
    let credentials = sandbox.seenty();
    let clock = credentials.clock.clone();
    let client = Client::new("seenty", credentials)?;
    let now = client.now();
    let wanted = CreateKey::new().name("GitHub Actions CI").expires_at(now + 90 * DAY);
    let made = client.keys().create(wanted).await?;
    let user = client.with_key(made.secret.clone())?;
    line("create for 90 days", format!("effective: {}", made.key.is_effective(client.now())));
    line("use", user.get("/v1/monitors").await?.status);
    clock.advance(91 * DAY);
    let key = client.keys().get(&made.key).await?;
    line("91 days later", format!("status still {}, effective: {}", key.status_label, key.is_effective(client.now())));
    line("use", said(user.get("/v1/monitors").await.map(|_| ())));
    let revoked = client.keys().revoke(&made.key).await?;
    line("revoke", revoked.as_ref().map_or("gone", |key| key.status_label.as_str()));
    line("reactivate", said(client.keys().reactivate(&made.key).await.map(|_| ())));
    Ok(())
}

/// Revoking can be undone, label and expiry can change.
async fn itellico(sandbox: &Sandbox) -> Result<()> {
    title("itellicoAI");
    let client = Client::new("itellico", sandbox.itellico())?;
    let keys = client.keys();
    let made = keys.create(CreateKey::new().name("CI/CD - GitHub Actions")).await?;
    let changed = keys.update(&made.key, UpdateKey::new().name("CI/CD - GitLab").expires_at(client.now() + 30 * DAY)).await?;
    line("update label and expiry", format!("{}, expires: {}", changed.display_name(), changed.expires_at.is_some()));
    let changed = keys.update(&made.key, UpdateKey::new().clear_expiry()).await?;
    line("clear the expiry", format!("{}, expires: {}", changed.display_name(), changed.expires_at.is_some()));

    let user = client.with_key(made.secret.clone())?;
    keys.revoke(&made.key).await?;
    line("revoke", said(user.agents().list(PageRequest::new()).await.map(|_| ())));
    keys.reactivate(&made.key).await?;
    line("reactivate", format!("{} agents", user.agents().list(PageRequest::new()).await?.items.len()));
    keys.delete(&made.key).await?;
    line("delete", said(keys.get(&made.key).await.map(|_| ())));
    Ok(())
}

/// A failure as kind and the service's own words, or the remedy where nothing was sent.
fn said(result: std::result::Result<(), Error>) -> String {
    match result {
        Ok(()) => "done".into(),
        Err(error) => format!("{}: {}", error.kind(), error.message().or(error.remedy()).unwrap_or_default()),
    }
}
