"""Async clients on every kind of loop: asyncio, uvloop, trio, anyio; cancelling, many loops, none left over."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import anyio
import keywright
import pytest
import trio
import uvloop
from keywright import AsyncPage, AsyncSeclai, Seclai, Secret
from keywright.sandbox import Sandbox, held

from conftest import fault, until

Main = Callable[[], Awaitable[Any]]


class WithoutReaders(asyncio.SelectorEventLoop):
    """A loop that watches no descriptor, as that of Windows."""

    def add_reader(self, *_arguments: object) -> None:
        if "keywright" in repr(_arguments):
            raise NotImplementedError
        super().add_reader(*_arguments)  # type: ignore[arg-type]


def on(loop: Callable[[], asyncio.AbstractEventLoop], main: Main) -> Any:
    made = loop()
    try:
        return made.run_until_complete(main())  # type: ignore[arg-type]
    finally:
        made.close()


RUNNERS: dict[str, Callable[[Main], Any]] = {
    "asyncio": lambda main: asyncio.run(main()),  # type: ignore[arg-type]
    "uvloop": lambda main: on(uvloop.new_event_loop, main),
    "without readers": lambda main: on(WithoutReaders, main),
    "trio": trio.run,
    "anyio on asyncio": lambda main: anyio.run(main, backend="asyncio"),
    "anyio on trio": lambda main: anyio.run(main, backend="trio"),
}


@pytest.fixture(params=RUNNERS)
def run(request: pytest.FixtureRequest) -> Callable[[Main], Any]:
    return RUNNERS[request.param]


@pytest.fixture
def stalled(sandbox: Sandbox) -> Iterator[Sandbox]:
    """No answer comes, and no time passes."""
    fault(sandbox, "stall", times=0)
    with held(sandbox.clock()):
        yield sandbox
    sandbox.clear_faults()


async def arrived(sandbox: Sandbox, count: int) -> None:
    with anyio.fail_after(10):
        while len(sandbox.journal()) < count:
            await anyio.sleep(0.002)


def dropped(sandbox: Sandbox) -> None:
    until(lambda: sandbox.connections().open == 0, what="no connection is open")


def test_calls_pages_and_streams(sandbox: Sandbox, run: Callable[[Main], Any]) -> None:
    async def main() -> None:
        async with AsyncSeclai(**sandbox.seclai()) as client:
            for n in range(14):
                await client.keys.create(name=f"key {n}")
            page = await client.keys.list(page_size=10)
            assert isinstance(page, AsyncPage) and len(page.items) == 10 and page.has_next
            following = await page.next_page()
            assert following is not None and len(following.items) == 5 and await following.next_page() is None
            walked = [key.id async for key in client.keys.list(page_size=10)]
            assert walked == [key.id async for key in page] and len(walked) == 15
            with pytest.raises(keywright.NotFoundError):
                await client.keys.get("nobody")
            agent = (await client.agents.list()).items[0].id
            async with await client.runs.stream(agent, {"input": "x"}) as stream:
                events = [event.event async for event in stream]
                assert stream.run_id is not None
            assert events[0] == "init" and events[-1] == "done"
            # What to poll when a stream breaks off is known after its end too.
            assert (await client.runs.get(stream.run_id)).id == stream.run_id

    run(main)


def test_many_calls_at_once(sandbox: Sandbox, run: Callable[[Main], Any]) -> None:
    async def main() -> None:
        async with AsyncSeclai(**sandbox.seclai()) as client, anyio.create_task_group() as group:
            statuses: list[int] = []

            async def one() -> None:
                statuses.append((await client.get("/agents")).status)

            for _ in range(200):
                group.start_soon(one)
        assert statuses == [200] * 200

    run(main)


def test_a_caller_that_leaves_ends_its_request(stalled: Sandbox, run: Callable[[Main], Any]) -> None:
    async def main() -> None:
        async with AsyncSeclai(**stalled.seclai()) as client:
            ended: list[str] = []

            async def one() -> None:
                try:
                    await client.get("/agents")
                except anyio.get_cancelled_exc_class():
                    ended.append("cancelled")
                    raise

            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(one)
                await arrived(stalled, 3)
                group.cancel_scope.cancel()
            assert ended == ["cancelled"] * 3
            dropped(stalled)
            stalled.clear_faults()
            assert (await client.get("/agents")).status == 200

    run(main)


def test_a_time_limit_of_the_loop_ends_the_request(stalled: Sandbox, run: Callable[[Main], Any]) -> None:
    async def main() -> None:
        async with AsyncSeclai(**stalled.seclai()) as client:
            with pytest.raises(TimeoutError), anyio.fail_after(0.05):
                await client.get("/agents")
        dropped(stalled)

    run(main)


def test_a_caller_that_has_left_before_its_call_is_not_kept(stalled: Sandbox, run: Callable[[Main], Any]) -> None:
    async def main() -> None:
        async with AsyncSeclai(**stalled.seclai()) as client:
            with anyio.CancelScope() as scope:
                scope.cancel()
                await client.get("/agents")
            assert scope.cancelled_caught
        dropped(stalled)

    run(main)


def test_wait_for_and_task_cancel(stalled: Sandbox) -> None:
    async def main() -> None:
        async with AsyncSeclai(**stalled.seclai()) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.get("/agents"), 0.05)
            dropped(stalled)
            before = len(stalled.journal())
            task = asyncio.ensure_future(client.get("/agents"))
            await arrived(stalled, before + 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            dropped(stalled)

    asyncio.run(main())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="TaskGroup and timeout are of Python 3.11")
def test_task_group_and_timeout(stalled: Sandbox) -> None:
    async def main() -> None:
        async with AsyncSeclai(**stalled.seclai()) as client:
            with pytest.raises(ExceptionGroup) as caught:
                async with asyncio.TaskGroup() as group:
                    for _ in range(3):
                        group.create_task(client.get("/agents"))
                    await arrived(stalled, 3)
                    # One that fails takes the others with it.
                    group.create_task(client.keys.rotate("k"))
            assert caught.group_contains(keywright.UnsupportedError)
            dropped(stalled)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.get("/agents")
            dropped(stalled)

    asyncio.run(main())


def test_a_provider_that_never_answers_can_be_left(sandbox: Sandbox, run: Callable[[Main], Any]) -> None:
    opts = sandbox.seclai()
    key = opts.pop("api_key")

    async def main() -> None:
        asked = 0

        async def provide() -> object:
            nonlocal asked
            asked += 1
            if asked == 1:
                await anyio.sleep_forever()
            return key

        async with AsyncSeclai(**opts, key_provider=provide) as client:
            with held(sandbox.clock()), pytest.raises(TimeoutError), anyio.fail_after(0.05):
                await client.get("/agents")
            assert not sandbox.journal()
            assert (await client.get("/agents")).status == 200

    run(main)


TENANT: ContextVar[str] = ContextVar("tenant")


def test_a_provider_is_called_in_the_context_of_the_call_that_asks(sandbox: Sandbox, run: Callable[[Main], Any]) -> None:
    opts = sandbox.seclai()
    key = opts.pop("api_key")
    seen: list[str] = []

    async def provide() -> Secret:
        seen.append(TENANT.get("nobody"))
        return key  # type: ignore[no-any-return]

    async def main() -> None:
        async with AsyncSeclai(**opts, key_provider=provide) as client, anyio.create_task_group() as group:

            async def one(tenant: str) -> None:
                TENANT.set(tenant)
                await client.get("/agents")

            for n in range(10):
                group.start_soon(one, f"tenant {n}")

    # Whichever of them serves it: what it sees of one must not be taken for another.
    TENANT.set("main")
    run(main)
    assert sorted(seen) == [f"tenant {n}" for n in range(10)]


def test_loops_in_several_threads_share_a_client(sandbox: Sandbox) -> None:
    names = ["asyncio", "uvloop", "trio", "anyio on asyncio", "without readers"]
    events: list[str] = []
    with Seclai(**sandbox.seclai()) as blocking:
        client = AsyncSeclai(**sandbox.seclai(), on_event=lambda event: events.append(event.name))

        def one(name: str) -> int:
            async def main() -> int:
                found = 0
                for _ in range(20):
                    found += (await client.get("/agents")).status == 200
                return found

            return sum(blocking.get("/agents").status == 200 for _ in range(5)) + RUNNERS[name](main)

        with ThreadPoolExecutor(len(names)) as pool:
            assert list(pool.map(one, names)) == [25] * len(names)
        # Whoever waits serves all that waits: none is lost between the loops but what comes after the last call.
        assert 90 <= events.count("call_end") <= 100


def test_blocking_calls_work_inside_a_running_loop(sandbox: Sandbox) -> None:
    async def main() -> None:
        with Seclai(**sandbox.seclai()) as client:
            assert client.get("/agents").status == 200
            answer = await asyncio.get_running_loop().run_in_executor(None, client.get, "/agents")
            assert answer.status == 200

    asyncio.run(main())
    trio.run(main_of_trio, sandbox)


async def main_of_trio(sandbox: Sandbox) -> None:
    with Seclai(**sandbox.seclai()) as client:
        assert client.get("/agents").status == 200
        assert (await trio.to_thread.run_sync(client.get, "/agents")).status == 200


def test_an_async_client_needs_no_loop_to_be_made(sandbox: Sandbox) -> None:
    client = AsyncSeclai(**sandbox.seclai())
    for _ in range(3):
        # One client, three loops, one after the other.
        assert asyncio.run(one_status(client)) == 200


async def one_status(client: AsyncSeclai) -> int:
    return (await client.get("/agents")).status


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_short_lived_loops_leave_nothing_behind(sandbox: Sandbox) -> None:
    asyncio.run(one_status(AsyncSeclai(**sandbox.seclai())))
    gc.collect()
    before, threads = descriptors(), threading.active_count()

    async def once() -> int:
        async with AsyncSeclai(**sandbox.seclai()) as client:
            return (await client.get("/agents")).status

    def many(_worker: int) -> list[int]:
        return [asyncio.run(once()) for _ in range(10)]

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(many, range(5)), []) == [200] * 50
    gc.collect()
    assert threading.active_count() <= threads
    until(lambda: sandbox.connections().open == 0, what="the clients' connections are closed")
    assert descriptors() <= before


def test_a_client_that_is_gone_takes_its_connections_along(sandbox: Sandbox) -> None:
    client = AsyncSeclai(**sandbox.seclai())
    asyncio.run(one_status(client))
    assert sandbox.connections().open == 1
    del client
    dropped(sandbox)


def test_two_hundred_calls_are_cancelled_when_their_loop_ends(
    stalled: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    async def main() -> None:
        client = AsyncSeclai(**stalled.seclai())
        tasks = [asyncio.ensure_future(client.get("/agents")) for _ in range(200)]
        await arrived(stalled, 10)
        # The loop ends, and asyncio cancels what is left.
        assert not any(task.done() for task in tasks)

    asyncio.run(main(), debug=True)
    gc.collect()
    dropped(stalled)
    assert capfd.readouterr().err == ""


def test_a_loop_that_is_closed_with_calls_in_flight_is_silent(
    stalled: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    for make in [asyncio.new_event_loop, uvloop.new_event_loop]:
        loop = make()
        client = AsyncSeclai(**stalled.seclai())
        coroutine = client.get("/agents")

        async def begin(coroutine: Any = coroutine) -> None:
            coroutine.send(None)

        before = len(stalled.journal())
        loop.run_until_complete(begin())
        until(lambda: len(stalled.journal()) > before, what="the request arrived")
        loop.close()
        # The answer comes when nobody is there any more.
        stalled.clear_faults()
        coroutine.close()
        fault(stalled, "stall", times=0)
        del loop, client, coroutine
        gc.collect()
    dropped(stalled)
    assert capfd.readouterr().err == ""
