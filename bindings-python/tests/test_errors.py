"""One base, one class for each kind; what they carry, and what they survive."""

from __future__ import annotations

import asyncio
import importlib
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import get_args

import keywright
import pytest
from keywright import AsyncSeclai, KeywrightError, Seclai, Seenty, SidClaw
from keywright.sandbox import Sandbox

from conftest import fault


def plan_limit(sandbox: Sandbox) -> None:
    sandbox.set_plan("sidclaw", "free")
    client = SidClaw(**sandbox.sidclaw())
    for n in range(20):
        client.keys.create(name=f"key {n}", scopes=["evaluate"])


def invalid(sandbox: Sandbox) -> None:
    client = Seclai(**sandbox.seclai())
    client.post(f"/agents/{client.agents.list().items[0].id}/runs", json={})


def conflict(sandbox: Sandbox) -> None:
    client = Seclai(**sandbox.seclai())
    made = client.keys.create(name="used")
    client.with_key(made.secret).get("/agents")
    client.keys.delete(made.key.id)


def forbidden(sandbox: Sandbox) -> None:
    client = SidClaw(**sandbox.sidclaw())
    client.with_key(client.keys.create(name="ci", scopes=["evaluate"]).secret).agents.list()


def undelivered(sandbox: Sandbox) -> None:
    def deliver(_secret: object) -> None:
        raise OSError("no vault")

    Seclai(**sandbox.seclai()).keys.create(name="ci", deliver=deliver)


def failing(kind: str, **action: object) -> Callable[[Sandbox], object]:
    def call(sandbox: Sandbox) -> object:
        fault(sandbox, kind, **action)  # type: ignore[arg-type]
        return Seclai(**sandbox.seclai(), max_attempts=1, throttle="fail").agents.list()

    return call


#: A way to each kind, but the one that is a defect of ours.
WAYS: dict[str, Callable[[Sandbox], object]] = {
    "config": lambda sandbox: Seclai(api_key=""),
    "unsupported": lambda sandbox: Seclai(**sandbox.seclai()).keys.rotate("k"),
    "unauthenticated": lambda sandbox: Seclai(**{**sandbox.seclai(), "api_key": "sk-wrong-key-0000"}).agents.list(),
    "forbidden": forbidden,
    "not_found": lambda sandbox: Seenty(**sandbox.seenty()).keys.get("nobody"),
    "conflict": conflict,
    "invalid": invalid,
    "plan_limit": plan_limit,
    "rate_limited": failing("status", status=429, headers={"Retry-After": "7"}),
    "server": failing("status", status=500),
    "timeout": failing("stall"),
    "network": failing("reset", times=2),
    "redirect": failing("redirect", status=302, to="other_port"),
    "decode": failing("status", status=200, body="<html>", headers={"content-type": "text/html"}),
    "cancelled": undelivered,
}


@pytest.mark.parametrize("kind", WAYS)
def test_each_kind_has_its_class_and_can_be_caught_by_its_base(sandbox: Sandbox, kind: str) -> None:
    with pytest.raises(KeywrightError) as caught:
        WAYS[kind](sandbox)
    error = caught.value
    assert error.kind == kind
    check_home(type(error), kind)
    check_twin(error)


def check_home(cls: type[KeywrightError], kind: str) -> None:
    """The class says of itself where it is imported from, and stands there."""
    assert getattr(importlib.import_module(cls.__module__), cls.__name__) is cls
    assert cls.__module__ == "keywright" and cls.__name__ in keywright.__all__
    names = {"timeout": "CallTimeoutError", "cancelled": "CancelledCallError"}
    assert cls.__name__ == names.get(kind, "".join(part.capitalize() for part in kind.split("_")) + "Error")
    assert cls.__bases__[0] is KeywrightError


def check_twin(error: KeywrightError) -> None:
    """It crosses into another process whole."""
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is type(error) and str(twin) == str(error)
    members = [name for name, value in vars(KeywrightError).items() if isinstance(value, property)]
    assert len(members) > 15
    for name in members:
        assert getattr(twin, name) == getattr(error, name), name


def test_every_kind_is_covered_but_the_defect_of_our_own() -> None:
    assert set(get_args(keywright.ErrorKind)) == {*WAYS, "internal"}
    check_home(keywright.InternalError, "internal")


def test_a_text_is_one_sentence_that_names_service_and_remedy(sandbox: Sandbox) -> None:
    with pytest.raises(keywright.ConflictError) as caught:
        conflict(sandbox)
    error = caught.value
    assert str(error).startswith("seclai refused keys.delete: ")
    assert error.remedy is not None and str(error).endswith(error.remedy)
    assert (error.reason, error.status, error.service) == ("key_has_history", 409, "seclai")
    assert error.operation == "keys.delete" and error.message is not None
    assert [attempt.status for attempt in error.attempts] == [409]
    last = traceback.format_exception_only(type(error), error)[-1]
    assert last == f"keywright.ConflictError: {error}\n"


def test_a_timeout_is_python_s_timeout_too(client: Seclai, sandbox: Sandbox) -> None:
    fault(sandbox, "stall")
    with pytest.raises(TimeoutError) as caught:
        client.with_options(timeout=5).get("/agents")
    error = caught.value
    assert isinstance(error, keywright.CallTimeoutError) and isinstance(error, KeywrightError)
    assert error.timeout_scope == "call" and str(error).startswith("seclai: request failed")
    assert error.errno is None

    async def main() -> None:
        fault(sandbox, "stall")
        async with AsyncSeclai(**sandbox.seclai(), timeout=5) as other:
            with pytest.raises(asyncio.TimeoutError if sys.version_info >= (3, 11) else TimeoutError):
                await other.get("/agents")

    asyncio.run(main())


def test_a_lost_answer_says_so_and_names_the_candidate(client: Seclai, sandbox: Sandbox) -> None:
    sandbox.fault({"match": {"method": "POST"}, "phase": "after_commit", "action": {"kind": "reset"}})
    with pytest.raises(keywright.NetworkError) as caught:
        client.keys.create(name="lost")
    error = caught.value
    assert error.outcome == "unknown" and not error.is_retryable
    assert [client.keys.get(id).name for id in error.candidates] == ["lost"]


def test_the_same_call_fails_alike_in_both_clients(sandbox: Sandbox) -> None:
    calls: list[tuple[str, dict[str, object]]] = [
        ("/agents", {"query": {"unknown": "1"}}),
        ("/agents/nobody", {}),
        ("//evil.example/", {}),
        ("/agents\n", {}),
        ("/agents", {"headers": {"x-api-key": "x"}}),
        ("/agents", {"safety": "perhaps"}),
        ("/agents", {"body": "text"}),
    ]

    async def awaited() -> list[str]:
        async with AsyncSeclai(**sandbox.seclai()) as client:
            return [
                repr((await asyncio.gather(client.get(path, **rest), return_exceptions=True))[0])
                for path, rest in calls
            ]

    def blocked() -> list[str]:
        found: list[str] = []
        with Seclai(**sandbox.seclai()) as client:
            for path, rest in calls:
                with pytest.raises(Exception) as caught:
                    client.get(path, **rest)
                found.append(repr(caught.value))
        return found

    assert asyncio.run(awaited()) == blocked()
