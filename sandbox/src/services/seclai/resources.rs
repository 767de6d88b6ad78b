//! What Seclai's keys reach besides runs and documents: the caller and the agents.

use serde_json::{Value, json};

use super::{AGENT_PAGE, find, page};
use crate::ctx::Ctx;
use crate::service::{Answer, Reply, Request};
use crate::store::Object;

pub(super) fn me(ctx: &mut Ctx<'_>, _req: &Request) -> Answer {
    let account = &ctx.caller.account;
    Ok(Reply::json(200, json!({ "account_id": account, "organizations": [] })))
}

pub(super) fn list_agents(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let agents = ctx.store.objects("seclai", "agent", &ctx.caller.account);
    page(ctx, req, agents.iter().map(|agent| agent_json(ctx, agent)).collect(), AGENT_PAGE)
}

pub(super) fn get_agent(ctx: &mut Ctx<'_>, req: &Request) -> Answer {
    let agent = find_agent(ctx, req)?;
    Ok(Reply::json(200, agent_json(ctx, &agent)))
}

pub(super) fn find_agent(ctx: &mut Ctx<'_>, req: &Request) -> Result<Object, Reply> {
    find(ctx, "agent", req.param("id"), "Agent not found")
}

/// The page shows a `status`; the service's own client knows `disabled` instead.
fn agent_json(ctx: &Ctx<'_>, agent: &Object) -> Value {
    let mut json = json!({ "id": agent.id, "name": agent.json["name"], "description": agent.json["description"],
        "created_at": agent.created, "updated_at": agent.created });
    if ctx.live() {
        json["disabled"] = json!(false);
        json["trigger_type"] = json!("dynamic_input");
    } else {
        json["status"] = agent.json["status"].clone();
    }
    json
}
