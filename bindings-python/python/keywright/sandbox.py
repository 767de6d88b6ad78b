"""All five services inside this process, with their rules, on a virtual clock: for tests without an account.

    >>> from keywright import Seclai
    >>> from keywright.sandbox import Sandbox
    >>> with Sandbox() as sandbox, Seclai(**sandbox.seclai()) as client:
    ...     made = client.keys.create(name="ci")
"""

from __future__ import annotations

from contextlib import contextmanager

from . import _native, _objects
from ._objects import Clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Self

__all__ = ["Clock", "Sandbox", "held"]

#: What a client takes of what a sandbox hands out.
_OPTIONS = ("base_url", "api_key", "management", "email", "password", "agent_id", "clock")
#: What cannot stand beside an option that is given in its place.
_INSTEAD_OF = {"key_provider": ("api_key",), "management": ("email", "password"), "email": ("management",)}


class Sandbox(_objects.Sandbox):
    """A sandbox that listens until it is closed, or its `with` block ends. Holds everything in memory.

    Args:
        seed: Fixes ids, keys and chance; without it each sandbox has its own.
        plan: The plan of every service that knows it; the largest where nothing is said.
        variant: `documented` (default) or `live`.
        clock: How the clock moves (`auto`, `frozen`, `real`), or the moment at which it begins, or both.
        lenient: Whether unknown names in requests and repeated headers are forgiven.
        idempotency: Whether `Idempotency-Key` is honoured.
        broken_rules: Ids of rules that do not hold.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        seed: int | None = None,
        plan: str | None = None,
        variant: str | None = None,
        clock: str | None = None,
        lenient: bool = False,
        idempotency: bool = False,
        broken_rules: Iterable[str] = (),
    ) -> None:
        self._native = _native.Sandbox.start(seed, plan, variant, clock, lenient, idempotency, broken_rules)

    def options(self, service: str, /, **overrides: Any) -> dict[str, Any]:
        """The options of a client of that service: `Client(service, **sandbox.options(service))`.

        What is given by name takes the place of what the sandbox hands out.
        """
        access = self.access(service)
        given = {name: value for name in _OPTIONS if (value := getattr(access, name)) is not None}
        for name in overrides:
            for other in _INSTEAD_OF.get(name, ()):
                given.pop(other, None)
        return {**given, **overrides}

    def seclai(self, **overrides: Any) -> dict[str, Any]:
        """The options of a `Seclai` client."""
        return self.options("seclai", **overrides)

    def segops(self, **overrides: Any) -> dict[str, Any]:
        """The options of a `SegOps` client."""
        return self.options("segops", **overrides)

    def sidclaw(self, **overrides: Any) -> dict[str, Any]:
        """The options of a `SidClaw` client."""
        return self.options("sidclaw", **overrides)

    def seenty(self, **overrides: Any) -> dict[str, Any]:
        """The options of a `Seenty` client."""
        return self.options("seenty", **overrides)

    def itellico(self, **overrides: Any) -> dict[str, Any]:
        """The options of an `ItellicoAI` client."""
        return self.options("itellico", **overrides)

    def acme(self, **overrides: Any) -> dict[str, Any]:
        """The options of a client of the invented sixth service, whose dialect you give."""
        return self.options("acme", **overrides)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


@contextmanager
def held(clock: Clock) -> Iterator[Clock]:
    """While it is open, the clock does not jump: what waits for it stays as it is."""
    clock.hold()
    try:
        yield clock
    finally:
        clock.release()
