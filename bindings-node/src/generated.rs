//! The methods by number, the records by place.
// Written by `cargo xtask gen`; changes belong into core/facade or the emitter.

use std::sync::Arc;

use keywright_facade::bridge::Started;
use keywright_facade::process::Result;
use keywright_facade::*;
use napi::bindgen_prelude::Array;

use crate::bridge::Bridge;
use crate::read::{Given, Read, record, word};
use crate::write::{Answer, Out, Write};

fn unknown() -> KeywrightError {
    KeywrightError::of(ErrorKind::Internal, "the package asks for a method that this file does not have")
}

/// Begins the async method of that number.
pub fn begin(bridge: &Bridge, method: u32, from: &Given<'_>) -> Result<Started> {
    match method {
        0 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let method: String = from.read(1, "method")?;
            let path: String = from.read(2, "path")?;
            let options: RequestOptions = from.read(3, "options")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.request(method, path, options).await })
        }
        1 => {
            let this: Arc<Client> = from.read(0, "this")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.billing_status().await })
        }
        2 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let action: Json = from.read(1, "action")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.evaluate(action).await })
        }
        3 => {
            let this: Arc<Client> = from.read(0, "this")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.me().await })
        }
        4 => {
            let this: Arc<EventStream> = from.read(0, "this")?;
            bridge.start(None, false, async move { this.close().await })
        }
        5 => {
            let this: Arc<EventStream> = from.read(0, "this")?;
            bridge.start(None, false, async move { this.next_event().await })
        }
        6 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_archive(id).await })
        }
        7 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            let query: CallsQuery = from.read(2, "query")?;
            let page_size: Option<u32> = from.read(3, "page_size")?;
            let after: Option<String> = from.read(4, "after")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_calls(id, query, page_size, after).await })
        }
        8 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            let query: CallsQuery = from.read(2, "query")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_calls_oldest_first(id, query).await })
        }
        9 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let wanted: CreateKey = from.read(1, "wanted")?;
            let handover: Handover = from.read(2, "handover")?;
            let asks = handover.deliver.0 > 0;
            bridge.start(Some(&Arc::clone(&this)), asks, async move { this.keys_create(wanted, handover).await })
        }
        10 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_delete(id).await })
        }
        11 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_get(id).await })
        }
        12 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let page_size: Option<u32> = from.read(1, "page_size")?;
            let after: Option<String> = from.read(2, "after")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_list(page_size, after).await })
        }
        13 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_reactivate(id).await })
        }
        14 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_retire(id).await })
        }
        15 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_revoke(id).await })
        }
        16 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            let handover: Handover = from.read(2, "handover")?;
            let asks = handover.deliver.0 > 0;
            bridge.start(Some(&Arc::clone(&this)), asks, async move { this.keys_rotate(id, handover).await })
        }
        17 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            let change: UpdateKey = from.read(2, "change")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_update(id, change).await })
        }
        18 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            let query: UsageQuery = from.read(2, "query")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.keys_usage(id, query).await })
        }
        19 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let resource: String = from.read(1, "resource")?;
            let action: String = from.read(2, "action")?;
            let arguments: Arguments = from.read(3, "arguments")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.resource_call(resource, action, arguments).await })
        }
        20 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let resource: String = from.read(1, "resource")?;
            let body: Json = from.read(2, "body")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.resource_create(resource, body).await })
        }
        21 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let resource: String = from.read(1, "resource")?;
            let id: String = from.read(2, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.resource_delete(resource, id).await })
        }
        22 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let resource: String = from.read(1, "resource")?;
            let id: String = from.read(2, "id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.resource_get(resource, id).await })
        }
        23 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let resource: String = from.read(1, "resource")?;
            let page_size: Option<u32> = from.read(2, "page_size")?;
            let after: Option<String> = from.read(3, "after")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.resource_list(resource, page_size, after).await })
        }
        24 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let resource: String = from.read(1, "resource")?;
            let id: String = from.read(2, "id")?;
            let body: Json = from.read(3, "body")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.resource_update(resource, id, body).await })
        }
        25 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let run_id: String = from.read(1, "run_id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.runs_cancel(run_id).await })
        }
        26 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let agent_id: String = from.read(1, "agent_id")?;
            let body: Json = from.read(2, "body")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.runs_create(agent_id, body).await })
        }
        27 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let run_id: String = from.read(1, "run_id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.runs_get(run_id).await })
        }
        28 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let agent_id: String = from.read(1, "agent_id")?;
            let body: Json = from.read(2, "body")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.runs_stream(agent_id, body).await })
        }
        29 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let run_id: String = from.read(1, "run_id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.runs_wait(run_id).await })
        }
        30 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let event: Json = from.read(1, "event")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.events_track(event).await })
        }
        31 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let events: Json = from.read(1, "events")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.events_track_batch(events).await })
        }
        32 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let page_size: Option<u32> = from.read(1, "page_size")?;
            let after: Option<String> = from.read(2, "after")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.segments_list(page_size, after).await })
        }
        33 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            let page_size: Option<u32> = from.read(2, "page_size")?;
            let after: Option<String> = from.read(3, "after")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.segments_members(id, page_size, after).await })
        }
        34 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let user_id: String = from.read(1, "user_id")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.segments_membership(user_id).await })
        }
        35 => {
            let this: Arc<Client> = from.read(0, "this")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.account_settings_get().await })
        }
        36 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let body: Json = from.read(1, "body")?;
            bridge.start(Some(&Arc::clone(&this)), false, async move { this.account_settings_update(body).await })
        }
        _ => Err(unknown()),
    }
}

/// Makes the sync method of that number.
pub fn invoke(method: u32, from: &Given<'_>) -> Result<Answer> {
    match method {
        0 => {
            let service: String = from.read(0, "service")?;
            let options: ClientOptions = from.read(1, "options")?;
            Ok(Answer::of(Client::new(service, options)?))
        }
        1 => {
            let dialect: Arc<Dialect> = from.read(0, "dialect")?;
            let options: ClientOptions = from.read(1, "options")?;
            Ok(Answer::of(Client::with_dialect(dialect, options)?))
        }
        2 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let id: String = from.read(1, "id")?;
            Ok(Answer::of(this.account(id)?))
        }
        3 => {
            let this: Arc<Client> = from.read(0, "this")?;
            Ok(Answer::of(this.capabilities()?))
        }
        4 => {
            let this: Arc<Client> = from.read(0, "this")?;
            Ok(Answer::of(this.describe()?))
        }
        5 => {
            let this: Arc<Client> = from.read(0, "this")?;
            Ok(Answer::of(this.now()?))
        }
        6 => {
            let this: Arc<Client> = from.read(0, "this")?;
            Ok(Answer::of(this.own_account()?))
        }
        7 => {
            let this: Arc<Client> = from.read(0, "this")?;
            Ok(Answer::of(this.service()?))
        }
        8 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let capability: String = from.read(1, "capability")?;
            Ok(Answer::of(this.supports(capability)?))
        }
        9 => {
            let this: Arc<Client> = from.read(0, "this")?;
            Ok(Answer::of(this.throttle()?))
        }
        10 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let key: Secret = from.read(1, "key")?;
            Ok(Answer::of(this.with_key(key)?))
        }
        11 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let options: CallOptions = from.read(1, "options")?;
            Ok(Answer::of(this.with_options(options)?))
        }
        12 => {
            let this: Arc<Client> = from.read(0, "this")?;
            let method: String = from.read(1, "method")?;
            let path: String = from.read(2, "path")?;
            let options: RequestOptions = from.read(3, "options")?;
            Ok(Answer::of(this.to_curl(method, path, options)?))
        }
        13 => {
            let service: String = from.read(0, "service")?;
            Ok(Answer::of(Dialect::builtin(service)?))
        }
        14 => {
            let text: String = from.read(0, "text")?;
            Ok(Answer::of(Dialect::from_toml(text)?))
        }
        15 => {
            let this: Arc<Dialect> = from.read(0, "this")?;
            Ok(Answer::of(this.capabilities()))
        }
        16 => {
            let this: Arc<Dialect> = from.read(0, "this")?;
            Ok(Answer::of(this.id()))
        }
        17 => {
            let this: Arc<Dialect> = from.read(0, "this")?;
            let name: String = from.read(1, "name")?;
            Ok(Answer::of(this.scope_preset(name)))
        }
        18 => {
            let this: Arc<Dialect> = from.read(0, "this")?;
            Ok(Answer::of(this.title()))
        }
        19 => {
            let this: Arc<EventStream> = from.read(0, "this")?;
            Ok(Answer::of(this.run_id()))
        }
        20 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            let by: std::time::Duration = from.read(1, "by")?;
            this.advance(by);
            Ok(Answer::of(()))
        }
        21 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            Ok(Answer::of(this.elapsed()))
        }
        22 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            let chance: f64 = from.read(1, "chance")?;
            Ok(Answer::of(this.exact(chance)))
        }
        23 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            this.hold();
            Ok(Answer::of(()))
        }
        24 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            Ok(Answer::of(this.now()))
        }
        25 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            this.release();
            Ok(Answer::of(()))
        }
        26 => {
            let this: Arc<Clock> = from.read(0, "this")?;
            Ok(Answer::of(this.sleepers()))
        }
        27 => {
            let options: SandboxOptions = from.read(0, "options")?;
            Ok(Answer::of(Sandbox::start(options)?))
        }
        28 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let service: String = from.read(1, "service")?;
            Ok(Answer::of(this.access(service)?))
        }
        29 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            this.clear_faults();
            Ok(Answer::of(()))
        }
        30 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            this.clear_limits()?;
            Ok(Answer::of(()))
        }
        31 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            Ok(Answer::of(this.clock()))
        }
        32 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            this.close();
            Ok(Answer::of(()))
        }
        33 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            Ok(Answer::of(this.connections()))
        }
        34 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let rule: Json = from.read(1, "rule")?;
            Ok(Answer::of(this.fault(rule)?))
        }
        35 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            Ok(Answer::of(this.faults()))
        }
        36 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            this.finish()?;
            Ok(Answer::of(()))
        }
        37 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            Ok(Answer::of(this.fixtures()?))
        }
        38 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            Ok(Answer::of(this.journal()))
        }
        39 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let fixtures: Json = from.read(1, "fixtures")?;
            this.load_fixtures(fixtures)?;
            Ok(Answer::of(()))
        }
        40 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            this.reset()?;
            Ok(Answer::of(()))
        }
        41 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let service: String = from.read(1, "service")?;
            let account: Option<String> = from.read(2, "account")?;
            let active: bool = from.read_or_default(3, "active")?;
            this.set_active(service, account, active)?;
            Ok(Answer::of(()))
        }
        42 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let service: String = from.read(1, "service")?;
            let credits: Option<f64> = from.read(2, "credits")?;
            this.set_credits(service, credits)?;
            Ok(Answer::of(()))
        }
        43 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let service: String = from.read(1, "service")?;
            let count: u64 = from.read(2, "count")?;
            let per: std::time::Duration = from.read(3, "per")?;
            this.set_limit(service, count, per)?;
            Ok(Answer::of(()))
        }
        44 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let service: String = from.read(1, "service")?;
            let plan: String = from.read(2, "plan")?;
            this.set_plan(service, plan)?;
            Ok(Answer::of(()))
        }
        45 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let service: String = from.read(1, "service")?;
            let variant: String = from.read(2, "variant")?;
            this.set_variant(service, variant)?;
            Ok(Answer::of(()))
        }
        46 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let expected: Json = from.read(1, "expected")?;
            let strict_order: bool = from.read_or_default(2, "strict_order")?;
            Ok(Answer::of(this.verify(expected, strict_order)?))
        }
        47 => {
            let this: Arc<Sandbox> = from.read(0, "this")?;
            let options: SandboxOptions = from.read(1, "options")?;
            Ok(Answer::of(this.world(options)?))
        }
        48 => {
            Ok(Answer::of(build_info()))
        }
        49 => {
            let body: Vec<u8> = from.read(0, "body")?;
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

impl Write for LaneView {
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
        let Self { service, budget_remaining, lanes } = self;
        out.record(|out| {
            out.member(service);
            out.member(budget_remaining);
            out.member(lanes);
        });
    }
}

impl Write for Capability {
    fn write(self, out: &mut Out) {
        let Self { name, supported, http, remedy, one_way, source } = self;
        out.record(|out| {
            out.member(name);
            out.member(supported);
            out.member(http);
            out.member(remedy);
            out.member(one_way);
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
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            total: from.read(0, "total")?,
            attempt: from.read(1, "attempt")?,
            stall: from.read(2, "stall")?,
            max_attempts: from.read(3, "max_attempts")?,
            throttle: from.read(4, "throttle")?,
            priority: from.read(5, "priority")?,
        })
    }
}

impl Read for CallsQuery {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            method: from.read(0, "method")?,
            status: from.read(1, "status")?,
            endpoint: from.read(2, "endpoint")?,
            since: from.read(3, "since")?,
            until: from.read(4, "until")?,
        })
    }
}

impl Read for ClientOptions {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            api_key: from.read(0, "api_key")?,
            key_provider: from.read_or_default(1, "key_provider")?,
            management: from.read(2, "management")?,
            email: from.read(3, "email")?,
            password: from.read(4, "password")?,
            account: from.read(5, "account")?,
            agent_id: from.read(6, "agent_id")?,
            base_url: from.read(7, "base_url")?,
            variant: from.read(8, "variant")?,
            total: from.read(9, "total")?,
            attempt: from.read(10, "attempt")?,
            stall: from.read(11, "stall")?,
            connect_timeout: from.read(12, "connect_timeout")?,
            max_attempts: from.read(13, "max_attempts")?,
            retry_base: from.read(14, "retry_base")?,
            retry_cap: from.read(15, "retry_cap")?,
            max_retry_after: from.read(16, "max_retry_after")?,
            throttle: from.read(17, "throttle")?,
            priority: from.read(18, "priority")?,
            private_lane: from.read_or_default(19, "private_lane")?,
            max_body: from.read(20, "max_body")?,
            allow_insecure_http: from.read_or_default(21, "allow_insecure_http")?,
            check_key_shape: from.read(22, "check_key_shape")?,
            keep_password: from.read(23, "keep_password")?,
            debug_headers: from.read_or_default(24, "debug_headers")?,
            proxy: from.read(25, "proxy")?,
            extra_roots: from.read_or_default(26, "extra_roots")?,
            app_name: from.read(27, "app_name")?,
            on_event: from.read_or_default(28, "on_event")?,
            clock: from.read(29, "clock")?,
            env: from.read(30, "env")?,
        })
    }
}

impl Read for CreateKey {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            name: from.read(0, "name")?,
            scopes: from.read(1, "scopes")?,
            expires_at: from.read(2, "expires_at")?,
        })
    }
}

impl Read for Handover {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            recover: from.read(0, "recover")?,
            snapshot: from.read_or_default(1, "snapshot")?,
            on_cancel: from.read(2, "on_cancel")?,
            deliver: from.read_or_default(3, "deliver")?,
            allow_self: from.read_or_default(4, "allow_self")?,
        })
    }
}

impl Read for UpdateKey {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            name: from.read(0, "name")?,
            expires_at: from.read(1, "expires_at")?,
            never_expires: from.read_or_default(2, "never_expires")?,
        })
    }
}

impl Read for UsageQuery {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            range: from.read(0, "range")?,
            since: from.read(1, "since")?,
            until: from.read(2, "until")?,
            granularity: from.read(3, "granularity")?,
        })
    }
}

impl Read for RequestOptions {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            query: from.read(0, "query")?,
            headers: from.read(1, "headers")?,
            json: from.read(2, "json")?,
            body: from.read(3, "body")?,
            content_type: from.read(4, "content_type")?,
            safety: from.read(5, "safety")?,
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
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            path: from.read(0, "path")?,
            query: from.read(1, "query")?,
            body: from.read(2, "body")?,
            page_size: from.read(3, "page_size")?,
            after: from.read(4, "after")?,
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
        let Some(from) = record(from, at, field)? else { return Ok(Self::default()) };
        Ok(Self {
            seed: from.read(0, "seed")?,
            plan: from.read(1, "plan")?,
            variant: from.read(2, "variant")?,
            clock: from.read(3, "clock")?,
            lenient: from.read_or_default(4, "lenient")?,
            idempotency: from.read_or_default(5, "idempotency")?,
            broken_rules: from.read_or_default(6, "broken_rules")?,
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
        let Self { id, name, display_name, display_name_detail, prefix, status, status_label, is_effective, scopes, account_id, created_at, last_used_at, expires_at, archived_at, revoked_at, allowed_actions, data, meta } = self;
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
        let Self { request_id, status, attempts, elapsed, queued, rate_limit, ambiguous, salvaged } = self;
        out.record(|out| {
            out.member(request_id);
            out.member(status);
            out.member(attempts);
            out.member(elapsed);
            out.member(queued);
            out.member(rate_limit);
            out.member(ambiguous);
            out.member(salvaged);
        });
    }
}

impl Read for Pair {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        let Some(from) = record(from, at, field)? else { return Err(unknown()) };
        Ok(Self {
            name: from.read(0, "name")?,
            value: from.read(1, "value")?,
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
        word(&[("day", Self::Day), ("week", Self::Week), ("month", Self::Month)], from, at, field)
    }
}

impl Read for OnCancel {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(&[("discard", Self::Discard), ("keep", Self::Keep)], from, at, field)
    }
}

impl Read for Priority {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(&[("urgent", Self::Urgent), ("normal", Self::Normal), ("background", Self::Background)], from, at, field)
    }
}

impl Read for Proxy {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(&[("system", Self::System), ("direct", Self::Direct)], from, at, field)
    }
}

impl Read for Recover {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(&[("report", Self::Report), ("rotate", Self::Rotate), ("replace", Self::Replace)], from, at, field)
    }
}

impl Read for Throttle {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(&[("wait", Self::Wait), ("fail", Self::Fail)], from, at, field)
    }
}

impl Read for Safety {
    fn read(from: &Array<'_>, at: u32, field: &str) -> Result<Self> {
        word(&[("safe", Self::Safe), ("idempotent", Self::Idempotent), ("never", Self::Never)], from, at, field)
    }
}

impl Write for ErrorKind {
    fn write(self, out: &mut Out) {
        let word = match self {
            Self::Config => "config",
            Self::Unsupported => "unsupported",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::PlanLimit => "plan_limit",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Redirect => "redirect",
            Self::Decode => "decode",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        };
        word.write(out);
    }
}

impl Write for Outcome {
    fn write(self, out: &mut Out) {
        let word = match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Applied => "applied",
        };
        word.write(out);
    }
}

impl Write for Stop {
    fn write(self, out: &mut Out) {
        let word = match self {
            Self::Fatal => "fatal",
            Self::Attempts => "attempts",
            Self::Throttled => "throttled",
            Self::Budget => "budget",
            Self::Deadline => "deadline",
            Self::RetryAfterTooLong => "retry_after_too_long",
            Self::ThrottleFail => "throttle_fail",
            Self::Cancelled => "cancelled",
            Self::UnknownOutcome => "unknown_outcome",
        };
        word.write(out);
    }
}

impl Write for TimeoutScope {
    fn write(self, out: &mut Out) {
        let word = match self {
            Self::Connect => "connect",
            Self::Attempt => "attempt",
            Self::Stall => "stall",
            Self::Total => "total",
        };
        word.write(out);
    }
}
