//! What one table says about another: a name that leads nowhere is refused, not ignored.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Wrong;
use crate::dialect::spec::*;
use crate::dialect::template::AccountPart;
use crate::model::op::KeyOp;

type Keys = BTreeMap<KeyOp, Support>;
type Resources = BTreeMap<String, BTreeMap<String, Arc<OpSpec>>>;

/// A refusal names an operation that can be refused, `retire` waits for a refusal that is declared.
pub(super) fn references(
    keys: &Keys,
    resources: &Resources,
    refusals: &[RefusalSpec],
    next_on: &[String],
) -> std::result::Result<(), Wrong> {
    for refusal in refusals {
        if let Some(op) = refusal.op.as_deref().filter(|op| !["login", "request"].contains(op) && !exists(op, keys, resources)) {
            let reason = format!("`{op}` is neither an operation of this service nor `login` or `request`");
            return Err((format!("refusal.{}.op", refusal.reason), reason));
        }
    }
    match next_on.iter().find(|reason| refusals.iter().all(|refusal| refusal.reason != **reason)) {
        Some(reason) => Err(("retire.next_on".to_owned(), format!("there is no `[refusal.{reason}]`"))),
        None => Ok(()),
    }
}

fn exists(name: &str, keys: &Keys, resources: &Resources) -> bool {
    keys.keys().any(|op| name.strip_prefix("keys.") == Some(op.as_str()))
        || resources.values().flat_map(BTreeMap::values).any(|op| op.name == name)
}

/// `{account}` stands for a path that only `[account] in = "path"` has.
pub(super) fn account_paths(account: &AccountRule, keys: &Keys, resources: &Resources) -> std::result::Result<(), Wrong> {
    if matches!(account, AccountRule::Path { .. }) {
        return Ok(());
    }
    let of_keys = keys.values().filter_map(|support| match support {
        Support::Yes(spec) => Some(spec),
        Support::No { .. } => None,
    });
    let mut all = of_keys.chain(resources.values().flat_map(BTreeMap::values));
    match all.find(|spec| spec.path.account != AccountPart::Absent) {
        Some(spec) => {
            let key = spec.name.strip_prefix("keys.").map_or(format!("resource.{}", spec.name), |op| format!("op.{op}"));
            Err((key, "the path begins with the account, which needs `in = \"path\"` under `[account]`".to_owned()))
        }
        None => Ok(()),
    }
}
