//! What several services have in common: rows of the usual make, pages, limits, gates.
//!
//! Only mechanics live here; a rule stands in the file of the service whose page states it.

use serde_json::{Value, json};

use crate::ctx::{Ctx, digest};
use crate::rules::{CONCURRENCY_LIMIT, RATE_LIMIT, Rule};
use crate::service::{Handler, Mark, Reply, Request, Route};
use crate::store::{Account, Key, Object, User};

/// No query parameters.
pub(crate) const NONE: &[&str] = &[];

/// A row of a route table, short enough for one line.
pub(crate) const fn route(
    method: &'static str,
    path: &'static str,
    mark: Mark,
    needs: &'static str,
    query: &'static [&'static str],
    handler: Handler,
) -> Route {
    Route { method, path, mark, needs, query, handler }
}

/// What must be there. With the rule broken its absence reads as an empty success, so that a test
/// of the refusal fails (S12).
pub(crate) fn present<T>(ctx: &mut Ctx<'_>, rule: &Rule, found: Option<T>, refusal: impl FnOnce() -> Reply) -> Result<T, Reply> {
    let there = found.is_some();
    ctx.check(rule, there, refusal)?;
    found.ok_or_else(|| Reply::json(200, json!({})))
}

/// Refuses above the rate of the plan, above a limit that was set, and above so many at once.
/// `refusal` is given the seconds to wait, where they are to be said.
pub(crate) fn limit(
    ctx: &mut Ctx<'_>,
    category: &'static str,
    plan: Option<u64>,
    refusal: impl Fn(Option<u64>) -> Reply,
) -> Result<(), Reply> {
    let within = ctx.within_concurrency();
    ctx.check(&CONCURRENCY_LIMIT, within, || refusal(None))?;
    let Some(window) = ctx.count(category, plan) else { return Ok(()) };
    ctx.check(&RATE_LIMIT, window.allowed, || {
        let reply = refusal(window.retry_after);
        window.retry_after.map_or(reply.clone(), |wait| reply.header("Retry-After", wait))
    })
}

/// Refuses a body on GET and DELETE, which have none.
pub(crate) fn no_body(ctx: &mut Ctx<'_>, req: &Request) -> Result<(), Reply> {
    if matches!(req.method.as_str(), "GET" | "DELETE") {
        ctx.body(req, &[])?;
    }
    Ok(())
}

/// The plan of an account.
pub(crate) fn plan_of(ctx: &Ctx<'_>, account: &str) -> String {
    ctx.store.account(ctx.service(), account).map(|account| account.plan).unwrap_or_default()
}

/// The account that the world was born with: who everybody is where a rule of identity is broken.
pub(crate) fn first_account(ctx: &Ctx<'_>) -> String {
    ctx.store.accounts(ctx.service()).first().map(|account| account.id.clone()).unwrap_or_default()
}

/// An id whose text grows with every id of the service, so that it can be a place in a list: a
/// cursor made of it holds when the row that it names is deleted.
pub(crate) fn growing_id(ctx: &mut Ctx<'_>, prefix: &str) -> String {
    let number = ctx.store.next(&format!("{}.ids", ctx.service()));
    ctx.id(&format!("{prefix}{number:08x}"), 8)
}

/// An active account, not stored yet.
pub(crate) fn account_row(ctx: &Ctx<'_>, id: String, name: &str, plan: &str) -> Account {
    Account {
        service: ctx.service().to_owned(),
        id,
        name: name.to_owned(),
        parent: None,
        slug: None,
        plan: plan.to_owned(),
        active: true,
        credits: None,
        created: ctx.now,
        modified: ctx.now,
    }
}

/// A key without scopes and without end, not stored yet.
pub(crate) fn key_row(ctx: &Ctx<'_>, id: String, account: &str, name: &str, secret: &str) -> Key {
    Key {
        service: ctx.service().to_owned(),
        id,
        account: account.to_owned(),
        name: Some(name.to_owned()),
        hash: digest(secret),
        prefix: String::new(),
        scopes: Vec::new(),
        created: ctx.now,
        expires: None,
        last_used: None,
        archived: None,
        revoked: None,
    }
}

/// Stores an object.
pub(crate) fn put_object(ctx: &mut Ctx<'_>, kind: &str, id: String, account: &str, json: Value) -> Object {
    let (service, kind, account) = (ctx.service().to_owned(), kind.to_owned(), account.to_owned());
    let object = Object { service, kind, id, account, created: ctx.now, json };
    ctx.store.put_object(object.clone());
    object
}

/// Stores a user, whose name is the local part of the address.
pub(crate) fn put_user(ctx: &mut Ctx<'_>, account: &str, email: &str, role: &str, password: &str) -> User {
    let user = User {
        service: ctx.service().to_owned(),
        id: ctx.uuid(),
        account: account.to_owned(),
        email: email.to_owned(),
        name: email.split('@').next().unwrap_or_default().to_owned(),
        role: role.to_owned(),
        password: ctx.password_hash(password),
    };
    ctx.store.put_user(user.clone());
    user
}

/// An object as most services show it: id, its members, creation.
pub(crate) fn object_json(object: &Object) -> Value {
    let mut json = json!({ "id": object.id });
    for (name, value) in object.json.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    json["created_at"] = json!(object.created);
    json
}

/// The part of a list that an offset page shows.
pub(crate) fn slice<R>(rows: &[R], limit: u64, offset: u64) -> &[R] {
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(rows.len());
    &rows[start..start.saturating_add(size).min(rows.len())]
}

/// The page of a list that begins with the first row behind the cursor, and the cursor behind that
/// page: the `place` of its last row.
pub(crate) fn behind<R>(
    rows: &[R],
    limit: u64,
    is_behind: impl Fn(&R) -> bool,
    place: impl Fn(&R) -> String,
) -> (&[R], Option<String>) {
    let start = rows.iter().position(is_behind).unwrap_or(rows.len());
    let page = slice(&rows[start..], limit, 0);
    let more = start + page.len() < rows.len();
    (page, page.last().filter(|_| more).map(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_outlives_the_row_that_it_names() {
        let page = |rows: &[u8], cursor: u8| {
            let (page, cursor) = behind(rows, 2, |row| *row < cursor, u8::to_string);
            (page.to_vec(), cursor)
        };
        assert_eq!(page(&[5, 4, 3, 2, 1], 9), (vec![5, 4], Some("4".to_owned())));
        assert_eq!(page(&[5, 3, 2, 1], 4), (vec![3, 2], Some("2".to_owned())));
        assert_eq!(page(&[5, 2, 1], 3), (vec![2, 1], None));
        assert_eq!(page(&[5, 4], 1), (vec![], None));
    }

    #[test]
    fn an_offset_past_the_end_is_an_empty_page() {
        assert_eq!(slice(&[1, 2, 3], 2, 1), [2, 3]);
        assert_eq!(slice(&[1, 2, 3], 5, 2), [3]);
        assert_eq!(slice(&[1, 2, 3], 5, u64::MAX), [0; 0]);
    }
}
