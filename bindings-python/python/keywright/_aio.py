"""Calls on an event loop: asyncio with any loop, and trio.

Every loop has one queue that the io thread fills, and one descriptor that it watches: many calls that end
together are one wake-up. The io thread itself never touches the interpreter.
"""

from __future__ import annotations

import sys
from contextvars import Context
from weakref import WeakKeyDictionary

from ._native import Queue

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from typing import Any, NoReturn, TypeVar

    from ._native import Link, Request

    T = TypeVar("T")


async def call(method: Callable[..., T], *arguments: Any) -> T:
    """Makes a call and waits for its end; a caller that leaves ends the call."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        ended: T = await _Trio.of_run().call(method, *arguments)
    else:
        ended = await _Asyncio.of_loop().call(method, *arguments)
    return ended


async def _serve(link: Link, request: Request, awaitable: Awaitable[Any]) -> None:
    """Awaits what a function of the caller gave, and passes it on."""
    try:
        link.answer(request, await awaitable)
    except Exception as raised:
        link.fail(request, raised)


class _Asyncio:
    """The calls of one asyncio loop."""

    _loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Asyncio] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.queue = Queue()
        self.waiting: dict[int, asyncio.Future[Any]] = {}
        self.serving: set[asyncio.Task[None]] = set()
        try:
            # In a context of its own: a function of the user serves any call, and must not take one for another.
            Context().run(loop.add_reader, self.queue.fileno(), self.drain)
        except NotImplementedError:
            _watch(self.queue.fileno(), loop, self.drain)

    @classmethod
    def of_loop(cls) -> _Asyncio:
        import asyncio

        loop = asyncio.get_running_loop()
        found = cls._loops.get(loop)
        if found is None:
            found = cls._loops[loop] = cls(loop)
        return found

    async def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        import asyncio

        future = asyncio.get_running_loop().create_future()
        number = method(self.queue, *arguments)
        self.waiting[number] = future
        try:
            return await future
        finally:
            if self.waiting.pop(number, None) is not None:
                self.queue.abort(number)

    def drain(self) -> None:
        for number, value, raised in self.queue.drain():
            if number == 0:
                self.serve(value, raised)
                continue
            future = self.waiting.pop(number, None)
            if future is None or future.done():
                continue
            if raised is None:
                future.set_result(value)
            else:
                future.set_exception(raised)

    def serve(self, link: Link, request: Request) -> None:
        import asyncio

        awaitable = link.begin(request)
        if awaitable is not None:
            task = asyncio.ensure_future(_serve(link, request, awaitable))
            self.serving.add(task)
            task.add_done_callback(self.serving.discard)


def _watch(descriptor: int, loop: asyncio.AbstractEventLoop, drain: Callable[[], None]) -> None:
    """Watches for a loop that cannot: one thread, one wake-up for many arrivals."""
    import select
    import threading

    def watch() -> None:
        while not loop.is_closed():
            if select.select([descriptor], [], [], 1.0)[0]:
                seen = threading.Event()
                try:
                    loop.call_soon_threadsafe(drain)
                    loop.call_soon_threadsafe(seen.set)
                except RuntimeError:
                    return
                seen.wait(1.0)

    threading.Thread(target=watch, name="keywright-watch", daemon=True).start()


class _Trio:
    """The calls of one trio run."""

    _runs: WeakKeyDictionary[Any, _Trio] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.queue = Queue()
        self.waiting: dict[int, Any] = {}

    @classmethod
    def of_run(cls) -> _Trio:
        import trio

        token = trio.lowlevel.current_trio_token()
        found = cls._runs.get(token)
        if found is None:
            found = cls._runs[token] = cls()
            trio.lowlevel.spawn_system_task(found.pump, context=Context())
        return found

    async def pump(self) -> None:
        import trio

        while True:
            await trio.lowlevel.wait_readable(self.queue.fileno())
            self.drain()

    async def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        import trio

        await trio.lowlevel.checkpoint_if_cancelled()
        number = method(self.queue, *arguments)
        self.waiting[number] = trio.lowlevel.current_task()

        def abort(_raise_cancel: Callable[[], NoReturn]) -> trio.lowlevel.Abort:
            self.waiting.pop(number, None)
            self.queue.abort(number)
            return trio.lowlevel.Abort.SUCCEEDED

        return await trio.lowlevel.wait_task_rescheduled(abort)

    def drain(self) -> None:
        import outcome
        import trio

        for number, value, raised in self.queue.drain():
            if number == 0:
                awaitable = value.begin(raised)
                if awaitable is not None:
                    trio.lowlevel.spawn_system_task(_serve, value, raised, awaitable, context=Context())
                continue
            task = self.waiting.pop(number, None)
            if task is not None:
                trio.lowlevel.reschedule(task, outcome.Value(value) if raised is None else outcome.Error(raised))
