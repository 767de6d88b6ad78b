"""One client for API keys: use them and manage them, across services.

    >>> from keywright import Seclai
    >>> client = Seclai(api_key="sk-...")
    >>> made = client.keys.create(name="ci")
    >>> made.secret.expose()  # the only way to read it: store it now
    >>> for agent in client.agents.list():
    ...     print(agent.name)

`Seclai`, `SegOps`, `SidClaw`, `Seenty` and `ItellicoAI` are clients of these services, `Client` is one of
any service that a `Dialect` describes, and each has an `Async` twin with the same methods. What a service
does not have is refused before anything is sent, with that service's own way out.

Everything that fails raises a `KeywrightError`, by kind: its text is one sentence that ends in what to
do, `outcome` says what became of the request. `keywright.sandbox.Sandbox` serves all five services inside
the process, on a virtual clock, for tests without an account.
"""
# Written by `cargo xtask gen` from the facade.

from __future__ import annotations

from ._native import __version__

if __version__ != "0.1.0":
    raise ImportError(f"this is keywright 0.1.0, and its native part is {__version__}: install it again")

from ._errors import (
    CallTimeoutError,
    CancelledCallError,
    ConfigError,
    ConflictError,
    DecodeError,
    ForbiddenError,
    InternalError,
    InvalidError,
    KeywrightError,
    NetworkError,
    NotFoundError,
    PlanLimitError,
    RateLimitedError,
    RedirectError,
    ServerError,
    UnauthenticatedError,
    UnsupportedError,
)
from ._native import (
    ActionReply,
    Activity,
    Attempt,
    CallRecord,
    Capability,
    Connections,
    CreatedKey,
    CredentialOrigin,
    Description,
    Done,
    Event,
    FieldError,
    Item,
    ItemPage,
    JournalEntry,
    JsonReply,
    Key,
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
from ._runtime import (EventStream, Page, Response)
from ._sync import (
    AccountSettings,
    Client,
    Events,
    ItellicoAI,
    Keys,
    Resource,
    Runs,
    Seclai,
    Seenty,
    SegOps,
    Segments,
    SidClaw,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async import (
        AsyncAccountSettings,
        AsyncClient,
        AsyncEvents,
        AsyncItellicoAI,
        AsyncKeys,
        AsyncResource,
        AsyncRuns,
        AsyncSeclai,
        AsyncSeenty,
        AsyncSegOps,
        AsyncSegments,
        AsyncSidClaw,
    )
    from ._objects import (Clock, Dialect)
    from ._aio import (AsyncPage, AsyncPager)
    from ._types import (
        ErrorKind,
        Granularity,
        KeyMember,
        OnCancel,
        Outcome,
        Priority,
        Proxy,
        Recover,
        Safety,
        Stop,
        Throttle,
        TimeoutScope,
    )
    from .sandbox import Sandbox

# What costs time to import, and where it is: it is imported when it is first named.
_LATE = {
    "AsyncClient": "_async",
    "AsyncKeys": "_async",
    "AsyncResource": "_async",
    "AsyncRuns": "_async",
    "AsyncEvents": "_async",
    "AsyncSegments": "_async",
    "AsyncAccountSettings": "_async",
    "AsyncSeclai": "_async",
    "AsyncSegOps": "_async",
    "AsyncSidClaw": "_async",
    "AsyncSeenty": "_async",
    "AsyncItellicoAI": "_async",
    "AsyncPage": "_aio",
    "AsyncPager": "_aio",
    "ErrorKind": "_types",
    "Outcome": "_types",
    "Stop": "_types",
    "TimeoutScope": "_types",
    "Granularity": "_types",
    "OnCancel": "_types",
    "Priority": "_types",
    "Proxy": "_types",
    "Recover": "_types",
    "Throttle": "_types",
    "Safety": "_types",
    "KeyMember": "_types",
    "Clock": "_objects",
    "Dialect": "_objects",
    "Sandbox": "sandbox",
}


def __getattr__(name: str) -> object:
    module = _LATE.get(name)
    if module is None:
        raise AttributeError(f"module 'keywright' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "AccountSettings",
    "ActionReply",
    "Activity",
    "AsyncAccountSettings",
    "AsyncClient",
    "AsyncEvents",
    "AsyncItellicoAI",
    "AsyncKeys",
    "AsyncPage",
    "AsyncPager",
    "AsyncResource",
    "AsyncRuns",
    "AsyncSeclai",
    "AsyncSeenty",
    "AsyncSegOps",
    "AsyncSegments",
    "AsyncSidClaw",
    "Attempt",
    "CallRecord",
    "CallTimeoutError",
    "CancelledCallError",
    "Capability",
    "Client",
    "Clock",
    "ConfigError",
    "ConflictError",
    "Connections",
    "CreatedKey",
    "CredentialOrigin",
    "DecodeError",
    "Description",
    "Dialect",
    "Done",
    "ErrorKind",
    "Event",
    "EventStream",
    "Events",
    "FieldError",
    "ForbiddenError",
    "Granularity",
    "InternalError",
    "InvalidError",
    "ItellicoAI",
    "Item",
    "ItemPage",
    "JournalEntry",
    "JsonReply",
    "Key",
    "KeyMember",
    "Keys",
    "KeywrightError",
    "LimiterView",
    "Meta",
    "NetworkError",
    "NotFoundError",
    "OnCancel",
    "Outcome",
    "Page",
    "PlanLimitError",
    "Priority",
    "Proxy",
    "RateLimit",
    "RateLimitedError",
    "Recover",
    "RedirectError",
    "Resource",
    "Response",
    "Retired",
    "Runs",
    "Safety",
    "Sandbox",
    "SandboxAccess",
    "Seclai",
    "Secret",
    "Seenty",
    "SegOps",
    "Segments",
    "ServerError",
    "ServerEvent",
    "SidClaw",
    "Stop",
    "Throttle",
    "ThrottleView",
    "TimeoutScope",
    "UnauthenticatedError",
    "UnsupportedError",
    "UsageReport",
    "UsageSlice",
    "__version__",
]
