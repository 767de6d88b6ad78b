"""However a function of the program ends, what it was asked for ends too, and every key is accounted for."""

from __future__ import annotations

import asyncio
import sys
import threading

import pytest
import trio
from keywright import AsyncSeclai, Event, KeywrightError, Seclai

from conftest import until
from test_taken import Account, account

__all__ = ["account"]


class Custom(BaseException):
    """What ends a function and is no `Exception`."""


@pytest.mark.parametrize("raised", [asyncio.CancelledError, Custom, ValueError])
def test_an_async_function_that_ends_in_any_way_ends_what_it_was_asked_for(
    account: Account, raised: type[BaseException]
) -> None:
    async def deliver(_secret: object) -> None:
        await asyncio.sleep(0)
        raise raised

    async def main() -> None:
        async with AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear) as client:
            with pytest.raises(KeywrightError) as caught:
                await asyncio.wait_for(client.keys.create(name="ci", deliver=deliver), 10)
            assert caught.value.reason == "not_delivered"

    asyncio.run(main())
    assert account.settle() == (0, 1)


@pytest.mark.parametrize("raised", [Custom, KeyboardInterrupt, ValueError])
def test_a_function_that_ends_in_any_way_leaves_a_run_of_trio_alone(account: Account, raised: type[BaseException]) -> None:
    async def deliver(_secret: object) -> None:
        await trio.lowlevel.checkpoint()
        raise raised

    async def main() -> None:
        async with AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear) as client:
            with trio.fail_after(10), pytest.raises(KeywrightError) as caught:
                await client.keys.create(name="ci", deliver=deliver)
            assert caught.value.reason == "not_delivered"

    trio.run(main)
    assert account.settle() == (0, 1)


def test_a_loop_that_is_closed_while_a_secret_is_stored(account: Account, capfd: pytest.CaptureFixture[str]) -> None:
    kept: list[object] = []

    async def deliver(_secret: object) -> None:
        stored.set()
        await asyncio.Event().wait()

    for _ in range(3):
        stored = threading.Event()
        loop = asyncio.new_event_loop()

        async def main(stored: threading.Event = stored) -> None:
            client = AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear)
            call = asyncio.ensure_future(client.keys.create(name="ci", deliver=deliver))
            call._log_destroy_pending = False  # type: ignore[attr-defined]
            kept.append(call)
            while not stored.is_set():
                await asyncio.sleep(0.001)

        loop.run_until_complete(main())
        loop.close()
        kept.append(loop)
    assert account.settle() == (0, 3)
    assert len(kept) == 6 and capfd.readouterr().err == ""


def test_an_observer_that_ends_the_program_on_every_event_hears_them_all(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where no caller is left, that is all that can be told of it.
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    ends = True

    def hear(event: Event) -> None:
        account.hear(event)
        if ends:
            raise SystemExit

    def left() -> None:
        with pytest.raises(SystemExit):
            Seclai(**account.sandbox.seclai(), on_event=hear).keys.create(name="ci")

    for _ in range(3):
        left()
    until(lambda: account.ended("POST") == len(account.told), what="a key of which nobody hears")
    ends = False
