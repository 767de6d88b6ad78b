//! The methods by number, the records by place.
// Written by `cargo xtask gen`; changes belong into core/facade or the emitter.

use std::sync::Arc;

use keywright_facade::process::Result;
use keywright_facade::*;
use napi::bindgen_prelude::Array;

use crate::bridge::Bridge;
use crate::read::{Read, or_default, there, word};
use crate::write::{Answer, Out, Write};

fn unknown() -> KeywrightError {
    KeywrightError::of(ErrorKind::Internal, "the package asks for a method that this file does not have")
}

/// Begins the async method of that number.
pub fn begin(bridge: &Bridge, number: i64, method: u32, from: &Array<'_>) -> Result<()> {
    match method {
        0 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let method: String = Read::read(from, 1, "method")?;
            let path: String = Read::read(from, 2, "path")?;
            let options: RequestOptions = or_default(from, 3, "options")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.request(method, path, options).await?))
            }))
        }
        1 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.billing_status().await?))
            }))
        }
        2 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let action: Json = Read::read(from, 1, "action")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.evaluate(action).await?))
            }))
        }
        3 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.me().await?))
            }))
        }
        4 => {
            let this = Arc::<EventStream>::read(from, 0, "this")?;
            bridge.start(number, None, false, Box::pin(async move {
                this.close().await?;
                Ok(Answer::of(()))
            }))
        }
        5 => {
            let this = Arc::<EventStream>::read(from, 0, "this")?;
            bridge.start(number, None, false, Box::pin(async move {
                Ok(Answer::of(this.next_event().await?))
            }))
        }
        6 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let allow_self: Option<bool> = Read::read(from, 2, "allow_self")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_archive(id, allow_self).await?))
            }))
        }
        7 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let query: CallsQuery = or_default(from, 2, "query")?;
            let page_size: Option<u32> = Read::read(from, 3, "page_size")?;
            let after: Option<String> = Read::read(from, 4, "after")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_calls(id, query, page_size, after).await?))
            }))
        }
        8 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let query: CallsQuery = or_default(from, 2, "query")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_calls_oldest_first(id, query).await?))
            }))
        }
        9 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let wanted: CreateKey = or_default(from, 1, "wanted")?;
            let delivery: Delivery = or_default(from, 2, "delivery")?;
            let asks = delivery.deliver.0 > 0;
            bridge.start(number, Some(&Arc::clone(&this)), asks, Box::pin(async move {
                Ok(Answer::of(this.keys_create(wanted, delivery).await?))
            }))
        }
        10 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let allow_self: Option<bool> = Read::read(from, 2, "allow_self")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_delete(id, allow_self).await?))
            }))
        }
        11 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_get(id).await?))
            }))
        }
        12 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let page_size: Option<u32> = Read::read(from, 1, "page_size")?;
            let after: Option<String> = Read::read(from, 2, "after")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_list(page_size, after).await?))
            }))
        }
        13 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_reactivate(id).await?))
            }))
        }
        14 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let allow_self: Option<bool> = Read::read(from, 2, "allow_self")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_retire(id, allow_self).await?))
            }))
        }
        15 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let allow_self: Option<bool> = Read::read(from, 2, "allow_self")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_revoke(id, allow_self).await?))
            }))
        }
        16 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let delivery: Delivery = or_default(from, 2, "delivery")?;
            let asks = delivery.deliver.0 > 0;
            bridge.start(number, Some(&Arc::clone(&this)), asks, Box::pin(async move {
                Ok(Answer::of(this.keys_rotate(id, delivery).await?))
            }))
        }
        17 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let change: UpdateKey = or_default(from, 2, "change")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_update(id, change).await?))
            }))
        }
        18 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let query: UsageQuery = or_default(from, 2, "query")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.keys_usage(id, query).await?))
            }))
        }
        19 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let resource: String = Read::read(from, 1, "resource")?;
            let action: String = Read::read(from, 2, "action")?;
            let arguments: Arguments = or_default(from, 3, "arguments")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.resource_call(resource, action, arguments).await?))
            }))
        }
        20 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let resource: String = Read::read(from, 1, "resource")?;
            let body: Json = Read::read(from, 2, "body")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.resource_create(resource, body).await?))
            }))
        }
        21 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let resource: String = Read::read(from, 1, "resource")?;
            let id: String = Read::read(from, 2, "id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.resource_delete(resource, id).await?))
            }))
        }
        22 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let resource: String = Read::read(from, 1, "resource")?;
            let id: String = Read::read(from, 2, "id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.resource_get(resource, id).await?))
            }))
        }
        23 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let resource: String = Read::read(from, 1, "resource")?;
            let page_size: Option<u32> = Read::read(from, 2, "page_size")?;
            let after: Option<String> = Read::read(from, 3, "after")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.resource_list(resource, page_size, after).await?))
            }))
        }
        24 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let resource: String = Read::read(from, 1, "resource")?;
            let id: String = Read::read(from, 2, "id")?;
            let body: Json = Read::read(from, 3, "body")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.resource_update(resource, id, body).await?))
            }))
        }
        25 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let run_id: String = Read::read(from, 1, "run_id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.runs_cancel(run_id).await?))
            }))
        }
        26 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let agent_id: String = Read::read(from, 1, "agent_id")?;
            let body: Json = Read::read(from, 2, "body")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.runs_create(agent_id, body).await?))
            }))
        }
        27 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let run_id: String = Read::read(from, 1, "run_id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.runs_get(run_id).await?))
            }))
        }
        28 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let agent_id: String = Read::read(from, 1, "agent_id")?;
            let body: Json = Read::read(from, 2, "body")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.runs_stream(agent_id, body).await?))
            }))
        }
        29 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let run_id: String = Read::read(from, 1, "run_id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.runs_wait(run_id).await?))
            }))
        }
        30 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let event: Json = Read::read(from, 1, "event")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.events_track(event).await?))
            }))
        }
        31 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let events: Json = Read::read(from, 1, "events")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.events_track_batch(events).await?))
            }))
        }
        32 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let page_size: Option<u32> = Read::read(from, 1, "page_size")?;
            let after: Option<String> = Read::read(from, 2, "after")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.segments_list(page_size, after).await?))
            }))
        }
        33 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            let page_size: Option<u32> = Read::read(from, 2, "page_size")?;
            let after: Option<String> = Read::read(from, 3, "after")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.segments_members(id, page_size, after).await?))
            }))
        }
        34 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let user_id: String = Read::read(from, 1, "user_id")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.segments_membership(user_id).await?))
            }))
        }
        35 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.account_settings_get().await?))
            }))
        }
        36 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let body: Json = Read::read(from, 1, "body")?;
            bridge.start(number, Some(&Arc::clone(&this)), false, Box::pin(async move {
                Ok(Answer::of(this.account_settings_update(body).await?))
            }))
        }
        _ => Err(unknown()),
    }
}

/// Makes the sync method of that number.
pub fn invoke(method: u32, from: &Array<'_>) -> Result<Answer> {
    match method {
        0 => {
            let service: String = Read::read(from, 0, "service")?;
            let options: ClientOptions = or_default(from, 1, "options")?;
            Ok(Answer::of(Client::new(service, options)?))
        }
        1 => {
            let dialect: Arc<Dialect> = Read::read(from, 0, "dialect")?;
            let options: ClientOptions = or_default(from, 1, "options")?;
            Ok(Answer::of(Client::with_dialect(dialect, options)?))
        }
        2 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let id: String = Read::read(from, 1, "id")?;
            Ok(Answer::of(this.account(id)?))
        }
        3 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            Ok(Answer::of(this.capabilities()?))
        }
        4 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            Ok(Answer::of(this.describe()?))
        }
        5 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            Ok(Answer::of(this.now()?))
        }
        6 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            Ok(Answer::of(this.own_account()?))
        }
        7 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            Ok(Answer::of(this.service()?))
        }
        8 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let capability: String = Read::read(from, 1, "capability")?;
            Ok(Answer::of(this.supports(capability)?))
        }
        9 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            Ok(Answer::of(this.throttle()?))
        }
        10 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let key: Secret = Read::read(from, 1, "key")?;
            Ok(Answer::of(this.with_key(key)?))
        }
        11 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let options: CallOptions = or_default(from, 1, "options")?;
            Ok(Answer::of(this.with_options(options)?))
        }
        12 => {
            let this = Arc::<Client>::read(from, 0, "this")?;
            let method: String = Read::read(from, 1, "method")?;
            let path: String = Read::read(from, 2, "path")?;
            let options: RequestOptions = or_default(from, 3, "options")?;
            Ok(Answer::of(this.to_curl(method, path, options)?))
        }
        13 => {
            let service: String = Read::read(from, 0, "service")?;
            Ok(Answer::of(Dialect::builtin(service)?))
        }
        14 => {
            let text: String = Read::read(from, 0, "text")?;
            let env: Option<Vec<String>> = Read::read(from, 1, "env")?;
            Ok(Answer::of(Dialect::from_toml(text, env)?))
        }
        15 => {
            let this = Arc::<Dialect>::read(from, 0, "this")?;
            Ok(Answer::of(this.capabilities()))
        }
        16 => {
            let this = Arc::<Dialect>::read(from, 0, "this")?;
            Ok(Answer::of(this.id()))
        }
        17 => {
            let this = Arc::<Dialect>::read(from, 0, "this")?;
            let name: String = Read::read(from, 1, "name")?;
            Ok(Answer::of(this.scope_preset(name)))
        }
        18 => {
            let this = Arc::<Dialect>::read(from, 0, "this")?;
            Ok(Answer::of(this.title()))
        }
        19 => {
            let this = Arc::<Dialect>::read(from, 0, "this")?;
            Ok(Answer::of(this.variables()))
        }
        20 => {
            let this = Arc::<EventStream>::read(from, 0, "this")?;
            this.leave();
            Ok(Answer::of(()))
        }
        21 => {
            let this = Arc::<EventStream>::read(from, 0, "this")?;
            Ok(Answer::of(this.run_id()))
        }
        22 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            let by: std::time::Duration = Read::read(from, 1, "by")?;
            this.advance(by);
            Ok(Answer::of(()))
        }
        23 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            Ok(Answer::of(this.elapsed()))
        }
        24 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            let chance: f64 = Read::read(from, 1, "chance")?;
            Ok(Answer::of(this.exact(chance)))
        }
        25 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            this.hold();
            Ok(Answer::of(()))
        }
        26 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            Ok(Answer::of(this.now()))
        }
        27 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            this.release();
            Ok(Answer::of(()))
        }
        28 => {
            let this = Arc::<Clock>::read(from, 0, "this")?;
            Ok(Answer::of(this.sleepers()))
        }
        29 => {
            let options: SandboxOptions = or_default(from, 0, "options")?;
            Ok(Answer::of(Sandbox::start(options)?))
        }
        30 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let service: String = Read::read(from, 1, "service")?;
            Ok(Answer::of(this.access(service)?))
        }
        31 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            this.clear_faults();
            Ok(Answer::of(()))
        }
        32 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            this.clear_limits()?;
            Ok(Answer::of(()))
        }
        33 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            Ok(Answer::of(this.clock()))
        }
        34 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            this.close();
            Ok(Answer::of(()))
        }
        35 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            Ok(Answer::of(this.connections()))
        }
        36 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let rule: Json = Read::read(from, 1, "rule")?;
            Ok(Answer::of(this.fault(rule)?))
        }
        37 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            Ok(Answer::of(this.faults()))
        }
        38 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            this.finish()?;
            Ok(Answer::of(()))
        }
        39 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            Ok(Answer::of(this.fixtures()?))
        }
        40 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            Ok(Answer::of(this.journal()))
        }
        41 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let fixtures: Json = Read::read(from, 1, "fixtures")?;
            this.load_fixtures(fixtures)?;
            Ok(Answer::of(()))
        }
        42 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            this.reset()?;
            Ok(Answer::of(()))
        }
        43 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let service: String = Read::read(from, 1, "service")?;
            let account: Option<String> = Read::read(from, 2, "account")?;
            let active: bool = or_default(from, 3, "active")?;
            this.set_active(service, account, active)?;
            Ok(Answer::of(()))
        }
        44 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let service: String = Read::read(from, 1, "service")?;
            let credits: Option<f64> = Read::read(from, 2, "credits")?;
            this.set_credits(service, credits)?;
            Ok(Answer::of(()))
        }
        45 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let service: String = Read::read(from, 1, "service")?;
            let count: u64 = Read::read(from, 2, "count")?;
            let per: std::time::Duration = Read::read(from, 3, "per")?;
            let status: Option<u32> = Read::read(from, 4, "status")?;
            let retry_after: Option<bool> = Read::read(from, 5, "retry_after")?;
            this.set_limit(service, count, per, status, retry_after)?;
            Ok(Answer::of(()))
        }
        46 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let service: String = Read::read(from, 1, "service")?;
            let plan: String = Read::read(from, 2, "plan")?;
            this.set_plan(service, plan)?;
            Ok(Answer::of(()))
        }
        47 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let service: String = Read::read(from, 1, "service")?;
            let variant: String = Read::read(from, 2, "variant")?;
            this.set_variant(service, variant)?;
            Ok(Answer::of(()))
        }
        48 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let expected: Json = Read::read(from, 1, "expected")?;
            let strict_order: bool = or_default(from, 2, "strict_order")?;
            Ok(Answer::of(this.verify(expected, strict_order)?))
        }
        49 => {
            let this = Arc::<Sandbox>::read(from, 0, "this")?;
            let options: SandboxOptions = or_default(from, 1, "options")?;
            Ok(Answer::of(this.world(options)?))
        }
        50 => {
            Ok(Answer::of(build_info()))
        }
        51 => {
            let body: Vec<u8> = Read::read(from, 0, "body")?;
            Ok(Answer::of(decode_json(body)?))
        }
        _ => Err(unknown()),
    }
}

impl Write for CredentialOrigin {
    fn write(self, out: &mut Out) {
        let Self { name, origin, digest } = self;
        out.record(|out| {
            out.member(name);
            out.member(origin);
            out.member(digest);
        });
    }
}

impl Write for Description {
    fn write(self, out: &mut Out) {
        let Self { service, variant, base_url, base_url_origin, account, credentials } = self;
        out.record(|out| {
            out.member(service);
            out.member(variant);
            out.member(base_url);
            out.member(base_url_origin);
            out.member(account);
            out.member(credentials);
        });
    }
}

impl Write for LimiterView {
    fn write(self, out: &mut Out) {
        let Self { bucket, rate, cool_down, in_flight, waiting, clock_skew } = self;
        out.record(|out| {
            out.member(bucket);
            out.member(rate);
            out.member(cool_down);
            out.member(in_flight);
            out.member(waiting);
            out.member(clock_skew);
        });
    }
}

impl Write for ThrottleView {
    fn write(self, out: &mut Out) {
        let Self { service, budget_remaining, limiters } = self;
        out.record(|out| {
            out.member(service);
            out.member(budget_remaining);
            out.member(limiters);
        });
    }
}

impl Write for Capability {
    fn write(self, out: &mut Out) {
        let Self { name, supported, http, remedy, irreversible, source } = self;
        out.record(|out| {
            out.member(name);
            out.member(supported);
            out.member(http);
            out.member(remedy);
            out.member(irreversible);
            out.member(source);
        });
    }
}

impl Write for Attempt {
    fn write(self, out: &mut Out) {
        let Self { n, started_at, duration, delay_before, status, phase, request_id } = self;
        out.record(|out| {
            out.member(n);
            out.member(started_at);
            out.member(duration);
            out.member(delay_before);
            out.member(status);
            out.member(phase);
            out.member(request_id);
        });
    }
}

impl Write for ErrorInfo {
    fn write(self, out: &mut Out) {
        let Self { kind, text, reason, service, operation, field, remedy, status, code, message, request_id, retry_after, outcome, stop, timeout_scope, attempts, candidates, nonce, fields, excerpt, is_retryable, host_failure } = self;
        out.record(|out| {
            out.member(kind);
            out.member(text);
            out.member(reason);
            out.member(service);
            out.member(operation);
            out.member(field);
            out.member(remedy);
            out.member(status);
            out.member(code);
            out.member(message);
            out.member(request_id);
            out.member(retry_after);
            out.member(outcome);
            out.member(stop);
            out.member(timeout_scope);
            out.member(attempts);
            out.member(candidates);
            out.member(nonce);
            out.member(fields);
            out.member(excerpt);
            out.member(is_retryable);
            out.member(host_failure);
        });
    }
}

impl Write for FieldError {
    fn write(self, out: &mut Out) {
        let Self { field, messages } = self;
        out.record(|out| {
            out.member(field);
            out.member(messages);
        });
    }
}

impl Write for Event {
    fn write(self, out: &mut Out) {
        let Self { name, service, operation, call, attempt, status, duration, error, outcome, key_id, detail } = self;
        out.record(|out| {
            out.member(name);
            out.member(service);
            out.member(operation);
            out.member(call);
            out.member(attempt);
            out.member(status);
            out.member(duration);
            out.member(error);
            out.member(outcome);
            out.member(key_id);
            out.member(detail);
        });
    }
}

impl Write for ServerEvent {
    fn write(self, out: &mut Out) {
        let Self { event, data } = self;
        out.record(|out| {
            out.member(event);
            out.member(data);
        });
    }
}

impl Read for CallOptions {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            timeout: Read::read(from, 0, "timeout")?,
            attempt_timeout: Read::read(from, 1, "attempt_timeout")?,
            read_timeout: Read::read(from, 2, "read_timeout")?,
            max_attempts: Read::read(from, 3, "max_attempts")?,
            throttle: Read::read(from, 4, "throttle")?,
            priority: Read::read(from, 5, "priority")?,
        })
    }
}

impl Read for CallsQuery {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            method: Read::read(from, 0, "method")?,
            status: Read::read(from, 1, "status")?,
            endpoint: Read::read(from, 2, "endpoint")?,
            since: Read::read(from, 3, "since")?,
            until: Read::read(from, 4, "until")?,
        })
    }
}

impl Read for ClientOptions {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            api_key: Read::read(from, 0, "api_key")?,
            key_provider: or_default(from, 1, "key_provider")?,
            management: Read::read(from, 2, "management")?,
            email: Read::read(from, 3, "email")?,
            password: Read::read(from, 4, "password")?,
            account: Read::read(from, 5, "account")?,
            agent_id: Read::read(from, 6, "agent_id")?,
            base_url: Read::read(from, 7, "base_url")?,
            variant: Read::read(from, 8, "variant")?,
            timeout: Read::read(from, 9, "timeout")?,
            attempt_timeout: Read::read(from, 10, "attempt_timeout")?,
            read_timeout: Read::read(from, 11, "read_timeout")?,
            connect_timeout: Read::read(from, 12, "connect_timeout")?,
            max_attempts: Read::read(from, 13, "max_attempts")?,
            retry_base: Read::read(from, 14, "retry_base")?,
            retry_cap: Read::read(from, 15, "retry_cap")?,
            max_retry_after: Read::read(from, 16, "max_retry_after")?,
            queue_limit: Read::read(from, 17, "queue_limit")?,
            throttle: Read::read(from, 18, "throttle")?,
            priority: Read::read(from, 19, "priority")?,
            isolated_limits: or_default(from, 20, "isolated_limits")?,
            max_body: Read::read(from, 21, "max_body")?,
            max_connections: Read::read(from, 22, "max_connections")?,
            allow_insecure_http: or_default(from, 23, "allow_insecure_http")?,
            check_key_shape: Read::read(from, 24, "check_key_shape")?,
            keep_password: Read::read(from, 25, "keep_password")?,
            debug_headers: or_default(from, 26, "debug_headers")?,
            proxy: Read::read(from, 27, "proxy")?,
            extra_roots: or_default(from, 28, "extra_roots")?,
            app_name: Read::read(from, 29, "app_name")?,
            on_event: or_default(from, 30, "on_event")?,
            clock: Read::read(from, 31, "clock")?,
            env: Read::read(from, 32, "env")?,
        })
    }
}

impl Read for CreateKey {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            name: Read::read(from, 0, "name")?,
            scopes: Read::read(from, 1, "scopes")?,
            expires_at: Read::read(from, 2, "expires_at")?,
        })
    }
}

impl Read for Delivery {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            recover: Read::read(from, 0, "recover")?,
            snapshot: or_default(from, 1, "snapshot")?,
            on_cancel: Read::read(from, 2, "on_cancel")?,
            deliver: or_default(from, 3, "deliver")?,
            allow_self: or_default(from, 4, "allow_self")?,
        })
    }
}

impl Read for UpdateKey {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            name: Read::read(from, 0, "name")?,
            expires_at: Read::read(from, 1, "expires_at")?,
            never_expires: or_default(from, 2, "never_expires")?,
        })
    }
}

impl Read for UsageQuery {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            range: Read::read(from, 0, "range")?,
            since: Read::read(from, 1, "since")?,
            until: Read::read(from, 2, "until")?,
            granularity: Read::read(from, 3, "granularity")?,
        })
    }
}

impl Read for RequestOptions {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            query: Read::read(from, 0, "query")?,
            headers: Read::read(from, 1, "headers")?,
            json: Read::read(from, 2, "json")?,
            body: Read::read(from, 3, "body")?,
            content_type: Read::read(from, 4, "content_type")?,
            safety: Read::read(from, 5, "safety")?,
        })
    }
}

impl Write for Response {
    fn write(self, out: &mut Out) {
        let Self { status, headers, body, meta } = self;
        out.record(|out| {
            out.member(status);
            out.member(headers);
            out.member(body);
            out.member(meta);
        });
    }
}

impl Write for ActionReply {
    fn write(self, out: &mut Out) {
        let Self { item, page, data, events, meta } = self;
        out.record(|out| {
            out.member(item);
            out.member(page);
            out.member(data);
            out.member(events);
            out.member(meta);
        });
    }
}

impl Read for Arguments {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            path: Read::read(from, 0, "path")?,
            query: Read::read(from, 1, "query")?,
            body: Read::read(from, 2, "body")?,
            page_size: Read::read(from, 3, "page_size")?,
            after: Read::read(from, 4, "after")?,
        })
    }
}

impl Write for Connections {
    fn write(self, out: &mut Out) {
        let Self { open, total } = self;
        out.record(|out| {
            out.member(open);
            out.member(total);
        });
    }
}

impl Write for JournalEntry {
    fn write(self, out: &mut Out) {
        let Self { n, service, method, path, query, headers, body, status, rule, fault, connection, at } = self;
        out.record(|out| {
            out.member(n);
            out.member(service);
            out.member(method);
            out.member(path);
            out.member(query);
            out.member(headers);
            out.member(body);
            out.member(status);
            out.member(rule);
            out.member(fault);
            out.member(connection);
            out.member(at);
        });
    }
}

impl Write for SandboxAccess {
    fn write(self, out: &mut Out) {
        let Self { service, base_url, api_key, management, email, password, agent_id, account_id, subaccount_id, tenant_slug, clock } = self;
        out.record(|out| {
            out.member(service);
            out.member(base_url);
            out.member(api_key);
            out.member(management);
            out.member(email);
            out.member(password);
            out.member(agent_id);
            out.member(account_id);
            out.member(subaccount_id);
            out.member(tenant_slug);
            out.member(clock);
        });
    }
}

impl Read for SandboxOptions {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            seed: Read::read(from, 0, "seed")?,
            plan: Read::read(from, 1, "plan")?,
            variant: Read::read(from, 2, "variant")?,
            clock: Read::read(from, 3, "clock")?,
            lenient: or_default(from, 4, "lenient")?,
            idempotency: or_default(from, 5, "idempotency")?,
            broken_rules: or_default(from, 6, "broken_rules")?,
        })
    }
}

impl Write for Activity {
    fn write(self, out: &mut Out) {
        let Self { activity, credits, origin } = self;
        out.record(|out| {
            out.member(activity);
            out.member(credits);
            out.member(origin);
        });
    }
}

impl Write for CallPage {
    fn write(self, out: &mut Out) {
        let Self { items, next_token, meta } = self;
        out.record(|out| {
            out.member(items);
            out.member(next_token);
            out.member(meta);
        });
    }
}

impl Write for CallRecord {
    fn write(self, out: &mut Out) {
        let Self { id, method, endpoint, status, error, started_at, data } = self;
        out.record(|out| {
            out.member(id);
            out.member(method);
            out.member(endpoint);
            out.member(status);
            out.member(error);
            out.member(started_at);
            out.member(data);
        });
    }
}

impl Write for CreatedKey {
    fn write(self, out: &mut Out) {
        let Self { key, secret, meta } = self;
        out.record(|out| {
            out.member(key);
            out.member(secret);
            out.member(meta);
        });
    }
}

impl Write for Done {
    fn write(self, out: &mut Out) {
        let Self { meta } = self;
        out.record(|out| {
            out.member(meta);
        });
    }
}

impl Write for Item {
    fn write(self, out: &mut Out) {
        let Self { id, name, status, created_at, data, meta } = self;
        out.record(|out| {
            out.member(id);
            out.member(name);
            out.member(status);
            out.member(created_at);
            out.member(data);
            out.member(meta);
        });
    }
}

impl Write for ItemPage {
    fn write(self, out: &mut Out) {
        let Self { items, next_token, meta } = self;
        out.record(|out| {
            out.member(items);
            out.member(next_token);
            out.member(meta);
        });
    }
}

impl Write for JsonReply {
    fn write(self, out: &mut Out) {
        let Self { data, meta } = self;
        out.record(|out| {
            out.member(data);
            out.member(meta);
        });
    }
}

impl Write for Key {
    fn write(self, out: &mut Out) {
        let Self { id, name, display_name, display_name_detail, prefix, status, status_label, is_effective, scopes, account_id, created_at, last_used_at, expires_at, archived_at, revoked_at, allowed_actions, told_members, data, meta } = self;
        out.record(|out| {
            out.member(id);
            out.member(name);
            out.member(display_name);
            out.member(display_name_detail);
            out.member(prefix);
            out.member(status);
            out.member(status_label);
            out.member(is_effective);
            out.member(scopes);
            out.member(account_id);
            out.member(created_at);
            out.member(last_used_at);
            out.member(expires_at);
            out.member(archived_at);
            out.member(revoked_at);
            out.member(allowed_actions);
            out.member(told_members);
            out.member(data);
            out.member(meta);
        });
    }
}

impl Write for KeyPage {
    fn write(self, out: &mut Out) {
        let Self { items, next_token, meta } = self;
        out.record(|out| {
            out.member(items);
            out.member(next_token);
            out.member(meta);
        });
    }
}

impl Write for Meta {
    fn write(self, out: &mut Out) {
        let Self { request_id, status, attempts, elapsed, queued, rate_limit, ambiguous, partial } = self;
        out.record(|out| {
            out.member(request_id);
            out.member(status);
            out.member(attempts);
            out.member(elapsed);
            out.member(queued);
            out.member(rate_limit);
            out.member(ambiguous);
            out.member(partial);
        });
    }
}

impl Read for Pair {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let from: &Array<'_> = &there(from.get(at), field)?;
        Ok(Self {
            name: Read::read(from, 0, "name")?,
            value: Read::read(from, 1, "value")?,
        })
    }
}

impl Write for Pair {
    fn write(self, out: &mut Out) {
        let Self { name, value } = self;
        out.record(|out| {
            out.member(name);
            out.member(value);
        });
    }
}

impl Write for RateLimit {
    fn write(self, out: &mut Out) {
        let Self { limit, remaining, reset_in } = self;
        out.record(|out| {
            out.member(limit);
            out.member(remaining);
            out.member(reset_in);
        });
    }
}

impl Write for Retired {
    fn write(self, out: &mut Out) {
        let Self { action, key, meta } = self;
        out.record(|out| {
            out.member(action);
            out.member(key);
            out.member(meta);
        });
    }
}

impl Write for UsageReport {
    fn write(self, out: &mut Out) {
        let Self { granularity, total, slices, meta } = self;
        out.record(|out| {
            out.member(granularity);
            out.member(total);
            out.member(slices);
            out.member(meta);
        });
    }
}

impl Write for UsageSlice {
    fn write(self, out: &mut Out) {
        let Self { start, credits, activities } = self;
        out.record(|out| {
            out.member(start);
            out.member(credits);
            out.member(activities);
        });
    }
}

impl Read for Granularity {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Read for OnCancel {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Read for Priority {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Read for Proxy {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Read for Recover {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Read for Throttle {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Read for Safety {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(Self::ALL, Self::as_str, from, at, field)
    }
}

impl Write for ErrorKind {
    fn write(self, out: &mut Out) {
        self.as_str().write(out);
    }
}

impl Write for Outcome {
    fn write(self, out: &mut Out) {
        self.as_str().write(out);
    }
}

impl Write for Stop {
    fn write(self, out: &mut Out) {
        self.as_str().write(out);
    }
}

impl Write for TimeoutScope {
    fn write(self, out: &mut Out) {
        self.as_str().write(out);
    }
}

impl Write for KeyMember {
    fn write(self, out: &mut Out) {
        self.as_str().write(out);
    }
}
