"""Functions of the user that a call needs: key providers, `deliver`, `on_event`."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import keywright
import pytest
from keywright import AsyncSeclai, Event, KeywrightError, Seclai, Secret
from keywright.sandbox import Sandbox

from conftest import fault, until


def without_key(sandbox: Sandbox) -> tuple[dict[str, Any], Secret]:
    opts = sandbox.seclai()
    return opts, opts.pop("api_key")


class VaultError(Exception):
    """What a user's vault raises."""


def test_a_provider_is_asked_for_every_call(sandbox: Sandbox) -> None:
    opts, key = without_key(sandbox)
    asked: list[str] = []

    def provide() -> Secret:
        asked.append(threading.current_thread().name)
        return key

    with Seclai(**opts, key_provider=provide) as client:
        for _ in range(3):
            assert client.get("/agents").status == 200
        assert Seclai(**opts, key_provider=key.expose).get("/agents").status == 200
    # On the caller's own thread, always.
    assert asked == [threading.current_thread().name] * 3


def test_an_async_provider_runs_on_the_caller_s_loop(sandbox: Sandbox) -> None:
    opts, key = without_key(sandbox)
    loops: set[int] = set()

    async def provide() -> str:
        loops.add(id(asyncio.get_running_loop()))
        await asyncio.sleep(0)
        return key.expose()

    async def main() -> None:
        async with AsyncSeclai(**opts, key_provider=provide) as client:
            answers = await asyncio.gather(*(client.get("/agents") for _ in range(20)))
            assert {answer.status for answer in answers} == {200}
        async with AsyncSeclai(**opts, key_provider=lambda: key) as client:
            assert (await client.get("/agents")).status == 200
        assert loops == {id(asyncio.get_running_loop())}

    asyncio.run(main())


async def as_async(sandbox: Sandbox, provider: Any) -> KeywrightError:
    opts, _ = without_key(sandbox)
    async with AsyncSeclai(**opts, key_provider=provider) as client:
        with pytest.raises(KeywrightError) as caught:
            await client.get("/agents")
        return caught.value


def as_sync(sandbox: Sandbox, provider: Any) -> KeywrightError:
    opts, _ = without_key(sandbox)
    with Seclai(**opts, key_provider=provider) as client, pytest.raises(KeywrightError) as caught:
        client.get("/agents")
    return caught.value


def test_what_a_provider_raises_is_the_cause(sandbox: Sandbox) -> None:
    failure = VaultError("sealed")

    def provide() -> str:
        raise failure

    async def provide_later() -> str:
        await asyncio.sleep(0)
        raise failure

    for error in [
        as_sync(sandbox, provide),
        asyncio.run(as_async(sandbox, provide)),
        asyncio.run(as_async(sandbox, provide_later)),
    ]:
        assert isinstance(error, keywright.ConfigError)
        assert (error.field, error.outcome) == ("api_key", "not_sent")
        assert error.__cause__ is failure
    assert not sandbox.journal()


@pytest.mark.parametrize("given", [None, 3, b"sk-12345678", ["sk-12345678"]])
def test_a_provider_that_gives_no_text_is_a_type_error(sandbox: Sandbox, given: object) -> None:
    for error in [as_sync(sandbox, lambda: given), asyncio.run(as_async(sandbox, lambda: given))]:
        assert isinstance(error.__cause__, TypeError)
        assert "`key_provider` must be str or Secret" in str(error.__cause__)


@pytest.mark.parametrize("given", ["", "  ", "two\nlines", "sk-\u00e9", "sk-\ud800"])
def test_a_provider_s_key_is_judged_as_any_other(sandbox: Sandbox, given: str) -> None:
    for error in [as_sync(sandbox, lambda: given), asyncio.run(as_async(sandbox, lambda: given))]:
        assert isinstance(error, keywright.ConfigError)
        assert "two" not in str(error)


@pytest.mark.filterwarnings("error")
def test_an_async_provider_on_a_blocking_client_is_told(sandbox: Sandbox) -> None:
    async def provide() -> str:
        return "sk-12345678"

    error = as_sync(sandbox, provide)
    assert isinstance(error, keywright.ConfigError)
    assert isinstance(error.__cause__, TypeError) and "use the async client" in str(error.__cause__)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_the_end_of_the_program_is_no_failure_of_a_provider(sandbox: Sandbox, raised: type[BaseException]) -> None:
    opts, _ = without_key(sandbox)

    def provide() -> str:
        raise raised

    with Seclai(**opts, key_provider=provide) as client, pytest.raises(raised):
        client.get("/agents")
    assert not sandbox.journal()


@pytest.mark.parametrize("raised", [ValueError, asyncio.CancelledError, GeneratorExit])
def test_what_an_observer_raises_is_reported_and_the_call_goes_on(sandbox: Sandbox, raised: type[BaseException]) -> None:
    """Only what ends the program does not stay with the observer."""

    def hear(_: Event) -> None:
        raise raised("on purpose")

    async def main() -> int:
        async with AsyncSeclai(**sandbox.seclai(), on_event=hear) as client:
            return (await client.get("/agents")).status

    reported: list[Any] = []
    before, sys.unraisablehook = sys.unraisablehook, reported.append
    try:
        with Seclai(**sandbox.seclai(), on_event=hear) as client:
            assert client.get("/agents").status == 200
        sync = len(reported)
        assert asyncio.run(main()) == 200
    finally:
        sys.unraisablehook = before
    assert 0 < sync < len(reported)
    assert {one.exc_type for one in reported} == {raised}


def test_a_provider_may_make_a_call_itself(sandbox: Sandbox) -> None:
    opts, key = without_key(sandbox)
    with Seclai(**sandbox.seclai()) as vault:

        def provide() -> Secret:
            assert vault.get("/agents").status == 200
            return key

        with Seclai(**opts, key_provider=provide) as client:
            assert client.get("/agents").status == 200


def test_events_come_in_order_and_before_the_call_ends(sandbox: Sandbox) -> None:
    events: list[Event] = []
    fault(sandbox, "status", status=429, headers={"Retry-After": "2"})
    with Seclai(**sandbox.seclai(), on_event=events.append) as client:
        client.get("/agents")
        names = [event.name for event in events]
        assert names[0] == "call_start" and names[-1] == "call_end" and "throttled" in names
        assert [event.status for event in events if event.name == "attempt_end"] == [429, 200]
        assert {event.call for event in events} == {events[0].call}
        events.clear()
        with pytest.raises(keywright.NotFoundError):
            client.keys.get("nobody")
        assert events[-1].name == "call_end" and events[-1].error == "not_found"


def test_events_reach_async_clients_before_the_caller_goes_on(sandbox: Sandbox) -> None:
    async def main() -> None:
        names: list[str] = []
        async with AsyncSeclai(**sandbox.seclai(), on_event=lambda event: names.append(event.name)) as client:
            for n in range(1, 6):
                await client.get("/agents")
                assert names.count("call_end") == n

    asyncio.run(main())


def test_a_watcher_that_fails_fails_no_call(sandbox: Sandbox, nothing_unraisable: list[object]) -> None:
    def watch(event: Event) -> None:
        raise VaultError(event.name)

    with Seclai(**sandbox.seclai(), on_event=watch) as client:
        assert client.get("/agents").status == 200
    assert [str(raised) for raised in nothing_unraisable] == ["call_start", "attempt_start", "attempt_end", "call_end"]
    nothing_unraisable.clear()


def test_deliver_gets_the_secret_before_the_call_returns(sandbox: Sandbox) -> None:
    stored: list[Secret] = []
    with Seclai(**sandbox.seclai()) as client:
        made = client.keys.create(name="ci", deliver=stored.append)
        assert stored == [made.secret]

    async def main() -> None:
        async def store(secret: Secret) -> None:
            await asyncio.sleep(0)
            stored.append(secret)

        async with AsyncSeclai(**sandbox.seclai()) as client:
            made = await client.keys.create(name="ci", deliver=store)
            assert stored[1:] == [made.secret]
            made = await client.keys.create(name="ci", deliver=stored.append)
            assert stored[2:] == [made.secret]

    asyncio.run(main())


def test_a_key_that_could_not_be_delivered_is_taken_back(sandbox: Sandbox) -> None:
    failure = VaultError("full")

    def store(secret: Secret) -> None:
        raise failure

    async def store_later(secret: Secret) -> None:
        raise failure

    async def awaited() -> None:
        async with AsyncSeclai(**sandbox.seclai()) as client:
            await client.keys.create(name="lost", deliver=store_later)

    with Seclai(**sandbox.seclai()) as client:
        for call in [lambda: client.keys.create(name="lost", deliver=store), lambda: asyncio.run(awaited())]:
            with pytest.raises(keywright.CancelledCallError) as caught:
                call()
            assert caught.value.__cause__ is failure
        assert "lost" not in [key.name for key in client.keys.list()]


def test_deliver_of_many_calls_at_once_gets_each_its_own(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with AsyncSeclai(**sandbox.seclai()) as client:

            async def one(n: int) -> None:
                stored: list[Secret] = []
                made = await client.keys.create(name=f"key {n}", deliver=stored.append)
                assert stored == [made.secret]

            await asyncio.gather(*(one(n) for n in range(30)))

    asyncio.run(main())


def test_functions_are_let_go_with_their_client(sandbox: Sandbox) -> None:
    opts, key = without_key(sandbox)

    class Functions:
        def provide(self) -> Secret:
            return key

        def watch(self, event: Event) -> None:
            pass

        def store(self, secret: Secret) -> None:
            pass

    functions = Functions()
    before = sys.getrefcount(functions)
    with Seclai(**opts, key_provider=functions.provide, on_event=functions.watch) as client:
        client.keys.create(name="ci", deliver=functions.store)
    del client

    def are_let_go() -> bool:
        # What the io thread lets go of waits for the interpreter: until anything of the package is called.
        Secret("any")
        return sys.getrefcount(functions) == before

    until(are_let_go, what="functions that are let go")


def test_a_provider_that_hangs_is_ended_by_the_limit_of_the_call_on_the_sandbox_s_clock(sandbox: Sandbox) -> None:
    opts, key = without_key(sandbox)

    async def hang() -> Secret:
        await asyncio.Event().wait()
        return key

    async def main() -> None:
        async with AsyncSeclai(**opts, key_provider=hang, timeout=60.0) as client:
            before = sandbox.clock().now()
            with pytest.raises(KeywrightError) as failed:
                await client.agents.list()
            assert failed.value.kind == "timeout"
            assert (sandbox.clock().now() - before).total_seconds() >= 60
            assert not sandbox.journal()

    asyncio.run(main())
