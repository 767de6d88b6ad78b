//! One key, several accounts: where a service lets a parent's key reach the accounts below it.
//!
//! `cargo run --example 03_accounts`

use keywright::sandbox::Sandbox;
use keywright::{Account, Client, CreateKey, PageRequest, Result};
use keywright_examples::{line, title};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let sandbox = Sandbox::start()?;

    title("itellicoAI: the account stands in the path");
    let credentials = sandbox.itellico();
    let below = Account::id(&credentials.subaccount_id);
    let parent = Client::new("itellico", credentials)?;
    let subaccount = parent.account(below)?;
    line("the parent's agents", parent.agents().list(PageRequest::new()).await?.items.len());
    line("the same, by \"me\"", parent.account(Account::Me)?.agents().list(PageRequest::new()).await?.items.len());
    line("the subaccount's agents", subaccount.agents().list(PageRequest::new()).await?.items.len());
    line("a raw path is relative", subaccount.get("/agents").await?.status);

    let made = subaccount.keys().create(CreateKey::new().name("only here")).await?;
    let only_here = subaccount.with_key(made.secret.clone())?;
    line("a key of the subaccount", format!("{} there", only_here.agents().list(PageRequest::new()).await?.meta.status));
    let upward = parent.with_key(made.secret.clone())?.account_settings();
    line(
        "and above it",
        upward.get().await.map_or_else(
            |error| error.to_string(),
            |account| format!("its own account: {}", account.id == made.key.account_id.clone().unwrap_or_default()),
        ),
    );
    let new = parent.subaccounts().create(&json!({ "name": "Customer 7" })).await?;
    let customer = parent.account(Account::id(&new.id))?;
    line("a new subaccount", customer.account_settings().get().await?.name.clone().unwrap_or_default());
    line("keys of it", customer.keys().list(PageRequest::new()).await?.items.len());
    let wrong = parent.account(Account::id("me"));
    line("an id that is a word", wrong.err().map_or_else(String::new, |error| error.to_string()));

    title("SegOps: the tenant stands in the body");
    let credentials = sandbox.segops();
    let tenant = credentials.tenant_slug.clone();
    let client = Client::new("segops", credentials)?;
    let without = client.keys().create(CreateKey::new().name("x")).await;
    line("create without a tenant", without.err().map_or_else(String::new, |error| error.to_string()));
    let made = client.account(Account::id(tenant))?.keys().create(CreateKey::new().name("x")).await?;
    line("create with one", made.key.display_name());
    Ok(())
}
