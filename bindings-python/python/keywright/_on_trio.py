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
    from collections.abc import Callable
    from typing import Any, NoReturn


class Calls:
    """The calls of one trio run."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.waiting: dict[int, Any] = {}

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
            self.queue.abort(number)
            return trio.lowlevel.Abort.SUCCEEDED

        return await trio.lowlevel.wait_task_rescheduled(abort)

    def drain(self) -> None:
        for number, value, raised in self.queue.drain():
            if number == 0:
                awaitable = value.begin(raised)
                if awaitable is not None:
                    trio.lowlevel.spawn_system_task(serve, value, raised, awaitable, context=Context())
                continue
            task = self.waiting.pop(number, None)
            if task is not None:
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
