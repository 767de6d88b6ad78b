"""What calls give back: frozen values that compare, hash, print, pickle and copy."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import keywright
import pytest
from keywright import FieldError, Key, Meta, Seclai, ServerEvent, SidClaw
from keywright.sandbox import Sandbox


@pytest.fixture
def key(client: Seclai) -> Key:
    return client.keys.create(name="ci").key


def test_a_value_cannot_be_changed(key: Key) -> None:
    for name in ["name", "id", "data", "invented"]:
        with pytest.raises(AttributeError):
            setattr(key, name, "x")
        with pytest.raises(AttributeError):
            delattr(key, name)
    key.scopes.append("admin")
    assert key.scopes == []


def test_equal_members_are_equal_values_whatever_call_they_come_from(client: Seclai, key: Key) -> None:
    one, other = client.keys.get(key.id), client.keys.get(key.id)
    assert one is not other and one.meta is not None
    assert one == other and not one != other and hash(one) == hash(other)
    assert len({one, other}) == 1
    changed = one.__replace__(name="else")
    assert changed != one and one != "ci" and one != one.id
    # How a value came to be is no part of what it is.
    assert one.__replace__(meta=None) == one


def test_a_member_is_told_or_not(key: Key) -> None:
    assert key.told("name") and not key.told("expires_at") and "name" in key.told_members
    with pytest.raises((TypeError, ValueError, keywright.ConfigError)):
        key.told("expiry")  # type: ignore[arg-type]


class Own(datetime):
    """As freezegun and pandas have them: a datetime that subtracts into something else."""

    def __sub__(self, other: object) -> object:  # type: ignore[override]
        raise NotImplementedError


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=timezone.utc),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=5))),
        datetime(2100, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        Own(2100, 1, 1, tzinfo=timezone.utc),
    ],
)
def test_every_datetime_is_sent_and_comes_back(sandbox: Sandbox, moment: datetime) -> None:
    with SidClaw(**sandbox.sidclaw()) as client:
        made = client.keys.create(name="ends", scopes=["read"], expires_at=moment).key.expires_at
        assert made is not None and made.tzinfo is timezone.utc
        plain = datetime.fromisoformat(moment.isoformat())
        assert plain - made < timedelta(milliseconds=1)


@pytest.mark.parametrize("name", ["max", "min"])
def test_a_datetime_that_leaves_the_years_in_utc_is_refused_in_words(sandbox: Sandbox, name: str) -> None:
    west_or_east = timezone(timedelta(hours=-5 if name == "max" else 5))
    with SidClaw(**sandbox.sidclaw()) as client, pytest.raises(keywright.ConfigError, match="expires_at.*9999"):
        client.keys.create(name="x", scopes=["read"], expires_at=getattr(datetime, name).replace(tzinfo=west_or_east))


def test_the_repr_shows_the_members(key: Key) -> None:
    assert repr(key).startswith(f"Key(id='{key.id}', name='ci', display_name='ci', ")
    assert repr(FieldError(field="name", messages=["too long"])) == "FieldError(field='name', messages=['too long'])"


@pytest.mark.parametrize("copied", [lambda value: pickle.loads(pickle.dumps(value)), copy.copy, copy.deepcopy])
def test_a_value_survives_a_copy(client: Seclai, key: Key, copied: Callable[[object], object]) -> None:
    run = client.runs.create(client.agents.list().items[0].id, {"input": "x"})
    client.runs.wait(run.id)
    used = client.with_key(client.keys.create(name="used").secret)
    used.get("/agents")
    values = [
        key,
        run,
        client.agents.list().items[0],
        client.get("/agents").meta,
        client.describe(),
        client.throttle(),
        client.capabilities()[0],
        client.keys.usage(key.id),
        client.keys.delete(key.id),
        ServerEvent(event="done", data="{}"),
    ]
    for value in values:
        twin = copied(value)
        assert type(twin) is type(value)
        assert twin == value and hash(twin) == hash(value) and repr(twin) == repr(value)


def test_a_changed_copy_is_made_by_name(key: Key) -> None:
    replace = copy.replace if sys.version_info >= (3, 13) else lambda value, **changes: value.__replace__(**changes)
    later = replace(key, name="new", last_used_at=datetime(2027, 1, 1, tzinfo=timezone.utc))
    assert (later.name, later.id, later.last_used_at.year) == ("new", key.id, 2027)
    with pytest.raises(TypeError):
        replace(key, nam="new")
    with pytest.raises(TypeError, match="`name` must be str"):
        replace(key, name=1)


def test_a_value_can_be_made_for_a_test_and_only_by_name() -> None:
    event = ServerEvent(event="done", data="{}")
    assert (event.event, event.data) == ("done", "{}")
    with pytest.raises(TypeError):
        ServerEvent("done", "{}")  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing"):
        ServerEvent(event="done")  # type: ignore[call-arg]


def test_json_members_are_python_values(client: Seclai, key: Key) -> None:
    assert key.data["id"] == key.id
    assert key.created_at is not None and key.created_at.utcoffset() is not None
    assert client.agents.list().items[0].data["description"] is None


def test_words_are_plain_text(client: Seclai, key: Key) -> None:
    assert key.status == "active" and type(key.status) is str
    with pytest.raises(keywright.NotFoundError) as caught:
        client.keys.get("nobody")
    assert (caught.value.kind, caught.value.outcome, caught.value.stop) == ("not_found", "rejected", "fatal")


def test_durations_are_seconds(client: Seclai, sandbox: Sandbox) -> None:
    sandbox.fault({"phase": "before_handler", "action": {"kind": "delay", "by": "PT1.5S"}})
    meta = client.get("/agents").meta
    assert isinstance(meta, Meta)
    assert meta.elapsed == pytest.approx(1.5)


def test_an_open_member_is_a_new_value_each_time(sandbox: Sandbox) -> None:
    with SidClaw(**sandbox.sidclaw()) as client:
        made = client.keys.create(name="ci", scopes=["evaluate"])
        made.key.data["name"] = "changed"
        assert made.key.data["name"] == "ci"
