"""A new key belongs to its caller only when the caller has taken it: created = received + discarded + kept, each one once.

Callers leave at every moment around the answer. KEYWRIGHT_RACES says how often (300 unless given; 10,000 for the full count).
"""

from __future__ import annotations

import asyncio
import os
import random
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest
import trio
import uvloop
from keywright import AsyncSeclai, Event, Seclai, Secret
from keywright.sandbox import Sandbox

from conftest import until

RACES = int(os.environ.get("KEYWRIGHT_RACES", "300"))
GATED = 100
#: As many as a sandbox's journal remembers with their discards, and a list is still short.
BATCH = 500


class Account:
    """What became of every key that a sandbox has made."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.received: list[str] = []
        self.told: list[str] = []
        with Seclai(**sandbox.seclai()) as client:
            self.before = {key.id for key in client.keys.list()}

    def hear(self, event: Event) -> None:
        if event.name == "orphan_key":
            assert event.key_id is not None
            self.told.append(event.key_id)

    def ended(self, method: str) -> int:
        return sum(entry.method == method and entry.status in (201, 204) for entry in self.sandbox.journal())

    def settle(self, *, keeps: bool = False) -> tuple[int, int]:
        """Waits until every key is accounted for, and checks the account: how many were received, and how many not."""
        until(lambda: self.ended("POST") == len(self.received) + len(self.told), what="a key of which nobody hears")
        with Seclai(**self.sandbox.seclai()) as client:
            left = {key.id for key in client.keys.list()} - self.before
        received, told = set(self.received), set(self.told)
        assert len(received) == len(self.received) and len(told) == len(self.told) and not received & told
        assert left == (received | told if keeps else received)
        assert self.ended("DELETE") == (0 if keeps else len(told))
        return len(received), len(told)


class Moment:
    """When a caller leaves: at random around the answer, which takes longer on a busy machine."""

    def __init__(self) -> None:
        self.span = 0.02

    def draw(self) -> float:
        return random.uniform(0.0001, self.span)

    def saw(self, received: bool) -> None:
        self.span = min(max(self.span * (0.9 if received else 1.1), 0.001), 2.0)


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account(sandbox)


def batches(count: int) -> Iterator[tuple[Account, int]]:
    while count > 0:
        with Sandbox() as sandbox:
            yield Account(sandbox), min(count, BATCH)
        count -= BATCH


def test_races_on_a_free_loop() -> None:
    ends, moment = [0, 0], Moment()

    async def race(client: AsyncSeclai, account: Account) -> None:
        try:
            async with asyncio.timeout(moment.draw()):
                account.received.append((await client.keys.create(name="ci")).key.id)
                moment.saw(True)
        except TimeoutError:
            moment.saw(False)

    async def main(account: Account, count: int) -> None:
        async with AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear) as client:
            for _ in range(0, count, 10):
                await asyncio.gather(*(race(client, account) for _ in range(10)))
            # The loop hears what becomes of keys that nobody waits for.
            while account.ended("POST") > len(account.received) + len(account.told):
                await asyncio.sleep(0.01)

    for account, count in batches(RACES):
        asyncio.run(main(account, count))
        for number, counted in enumerate(account.settle()):
            ends[number] += counted
    assert all(ends), ends


@pytest.mark.parametrize("keeps", [False, True])
def test_results_that_wait_while_the_loop_is_busy_and_their_caller_leaves(account: Account, keeps: bool) -> None:
    async def main() -> None:
        on_cancel: Any = "keep" if keeps else "discard"
        async with AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear) as client:
            await client.keys.list()
            from keywright._on_asyncio import calls_of_loop

            queue = calls_of_loop().queue
            for number in range(GATED):
                call = asyncio.ensure_future(client.keys.create(name="ci", on_cancel=on_cancel))
                sent = account.ended("POST")
                while account.ended("POST") == sent:
                    await asyncio.sleep(0) if number % 2 else None
                    if not number % 2 and not call.done():
                        # It is begun, and then the loop does nothing else until the answer lies there.
                        await asyncio.sleep(0)
                        until(lambda: account.ended("POST") > sent, what="the answer")
                select.select([queue.fileno()], [], [], 10)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    account.received.append((await call).key.id)

    asyncio.run(main())
    # Told also where the loop has ended meanwhile.
    assert account.settle(keeps=keeps) == (0, GATED)


@pytest.mark.parametrize("make", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("moment", ["before the answer", "after the answer", "after it was read"])
def test_a_result_whose_loop_is_closed_goes_back(account: Account, make: Any, moment: str) -> None:
    """Ten loops that are closed and kept: nothing is collected, and nobody makes a further call."""
    kept: list[object] = []

    def left(number: int) -> None:
        loop = make()

        async def begin() -> tuple[asyncio.Task[Any], Any]:
            from keywright._on_asyncio import calls_of_loop

            client = AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear)
            call = asyncio.ensure_future(client.keys.create(name=f"ci {number}"))
            call._log_destroy_pending = False  # type: ignore[attr-defined]
            await asyncio.sleep(0)
            return call, calls_of_loop()

        def read() -> None:
            # The result is there for the coroutine, which does not go on before the loop ends.
            while not any(future.done() for future in calls.waiting.values()):
                select.select([calls.queue.fileno()], [], [], 10)
                calls.drain()
            loop.stop()

        call, calls = loop.run_until_complete(begin())
        if moment == "before the answer":
            until(lambda: len(account.sandbox.journal()) > number, what="the request")
        else:
            until(lambda: account.ended("POST") > number, what="the answer")
        if moment == "after it was read":
            loop.call_soon(read)
            loop.run_forever()
        loop.close()
        if call.done():
            # A loop may run what has become ready before it stops.
            account.received.append(call.result().key.id)
        kept.extend([loop, call])

    for number in range(10):
        left(number)
    received, told = account.settle()
    assert (received + told, len(kept)) == (10, 20)
    # uvloop takes whatever was read before it stops.
    assert told > 0 or (moment == "after it was read" and make is uvloop.new_event_loop)


def test_races_on_trio(account: Account) -> None:
    moment = Moment()

    async def race(client: AsyncSeclai) -> None:
        before = len(account.received)
        with trio.move_on_after(moment.draw()) as scope:
            account.received.append((await client.keys.create(name="ci")).key.id)
        moment.saw(not scope.cancelled_caught and len(account.received) > before)

    async def main() -> None:
        async with AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear) as client:
            for _ in range(RACES // 20):
                async with trio.open_nursery() as nursery:
                    for _ in range(10):
                        nursery.start_soon(race, client)
            while account.ended("POST") > len(account.received) + len(account.told):
                await trio.sleep(0.01)

    trio.run(main)
    assert all(account.settle())


class Left(BaseException):
    """What a signal raises in the main thread."""


@pytest.fixture
def leaving() -> Iterator[None]:
    """SIGALRM raises `Left`."""

    def leave(*_: object) -> None:
        raise Left

    before = signal.signal(signal.SIGALRM, leave)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("leaving")
def test_races_of_a_blocked_caller_with_a_signal() -> None:
    ends, moment = [0, 0], Moment()
    for account, count in batches(RACES):
        # Nobody listens: the signal would end the listener in the middle.
        with Seclai(**account.sandbox.seclai()) as client:
            for _ in range(count):
                made = None
                try:
                    signal.setitimer(signal.ITIMER_REAL, moment.draw())
                    made = client.keys.create(name="ci")
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except Left:
                    pass
                moment.saw(made is not None)
                if made is not None:
                    account.received.append(made.key.id)
        until(lambda: account.ended("POST") == len(account.received) + account.ended("DELETE"), what="an orphan")
        account.told += [entry.path.rsplit("/", 1)[1] for entry in account.sandbox.journal() if entry.method == "DELETE"]
        for number, counted in enumerate(account.settle()):
            ends[number] += counted
    assert all(ends), ends


@pytest.mark.usefixtures("leaving")
def test_what_is_told_of_a_blocked_caller_that_has_left_is_heard_though_nobody_calls() -> None:
    threads: list[str] = []
    with Sandbox(clock="frozen") as sandbox:
        account = Account(sandbox)

        def hear(event: Event) -> None:
            account.hear(event)
            if event.name == "orphan_key":
                threads.append(threading.current_thread().name)

        def leave() -> None:
            until(lambda: any(entry.method == "POST" for entry in sandbox.journal()), what="the request")
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

        sandbox.fault({"match": {"method": "POST"}, "phase": "after_commit", "action": {"kind": "delay", "by": "PT1S"}, "times": 1})
        client = Seclai(**sandbox.seclai(), on_event=hear)
        leaver = threading.Thread(target=leave)
        leaver.start()
        with pytest.raises(Left):
            client.keys.create(name="ci")
        leaver.join()
        del client
        sandbox.clock().advance(2.0)
        until(lambda: bool(account.told), what="the event")
        assert account.settle() == (0, 1) and threads != [threading.current_thread().name]


def test_a_function_that_stores_is_cancelled_with_its_call_and_its_key_discarded(account: Account) -> None:
    ended: list[str] = []

    async def store(_secret: Secret) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    assert asyncio.run(left_while_storing(account, store)) is None
    assert ended == ["cancelled"] and account.settle() == (0, 1)


def test_a_function_that_stores_all_the_same_keeps_its_key_which_is_told(account: Account) -> None:
    async def store(_secret: Secret) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

    asyncio.run(left_while_storing(account, store))
    assert account.settle(keeps=True) == (0, 1)


async def left_while_storing(account: Account, store: Callable[[Secret], Any]) -> None:
    begun = asyncio.Event()

    async def begin(secret: Secret) -> None:
        begun.set()
        await store(secret)

    async with AsyncSeclai(**account.sandbox.seclai(), on_event=account.hear) as client:
        call = asyncio.ensure_future(client.keys.create(name="ci", deliver=begin))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        while not account.told:
            await asyncio.sleep(0.01)


tenant: ContextVar[str] = ContextVar("tenant", default="nobody")


def test_each_of_many_callers_is_answered_in_its_own_context(sandbox: Sandbox) -> None:
    """100 tenants on one client: no call goes out with the key of another, whoever serves it."""
    opts = sandbox.seclai()
    key = opts.pop("api_key")
    asked: list[str] = []
    heard: dict[str, set[str]] = {}

    def hear(event: Event) -> None:
        heard.setdefault(event.call, set()).add(tenant.get())

    async def provide() -> Secret:
        name = tenant.get()
        await asyncio.sleep(0)
        assert tenant.get() == name
        asked.append(name)
        return key if name.startswith("tenant ") else Secret("sk-of-nobody-of-nobody-of-nobody")

    async def main() -> None:
        async with AsyncSeclai(**opts, key_provider=provide, on_event=hear) as client:

            async def one(name: str) -> None:
                tenant.set(name)
                assert (await client.get("/agents")).status == 200
                assert tenant.get() == name

            await asyncio.gather(*(one(f"tenant {number}") for number in range(100)))

    asyncio.run(main())
    assert sorted(asked) == sorted(f"tenant {number}" for number in range(100))
    assert len(heard) == 100 and {name for names in heard.values() for name in names} == {f"tenant {number}" for number in range(100)}
    assert all(len(names) == 1 for names in heard.values())


def test_threads_that_serve_each_other_answer_in_the_context_of_who_asks(sandbox: Sandbox) -> None:
    opts = sandbox.seclai()
    key = opts.pop("api_key")
    served: list[tuple[str, str]] = []

    def provide() -> Secret:
        served.append((threading.current_thread().name, tenant.get()))
        return key

    with Seclai(**opts, key_provider=provide) as client:

        def one(name: str) -> None:
            tenant.set(name)
            for _ in range(20):
                assert client.get("/agents").status == 200

        threads = [threading.Thread(target=one, args=(f"tenant {number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    names = [name for _, name in served]
    assert sorted(names) == sorted(f"tenant {number}" for number in range(8) for _ in range(20))


def test_what_the_core_does_after_its_caller_left_is_asked_in_that_caller_s_context(account: Account) -> None:
    opts = account.sandbox.seclai()
    key = opts.pop("api_key")
    asked: list[str] = []

    async def provide() -> Secret:
        asked.append(tenant.get())
        return key

    async def main() -> None:
        async with AsyncSeclai(**opts, key_provider=provide, on_event=account.hear) as client:

            async def one() -> None:
                tenant.set("the one who left")
                account.received.append((await client.keys.create(name="ci")).key.id)

            call = asyncio.ensure_future(one())
            while account.ended("POST") == 0:
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
            while not account.told:
                await asyncio.sleep(0.01)

    asyncio.run(main())
    assert account.settle() == (0, 1) and asked and set(asked) == {"the one who left"}


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_a_secret_that_is_not_stored_because_the_program_ends_is_discarded(account: Account, raised: type[BaseException]) -> None:
    def deliver(_secret: object) -> None:
        raise raised

    with Seclai(**account.sandbox.seclai(), on_event=account.hear) as client:
        with pytest.raises(BaseException):
            client.keys.create(name="ci", deliver=deliver)
        until(lambda: account.ended("DELETE") == 1, what="the key that nobody stored")
