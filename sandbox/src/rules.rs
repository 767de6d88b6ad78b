//! Every rule of the sandbox by id, and the switch that breaks one.
//!
//! A rule that nobody misses when it is broken is not tested (S12): `--break RULE` turns one off,
//! and for each at least one test must fail then.

use crate::services;

/// One rule of a service, or of all of them.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The id, such as `seclai.delete_needs_no_history`.
    pub id: &'static str,
    /// The requirement row or decision that it comes from.
    pub source: &'static str,
    /// What it demands, as a sentence.
    pub text: &'static str,
}

impl Rule {
    pub(crate) const fn new(id: &'static str, source: &'static str, text: &'static str) -> Self {
        Self { id, source, text }
    }
}

pub(crate) const UNKNOWN_QUERY: Rule = Rule::new("common.unknown_query", "S10", "an unknown query parameter is refused");
pub(crate) const UNKNOWN_MEMBER: Rule = Rule::new("common.unknown_member", "S10", "an unknown member of a JSON body is refused");
pub(crate) const MEMBER_TYPE: Rule = Rule::new("common.member_type", "S10", "a member of the wrong type is refused");
pub(crate) const MEMBER_REQUIRED: Rule = Rule::new("common.member_required", "S10", "a required member must be there");
pub(crate) const QUERY_VALUE: Rule = Rule::new("common.query_value", "S10", "a query parameter outside its range is refused");
pub(crate) const JSON_BODY: Rule = Rule::new("common.json_body", "S10", "a body must be one JSON object");
pub(crate) const CONTENT_TYPE: Rule = Rule::new("common.content_type", "S10", "a body that says it is not JSON is refused");
pub(crate) const DUPLICATE_HEADER: Rule = Rule::new("common.duplicate_header", "S10", "a header may come once");
pub(crate) const CALL_ROW: Rule = Rule::new("common.call_row", "SEC-9", "every request of a known key becomes a call row");
pub(crate) const LAST_USED: Rule = Rule::new("common.last_used", "SEC-21", "every request of a known key sets its last use");
pub(crate) const RATE_LIMIT: Rule = Rule::new("common.rate_limit", "ITE-60", "requests above the limit of a window are refused");
pub(crate) const CONCURRENCY_LIMIT: Rule =
    Rule::new("common.concurrency_limit", "ITE-60", "too many requests at once are refused");
pub(crate) const IDEMPOTENCY: Rule =
    Rule::new("common.idempotency", "behaviour 7.6", "an idempotency key is answered once, then replayed");

const COMMON: &[Rule] = &[
    UNKNOWN_QUERY,
    UNKNOWN_MEMBER,
    MEMBER_TYPE,
    MEMBER_REQUIRED,
    QUERY_VALUE,
    JSON_BODY,
    CONTENT_TYPE,
    DUPLICATE_HEADER,
    CALL_ROW,
    LAST_USED,
    RATE_LIMIT,
    CONCURRENCY_LIMIT,
    IDEMPOTENCY,
];

/// Every rule that `--break` and [`crate::Options::broken`] know.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    COMMON.iter().chain(services::ALL.iter().flat_map(|service| service.rules()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_begin_with_their_owner() {
        let mut seen = BTreeSet::new();
        for rule in rules() {
            assert!(seen.insert(rule.id), "{} twice", rule.id);
        }
        for service in services::ALL {
            let prefix = format!("{}.", service.name());
            assert!(service.rules().iter().all(|rule| rule.id.starts_with(&prefix)), "{prefix}");
        }
    }
}
