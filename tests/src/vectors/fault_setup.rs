//! Sets the setup: the happenings of a case as fault rules of the sandbox and failures of the transport.

use serde_json::{Value, json};

use super::case::{Failing, Happening};
use crate::scenario::Saved;

/// What the two sides are to be told.
#[derive(Debug, Default)]
pub(super) struct FaultSetup {
    /// Fault rules, those that fit anywhere first.
    pub rules: Vec<String>,
    /// What the client's transport does to each request.
    pub script: Vec<Option<Failing>>,
}

impl FaultSetup {
    pub(super) fn of(service: &str, steps: &[Happening], saved: &Saved) -> Result<Self, String> {
        let mut setup = Self::default();
        let mut served = 0;
        let body = |step: &Happening| step.body.as_ref().map(|body| saved.resolve(body)).transpose();
        let steps = steps.iter().map(|step| Ok(Happening { body: body(step)?, ..step.clone() }));
        let steps = steps.collect::<Result<Vec<_>, String>>()?;
        let (anywhere, in_order): (Vec<_>, Vec<_>) = steps.iter().partition(|step| step.matcher.is_some());
        setup.rules.extend(anywhere.iter().filter_map(|step| rule(service, step, step.skip)));
        for step in in_order {
            let times = step.times.unwrap_or(1);
            setup.script.extend((0..times.max(1)).map(|_| step.fail));
            if step.ok {
                served += times;
            }
            setup.rules.extend(rule(service, step, served));
        }
        Ok(setup)
    }
}

/// The fault rule of a happening, if the sandbox has a part in it. A rule is not asked about
/// requests that an earlier one took, so only those that are served count as passing.
fn rule(service: &str, step: &Happening, skip: u32) -> Option<String> {
    let (phase, action) = match (step.status, &step.action, &step.phase) {
        (Some(status), _, _) => {
            let body = match &step.body {
                None => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(json) => json.to_string(),
            };
            let phase = if step.committed { "after_commit" } else { "before_handler" };
            (phase, json!({ "kind": "status", "status": status, "headers": step.headers, "body": body }))
        }
        (None, Some(action), Some(phase)) => (phase.as_str(), action.clone()),
        _ => return None,
    };
    let mut matcher = step.matcher.clone().unwrap_or_else(|| json!({}));
    matcher["service"] = json!(service);
    // What happens to a connection happens to the next that is made, whatever comes on it.
    let skip = if phase == "accept" { 0 } else { skip };
    let rule = json!({ "match": matcher, "phase": phase, "action": action, "skip": skip, "times": step.times.unwrap_or(1) });
    Some(rule.to_string())
}
