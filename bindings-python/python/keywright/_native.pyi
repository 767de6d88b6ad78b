# Written by `cargo xtask gen` from the facade.
import builtins
import contextvars
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from types import EllipsisType
from typing import Any, ClassVar, Self, final

from ._errors import ConfigError, NetworkError
from ._objects import Clock as _Clock
from ._runtime import EventStream as _EventStream
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

__version__: str
__all__ = [
    "__version__",
    "Secret",
    "Queue",
    "Link",
    "Request",
    "config_error",
    "loads",
    "no_resources",
    "taken",
    "not_taken",
    "_panic_next",
    "CredentialOrigin",
    "Description",
    "LimiterView",
    "ThrottleView",
    "Capability",
    "Attempt",
    "ErrorInfo",
    "FieldError",
    "Event",
    "ServerEvent",
    "Response",
    "ActionReply",
    "Connections",
    "JournalEntry",
    "SandboxAccess",
    "Activity",
    "CallPage",
    "CallRecord",
    "CreatedKey",
    "Done",
    "Item",
    "ItemPage",
    "JsonReply",
    "Key",
    "KeyPage",
    "Meta",
    "RateLimit",
    "Retired",
    "UsageReport",
    "UsageSlice",
    "Dialect",
    "EventStream",
    "Clock",
    "Sandbox",
    "Client",
]

def config_error(field: str, reason: str, remedy: str) -> ConfigError: ...
def loads(body: bytes) -> Any: ...
def no_resources(what: str) -> NetworkError: ...
def taken() -> None: ...
def not_taken() -> None: ...
def _panic_next(place: str) -> None: ...

@final
class Secret:
    def __new__(cls, text: str) -> Self: ...
    def expose(self) -> str: ...
    def fingerprint(self) -> str: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __format__(self, form: str, /) -> str: ...
    def __reduce__(self) -> Any: ...

@final
class Queue:
    def __new__(cls, is_closed: Callable[[], bool] | None = None) -> Self: ...
    def fileno(self) -> int: ...
    def drain(self) -> builtins.list[tuple[int, Any, Any, bool]]: ...
    def taken(self, number: int) -> None: ...
    def abort(self, number: int) -> None: ...

@final
class Request:
    @property
    def caller(self) -> int: ...
    @property
    def stores(self) -> bool: ...
    def context(self) -> contextvars.Context: ...

@final
class Link:
    def begin(self, request: Request) -> Awaitable[Any] | None: ...
    def answer(self, request: Request, given: Any) -> None: ...
    def fail(self, request: Request, raised: BaseException) -> None: ...

@final
class CredentialOrigin:
    """Where a credential comes from."""
    def __new__(cls, *, name: str, origin: str, digest: str | None = None) -> Self: ...
    @property
    def name(self) -> str:
        """Which: `api_key`, `management`, `login`."""
    @property
    def origin(self) -> str:
        """Where from: `argument`, `environment NAME`, `provider`."""
    @property
    def digest(self) -> str | None:
        """The first eight hexadecimal digits of the SHA-256 of a key."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Description:
    """What a client is and where its settings come from. Holds no secret."""
    def __new__(
        cls,
        *,
        service: str,
        variant: str,
        base_url: str,
        base_url_origin: str,
        account: str | None = None,
        credentials: builtins.list[CredentialOrigin],
    ) -> Self: ...
    @property
    def service(self) -> str:
        """The service's id."""
    @property
    def variant(self) -> str:
        """The dialect's variant."""
    @property
    def base_url(self) -> str:
        """Scheme, host and port."""
    @property
    def base_url_origin(self) -> str:
        """Where the base URL comes from: `argument`, `environment NAME`, `dialect`."""
    @property
    def account(self) -> str | None:
        """The account that calls are for, where one was named."""
    @property
    def credentials(self) -> builtins.list[CredentialOrigin]:
        """The credentials."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class LimiterView:
    """One limiter."""
    def __new__(
        cls,
        *,
        bucket: str,
        rate: float | None = None,
        cool_down: float,
        in_flight: int,
        waiting: int,
        clock_skew: float,
    ) -> Self: ...
    @property
    def bucket(self) -> str:
        """The bucket of the service's limit."""
    @property
    def rate(self) -> float | None:
        """Requests per second, once learned from a refusal."""
    @property
    def cool_down(self) -> float:
        """What is left of the cool-down."""
    @property
    def in_flight(self) -> int:
        """Requests in flight."""
    @property
    def waiting(self) -> int:
        """Calls that wait."""
    @property
    def clock_skew(self) -> float:
        """How many seconds the service's clock is ahead."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class ThrottleView:
    """How a service throttles a client just now."""
    def __new__(cls, *, service: str, budget_remaining: int, limiters: builtins.list[LimiterView]) -> Self: ...
    @property
    def service(self) -> str:
        """The service's id."""
    @property
    def budget_remaining(self) -> int:
        """How many whole retries the budget has left."""
    @property
    def limiters(self) -> builtins.list[LimiterView]:
        """The limiters that are remembered, by bucket; of several keys in one bucket, the worst."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Capability:
    """Whether a service has an operation, and what to do where it has not."""
    def __new__(
        cls,
        *,
        name: str,
        supported: bool,
        http: str | None = None,
        remedy: str | None = None,
        irreversible: bool,
        source: str,
    ) -> Self: ...
    @property
    def name(self) -> str:
        """`keys.create`, `agents.list`."""
    @property
    def supported(self) -> bool:
        """Whether the service has it."""
    @property
    def http(self) -> str | None:
        """Method and path, as `POST /api-keys`."""
    @property
    def remedy(self) -> str | None:
        """What to do instead, where it is missing."""
    @property
    def irreversible(self) -> bool:
        """Whether it can never be undone."""
    @property
    def source(self) -> str:
        """How we know: `documented`, `observed` or `assumed`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Attempt:
    """One request that was sent, or tried to be."""
    def __new__(
        cls,
        *,
        n: int,
        started_at: datetime,
        duration: float,
        delay_before: float,
        status: int | None = None,
        phase: str | None = None,
        request_id: str | None = None,
    ) -> Self: ...
    @property
    def n(self) -> int:
        """Counted from 1."""
    @property
    def started_at(self) -> datetime:
        """When it began, on the client's clock."""
    @property
    def duration(self) -> float:
        """How long it took."""
    @property
    def delay_before(self) -> float:
        """How long the call had waited before it."""
    @property
    def status(self) -> int | None:
        """The status, when one arrived."""
    @property
    def phase(self) -> str | None:
        """What was being done when it failed without a status: `resolve`, `connect`, `tls`, `proxy`, `send`, `body`."""
    @property
    def request_id(self) -> str | None:
        """The service's id of the request."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class ErrorInfo:
    """Why a call failed, what became of it at the service, and what to do."""
    def __new__(
        cls,
        *,
        kind: ErrorKind,
        text: str,
        reason: str | None = None,
        service: str | None = None,
        operation: str | None = None,
        field: str | None = None,
        remedy: str | None = None,
        status: int | None = None,
        code: str | None = None,
        message: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        outcome: Outcome,
        stop: Stop | None = None,
        timeout_scope: TimeoutScope | None = None,
        attempts: builtins.list[Attempt],
        candidates: builtins.list[str],
        nonce: str | None = None,
        fields: builtins.list[FieldError],
        excerpt: str | None = None,
        is_retryable: bool,
        host_failure: int | None = None,
    ) -> Self: ...
    @property
    def kind(self) -> ErrorKind:
        """What kind of failure it is."""
    @property
    def text(self) -> str:
        """One sentence with the remedy."""
    @property
    def reason(self) -> str | None:
        """Which failure of that kind it is: an open list, as `key_has_history`."""
    @property
    def service(self) -> str | None:
        """The service that was called."""
    @property
    def operation(self) -> str | None:
        """The operation, as `keys.create` or `request`."""
    @property
    def field(self) -> str | None:
        """The option or argument that was wrong, for kind `config`."""
    @property
    def remedy(self) -> str | None:
        """What to do about it."""
    @property
    def status(self) -> int | None:
        """The HTTP status, when one arrived."""
    @property
    def code(self) -> str | None:
        """The service's own error code."""
    @property
    def message(self) -> str | None:
        """The service's own words; secrets are masked."""
    @property
    def request_id(self) -> str | None:
        """The service's id of the last request."""
    @property
    def retry_after(self) -> float | None:
        """How long to wait before trying again, as the service or the limiter says."""
    @property
    def outcome(self) -> Outcome:
        """What became of the request at the service."""
    @property
    def stop(self) -> Stop | None:
        """Why no further attempt was made."""
    @property
    def timeout_scope(self) -> TimeoutScope | None:
        """Which time limit ran out, for kind `timeout`."""
    @property
    def attempts(self) -> builtins.list[Attempt]:
        """Every request of the call, in order."""
    @property
    def candidates(self) -> builtins.list[str]:
        """Ids of keys that the call may have created."""
    @property
    def nonce(self) -> str | None:
        """The mark at the end of the key's name, so that a lost key can be found later."""
    @property
    def fields(self) -> builtins.list[FieldError]:
        """What the service said about single fields."""
    @property
    def excerpt(self) -> str | None:
        """The beginning of an answer that could not be read: at most 200 printable characters, masked."""
    @property
    def is_retryable(self) -> bool:
        """Whether the same call may succeed later, and cannot be carried out twice by trying."""
    @property
    def host_failure(self) -> int | None:
        """The host's number for what its own function failed with."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class FieldError:
    """What a service said about one field of the request."""
    def __new__(cls, *, field: str, messages: builtins.list[str]) -> Self: ...
    @property
    def field(self) -> str:
        """The field, as the service names it."""
    @property
    def messages(self) -> builtins.list[str]:
        """The service's words."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Event:
    """One thing that happened during a call. Only the members that its name calls for are there."""
    def __new__(
        cls,
        *,
        name: str,
        service: str,
        operation: str,
        call: str,
        attempt: int,
        status: int | None = None,
        duration: float | None = None,
        error: ErrorKind | None = None,
        outcome: Outcome | None = None,
        key_id: str | None = None,
        detail: str | None = None,
    ) -> Self: ...
    @property
    def name(self) -> str:
        """What happened: `call_start`, `attempt_end`, `throttled`, `orphan_key`, ..."""
    @property
    def service(self) -> str:
        """At which service."""
    @property
    def operation(self) -> str:
        """During which operation, as `keys.create`."""
    @property
    def call(self) -> str:
        """Which call: the middle of its request ids."""
    @property
    def attempt(self) -> int:
        """Which request of it, from 1."""
    @property
    def status(self) -> int | None:
        """The status of an answer."""
    @property
    def duration(self) -> float | None:
        """How long it took, or will wait."""
    @property
    def error(self) -> ErrorKind | None:
        """How a call or attempt failed."""
    @property
    def outcome(self) -> Outcome | None:
        """What became of the request."""
    @property
    def key_id(self) -> str | None:
        """A key's id (`orphan_key`)."""
    @property
    def detail(self) -> str | None:
        """A sentence for people (`warning`)."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class ServerEvent:
    """One event of a stream."""
    def __new__(cls, *, event: str, data: str) -> Self: ...
    @property
    def event(self) -> str:
        """Its name; `message` when the service gave none."""
    @property
    def data(self) -> str:
        """Its data, as text."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Response:
    """The answer to a request of your own."""
    def __new__(cls, *, status: int, headers: builtins.list[tuple[str, str]], body: bytes, meta: Meta) -> Self: ...
    @property
    def status(self) -> int:
        """The status: 2xx, everything else is an error."""
    @property
    def headers(self) -> builtins.list[tuple[str, str]]:
        """The headers, names in lower case."""
    @property
    def body(self) -> bytes:
        """The body, decompressed."""
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class ActionReply:
    """What an action answered with: what it has depends on the action."""
    def __new__(
        cls,
        *,
        item: Item | None = None,
        page: ItemPage | None = None,
        data: Any | None = None,
        events: EventStream | None = None,
        meta: Meta,
    ) -> Self: ...
    @property
    def item(self) -> Item | None:
        """One object."""
    @property
    def page(self) -> ItemPage | None:
        """A page of a list."""
    @property
    def data(self) -> Any | None:
        """JSON of its own."""
    @property
    def events(self) -> _EventStream | None:
        """A stream of events."""
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Connections:
    """How many sockets a sandbox has."""
    def __new__(cls, *, open: int, total: int) -> Self: ...
    @property
    def open(self) -> int:
        """Open now."""
    @property
    def total(self) -> int:
        """Ever opened."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class JournalEntry:
    """One request that a sandbox has seen."""
    def __new__(
        cls,
        *,
        n: int,
        service: str,
        method: str,
        path: str,
        query: builtins.list[tuple[str, str]],
        headers: builtins.list[tuple[str, str]],
        body: Any,
        status: int | None = None,
        rule: str | None = None,
        fault: str | None = None,
        connection: int,
        at: str,
    ) -> Self: ...
    @property
    def n(self) -> int:
        """Its number, from 1."""
    @property
    def service(self) -> str:
        """The service that it came to."""
    @property
    def method(self) -> str:
        """The HTTP method."""
    @property
    def path(self) -> str:
        """The path without query, as sent."""
    @property
    def query(self) -> builtins.list[tuple[str, str]]:
        """The query parameters."""
    @property
    def headers(self) -> builtins.list[tuple[str, str]]:
        """The headers, names in lower case; credentials as digests."""
    @property
    def body(self) -> Any:
        """The body: its JSON, or its text; null when empty."""
    @property
    def status(self) -> int | None:
        """The status of the answer; absent while there is none."""
    @property
    def rule(self) -> str | None:
        """The rule that refused."""
    @property
    def fault(self) -> str | None:
        """The fault that fired."""
    @property
    def connection(self) -> int:
        """The number of the connection that it came on."""
    @property
    def at(self) -> str:
        """When, on the sandbox's clock."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class SandboxAccess:
    """What a client needs to speak to one service of a sandbox, and the ids that live there."""
    def __new__(
        cls,
        *,
        service: str,
        base_url: str,
        api_key: Secret | None = None,
        management: Secret | None = None,
        email: str | None = None,
        password: Secret | None = None,
        agent_id: str | None = None,
        account_id: str | None = None,
        subaccount_id: str | None = None,
        tenant_slug: str | None = None,
        clock: Clock,
    ) -> Self: ...
    @property
    def service(self) -> str:
        """The service's id."""
    @property
    def base_url(self) -> str:
        """Where it listens."""
    @property
    def api_key(self) -> Secret | None:
        """A key; absent on plans that are born without one."""
    @property
    def management(self) -> Secret | None:
        """The owner's token that manages keys (Seenty)."""
    @property
    def email(self) -> str | None:
        """The e-mail of a login (SegOps, SidClaw)."""
    @property
    def password(self) -> Secret | None:
        """The password of that login."""
    @property
    def agent_id(self) -> str | None:
        """An agent that `evaluate` can speak for (SidClaw)."""
    @property
    def account_id(self) -> str | None:
        """The account, or organization, of the key."""
    @property
    def subaccount_id(self) -> str | None:
        """An account below it (itellicoAI)."""
    @property
    def tenant_slug(self) -> str | None:
        """The tenant (SegOps)."""
    @property
    def clock(self) -> _Clock:
        """The clock that client and sandbox share."""
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Activity:
    """The credits of one activity."""
    def __new__(cls, *, activity: str, credits: float, origin: str | None = None) -> Self: ...
    @property
    def activity(self) -> str:
        """Which: `agent_run`."""
    @property
    def credits(self) -> float:
        """Its credits."""
    @property
    def origin(self) -> str | None:
        """Where it came from: `api`, `ui`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class CallPage:
    """One page of calls."""
    def __new__(cls, *, items: builtins.list[CallRecord], next_token: str | None = None, meta: Meta) -> Self: ...
    @property
    def items(self) -> builtins.list[CallRecord]:
        """The calls of this page, in the service's order."""
    @property
    def next_token(self) -> str | None:
        """Where the next page begins; absent on the last."""
    @property
    def meta(self) -> Meta:
        """How this page came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class CallRecord:
    """One call made with a key."""
    def __new__(
        cls,
        *,
        id: str | None = None,
        method: str,
        endpoint: str,
        status: int,
        error: str | None = None,
        started_at: datetime | None = None,
        data: Any,
    ) -> Self: ...
    @property
    def id(self) -> str | None:
        """The id of the record, where it has one."""
    @property
    def method(self) -> str:
        """The method: `GET`, `POST`, or any other word the service used."""
    @property
    def endpoint(self) -> str:
        """The path, without host and query."""
    @property
    def status(self) -> int:
        """The HTTP status it was answered with; 0, which is none, where it could not be read: see `data`."""
    @property
    def error(self) -> str | None:
        """What went wrong, in the service's words; absent when nothing did."""
    @property
    def started_at(self) -> datetime | None:
        """When it was made."""
    @property
    def data(self) -> Any:
        """The record as the service sent it."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class CreatedKey:
    """A new key, or a rotated one."""
    def __new__(cls, *, key: Key, secret: Secret, meta: Meta) -> Self: ...
    @property
    def key(self) -> Key:
        """The key. Right after a rotation it holds only what the service answered."""
    @property
    def secret(self) -> Secret:
        """Its secret. Every service shows it once: store it before anything else."""
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Done:
    """That something was done which gives nothing back."""
    def __new__(cls, *, meta: Meta) -> Self: ...
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Item:
    """An object of a service: an agent, a run, a monitor."""
    def __new__(
        cls,
        *,
        id: str,
        name: str | None = None,
        status: str | None = None,
        created_at: datetime | None = None,
        data: Any,
        meta: Meta | None = None,
    ) -> Self: ...
    @property
    def id(self) -> str:
        """The id, as text."""
    @property
    def name(self) -> str | None:
        """The name, where it has one."""
    @property
    def status(self) -> str | None:
        """The status, in the service's words."""
    @property
    def created_at(self) -> datetime | None:
        """When it was made."""
    @property
    def data(self) -> Any:
        """The object as the service sent it. Integers beyond 2^53 - 1 are text there."""
    @property
    def meta(self) -> Meta | None:
        """How it came to be; absent for one of a list."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class ItemPage:
    """One page of objects."""
    def __new__(cls, *, items: builtins.list[Item], next_token: str | None = None, meta: Meta) -> Self: ...
    @property
    def items(self) -> builtins.list[Item]:
        """The objects of this page, in the service's order."""
    @property
    def next_token(self) -> str | None:
        """Where the next page begins; absent on the last."""
    @property
    def meta(self) -> Meta:
        """How this page came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class JsonReply:
    """An answer that is JSON of its own."""
    def __new__(cls, *, data: Any, meta: Meta) -> Self: ...
    @property
    def data(self) -> Any:
        """What the service answered."""
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Key:
    """A key as its service shows it: everything but the secret."""
    def __new__(
        cls,
        *,
        id: str,
        name: str | None = None,
        display_name: str,
        display_name_detail: str,
        prefix: str | None = None,
        status: str,
        status_label: str,
        is_effective: bool,
        scopes: builtins.list[str],
        account_id: str | None = None,
        created_at: datetime | None = None,
        last_used_at: datetime | None = None,
        expires_at: datetime | None = None,
        archived_at: datetime | None = None,
        revoked_at: datetime | None = None,
        allowed_actions: builtins.list[str],
        told_members: builtins.list[KeyMember],
        data: Any,
        meta: Meta | None = None,
    ) -> Self: ...
    @property
    def id(self) -> str:
        """The id, as text: some services count, others use words."""
    @property
    def name(self) -> str | None:
        """The name or label, where one was given."""
    @property
    def display_name(self) -> str:
        """The name to show: `Untitled` when there is none, the id when it was not told."""
    @property
    def display_name_detail(self) -> str:
        """The name to show on the key's own page: `(unnamed)` when there is none, the id when it was not told."""
    @property
    def prefix(self) -> str | None:
        """The beginning of the secret, for people to recognise it by. Never usable as a key."""
    @property
    def status(self) -> str:
        """The status: `active`, `revoked`, `archived`, `expired`, or the service's own word."""
    @property
    def status_label(self) -> str:
        """The status in the service's own words, as `Live`."""
    @property
    def is_effective(self) -> bool:
        """Whether the key worked when this was read: it is active and not past its date."""
    @property
    def scopes(self) -> builtins.list[str]:
        """What the key may do; empty where the service knows no scopes."""
    @property
    def account_id(self) -> str | None:
        """The account, tenant or organization it belongs to, where the service says."""
    @property
    def created_at(self) -> datetime | None:
        """When it was made."""
    @property
    def last_used_at(self) -> datetime | None:
        """When it was last used, as coarse as the service keeps it; absent when never."""
    @property
    def expires_at(self) -> datetime | None:
        """When it stops working by itself; absent when never."""
    @property
    def archived_at(self) -> datetime | None:
        """When it was archived."""
    @property
    def revoked_at(self) -> datetime | None:
        """When it was revoked, where the service says."""
    @property
    def allowed_actions(self) -> builtins.list[str]:
        """The operations that its state allows, as far as the service's rules are known."""
    @property
    def told_members(self) -> builtins.list[KeyMember]:
        """The members that are known: told by the answer, as "none" too, or set by the request. What is not among them
        may be anything; what is among them and absent is "never" or "none".
        """
    @property
    def data(self) -> Any:
        """The object as the service sent it, without the secret."""
    @property
    def meta(self) -> Meta | None:
        """How it came to be; absent for one of a list."""
    def told(self, member: KeyMember) -> bool:
        """Whether a member is among `told_members`."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class KeyPage:
    """One page of keys."""
    def __new__(cls, *, items: builtins.list[Key], next_token: str | None = None, meta: Meta) -> Self: ...
    @property
    def items(self) -> builtins.list[Key]:
        """The keys of this page, in the service's order."""
    @property
    def next_token(self) -> str | None:
        """Where the next page begins; absent on the last."""
    @property
    def meta(self) -> Meta:
        """How this page came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Meta:
    """How a result came to be."""
    def __new__(
        cls,
        *,
        request_id: str | None = None,
        status: int,
        attempts: int,
        elapsed: float,
        queued: float,
        rate_limit: RateLimit | None = None,
        ambiguous: bool,
        partial: bool,
    ) -> Self: ...
    @property
    def request_id(self) -> str | None:
        """The service's id of the request that brought the result."""
    @property
    def status(self) -> int:
        """Its status."""
    @property
    def attempts(self) -> int:
        """How many requests were sent."""
    @property
    def elapsed(self) -> float:
        """From the call to its result, waits included."""
    @property
    def queued(self) -> float:
        """How much of that the call waited for its turn in the limiter."""
    @property
    def rate_limit(self) -> RateLimit | None:
        """What the service said about its rate limit."""
    @property
    def ambiguous(self) -> bool:
        """Whether an earlier attempt of the same call may have been the one that did it."""
    @property
    def partial(self) -> bool:
        """Whether the answer was cut and the rest was filled in."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class RateLimit:
    """What the service said about its rate limit."""
    def __new__(cls, *, limit: int | None = None, remaining: int, reset_in: float) -> Self: ...
    @property
    def limit(self) -> int | None:
        """Requests allowed per window, when it was said."""
    @property
    def remaining(self) -> int:
        """Requests left in the current window."""
    @property
    def reset_in(self) -> float:
        """Time until the window is full again."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Retired:
    """How a key was taken out of service."""
    def __new__(cls, *, action: str, key: Key | None = None, meta: Meta) -> Self: ...
    @property
    def action(self) -> str:
        """What was done: `delete`, `archive` or `revoke`."""
    @property
    def key(self) -> Key | None:
        """The key afterwards; absent when it is gone."""
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class UsageReport:
    """The credits that one key has used."""
    def __new__(cls, *, granularity: str, total: float, slices: builtins.list[UsageSlice], meta: Meta) -> Self: ...
    @property
    def granularity(self) -> str:
        """The slices' length, in the service's words: `day`, `week`, `month`."""
    @property
    def total(self) -> float:
        """All credits of the range."""
    @property
    def slices(self) -> builtins.list[UsageSlice]:
        """Slice by slice, in order of time."""
    @property
    def meta(self) -> Meta:
        """How it came to be."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class UsageSlice:
    """The credits of one slice."""
    def __new__(
        cls,
        *,
        start: datetime | None = None,
        credits: float,
        activities: builtins.list[Activity],
    ) -> Self: ...
    @property
    def start(self) -> datetime | None:
        """When it begins."""
    @property
    def credits(self) -> float:
        """Its credits."""
    @property
    def activities(self) -> builtins.list[Activity]:
        """What they were used for."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> Any: ...
    def __replace__(self, **changes: Any) -> Any: ...

@final
class Dialect:
    @staticmethod
    def builtin(service: str) -> Dialect: ...
    @staticmethod
    def from_toml(text: str, env: Iterable[str] | None) -> Dialect: ...
    def capabilities(self) -> builtins.list[Capability]: ...
    def id(self) -> str: ...
    def scope_preset(self, name: str) -> builtins.list[str] | None: ...
    def title(self) -> str: ...
    def variables(self) -> builtins.list[str]: ...

@final
class EventStream:
    def close(self, queue: Queue | None) -> None: ...
    def leave(self) -> None: ...
    def next_event(self, queue: Queue | None) -> ServerEvent | None: ...
    def run_id(self) -> str | None: ...

@final
class Clock:
    def advance(self, by: float) -> None: ...
    def elapsed(self) -> float: ...
    def exact(self, chance: float) -> Any: ...
    def hold(self) -> None: ...
    def now(self) -> datetime: ...
    def release(self) -> None: ...
    def sleepers(self) -> int: ...

@final
class Sandbox:
    @staticmethod
    def start(
        seed: int | None,
        plan: str | None,
        variant: str | None,
        clock: str | None,
        lenient: bool,
        idempotency: bool,
        broken_rules: Iterable[str],
    ) -> Sandbox: ...
    def access(self, service: str) -> SandboxAccess: ...
    def clear_faults(self) -> None: ...
    def clear_limits(self) -> None: ...
    def clock(self) -> _Clock: ...
    def close(self) -> None: ...
    def connections(self) -> Connections: ...
    def fault(self, rule: Any) -> str: ...
    def faults(self) -> Any: ...
    def finish(self) -> None: ...
    def fixtures(self) -> Any: ...
    def journal(self) -> builtins.list[JournalEntry]: ...
    def load_fixtures(self, fixtures: Any) -> None: ...
    def reset(self) -> None: ...
    def set_active(self, service: str, account: str | None, active: bool) -> None: ...
    def set_credits(self, service: str, credits: float | None) -> None: ...
    def set_limit(
        self,
        service: str,
        count: int,
        per: float,
        status: int | None,
        retry_after: bool | None,
    ) -> None: ...
    def set_plan(self, service: str, plan: str) -> None: ...
    def set_variant(self, service: str, variant: str) -> None: ...
    def verify(self, expected: Any, strict_order: bool) -> builtins.list[str]: ...
    def world(
        self,
        seed: int | None,
        plan: str | None,
        variant: str | None,
        clock: str | None,
        lenient: bool,
        idempotency: bool,
        broken_rules: Iterable[str],
    ) -> Any: ...

@final
class Client:
    @staticmethod
    def new(
        service: str,
        api_key: str | Secret | EllipsisType,
        key_provider: Callable[[], str | Secret | Awaitable[str | Secret]] | EllipsisType,
        management: str | Secret | EllipsisType,
        email: str | EllipsisType,
        password: str | Secret | EllipsisType,
        account: str | None,
        agent_id: str | None,
        base_url: str | EllipsisType,
        variant: str | None,
        timeout: float | None | EllipsisType,
        attempt_timeout: float | None | EllipsisType,
        read_timeout: float | None,
        connect_timeout: float | None,
        max_attempts: int | None,
        retry_base: float | None,
        retry_cap: float | None,
        max_retry_after: float | None,
        queue_limit: int | None,
        throttle: Throttle | None,
        priority: Priority | None,
        isolated_limits: bool,
        max_body: int | None,
        max_connections: int | None,
        allow_insecure_http: bool,
        check_key_shape: bool | None,
        keep_password: bool | None,
        debug_headers: bool,
        proxy: Proxy | None,
        extra_roots: Iterable[str],
        app_name: str | None,
        on_event: Callable[[Event], object] | None,
        clock: Any,
        env: Pairs | None,
    ) -> Client: ...
    @staticmethod
    def with_dialect(
        dialect: Any,
        api_key: str | Secret | EllipsisType,
        key_provider: Callable[[], str | Secret | Awaitable[str | Secret]] | EllipsisType,
        management: str | Secret | EllipsisType,
        email: str | EllipsisType,
        password: str | Secret | EllipsisType,
        account: str | None,
        agent_id: str | None,
        base_url: str | EllipsisType,
        variant: str | None,
        timeout: float | None | EllipsisType,
        attempt_timeout: float | None | EllipsisType,
        read_timeout: float | None,
        connect_timeout: float | None,
        max_attempts: int | None,
        retry_base: float | None,
        retry_cap: float | None,
        max_retry_after: float | None,
        queue_limit: int | None,
        throttle: Throttle | None,
        priority: Priority | None,
        isolated_limits: bool,
        max_body: int | None,
        max_connections: int | None,
        allow_insecure_http: bool,
        check_key_shape: bool | None,
        keep_password: bool | None,
        debug_headers: bool,
        proxy: Proxy | None,
        extra_roots: Iterable[str],
        app_name: str | None,
        on_event: Callable[[Event], object] | None,
        clock: Any,
        env: Pairs | None,
    ) -> Client: ...
    def account(self, id: str) -> Any: ...
    def capabilities(self) -> builtins.list[Capability]: ...
    def describe(self) -> Description: ...
    def now(self) -> datetime: ...
    def own_account(self) -> Any: ...
    def service(self) -> str: ...
    def supports(self, capability: str) -> bool: ...
    def throttle(self) -> ThrottleView: ...
    def with_key(self, key: str | Secret) -> Any: ...
    def with_options(
        self,
        timeout: float | None | EllipsisType,
        attempt_timeout: float | None | EllipsisType,
        read_timeout: float | None,
        max_attempts: int | None,
        throttle: Throttle | None,
        priority: Priority | None,
    ) -> Any: ...
    def request(
        self,
        queue: Queue | None,
        method: str,
        path: str,
        query: Pairs | None,
        headers: Pairs | None,
        json: Any | None,
        body: bytes | None,
        content_type: str | None,
        safety: Safety | None,
    ) -> Response: ...
    def to_curl(
        self,
        method: str,
        path: str,
        query: Pairs | None,
        headers: Pairs | None,
        json: Any | None,
        body: bytes | None,
        content_type: str | None,
        safety: Safety | None,
    ) -> str: ...
    def billing_status(self, queue: Queue | None) -> JsonReply: ...
    def evaluate(self, queue: Queue | None, action: Any) -> JsonReply: ...
    def me(self, queue: Queue | None) -> Item: ...
    def keys_archive(self, queue: Queue | None, id: str, allow_self: bool | None) -> Key: ...
    def keys_calls(
        self,
        queue: Queue | None,
        id: str,
        method: str | None,
        status: int | None,
        endpoint: str | None,
        since: datetime | None,
        until: datetime | None,
        page_size: int | None,
        after: str | None,
    ) -> tuple[builtins.list[CallRecord], str | None, Meta]: ...
    def keys_calls_oldest_first(
        self,
        queue: Queue | None,
        id: str,
        method: str | None,
        status: int | None,
        endpoint: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> builtins.list[CallRecord]: ...
    def keys_create(
        self,
        queue: Queue | None,
        name: str | None,
        scopes: Iterable[str] | None,
        expires_at: datetime | None,
        recover: Recover | None,
        snapshot: bool,
        on_cancel: OnCancel | None,
        deliver: Callable[[Secret], object | Awaitable[object]] | None,
        allow_self: bool,
    ) -> CreatedKey: ...
    def keys_delete(self, queue: Queue | None, id: str, allow_self: bool | None) -> Done: ...
    def keys_get(self, queue: Queue | None, id: str) -> Key: ...
    def keys_list(
        self,
        queue: Queue | None,
        page_size: int | None,
        after: str | None,
    ) -> tuple[builtins.list[Key], str | None, Meta]: ...
    def keys_reactivate(self, queue: Queue | None, id: str) -> Key: ...
    def keys_retire(self, queue: Queue | None, id: str, allow_self: bool | None) -> Retired: ...
    def keys_revoke(self, queue: Queue | None, id: str, allow_self: bool | None) -> Retired: ...
    def keys_rotate(
        self,
        queue: Queue | None,
        id: str,
        recover: Recover | None,
        snapshot: bool,
        on_cancel: OnCancel | None,
        deliver: Callable[[Secret], object | Awaitable[object]] | None,
        allow_self: bool,
    ) -> CreatedKey: ...
    def keys_update(
        self,
        queue: Queue | None,
        id: str,
        name: str | None,
        expires_at: datetime | None,
        never_expires: bool,
    ) -> Key: ...
    def keys_usage(
        self,
        queue: Queue | None,
        id: str,
        range: str | None,
        since: datetime | None,
        until: datetime | None,
        granularity: Granularity | None,
    ) -> UsageReport: ...
    def resource_call(
        self,
        queue: Queue | None,
        resource: str,
        action: str,
        path: Pairs | None,
        query: Pairs | None,
        body: Any | None,
        page_size: int | None,
        after: str | None,
    ) -> ActionReply: ...
    def resource_create(self, queue: Queue | None, resource: str, body: Any) -> Item: ...
    def resource_delete(self, queue: Queue | None, resource: str, id: str) -> Done: ...
    def resource_get(self, queue: Queue | None, resource: str, id: str) -> Item: ...
    def resource_list(
        self,
        queue: Queue | None,
        resource: str,
        page_size: int | None,
        after: str | None,
    ) -> tuple[builtins.list[Item], str | None, Meta]: ...
    def resource_update(self, queue: Queue | None, resource: str, id: str, body: Any) -> Item: ...
    def runs_cancel(self, queue: Queue | None, run_id: str) -> Done: ...
    def runs_create(self, queue: Queue | None, agent_id: str, body: Any) -> Item: ...
    def runs_get(self, queue: Queue | None, run_id: str) -> Item: ...
    def runs_stream(self, queue: Queue | None, agent_id: str, body: Any) -> _EventStream: ...
    def runs_wait(self, queue: Queue | None, run_id: str) -> Item: ...
    def events_track(self, queue: Queue | None, event: Any) -> JsonReply: ...
    def events_track_batch(self, queue: Queue | None, events: Any) -> JsonReply: ...
    def segments_list(
        self,
        queue: Queue | None,
        page_size: int | None,
        after: str | None,
    ) -> tuple[builtins.list[Item], str | None, Meta]: ...
    def segments_members(
        self,
        queue: Queue | None,
        id: str,
        page_size: int | None,
        after: str | None,
    ) -> tuple[builtins.list[Item], str | None, Meta]: ...
    def segments_membership(self, queue: Queue | None, user_id: str) -> JsonReply: ...
    def account_settings_get(self, queue: Queue | None) -> Item: ...
    def account_settings_update(self, queue: Queue | None, body: Any) -> Item: ...
