"""Names for annotations: the words of every closed list."""
# Written by `cargo xtask gen` from the facade.

from collections.abc import Iterable, Mapping
from typing import Literal, Union

#: Names and values: query parameters, headers.
Pairs = Union[Mapping[str, str], Iterable[tuple[str, str]]]

#: What kind of failure it is.
ErrorKind = Literal[
    "config",
    "unsupported",
    "unauthenticated",
    "forbidden",
    "not_found",
    "conflict",
    "invalid",
    "plan_limit",
    "rate_limited",
    "server",
    "timeout",
    "network",
    "redirect",
    "decode",
    "cancelled",
    "internal",
]

#: What became of the request at the service.
Outcome = Literal["not_sent", "rejected", "unknown", "applied"]

#: Why no further attempt was made.
Stop = Literal[
    "fatal",
    "attempts",
    "throttled",
    "budget",
    "deadline",
    "retry_after_too_long",
    "throttle_fail",
    "queue_full",
    "cancelled",
    "unknown_outcome",
]

#: Which time limit ran out.
TimeoutScope = Literal["connect", "attempt", "read", "call"]

#: How long a slice of a report is.
Granularity = Literal["day", "week", "month"]

#: What to do with a key that was created after its caller had left.
OnCancel = Literal["discard", "keep"]

#: Which calls go first when a limiter opens.
Priority = Literal["urgent", "normal", "background"]

#: Which proxies are used for `https`.
Proxy = Literal["system", "direct"]

#: What to do when nobody can say whether a key was created.
Recover = Literal["report", "rotate", "replace"]

#: What a call does when its limiter is closed.
Throttle = Literal["wait", "fail"]

#: Whether the service may get a request twice.
Safety = Literal["safe", "idempotent", "never"]

#: A member of a key that an answer may leave out.
KeyMember = Literal[
    "name",
    "prefix",
    "status",
    "scopes",
    "account_id",
    "created_at",
    "last_used_at",
    "expires_at",
    "archived_at",
    "revoked_at",
]
