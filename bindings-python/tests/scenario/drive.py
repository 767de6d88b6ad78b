"""From the name of a step to a call of the client: translates and decides nothing."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta
from typing import Any

from . import forms

#: Resources whose single object is the body itself, and what stands before it.
BODIES = {
    "runs.create": ["agent_id"], "runs.stream": ["agent_id"], "events.track": [], "account.update": [], "evaluate": [],
}  # fmt: skip


def duration(text: str) -> float:
    """An ISO 8601 duration in seconds; a day is 24 hours."""
    import re

    found = re.fullmatch(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text)
    assert found, text
    weeks, days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def connect(kind: Any, service: str, access: Any, changes: dict[str, Any], dialect: Any, on_event: Any) -> Any:
    """Makes the client of a scenario; `~none` takes an option away."""
    names = ("base_url", "api_key", "email", "password", "management")
    given = {name: getattr(access, name) for name in names}
    given.update(changes)
    given = {name: value for name, value in given.items() if value is not None and value != "~none"}
    if "management" in given:
        given.pop("email", None)
        given.pop("password", None)
    given.setdefault("env", {})
    return kind(dialect if service == "acme" else service, clock=access.clock.exact(0.0), on_event=on_event, **given)


def handle(client: Any, step: dict[str, Any], saved: Any) -> Any:
    """The handle for one call: another key, an account, options."""
    if "key" in step:
        client = client.with_key(saved.resolve(step["key"]))
    account = step.get("account")
    if account is not None:
        client = client.own_account() if account == "me" else client.account(saved.resolve(account["id"]))
    return client.with_options(**step["options"]) if step.get("options") else client


async def settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def listed(pages: Any, every: bool, form: Any, each: Any) -> dict[str, Any]:
    items = []
    if every and hasattr(pages, "__aiter__"):
        async for one in pages:
            items.append(form(one))
            await each(one)
        return {"items": items, "has_next": False}
    if every:
        for one in pages:
            items.append(form(one))
            await each(one)
        return {"items": items, "has_next": False}
    page = await settled(pages)
    return {"items": [form(one) for one in page.items], "has_next": page.has_next}


def each_of(client: Any, given: dict[str, Any]) -> Any:
    """What a walk does on its way: a call with the id of each item that has the name."""
    operation, named = given.pop("each", None), given.pop("named", None)

    async def each(one: Any) -> None:
        if operation is None or one.name != named:
            return
        if operation == "request":
            await settled(client.request("DELETE", f"/api-keys/{one.id}"))
            return
        group, _, action = operation.partition(".")
        await settled(getattr(getattr(client, group), action)(one.id))

    return each


async def call(client: Any, name: str, given: dict[str, Any], hear: Any) -> dict[str, Any]:
    """Makes a call and gives the form of its result."""
    given = dict(given)
    if name == "supports":
        info = next((one for one in client.capabilities() if one.name == given["capability"]), None)
        return {"supported": client.supports(given["capability"]), "remedy": info and info.remedy}
    if name == "describe":
        return forms.description(client.describe())
    if name == "request":
        return forms.response(hear(await settled(client.request(given.pop("method"), given.pop("path"), **given))))
    group, _, action = name.partition(".")
    if group == "keys":
        return await keys(client, action, given, hear)
    if name in BODIES:
        places = [given.pop(place) for place in BODIES[name]]
        target = client.account_settings if group == "account" else getattr(client, group)
        ended = target(given) if name == "evaluate" else getattr(target, action)(*places, given)
        return await streamed(ended) if action == "stream" else forms.result(hear(await settled(ended)))
    own = {"account": "account_settings", "billing": None, "me": None}
    if group in own and own[group] is None:
        return forms.result(hear(await settled(client.billing_status() if group == "billing" else client.me())))
    target = getattr(client, own.get(group) or group, None) or client.resource(group)
    every, each = given.pop("all", False), each_of(client, given)
    if action in ("list", "members"):
        ended = getattr(target, action)(*([given.pop("id")] if "id" in given else []), **given)
        return await listed(ended, every, forms.item, each)
    if action == "create":
        ended = target.create(given)
    elif action == "update":
        ended = target.update(given.pop("id"), given)
    else:
        ended = getattr(target, action)(*given.values())
    return forms.result(hear(await settled(ended)))


async def streamed(stream: Any) -> dict[str, Any]:
    import json

    stream = await settled(stream)
    return {"events": [{"event": one.event, "data": json.loads(one.data)} async for one in stream]}


async def keys(client: Any, action: str, given: dict[str, Any], hear: Any) -> dict[str, Any]:
    every, each = given.pop("all", False), each_of(client, given)
    if "expires_in" in given:
        given["expires_at"] = client.now() + timedelta(seconds=duration(given.pop("expires_in")))
    for name in ("expires_at", "from", "to"):
        if isinstance(given.get(name), str):
            given[{"from": "since", "to": "until"}.get(name, name)] = moment(given.pop(name))
    if given.pop("clear", None):
        given["never_expires"] = True
    before = [str(given.pop("id"))] if "id" in given else []
    ended = getattr(client.keys, action)(*before, **given)
    if action in ("list", "calls"):
        return await listed(ended, every, forms.key if action == "list" else forms.record, each)
    return forms.result(hear(await settled(ended)))
