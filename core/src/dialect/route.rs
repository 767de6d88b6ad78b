//! Where the account goes: into the path, a header, a body member, or nowhere.
//!
//! Sees the account and the dialect's rule, never a credential.

use http::{HeaderMap, HeaderValue};

use crate::checks::path::{self, is_unreplaced};
use crate::dialect::{AccountPart, AccountRule, Spec};
use crate::model::Account;
use crate::model::error::{Error, Result};

/// Checks an account once, when a handle is made.
///
/// # Errors
/// `config` at a service that routes no account, and for an id that is no path segment, or is a word
/// that the service reserves (security I16).
pub(crate) fn check(spec: &Spec, account: &Account) -> Result<()> {
    let id = match (&spec.account, account) {
        (AccountRule::None, _) => {
            let reason =
                format!("cannot be chosen: {} routes no account, a call is for the account of its credential", spec.title);
            return Err(Error::config("account", reason, "leave it out, and use a key of the account that is meant"));
        }
        (AccountRule::Body { required }, Account::Me) => {
            return Err(Error::config(
                "account",
                format!("must be named: {} has no word for the own one", spec.title),
                required.clone(),
            ));
        }
        (_, Account::Me) => return Ok(()),
        (_, Account::Id(id)) => id,
    };
    path::segment(id, "account")?;
    if is_unreplaced(id) {
        return Err(Error::config("account", "is a name that nobody has replaced", "put the id of the account in its place"));
    }
    match &spec.account {
        AccountRule::Path { reserved, .. } if reserved.iter().any(|word| word.eq_ignore_ascii_case(id)) => Err(Error::config(
            "account",
            format!("may not be the id `{id}`, a word that {} reserves", spec.title),
            "ask for the key's own account instead of naming one",
        )),
        AccountRule::Header { .. } if HeaderValue::from_str(id).is_err() => {
            Err(Error::config("account", "cannot stand in a header", "use the id as the service shows it"))
        }
        AccountRule::None | AccountRule::Path { .. } | AccountRule::Header { .. } | AccountRule::Body { .. } => Ok(()),
    }
}

/// Begins the path of a declared operation.
pub(crate) fn path_start(spec: &Spec, part: AccountPart, account: Option<&Account>, into: &mut String) -> Result<()> {
    let AccountRule::Path { template, plain, me, .. } = &spec.account else { return Ok(()) };
    match (part, account) {
        (AccountPart::Absent, None) => {}
        (AccountPart::Absent, Some(_)) => {
            let remedy = "make the call with a client that names no account";
            return Err(Error::config("account", "does not apply: this operation is for no particular account", remedy));
        }
        (AccountPart::WhenGiven, None) => into.push_str(plain),
        (AccountPart::Always, None) | (_, Some(Account::Me)) => {
            into.push_str(template);
            into.push_str(me);
        }
        (_, Some(Account::Id(id))) => {
            into.push_str(template);
            into.push_str(&path::segment(id, "account")?);
        }
    }
    Ok(())
}

/// Begins the path of a raw request: relative to the account where one is given and goes by path.
pub(crate) fn raw_path_start(spec: &Spec, account: Option<&Account>, into: &mut String) -> Result<()> {
    match account {
        Some(_) => path_start(spec, AccountPart::Always, account, into),
        None => Ok(()),
    }
}

/// Adds the account's header, where it goes by header.
pub(crate) fn headers(spec: &Spec, account: Option<&Account>, into: &mut HeaderMap) {
    if let (AccountRule::Header { name }, Some(Account::Id(id))) = (&spec.account, account)
        && let Ok(value) = HeaderValue::from_str(id)
    {
        into.insert(name, value);
    }
}

/// The account for a body member that the operation declares.
///
/// # Errors
/// `config` when none was given.
pub(crate) fn body_member<'a>(spec: &Spec, account: Option<&'a Account>) -> Result<&'a str> {
    match (&spec.account, account) {
        (_, Some(Account::Id(id))) => Ok(id),
        (AccountRule::Body { required }, Some(Account::Me) | None) => {
            Err(Error::config("account", "is missing", required.clone()))
        }
        (AccountRule::None | AccountRule::Path { .. } | AccountRule::Header { .. }, _) => {
            Err(Error::config("account", "is missing", "give it as `account`, or call on the handle that `client.account` gives"))
        }
    }
}
