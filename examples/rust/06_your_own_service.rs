//! A sixth service from one file and no code. The sandbox serves it too.
//!
//! `cargo run --example 06_your_own_service`

use keywright::sandbox::Sandbox;
use keywright::{Account, Client, CreateKey, Dialect, PageRequest, Result};
use keywright_examples::{Table, line, title};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;
    let acme = Dialect::from_toml(include_str!("../acme.toml"))?;
    let client = Client::with_dialect(acme, sandbox.acme())?;

    title("What the file says the service can do");
    let mut table = Table::new(&["Operation", "Request", "How we know"]);
    for capability in client.capabilities().iter().filter(|capability| capability.supported) {
        table.row([capability.name.as_str(), capability.http.as_deref().unwrap_or(""), capability.source.as_str()]);
    }
    table.print();

    title("And it does");
    let made = client.keys().create(CreateKey::new().name("mine")).await?;
    line("keys.create", format!("{} ({})", made.key.display_name(), made.key.status_label));
    let user = client.with_key(made.secret.clone())?;
    let things = user.resource("things").list(PageRequest::new()).await?.into_stream().collect().await?;
    line("things.list", things.iter().filter_map(|thing| thing.name.as_deref()).collect::<Vec<_>>().join(", "));
    let org = user.account(Account::id("org_2"))?;
    line(
        "of another organization",
        org.get("/v2/things").await.map_or_else(|error| error.to_string(), |answer| answer.status.to_string()),
    );
    let retired = client.keys().retire(&made.key).await?;
    line("keys.retire", retired.key.as_ref().map_or("gone", |key| key.status_label.as_str()));
    line("keys.rotate", client.keys().rotate(&made.key).await.err().map_or_else(String::new, |error| error.to_string()));
    line(
        "the old token",
        user.get("/v2/things").await.err().map_or_else(String::new, |error| error.message().unwrap_or_default().to_owned()),
    );
    Ok(())
}
