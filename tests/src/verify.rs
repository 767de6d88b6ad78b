//! Whether a call has ended as its step says.
//!
//! A failure where success was expected is as wrong as the reverse: nothing ends unjudged.

use serde_json::Value;

use crate::drive::{Failure, Outcome, error_form};
use crate::scenario::{Saved, Step, differs};

/// What is wrong with an outcome; `Ok` holds the form that later steps may refer to.
///
/// # Errors
/// Tells every difference.
pub fn verify(step: &Step, outcome: Outcome, saved: &Saved) -> Result<Value, String> {
    let (expected, form) = match (outcome, &step.error) {
        (Ok(form), None) => (step.expect.as_ref(), form),
        (Err(Failure::Call(error)), Some(expected)) => (Some(expected), error_form(&error)),
        (Ok(form), Some(_)) => {
            return Err(format!("{} succeeded, though it must fail: {form}", step.call));
        }
        (Err(Failure::Call(error)), None) => {
            return Err(format!("{} failed: {error}\n{:#}", step.call, error_form(&error)));
        }
        (Err(Failure::Scenario(what)), _) => {
            return Err(format!("{}: the step makes no sense: {what}", step.call));
        }
    };
    let differences = expected.map_or(Ok(Vec::new()), |expected| differs(expected, &form, saved))?;
    if differences.is_empty() { Ok(form) } else { Err(format!("{}: {}", step.call, differences.join("\n    "))) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(text: &str) -> Step {
        toml::from_str(text).unwrap()
    }

    fn refused() -> Outcome {
        let options = keywright::ClientOptions::new().api_key("two\nlines");
        Err(keywright::Client::new("seclai", options).map(|_| ()).unwrap_err().into())
    }

    #[test]
    fn success_and_failure_are_not_taken_for_each_other() {
        let saved = Saved::default();
        assert!(verify(&step("do = \"x\""), Ok(json!({})), &saved).is_ok());
        assert!(verify(&step("do = \"x\"\nerror = {}"), Ok(json!({})), &saved).is_err());
        assert!(verify(&step("do = \"x\"\nerror = { kind = \"config\" }"), refused(), &saved).is_ok());
        assert!(verify(&step("do = \"x\"\nerror = { kind = \"server\" }"), refused(), &saved).is_err());
        assert!(verify(&step("do = \"x\""), refused(), &saved).is_err());
        assert!(verify(&step("do = \"x\"\nerror = {}"), Err("?".to_owned().into()), &saved).is_err());
    }

    #[test]
    fn what_is_expected_of_a_result_must_be_there() {
        let saved = Saved::default();
        assert!(verify(&step("do = \"x\"\nexpect = { a = 1 }"), Ok(json!({ "a": 1, "b": 2 })), &saved).is_ok());
        assert!(verify(&step("do = \"x\"\nexpect = { a = 1 }"), Ok(json!({ "a": 2 })), &saved).is_err());
    }
}
