"""The package behaves as a Python developer expects of any good one."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any

import keywright
import pytest
from keywright import (
    AsyncSeclai,
    Client,
    ConfigError,
    Dialect,
    ItellicoAI,
    Page,
    Response,
    Seclai,
    Secret,
    Seenty,
    SidClaw,
)
from keywright.sandbox import Clock, Sandbox, held

from conftest import fault

UTC = timezone.utc


def test_a_block_closes_its_client_and_another_handle_goes_on(sandbox: Sandbox) -> None:
    with Seclai(**sandbox.seclai()) as client:
        handle = client.with_options(timeout=5)
        assert client.get("/agents").status == 200
    for call in [client.describe, client.keys.list, lambda: client.get("/agents"), lambda: client.with_options()]:
        with pytest.raises(ConfigError, match="`client` is closed"):
            call()
    client.close()
    assert repr(client) == "<Seclai closed>"
    assert handle.get("/agents").status == 200


def test_a_closed_sandbox_serves_nobody(client: Seclai, sandbox: Sandbox) -> None:
    own = Sandbox()
    with own, Seclai(**own.seclai(), max_attempts=1) as other:
        assert other.get("/agents").status == 200
    own.close()
    with Seclai(**own.options("seclai"), max_attempts=1) as other, pytest.raises(keywright.NetworkError):
        other.get("/agents")


def test_the_repr_of_a_client_names_service_and_place(client: Seclai, sandbox: Sandbox) -> None:
    assert repr(client) == f"<Seclai seclai at {sandbox.access('seclai').base_url}>"
    assert repr(AsyncSeclai(api_key="sk-12345678")) == "<AsyncSeclai seclai at https://api.seclai.com>"


@pytest.mark.parametrize(
    "call",
    [
        lambda client, sandbox: Seclai(api_key="sk-12345678", api_kee="sk-12345678"),
        lambda client, sandbox: Seclai("sk-12345678"),
        lambda client, sandbox: client.keys.create("ci"),
        lambda client, sandbox: client.keys.create(nam="ci"),
        lambda client, sandbox: client.keys.list(size=10),
        lambda client, sandbox: client.with_options(time_out=3),
        lambda client, sandbox: client.get("/agents", jsn={}),
        lambda client, sandbox: AsyncSeclai(api_kee="sk-12345678"),
        lambda client, sandbox: Sandbox(sead=1),
    ],
)
def test_an_unknown_option_is_a_type_error(
    client: Seclai, sandbox: Sandbox, call: Callable[[Seclai, Sandbox], object]
) -> None:
    with pytest.raises(TypeError):
        call(client, sandbox)
    assert not sandbox.journal()


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("api_key", lambda client: Seclai(api_key=b"sk-12345678")),
        ("api_key", lambda client: Seclai(api_key=12345678)),
        ("management", lambda client: Seenty(management=1)),
        ("timeout", lambda client: client.with_options(timeout="5")),
        ("timeout", lambda client: client.with_options(timeout=True)),
        ("read_timeout", lambda client: client.with_options(read_timeout="5")),
        ("max_attempts", lambda client: client.with_options(max_attempts=1.0)),
        ("max_attempts", lambda client: client.with_options(max_attempts=True)),
        ("isolated_limits", lambda client: Seclai(isolated_limits=1)),
        ("key_provider", lambda client: Seclai(key_provider="sk-12345678")),
        ("on_event", lambda client: Seclai(on_event=[])),
        ("deliver", lambda client: client.keys.create(deliver=1)),
        ("clock", lambda client: Seclai(clock=1)),
        ("dialect", lambda client: Client(1)),
        ("env", lambda client: Seclai(env={"SECLAI_API_KEY": 1})),
        ("env", lambda client: Seclai(env="SECLAI_API_KEY")),
        ("name", lambda client: client.keys.create(name=1)),
        ("scopes", lambda client: client.keys.create(name="ci", scopes="evaluate")),
        ("scopes", lambda client: client.keys.create(name="ci", scopes=3)),
        ("expires_at", lambda client: client.keys.create(expires_at="2030-01-01")),
        ("expires_at", lambda client: client.keys.create(expires_at=date(2030, 1, 1))),
        ("expires_at", lambda client: client.keys.create(expires_at=datetime(2030, 1, 1).time())),
        ("id", lambda client: client.keys.get(None)),
        ("query", lambda client: client.get("/agents", query={"page": 1})),
        ("json", lambda client: client.post("/agents", json=object())),
        ("json", lambda client: client.post("/agents", json={1: 2})),
        ("body", lambda client: client.post("/agents", body="text")),
        ("body", lambda client: client.post("/agents", body=[1, 2])),
        ("text", lambda client: Secret(1)),
    ],
)
def test_a_wrong_type_is_a_type_error_that_names_the_argument(
    client: Seclai, sandbox: Sandbox, field: str, call: Callable[[Seclai], object]
) -> None:
    with pytest.raises(TypeError, match=f"`{field}` must be "):
        call(client)
    assert not sandbox.journal()


class NoOffset(tzinfo):
    """A zone that does not know where it is."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("api_key", lambda client: Seclai(api_key="")),
        ("api_key", lambda client: Seclai(api_key="sk-1\ud800")),
        ("text", lambda client: Secret("sk-1\ud800")),
        ("name", lambda client: client.keys.create(name="\udc80")),
        ("id", lambda client: client.keys.get("\ud800")),
        ("json", lambda client: client.post("/agents", json={"a": ["\ud800"]})),
        ("json", lambda client: client.post("/agents", json={"\ud800": 1})),
        ("json", lambda client: client.post("/agents", json=float("nan"))),
        ("json", lambda client: client.post("/agents", json=2**70)),
        ("json", lambda client: client.post("/agents", json=CIRCLE)),
        ("expires_at", lambda client: client.keys.create(expires_at=datetime(2030, 1, 1))),
        ("expires_at", lambda client: client.keys.create(expires_at=datetime(2030, 1, 1, tzinfo=NoOffset()))),
        ("expires_at", lambda client: client.keys.create(expires_at=datetime(1960, 1, 1, tzinfo=UTC))),
        ("since", lambda client: client.keys.calls("k", since=datetime(2030, 1, 1))),
        ("timeout", lambda client: client.with_options(timeout=0)),
        ("timeout", lambda client: client.with_options(timeout=-1)),
        ("timeout", lambda client: client.with_options(timeout=float("nan"))),
        ("timeout", lambda client: client.with_options(timeout=10**400)),
        ("read_timeout", lambda client: client.with_options(read_timeout=10**400)),
        ("max_attempts", lambda client: client.with_options(max_attempts=-1)),
        ("max_attempts", lambda client: client.with_options(max_attempts=2**40)),
        ("throttle", lambda client: client.with_options(throttle="never")),
        ("service", lambda client: Client("unheard-of")),
        ("dialect", lambda client: Dialect.from_toml("service = ")),
        ("base_url", lambda client: Seclai(api_key="sk-12345678", base_url="ftp://x")),
    ],
)
def test_a_value_without_meaning_is_a_config_error_before_anything_is_sent(
    client: Seclai, sandbox: Sandbox, field: str, call: Callable[[Seclai], object]
) -> None:
    with pytest.raises(ConfigError) as caught:
        call(client)
    assert caught.value.field == field
    assert caught.value.outcome == "not_sent"
    assert not sandbox.journal()


def test_times_are_aware_and_any_zone_is_taken(sandbox: Sandbox) -> None:
    with Seenty(**sandbox.seenty()) as client:
        wanted = datetime(2027, 6, 1, 12, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
        key = client.keys.create(name="ci", expires_at=wanted).key
        assert key.expires_at == wanted
        assert key.expires_at.utcoffset() == timedelta(0)
        assert client.now().tzinfo is not None
        assert sandbox.clock().now() == client.now()


def test_pages_walk_on_and_can_be_taken_one_by_one(sandbox: Sandbox) -> None:
    with Seclai(**sandbox.seclai()) as client:
        names = {client.keys.create(name=f"key {n}").key.name for n in range(25)}
        page = client.keys.list(page_size=10)
        assert isinstance(page, Page)
        assert len(page.items) == 10 and page.has_next and page.meta.status == 200
        assert {key.name for key in page} >= names
        assert [key.id for key in page] == [key.id for key in client.keys.list(page_size=100)]

        seen = [len(page.items)]
        while (following := page.next_page()) is not None:
            page = following
            seen.append(len(page.items))
        assert seen == [10, 10, 6]
        assert page.next_token is None and page.next_page() is None
        assert repr(page).startswith("Page(items=[Key(") and "has_next=False" in repr(page)
        with pytest.raises(AttributeError):
            page.size = 3  # type: ignore[attr-defined]


def test_walking_is_lazy(sandbox: Sandbox) -> None:
    with Seclai(**sandbox.seclai()) as client:
        for n in range(12):
            client.keys.create(name=f"key {n}")
        before = len(sandbox.journal())
        walk = iter(client.keys.list(page_size=10))
        for _ in range(10):
            next(walk)
        assert len(sandbox.journal()) == before + 1
        next(walk)
        assert len(sandbox.journal()) == before + 2


def test_a_response_gives_bytes_text_and_json(client: Seclai) -> None:
    answer = client.get("/agents", query={"limit": "10"}, headers=[("X-Trace", "1")])
    assert isinstance(answer, Response)
    assert answer.content == answer.text.encode()
    assert {agent["name"] for agent in answer.json()["data"]} == {"Analyst", "Night report"}
    assert answer.headers["content-type"] == "application/json"
    assert repr(answer) == f"Response(status=200, content=<{len(answer.content)} bytes>)"


def test_an_answer_that_is_no_json_is_a_decode_error(client: Seclai, sandbox: Sandbox) -> None:
    fault(sandbox, "status", status=200, body='{"a": 1, "a": 2}', headers={"content-type": "application/json"})
    answer = client.get("/agents")
    with pytest.raises(keywright.DecodeError):
        answer.json()


def test_arguments_of_one_meaning_may_have_several_types(client: Seclai, sandbox: Sandbox) -> None:
    key = sandbox.access("seclai").api_key
    assert key is not None
    for form in [key, key.expose(), Secret(key.expose())]:
        assert client.with_key(form).get("/agents").status == 200
    for query in [{"page": "1"}, [("page", "1")], (pair for pair in [("page", "1")])]:
        client.get("/agents", query=query)
        assert sandbox.journal()[-1].query == [("page", "1")]
    with SidClaw(**sandbox.sidclaw()) as sidclaw:
        for scopes in [["evaluate"], ("evaluate",), {"evaluate"}, iter(["evaluate"])]:
            assert sidclaw.keys.create(name="ci", scopes=scopes).key.scopes == ["evaluate"]


def test_limits_have_three_states(client: Seclai, sandbox: Sandbox) -> None:
    fault(sandbox, "delay", by="PT200S", times=3)
    with pytest.raises(keywright.CallTimeoutError):
        client.with_options(max_attempts=1).get("/agents")
    with pytest.raises(keywright.CallTimeoutError):
        client.with_options(attempt_timeout=..., timeout=5).get("/agents")
    assert client.with_options(attempt_timeout=None, timeout=None, read_timeout=1000).get("/agents").status == 200


def test_named_clients_and_dialects_are_the_same_client(sandbox: Sandbox) -> None:
    for client in [Client("seclai", **sandbox.seclai()), Client(Dialect.builtin("seclai"), **sandbox.seclai())]:
        assert {agent.name for agent in client.agents.list()} == {"Analyst", "Night report"}
        assert client.service() == "seclai" and client.supports("keys.archive")
    with ItellicoAI(**sandbox.itellico()) as client:
        assert type(client.own_account()) is ItellicoAI


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_what_is_alive_cannot_be_copied(client: Seclai, sandbox: Sandbox, copied: Callable[[object], object]) -> None:
    for alive in [client, AsyncSeclai(api_key="sk-12345678"), client.get("/agents")]:
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            copied(alive)


def test_every_exported_name_is_there_and_knows_its_home() -> None:
    for name in keywright.__all__:
        value = getattr(keywright, name)
        if isinstance(value, type):
            assert getattr(keywright, value.__name__) is value
            assert value.__doc__
    assert set(dir(keywright)) >= set(keywright.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        keywright.Nothing  # type: ignore[attr-defined]  # noqa: B018


def test_a_held_clock_stands(sandbox: Sandbox) -> None:
    clock = sandbox.clock()
    assert isinstance(clock, Clock)
    before = clock.now()
    with held(clock) as same:
        assert same is clock
        clock.advance(90)
    assert (clock.now() - before, clock.elapsed()) == (timedelta(seconds=90), 90.0)
    with pytest.raises(ConfigError):
        clock.advance(-1)


def test_help_teaches() -> None:
    text = keywright.Seclai.__init__.__doc__ or keywright.Seclai.__doc__ or ""
    assert "Seclai" in text and "api_key" in (keywright.Client.__doc__ or "")
    create = keywright.Seclai(api_key="sk-12345678").keys.create
    assert "never shown again" in (create.__doc__ or "")


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("max_retries", "max_attempts"),
        ("timeout_ms", "timeout"),
        ("baseURL", "base_url"),
        ("api_base", "base_url"),
        ("apiKey", "api_key"),
        ("token", "api_key"),
        ("proxies", "proxy"),
    ],
)
def test_an_option_s_name_in_another_sdk_is_answered_with_ours(option: str, meant: str) -> None:
    for make in (lambda **options: Client("seclai", **options), Seclai, AsyncSeclai):
        with pytest.raises(TypeError, match=f"has no option `{option}`: did you mean `{meant}`"):
            make(**{option: "x"})
    with pytest.raises(TypeError, match="has no option `colour`$"):
        Seclai(colour="red")  # type: ignore[arg-type]
    with Seclai(api_key="sk-0123456789abcdef0123456789abcdef") as client:
        with pytest.raises(TypeError, match="Seclai has no option `max_retries`: did you mean `max_attempts`"):
            client.with_options(max_retries=3)  # type: ignore[arg-type]
