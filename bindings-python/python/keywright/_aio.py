"""Calls on an event loop: asyncio with any loop, and trio.

Every loop has one queue that the io thread fills, and one descriptor that it watches: many calls that end
together are one wake-up. The io thread itself never touches the interpreter.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from asyncio import get_running_loop
from contextvars import Context
from weakref import WeakKeyDictionary, ref

from ._native import Queue
from ._runtime import Generic, T

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator
    from typing import Any, NoReturn

    from ._native import Link, Meta, Request


def call(method: Callable[..., T], *arguments: Any) -> Awaitable[T]:
    """Makes a call and waits for its end; a caller that leaves ends the call."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return _Trio.of_run().call(method, *arguments)
    return _Asyncio.of_loop().call(method, *arguments)


class AsyncPage(Generic[T]):
    """One page of a list. Walking it walks on through the pages that follow, fetched when they are reached."""

    __slots__ = ("items", "meta", "next_token", "_fetch")

    def __init__(
        self, items: builtins.list[T], next_token: str | None, meta: Meta, fetch: Callable[[str], Awaitable[AsyncPage[T]]]
    ) -> None:
        #: The items of this page, in the service's order.
        self.items = items
        #: Where the next page begins; `None` on the last.
        self.next_token = next_token
        #: How this page came to be.
        self.meta = meta
        self._fetch = fetch

    @property
    def has_next(self) -> bool:
        """Whether another page follows."""
        return self.next_token is not None

    async def next_page(self) -> AsyncPage[T] | None:
        """Gets the next page; `None` at the end."""
        return None if self.next_token is None else await self._fetch(self.next_token)

    async def __aiter__(self) -> AsyncIterator[T]:
        page: AsyncPage[T] | None = self
        while page is not None:
            for item in page.items:
                yield item
            page = await page.next_page()

    def __repr__(self) -> str:
        return f"AsyncPage(items={self.items!r}, has_next={self.has_next})"


class AsyncPager(Generic[T]):
    """A list that was asked for: `await` it for one page, or walk all of it with `async for`."""

    __slots__ = ("_method", "_after", "_arguments")

    def __init__(self, method: Callable[..., Any], after: str | None, *arguments: Any) -> None:
        self._method = method
        self._after = after
        self._arguments = arguments

    async def _page(self, after: str | None) -> AsyncPage[T]:
        items, next_token, meta = await call(self._method, *self._arguments, after)
        return AsyncPage(items, next_token, meta, self._page)

    def __await__(self) -> Generator[Any, None, AsyncPage[T]]:
        return self._page(self._after).__await__()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for item in await self:
            yield item


async def _serve(link: Link, request: Request, awaitable: Awaitable[Any]) -> None:
    """Awaits what a function of the caller gave, and passes it on."""
    try:
        link.answer(request, await awaitable)
    except Exception as raised:
        link.fail(request, raised)


_last = threading.local()


class _Asyncio:
    """The calls of one asyncio loop."""

    _loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Asyncio] = WeakKeyDictionary()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = ref(loop)
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
        loop = get_running_loop()
        # A thread runs one loop for long: the one it asked for last is nearly always the one.
        last: _Asyncio | None = getattr(_last, "calls", None)
        if last is not None and last.loop() is loop:
            return last
        found = cls._loops.get(loop)
        if found is None:
            found = cls._loops[loop] = cls(loop)
        _last.calls = found
        return found

    async def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        future = get_running_loop().create_future()
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
        awaitable = link.begin(request)
        if awaitable is not None:
            task = asyncio.ensure_future(_serve(link, request, awaitable))
            self.serving.add(task)
            task.add_done_callback(self.serving.discard)


def _watch(descriptor: int, loop: asyncio.AbstractEventLoop, drain: Callable[[], None]) -> None:
    """Watches for a loop that cannot: one thread, one wake-up for many arrivals."""
    import select

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
