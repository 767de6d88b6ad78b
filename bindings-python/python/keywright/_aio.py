"""What awaited classes stand on: calls on whichever loop runs, and pages.

Every loop has one queue that the io thread fills, and one descriptor that it watches: many calls that end
together are one wake-up. The io thread itself never touches the interpreter.
"""

from __future__ import annotations

import sys

from ._native import no_resources
from ._runtime import _OnePage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator
    from typing import Any, Generic, TypeVar

    from . import _on_asyncio
    from ._native import Link, Request

    T = TypeVar("T")
else:
    from ._runtime import Generic, T

#: Those of asyncio, which is imported by the first call and not by this package.
_calls_of_loop: Callable[[], _on_asyncio.Calls] | None = None


def call(method: Callable[..., T], *arguments: Any) -> Awaitable[T]:
    """Makes a call and waits for its end; a caller that leaves ends the call."""
    global _calls_of_loop
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        made: Awaitable[T] = _loaded("_on_trio").calls_of_run().call(method, *arguments)
        return made
    calls_of_loop = _calls_of_loop
    if calls_of_loop is None:
        calls_of_loop = _calls_of_loop = _loaded("_on_asyncio").calls_of_loop
    return calls_of_loop().call(method, *arguments)


def _loaded(name: str) -> Any:
    """A module that the first call needs. Where there is no descriptor to read it with, the next call tries again."""
    from importlib import import_module

    try:
        return import_module("." + name, __package__)
    except OSError as error:
        raise no_resources("file descriptor") from error


async def serve(link: Link, request: Request, awaitable: Awaitable[Any], passing: tuple[type[BaseException], ...]) -> None:
    """Awaits what a function of the caller gave, and passes it on.

    Whatever ends the function ends what it was asked for: nothing may wait for an answer that never comes. What is
    `passing` goes on to the loop all the same.
    """
    try:
        link.answer(request, await awaitable)
    except BaseException as raised:
        link.fail(request, raised)
        if isinstance(raised, passing):
            raise


class AsyncPage(_OnePage[T]):
    """One page of a list. Walking it walks on through the pages that follow, fetched when they are reached."""

    __slots__ = ()

    async def next_page(self) -> AsyncPage[T] | None:
        """Gets the next page; `None` at the end."""
        page: AsyncPage[T] | None = None if self.next_token is None else await self._fetch(self.next_token)
        return page

    async def __aiter__(self) -> AsyncIterator[T]:
        page: AsyncPage[T] | None = self
        while page is not None:
            for item in page.items:
                yield item
            page = await page.next_page()


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
