"""Clocks, dialects and the sandbox, over their native objects."""
# Written by `cargo xtask gen` from the facade.

from __future__ import annotations

from . import _native as native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime
    from types import EllipsisType, TracebackType
    from typing import Any, NoReturn, Self

    from ._native import (
        ActionReply,
        Activity,
        Attempt,
        CallPage,
        CallRecord,
        Capability,
        Connections,
        CreatedKey,
        CredentialOrigin,
        Description,
        Done,
        ErrorInfo,
        Event,
        FieldError,
        Item,
        ItemPage,
        JournalEntry,
        JsonReply,
        Key,
        KeyPage,
        LimiterView,
        Meta,
        RateLimit,
        Retired,
        SandboxAccess,
        Secret,
        ServerEvent,
        ThrottleView,
        UsageReport,
        UsageSlice,
    )
    from ._types import (
        ErrorKind,
        Outcome,
        Stop,
        TimeoutScope,
        Granularity,
        OnCancel,
        Priority,
        Proxy,
        Recover,
        Throttle,
        Safety,
        KeyMember,
        Pairs,
    )


class Dialect:
    """What one service is like: where it lives, how it takes credentials, what it can do."""

    __slots__ = ("_native",)

    _native: native.Dialect

    @classmethod
    def _of(cls, made_of: native.Dialect) -> Self:
        made = object.__new__(cls)
        made._native = made_of
        return made

    @classmethod
    def builtin(cls, service: str) -> Self:
        """The dialect of a built-in service.

        Raises:
            KeywrightError: `config` when there is none of that name.
        """
        return cls._of(native.Dialect.builtin(service))

    @classmethod
    def from_toml(cls, text: str, *, env: Iterable[str] | None = None) -> Self:
        """The dialect that a TOML text describes: a service of your own, and no code. Of the environment variables
        that it names it reads those that `env` lists, and no other.

        Raises:
            KeywrightError: `config`, naming the place in the text that is wrong, or the variable that it does
                not name.
        """
        return cls._of(native.Dialect.from_toml(text, env))

    def capabilities(self) -> builtins.list[Capability]:
        """Everything that the service can and cannot do, with the way out where it cannot."""
        return self._native.capabilities()

    def id(self) -> str:
        """The service's id."""
        return self._native.id()

    def scope_preset(self, name: str) -> builtins.list[str] | None:
        """The scopes that the service's page names as a preset; absent when it names none so."""
        return self._native.scope_preset(name)

    def title(self) -> str:
        """The service's name for people."""
        return self._native.title()

    def variables(self) -> builtins.list[str]:
        """The environment variables that a client of this service reads."""
        return self._native.variables()


class Clock:
    """A clock that client and sandbox share. It jumps when everybody waits for it."""

    __slots__ = ("_native",)

    _native: native.Clock

    @classmethod
    def _of(cls, made_of: native.Clock) -> Self:
        made = object.__new__(cls)
        made._native = made_of
        return made

    def advance(self, by: float) -> None:
        """Moves it forward."""
        self._native.advance(by)

    def elapsed(self) -> float:
        """How far it has come since it began."""
        return self._native.elapsed()

    def exact(self, chance: float) -> Self:
        """The same clock with a chance that is always the same, from 0 up to 1: every wait is exact."""
        return self._of(self._native.exact(chance))

    def hold(self) -> None:
        """Keeps it from jumping until `release`: what waits for it stays as it is."""
        self._native.hold()

    def now(self) -> datetime:
        """The time on it."""
        return self._native.now()

    def release(self) -> None:
        """Lets it jump again."""
        self._native.release()

    def sleepers(self) -> int:
        """How many waits stand on it."""
        return self._native.sleepers()


class Sandbox:
    """All five services on this machine, with their rules, on a clock of their own: waits take no real time.
    Worlds made from it are isolated from it and from each other.
    """

    __slots__ = ("_native",)

    _native: native.Sandbox

    @classmethod
    def _of(cls, made_of: native.Sandbox) -> Self:
        made = object.__new__(cls)
        made._native = made_of
        return made

    @classmethod
    def start(
        cls,
        *,
        seed: int | None = None,
        plan: str | None = None,
        variant: str | None = None,
        clock: str | None = None,
        lenient: bool = False,
        idempotency: bool = False,
        broken_rules: Iterable[str] = (),
    ) -> Self:
        """Starts and returns when it listens.

        Args:
            seed: Fixes ids, keys and chance; without it each world has its own.
            plan: The plan of every service that knows it; the largest where nothing is said.
            variant: `documented` (default) or `live`.
            clock: How the clock moves (`auto`, `frozen`, `real`), or the moment at which it begins, or both as
                `frozen 2026-03-23T10:00:00Z`.
            lenient: Whether unknown names in requests and repeated headers are forgiven.
            idempotency: Whether `Idempotency-Key` is honoured.
            broken_rules: Ids of rules that do not hold.

        Raises:
            KeywrightError: `config` when an option makes no sense or the machine gives no port.
        """
        return cls._of(native.Sandbox.start(seed, plan, variant, clock, lenient, idempotency, broken_rules))

    def access(self, service: str) -> SandboxAccess:
        """What a client needs to speak to a service: `seclai`, `segops`, `sidclaw`, `seenty`, `itellico`, and the
        invented `acme`.

        Raises:
            KeywrightError: `config` when there is no such service.
        """
        return self._native.access(service)

    def clear_faults(self) -> None:
        """Forgets all rules."""
        self._native.clear_faults()

    def clear_limits(self) -> None:
        """Takes back all limits that were set.

        Raises:
            KeywrightError: `config` when it is closed.
        """
        self._native.clear_limits()

    def clock(self) -> Clock:
        """The clock of this world."""
        return self._native.clock()

    def close(self) -> None:
        """Closes its listeners and connections. The first world takes all others with it."""
        self._native.close()

    def connections(self) -> Connections:
        """How many sockets it has."""
        return self._native.connections()

    def fault(self, rule: Any) -> str:
        """Adds a fault rule, as the sandbox's documentation shows them, and gives its id.

        Raises:
            KeywrightError: `config` when it is no rule or could never work.
        """
        return self._native.fault(rule)

    def faults(self) -> Any:
        """How far each rule has come."""
        return self._native.faults()

    def finish(self) -> None:
        """The end of a test.

        Raises:
            KeywrightError: `config` when a fault rule has not fired as often as it was to: a fault that did not
                happen proves nothing.
        """
        self._native.finish()

    def fixtures(self) -> Any:
        """Its whole state; secrets only as hashes.

        Raises:
            KeywrightError: `config` when it is closed.
        """
        return self._native.fixtures()

    def journal(self) -> builtins.list[JournalEntry]:
        """Every request so far; the oldest are forgotten after ten thousand."""
        return self._native.journal()

    def load_fixtures(self, fixtures: Any) -> None:
        """Replaces its whole state; a key may be given in clear, as `key` instead of `hash`.

        Raises:
            KeywrightError: `config` when the state is malformed.
        """
        self._native.load_fixtures(fixtures)

    def reset(self) -> None:
        """Back to the day of birth, with the same ids and keys.

        Raises:
            KeywrightError: `config` when it is closed.
        """
        self._native.reset()

    def set_active(self, service: str, active: bool, *, account: str | None = None) -> None:
        """Makes an account of a service active or not.

        Raises:
            KeywrightError: `config` when there is no such service or account.
        """
        self._native.set_active(service, account, active)

    def set_credits(self, service: str, *, credits: float | None = None) -> None:
        """Sets what a service's tenant has left to spend; without a number: no end.

        Raises:
            KeywrightError: `config` when there is no such service.
        """
        self._native.set_credits(service, credits)

    def set_limit(
        self,
        service: str,
        count: int,
        per: float,
        *,
        status: int | None = None,
        retry_after: bool | None = None,
    ) -> None:
        """Limits the requests of each tenant of a service in fixed windows. What is beyond is refused with `status`:
        429 by the service itself, unless given, or 503 by a limiter in front of it; whether that says in
        `Retry-After` when to return, which 429 does and 503 does not, is `retry_after`.

        Raises:
            KeywrightError: `config` when there is no such service, or no such refusal.
        """
        self._native.set_limit(service, count, per, status, retry_after)

    def set_plan(self, service: str, plan: str) -> None:
        """Puts a service on a plan.

        Raises:
            KeywrightError: `config` when there is no such service or plan.
        """
        self._native.set_plan(service, plan)

    def set_variant(self, service: str, variant: str) -> None:
        """Makes a service behave in another variant from now on: `documented` or `live`.

        Raises:
            KeywrightError: `config` when there is no such service or variant.
        """
        self._native.set_variant(service, variant)

    def verify(self, expected: Any, strict_order: bool) -> builtins.list[str]:
        """Checks what was seen against a list of expectations; gives what is missing, each with what came closest.

        Raises:
            KeywrightError: `config` when it is no list of expectations.
        """
        return self._native.verify(expected, strict_order)

    def world(
        self,
        *,
        seed: int | None = None,
        plan: str | None = None,
        variant: str | None = None,
        clock: str | None = None,
        lenient: bool = False,
        idempotency: bool = False,
        broken_rules: Iterable[str] = (),
    ) -> Self:
        """Makes a further, isolated world with ports and a clock of its own.

        Args:
            seed: Fixes ids, keys and chance; without it each world has its own.
            plan: The plan of every service that knows it; the largest where nothing is said.
            variant: `documented` (default) or `live`.
            clock: How the clock moves (`auto`, `frozen`, `real`), or the moment at which it begins, or both as
                `frozen 2026-03-23T10:00:00Z`.
            lenient: Whether unknown names in requests and repeated headers are forgiven.
            idempotency: Whether `Idempotency-Key` is honoured.
            broken_rules: Ids of rules that do not hold.

        Raises:
            KeywrightError: `config` when an option makes no sense or it is closed.
        """
        return self._of(self._native.world(seed, plan, variant, clock, lenient, idempotency, broken_rules))

