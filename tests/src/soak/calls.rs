//! The calls that are made at each service.

use keywright::{Account, Client, ClientOptions, CreateKey, Delivery, Error, Management, PageRequest, Recover, Safety, Secret};
use serde_json::{Value, json};

/// The services, and what can be called there.
pub(super) const SERVICES: [Service; 5] = [
    Service { name: "seclai", list: "agents", retire: "keys.delete", recover: Recover::Replace, rotates: false, runs: true },
    Service { name: "segops", list: "segments", retire: "keys.delete", recover: Recover::Report, rotates: false, runs: false },
    Service { name: "sidclaw", list: "agents", retire: "keys.delete", recover: Recover::Rotate, rotates: true, runs: false },
    Service { name: "seenty", list: "monitors", retire: "keys.revoke", recover: Recover::Replace, rotates: false, runs: false },
    Service { name: "itellico", list: "agents", retire: "keys.delete", recover: Recover::Replace, rotates: false, runs: false },
];

/// One service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    pub name: &'static str,
    /// A list that its key may see.
    pub list: &'static str,
    /// How a key is taken out of service.
    pub retire: &'static str,
    /// How a lost key can be mended there.
    pub recover: Recover,
    pub rotates: bool,
    pub runs: bool,
}

/// A call with its arguments.
#[derive(Debug, Clone)]
pub(super) enum Act {
    List,
    Keys,
    Run,
    Create { name: String, recover: bool },
    Rotate { id: String },
    Retire { id: String },
}

/// A key as its caller holds it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub id: String,
    pub secret: Secret,
}

impl Act {
    /// Its name in events.
    pub(super) fn operation(&self, service: Service) -> String {
        match self {
            Self::List => format!("{}.list", service.list),
            Self::Keys => "keys.list".to_owned(),
            Self::Run => "runs.create".to_owned(),
            Self::Create { .. } => "keys.create".to_owned(),
            Self::Rotate { .. } => "keys.rotate".to_owned(),
            Self::Retire { .. } => service.retire.to_owned(),
        }
    }

    /// What may happen to it when its fate is not known.
    pub(super) fn safety(&self) -> Safety {
        match self {
            Self::List | Self::Keys => Safety::Safe,
            Self::Retire { .. } => Safety::Idempotent,
            Self::Run | Self::Create { .. } | Self::Rotate { .. } => Safety::Never,
        }
    }

    /// Makes the call; gives the key that it brings.
    pub(super) async fn make(&self, client: &Client, service: Service, agent: &str) -> Result<Option<Held>, Error> {
        let keys = client.keys();
        let made = match self {
            Self::List => return client.resource(service.list).list(PageRequest::new()).await.map(|_| None),
            Self::Keys => return keys.list(PageRequest::new()).await.map(|_| None),
            Self::Run => return client.runs().create(agent, &json!({ "input": "soak" })).await.map(|_| None),
            Self::Retire { id } if service.retire == "keys.revoke" => return keys.revoke(id.as_str()).await.map(|_| None),
            Self::Retire { id } => return keys.delete(id.as_str()).await.map(|_| None),
            Self::Rotate { id } => keys.rotate(id.as_str()).await?,
            Self::Create { name, recover } => {
                let recover = if *recover { service.recover } else { Recover::Report };
                keys.delivery(Delivery::new().recover(recover)).create(CreateKey::new().name(name)).await?
            }
        };
        Ok(Some(Held { id: made.key.id.to_string(), secret: made.secret.clone() }))
    }
}

/// Options from what the sandbox hands out.
pub(super) fn options(handed_out: &Value, service: Service) -> ClientOptions {
    let given = &handed_out["services"][service.name];
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let options = ClientOptions::new().env::<&str, &str>([]).base_url(text("base_url")).api_key(text("api_key"));
    match service.name {
        "segops" => {
            options.management(Management::login(text("email"), text("password"))).account(Account::id(text("tenant_slug")))
        }
        "sidclaw" => options.management(Management::login(text("email"), text("password"))),
        "seenty" => options.management(Management::token(text("management"))),
        _ => options,
    }
}
