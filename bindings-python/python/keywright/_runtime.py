"""What the generated classes stand on: pages, streams, responses.

No rule lives here: which page comes next, when a stream ends and what may be sent is the core's to say.
"""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any, Generic, NoReturn, Self, TypeVar

    from ._native import Meta, ServerEvent

    T = TypeVar("T")
else:
    # Importing `typing` would cost more than all the rest of this package.
    T = None

    class Generic:
        __slots__ = ()

        def __class_getitem__(cls, _item):
            return cls


def no_option(of: object, other: builtins.dict[str, Any]) -> TypeError:
    """Says that an option does not exist, and which may have been meant."""
    from ._names import OTHER_NAMES

    name = next(iter(other))
    meant = OTHER_NAMES.get(name.replace("_", "").lower())
    return TypeError(f"{type(of).__name__} has no option `{name}`" + (f": did you mean `{meant}`?" if meant else ""))


class _OnePage(Generic[T]):
    __slots__ = ("items", "meta", "next_token", "_fetch")

    def __init__(self, items: builtins.list[T], next_token: str | None, meta: Meta, fetch: Callable[[str], Any]) -> None:
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

    def __repr__(self) -> str:
        return f"{type(self).__name__}(items={self.items!r}, has_next={self.has_next})"


class Page(_OnePage[T]):
    """One page of a list. Walking it walks on through the pages that follow, fetched when they are reached."""

    __slots__ = ()

    @classmethod
    def _of(cls, method: Callable[..., Any], after: str | None, *arguments: Any) -> Page[T]:
        items, next_token, meta = method(None, *arguments, after)
        return cls(items, next_token, meta, lambda after: cls._of(method, after, *arguments))

    def next_page(self) -> Page[T] | None:
        """Gets the next page; `None` at the end."""
        page: Page[T] | None = None if self.next_token is None else self._fetch(self.next_token)
        return page

    def __iter__(self) -> Iterator[T]:
        page: Page[T] | None = self
        while page is not None:
            yield from page.items
            page = page.next_page()


class EventStream:
    """Events of a service as they arrive: walk it with `for` or `async for`."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.EventStream) -> None:
        self._native = native

    @property
    def run_id(self) -> str | None:
        """The id of the run behind the stream, once an event has named it: what to poll when it breaks off."""
        return self._native.run_id()

    def __iter__(self) -> Iterator[ServerEvent]:
        return _Events(self._native)

    def __aiter__(self) -> AsyncIterator[ServerEvent]:
        return _Events(self._native)

    def close(self) -> None:
        """Closes the connection."""
        self._native.close(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    async def aclose(self) -> None:
        """Closes the connection."""
        from ._aio import call

        await call(self._native.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.aclose()


class _Events:
    """One walk through a stream. A loop that is left in the middle drops it, which closes the connection."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.EventStream) -> None:
        self._native = native

    def __iter__(self) -> Self:
        return self

    def __aiter__(self) -> Self:
        return self

    def __next__(self) -> ServerEvent:
        event = self._native.next_event(None)
        if event is None:
            raise StopIteration
        return event

    async def __anext__(self) -> ServerEvent:
        from ._aio import call

        event = await call(self._native.next_event)
        if event is None:
            raise StopAsyncIteration
        return event

    def __del__(self) -> None:
        self._native.leave()


class Response:
    """The answer to a request of your own. Its `repr` does not show the body, which may hold a new key."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.Response) -> None:
        self._native = native

    @property
    def status(self) -> int:
        """The status: 2xx, everything else is an error."""
        return self._native.status

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case; those that came several times are joined by commas."""
        found: dict[str, str] = {}
        for name, value in self._native.headers:
            found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    @property
    def content(self) -> bytes:
        """The body, decompressed."""
        return self._native.body

    @property
    def text(self) -> str:
        """The body as text; it is UTF-8 or an error."""
        return self._native.body.decode()

    def json(self) -> Any:
        """The body as JSON, read strictly: integers beyond 2^53 - 1 become text.

        Raises:
            DecodeError: it is no JSON, or names a member twice.
        """
        return _native.loads(self._native.body)

    @property
    def meta(self) -> Meta:
        """How it came to be."""
        return self._native.meta

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Response cannot be pickled or copied: its body may hold a new key; pass on what you need of it")

    def __repr__(self) -> str:
        return f"Response(status={self.status}, content=<{len(self.content)} bytes>)"


class Closed:
    """Stands where a handle was closed."""

    __slots__ = ()

    def __getattr__(self, _name: str) -> NoReturn:
        raise _native.config_error("client", "is closed", "make another one")


def _rebuild(cls: type[T], members: dict[str, Any]) -> T:
    return cls(**members)


def _wrap(name: str, native: Any) -> Any:
    from . import _objects

    return EventStream(native) if name == "EventStream" else getattr(_objects, name)._of(native)
