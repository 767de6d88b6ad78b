"""Calls on an event loop of asyncio."""

from __future__ import annotations

import asyncio
import threading
from asyncio import get_running_loop
from contextvars import Context
from weakref import WeakKeyDictionary, ref

from ._aio import serve
from ._native import Queue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._native import Link, Request


#: What a function of the caller may raise that is also the loop's to know.
_PASSING = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)


class Calls:
    """The calls of one asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.queue = Queue(_is_closed(loop))
        self.waiting: dict[int, asyncio.Future[Any]] = {}
        self.serving: set[asyncio.Task[None]] = set()
        # What stores the secret of a call, by its number: it is cancelled with the call.
        self.storing: dict[int, asyncio.Task[None]] = {}
        try:
            # In a context of its own, and not in that of the call that happens to be the first.
            Context().run(loop.add_reader, self.queue.fileno(), self.drain)
        except NotImplementedError:
            _watch(self.queue.fileno(), loop, self.drain)

    async def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        future = get_running_loop().create_future()
        number = method(self.queue, *arguments)
        self.waiting[number] = future
        try:
            value = await future
            if number in self.waiting:
                # It is owed, and from here on nothing can come between it and the caller.
                self.queue.taken(number)
                del self.waiting[number]
            return value
        finally:
            if self.waiting.pop(number, None) is not None:
                self.queue.abort(number)
                storing = self.storing.pop(number, None)
                if storing is not None and not storing.get_loop().is_closed():
                    storing.cancel()

    def drain(self) -> None:
        ending: BaseException | None = None
        for number, value, raised, owed in self.queue.drain():
            if number == 0:
                try:
                    self.serve(value, raised)
                except (KeyboardInterrupt, SystemExit) as end:
                    # What else has come is handed on first: its calls would wait for ever.
                    ending = end
                continue
            future = self.waiting.get(number)
            if future is None:
                self.queue.abort(number)
                continue
            if future.done():
                # Its caller has left, and gives back what has come when it goes on.
                continue
            if not owed:
                del self.waiting[number]
            if raised is None:
                future.set_result(value)
            else:
                future.set_exception(raised)
        if ending is not None:
            raise ending

    def serve(self, link: Link, request: Request) -> None:
        awaitable = link.begin(request)
        if awaitable is not None:
            # A task takes a copy of the context that it is begun in: that of the call that asks.
            task: asyncio.Task[None] = request.context().run(asyncio.ensure_future, serve(link, request, awaitable, _PASSING))
            # A loop that is closed under it destroys it, and its call has been told of already.
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            self.serving.add(task)
            task.add_done_callback(self.serving.discard)
            if request.stores:
                number = request.caller
                self.storing[number] = task
                task.add_done_callback(lambda _: self.storing.pop(number, None))


#: Where the calls of a loop stand.
_PLACE = "_keywright_calls"
#: The calls of loops that take no attribute.
_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, Calls] = WeakKeyDictionary()
_last = threading.local()


def calls_of_loop() -> Calls:
    """The calls of the loop that runs. A thread runs one for long: nearly always it is the last one again."""
    loop = get_running_loop()
    last: tuple[ref[asyncio.AbstractEventLoop], ref[Calls]] | None = getattr(_last, "seen", None)
    if last is not None and last[0]() is loop:
        known = last[1]()
        if known is not None:
            return known
    found: Calls | None = getattr(loop, _PLACE, None) or _loops.get(loop)
    if found is None:
        found = Calls(loop)
        try:
            # On the loop itself: calls that are never ended hold it, and must go with it.
            setattr(loop, _PLACE, found)
        except AttributeError:
            _loops[loop] = found
    # Weakly: a loop that has ended is to leave nothing open.
    _last.seen = (ref(loop), ref(found))
    return found


def _is_closed(loop: asyncio.AbstractEventLoop) -> Callable[[], bool]:
    """Says whether a loop is closed, and does not keep it."""
    watched = ref(loop)

    def is_closed() -> bool:
        loop = watched()
        return loop is None or loop.is_closed()

    return is_closed


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
