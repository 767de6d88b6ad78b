"""The JSON forms of results and errors, as `tests/scenarios/README.md` has them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, get_args

import keywright
from keywright._native import ErrorInfo, Meta  # the members that an error shows one by one


def time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def members(value: Any, *names: str) -> dict[str, Any]:
    found = {name: getattr(value, name) for name in names}
    return {name: time(one) if isinstance(one, datetime) else one for name, one in found.items()}


def meta(of: Meta) -> dict[str, Any]:
    form = members(of, "request_id", "status", "attempts", "elapsed", "queued", "ambiguous", "partial")
    rate = of.rate_limit
    form["rate_limit"] = None if rate is None else members(rate, "limit", "remaining", "reset_in")
    return form


def key(of: keywright.Key) -> dict[str, Any]:
    form = members(
        of, "id", "name", "display_name", "status", "status_label", "is_effective", "prefix", "scopes", "account_id",
        "created_at", "last_used_at", "expires_at", "archived_at", "revoked_at", "allowed_actions", "data",
    )  # fmt: skip
    form["told_members"] = [member for member in get_args(keywright.KeyMember) if of.told(member)]
    return with_meta(form, of.meta)


def with_meta(form: dict[str, Any], of: Meta | None) -> dict[str, Any]:
    return form if of is None else {**form, "meta": meta(of)}


def created(of: keywright.CreatedKey) -> dict[str, Any]:
    return with_meta({"key": key(of.key), "secret": of.secret.expose()}, of.meta)


def retired(of: keywright.Retired) -> dict[str, Any]:
    return meta(of.meta) if of.key is None else with_meta(key(of.key), of.meta)


def item(of: keywright.Item) -> dict[str, Any]:
    return with_meta(members(of, "id", "name", "status", "created_at", "data"), of.meta)


def record(of: keywright.CallRecord) -> dict[str, Any]:
    return members(of, "id", "method", "endpoint", "status", "error", "started_at")


def usage(of: keywright.UsageReport) -> dict[str, Any]:
    def part(one: keywright.UsageSlice) -> dict[str, Any]:
        used = [members(activity, "activity", "credits", "origin") for activity in one.activities]
        return {**members(one, "start", "credits"), "activities": used}

    return with_meta({**members(of, "granularity", "total"), "slices": [part(one) for one in of.slices]}, of.meta)


def response(of: keywright.Response) -> dict[str, Any]:
    try:
        body = of.json()
    except keywright.DecodeError:
        body = of.content.decode(errors="replace")
    return with_meta({"status": of.status, "headers": of.headers, "body": body}, of.meta)


def description(of: keywright.Description) -> dict[str, Any]:
    form = members(of, "service", "variant", "base_url", "base_url_origin", "account")
    return {**form, "credentials": [members(one, "name", "origin", "digest") for one in of.credentials]}


def result(of: Any) -> dict[str, Any]:
    """The form of whatever a call gave."""
    forms: list[tuple[type, Any]] = [
        (keywright.Key, key), (keywright.CreatedKey, created), (keywright.Retired, retired), (keywright.Item, item),
        (keywright.UsageReport, usage), (keywright.Response, response), (keywright.Description, description),
        (keywright.Done, lambda done: meta(done.meta)),
        (keywright.JsonReply, lambda reply: with_meta({"data": reply.data}, reply.meta)),
    ]  # fmt: skip
    return next(form(of) for kind, form in forms if isinstance(of, kind))


def error(of: keywright.KeywrightError) -> dict[str, Any]:
    names = [name for name in dir(ErrorInfo) if not name.startswith("_") and name not in ("attempts", "fields", "host_failure")]
    form = members(of, *(name for name in names if name != "text"))
    form["text"] = str(of)
    form["attempts"] = [members(one, "n", "status", "phase", "delay_before", "duration") for one in of.attempts]
    form["fields"] = [members(one, "field", "messages") for one in of.fields]
    return form
