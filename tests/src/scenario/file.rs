//! What a scenario file says.
//!
//! An unknown key is an error: a misspelt `expect` would otherwise be a step that expects nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// One scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The behaviour, as a sentence.
    pub title: String,
    /// Requirement rows that it proves.
    pub rows: Vec<String>,
    /// Cases of the security list that it proves.
    #[serde(default)]
    pub cases: Vec<String>,
    /// The service.
    pub service: String,
    /// How the world begins.
    #[serde(default)]
    pub sandbox: World,
    /// How the client differs from the one that the sandbox hands out.
    #[serde(default)]
    pub client: Map<String, Value>,
    /// Further clients.
    #[serde(default)]
    pub clients: BTreeMap<String, Map<String, Value>>,
    /// The calls.
    pub steps: Vec<Step>,
    /// What the services must have seen, exactly.
    pub journal: Option<Vec<String>>,
    /// How often the services must have seen something.
    #[serde(default)]
    pub counts: Vec<Count>,
}

/// How the world of a scenario begins.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// The plan of the service.
    pub plan: Option<String>,
    /// `documented` or `live`.
    pub variant: Option<String>,
    /// Where the clock stands.
    pub clock: Option<String>,
}

/// One call and what it must lead to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The call.
    #[serde(rename = "do")]
    pub call: String,
    /// Its arguments.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// The key that takes the place of the client's own.
    pub key: Option<Value>,
    /// The account that it is made for.
    pub account: Option<Account>,
    /// The client that makes it.
    pub client: Option<String>,
    /// Options of the call.
    #[serde(default)]
    pub options: Options,
    /// What the result must hold.
    pub expect: Option<Value>,
    /// What the error must hold.
    pub error: Option<Value>,
    /// The name under which later steps find the result.
    pub save: Option<String>,
    /// How many calls.
    pub times: Option<usize>,
    /// Whether they are made all at once.
    #[serde(default)]
    pub at_once: bool,
    /// How long it took on the virtual clock.
    pub took: Option<Took>,
    /// The caller leaves when the service has this request; what the call would end with is lost.
    pub cancel: Option<String>,
    /// The calls run on while the next steps are made, and are judged at the end.
    #[serde(default)]
    pub background: bool,
}

impl Step {
    /// Whether what becomes of the call is nobody's to see.
    fn is_left_unjudged(&self) -> bool {
        let judged = self.expect.is_some() || self.error.is_some() || self.save.is_some();
        self.cancel.is_some() && !judged && self.times.is_none()
    }

    /// Whether the call has a moment at which it ends, for others to build upon.
    fn is_awaited(&self) -> bool {
        self.save.is_some() || self.took.is_some() || self.cancel.is_some()
    }
}

/// The account that a call is made for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Account {
    /// `"me"`.
    Word(String),
    /// By its id.
    Named {
        /// The id.
        id: Value,
    },
}

/// Options of one call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// The whole time, in seconds.
    pub timeout: Option<f64>,
    /// The time of one attempt, in seconds.
    pub attempt_timeout: Option<f64>,
    /// How many attempts.
    pub max_attempts: Option<u32>,
    /// `wait` or `fail`.
    pub throttle: Option<String>,
    /// `urgent`, `normal` or `background`.
    pub priority: Option<String>,
}

/// Bounds of a time, in seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Took {
    /// At least.
    #[serde(default)]
    pub min: f64,
    /// At most.
    pub max: Option<f64>,
}

/// Bounds of how often something was seen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Method and path, `*` for one segment.
    pub call: String,
    /// Exactly.
    pub times: Option<usize>,
    /// At least.
    pub at_least: Option<usize>,
    /// At most.
    pub at_most: Option<usize>,
}

/// Reads the text of one file.
pub(super) fn read(text: &str) -> Result<Scenario, String> {
    let scenario: Scenario = toml::from_str(text).map_err(|error| error.to_string())?;
    if let Some(step) = scenario.steps.iter().find(|step| step.expect.is_some() && step.error.is_some()) {
        return Err(format!("`{}` cannot both succeed and fail", step.call));
    }
    if let Some(step) = scenario.steps.iter().find(|step| step.cancel.is_some() && !step.is_left_unjudged()) {
        return Err(format!("`{}` has no end that could be judged: its caller leaves", step.call));
    }
    if let Some(step) = scenario.steps.iter().find(|step| step.background && step.is_awaited()) {
        return Err(format!("`{}` goes on in the background, so nobody waits for it", step.call));
    }
    if let Some(name) =
        scenario.steps.iter().filter_map(|step| step.client.as_ref()).find(|name| !scenario.clients.contains_key(*name))
    {
        return Err(format!("no client is called {name}"));
    }
    if let Some(name) = scenario.clients.keys().find(|name| scenario.steps.iter().all(|step| step.client.as_ref() != Some(name)))
    {
        return Err(format!("no step uses the client {name}"));
    }
    Ok(scenario)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "title = \"t\"\nrows = []\nservice = \"seclai\"\n";

    #[test]
    fn a_file_with_an_unknown_key_or_a_contradiction_is_an_error() {
        for rest in [
            "steps = [{ do = \"keys.list\", expects = {} }]",
            "steps = [{ do = \"keys.list\", expect = {}, error = {} }]",
            "steps = [{ do = \"keys.list\", client = \"other\" }]",
            "steps = []\n[clients.other]",
            "steps = [{ do = \"keys.list\", took = { least = 1 } }]",
            "steps = [{ do = \"keys.list\", cancel = \"GET /api-keys\", expect = {} }]",
            "steps = [{ do = \"keys.list\", background = true, save = \"all\" }]",
            "step = []",
        ] {
            assert!(read(&format!("{HEAD}{rest}")).is_err(), "{rest}");
        }
        assert!(read(&format!("{HEAD}steps = [{{ do = \"keys.list\" }}]")).is_ok());
    }
}
