//! The main job at all five services, on the embedded sandbox: create a key, use it, see it in the
//! list, survive a rate limit, take it out of service, and watch the old secret being refused.
//!
//! `cargo run --example quickstart`

use keywright::sandbox::Sandbox;
use keywright::{Account, Client, CreateKey, CreatedKey, ErrorKind, PageRequest, Result, Secret};
use keywright_examples::{Table, line, title};
use serde_json::json;

/// One service: how to make its client, and a path that a key may read.
struct Service {
    title: &'static str,
    client: Client,
    path: &'static str,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;
    println!("Five services on this machine: no account, no network, time is virtual.");

    let segops = sandbox.segops();
    let tenant = Account::id(&segops.tenant_slug);
    let services = [
        Service { title: "Seclai", client: Client::new("seclai", sandbox.seclai())?, path: "/agents" },
        Service { title: "SegOps", client: Client::new("segops", segops)?.account(tenant)?, path: "/api/segments/" },
        Service { title: "SidClaw", client: Client::new("sidclaw", sandbox.sidclaw())?, path: "/api/v1/agents" },
        Service { title: "Seenty", client: Client::new("seenty", sandbox.seenty())?, path: "/v1/monitors" },
        Service { title: "itellicoAI", client: Client::new("itellico", sandbox.itellico())?, path: "/v1/agents" },
    ];

    let mut table = Table::new(&["Service", "Created", "Used", "Listed", "Rate limit", "Taken out", "Old secret"]);
    for service in &services {
        table.row(main_job(&sandbox, service).await?);
    }
    routed_to_a_subaccount(&sandbox).await?;
    println!();
    table.print();
    Ok(())
}

async fn main_job(sandbox: &Sandbox, service: &Service) -> Result<Vec<String>> {
    title(service.title);
    let keys = service.client.keys();

    // The secret is in the result and is never shown again: it would go into a vault here.
    let made = keys.create(CreateKey::new().name("quickstart")).await?;
    line("keys.create", format!("{} (secret received, {} characters)", made.key.display_name(), made.secret.expose().len()));

    let user = service.client.with_key(made.secret.clone())?;
    let answer = user.get(service.path).await?;
    line(&format!("GET {}", service.path), answer.status);

    let listed = listed(service, &made).await?;
    line("keys.list", &listed);

    let waited = rate_limited(sandbox, service, &user).await?;
    line("429, Retry-After: 2", format!("waited {waited}, then 200"));

    let taken_out = taken_out(service, &made).await?;
    line(if taken_out == "rotated" { "keys.rotate" } else { "keys.retire" }, &taken_out);

    let refused = refused(service, &made.secret).await?;
    line("the old secret", &refused);
    Ok(vec![
        service.title.into(),
        "yes".into(),
        answer.status.to_string(),
        listed,
        format!("waited {waited}"),
        taken_out,
        refused,
    ])
}

/// The key in the list, with its status and last use; SegOps documents no list and says so.
async fn listed(service: &Service, made: &CreatedKey) -> Result<String> {
    if !service.client.supports("keys.list") {
        return Ok("no list is documented".into());
    }
    let all = service.client.keys().stream().collect().await?;
    let key = all.iter().find(|key| key.id == made.key.id);
    Ok(key.map_or("missing".into(), |key| {
        format!("{}, {}", key.status_label, if key.last_used_at.is_some() { "used" } else { "never used" })
    }))
}

/// The service says "too many requests"; the call waits as long as it is told and then succeeds.
async fn rate_limited(sandbox: &Sandbox, service: &Service, user: &Client) -> Result<String> {
    sandbox.fault_json(
        &json!({
            "match": { "service": service.client.dialect().id(), "method": "GET" },
            "phase": "before_handler",
            "action": { "kind": "status", "status": 429, "headers": { "Retry-After": "2" } },
        })
        .to_string(),
    )?;
    let answer = user.get(service.path).await?;
    Ok(format!("{} s", answer.meta.elapsed.as_secs()))
}

/// SidClaw gives the same key a new secret; elsewhere the key is retired in the service's own way.
async fn taken_out(service: &Service, made: &CreatedKey) -> Result<String> {
    if service.client.supports("keys.rotate") {
        service.client.keys().rotate(&made.key).await?;
        return Ok("rotated".into());
    }
    let retired = service.client.keys().retire(&made.key).await?;
    Ok(match retired.action.as_str() {
        "archive" => "archived",
        "revoke" => "revoked",
        _ => "deleted",
    }
    .into())
}

async fn refused(service: &Service, secret: &Secret) -> Result<String> {
    match service.client.with_key(secret.clone())?.get(service.path).await {
        Err(error) if error.kind() == ErrorKind::Unauthenticated => Ok("refused (401)".into()),
        Err(error) => Err(error),
        Ok(answer) => Ok(format!("still works ({})", answer.status)),
    }
}

/// One key of a parent account reaches the accounts below it; the account stands in the path.
async fn routed_to_a_subaccount(sandbox: &Sandbox) -> Result<()> {
    title("itellicoAI, a subaccount");
    let credentials = sandbox.itellico();
    let subaccount = Account::id(&credentials.subaccount_id);
    let client = Client::new("itellico", credentials)?.account(subaccount)?;
    let agents = client.agents().list(PageRequest::new()).await?;
    line("agents.list", format!("{} of the subaccount", agents.items.len()));
    let made = client.keys().create(CreateKey::new().name("only for the subaccount")).await?;
    line("keys.create", made.key.display_name());
    Ok(())
}
