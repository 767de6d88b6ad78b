"""Calls in a run of trio."""

from __future__ import annotations

from contextvars import Context
from weakref import WeakKeyDictionary

import outcome
import trio

from ._aio import serve
from ._native import Queue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, NoReturn

    from ._native import Link, Request


#: What a function of the caller may raise that is also trio's to know. Anything else would end the run: a task of
#: the system raises it.
_PASSING = (trio.Cancelled, GeneratorExit)


class Calls:
    """The calls of one trio run."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.waiting: dict[int, Any] = {}
        # Calls that have ended and whose result their task has not taken yet.
        self.owed: set[int] = set()
        self.storing: dict[int, trio.CancelScope] = {}

    async def pump(self) -> None:
        while True:
            await trio.lowlevel.wait_readable(self.queue.fileno())
            self.drain()

    async def call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        await trio.lowlevel.checkpoint_if_cancelled()
        number = method(self.queue, *arguments)
        self.waiting[number] = trio.lowlevel.current_task()

        def abort(_raise_cancel: Callable[[], NoReturn]) -> trio.lowlevel.Abort:
            self.waiting.pop(number, None)
            self.leave(number)
            return trio.lowlevel.Abort.SUCCEEDED

        try:
            value = await trio.lowlevel.wait_task_rescheduled(abort)
            if number in self.owed:
                # From here on nothing can come between it and the caller.
                self.queue.taken(number)
                self.owed.discard(number)
            return value
        finally:
            if number in self.owed:
                self.owed.discard(number)
                self.leave(number)

    def leave(self, number: int) -> None:
        self.queue.abort(number)
        storing = self.storing.pop(number, None)
        if storing is not None:
            storing.cancel()

    async def store(self, link: Link, request: Request, awaitable: Awaitable[Any], number: int) -> None:
        # It is cancelled with the call whose secret it stores.
        with trio.CancelScope() as self.storing[number]:
            await serve(link, request, awaitable, _PASSING)
        self.storing.pop(number, None)

    def begin(self, link: Link, request: Request) -> None:
        awaitable = link.begin(request)
        if awaitable is None:
            return
        # In the context of the call that asks.
        context = request.context()
        if request.stores:
            trio.lowlevel.spawn_system_task(self.store, link, request, awaitable, request.caller, context=context)
        else:
            trio.lowlevel.spawn_system_task(serve, link, request, awaitable, _PASSING, context=context)

    def drain(self) -> None:
        for number, value, raised, owed in self.queue.drain():
            if number == 0:
                self.begin(value, raised)
                continue
            task = self.waiting.pop(number, None)
            if task is None:
                self.queue.abort(number)
            else:
                if owed:
                    self.owed.add(number)
                trio.lowlevel.reschedule(task, outcome.Value(value) if raised is None else outcome.Error(raised))


_runs: WeakKeyDictionary[Any, Calls] = WeakKeyDictionary()


def calls_of_run() -> Calls:
    """The calls of the run that this is."""
    token = trio.lowlevel.current_trio_token()
    found = _runs.get(token)
    if found is None:
        found = _runs[token] = Calls()
        trio.lowlevel.spawn_system_task(found.pump, context=Context())
    return found
