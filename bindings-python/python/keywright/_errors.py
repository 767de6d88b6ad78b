"""One base for everything that fails, one class for each kind of failure."""
# Written by `cargo xtask gen` from the facade.

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import builtins
    from typing import Any

    from ._native import Attempt, ErrorInfo, FieldError
    from ._types import ErrorKind, Outcome, Stop, TimeoutScope


class KeywrightError(Exception):
    """Why a call failed, what became of it at the service, and what to do.

    `str(error)` is one sentence with the remedy. It never holds a secret.
    """

    def __init__(self, info: ErrorInfo) -> None:
        super().__init__(info.text)
        self._info = info

    def __reduce__(self) -> Any:
        return type(self), (self._info,)

    @property
    def kind(self) -> ErrorKind:
        """What kind of failure it is."""
        return self._info.kind

    @property
    def reason(self) -> str | None:
        """Which failure of that kind it is: an open list, as `key_has_history`."""
        return self._info.reason

    @property
    def service(self) -> str | None:
        """The service that was called."""
        return self._info.service

    @property
    def operation(self) -> str | None:
        """The operation, as `keys.create` or `request`."""
        return self._info.operation

    @property
    def field(self) -> str | None:
        """The option or argument that was wrong, for kind `config`."""
        return self._info.field

    @property
    def remedy(self) -> str | None:
        """What to do about it."""
        return self._info.remedy

    @property
    def status(self) -> int | None:
        """The HTTP status, when one arrived."""
        return self._info.status

    @property
    def code(self) -> str | None:
        """The service's own error code."""
        return self._info.code

    @property
    def message(self) -> str | None:
        """The service's own words; secrets are masked."""
        return self._info.message

    @property
    def request_id(self) -> str | None:
        """The service's id of the last request."""
        return self._info.request_id

    @property
    def retry_after(self) -> float | None:
        """How long to wait before trying again, as the service or the limiter says. Seconds."""
        return self._info.retry_after

    @property
    def outcome(self) -> Outcome:
        """What became of the request at the service."""
        return self._info.outcome

    @property
    def stop(self) -> Stop | None:
        """Why no further attempt was made."""
        return self._info.stop

    @property
    def timeout_scope(self) -> TimeoutScope | None:
        """Which time limit ran out, for kind `timeout`."""
        return self._info.timeout_scope

    @property
    def attempts(self) -> builtins.list[Attempt]:
        """Every request of the call, in order."""
        return self._info.attempts

    @property
    def candidates(self) -> builtins.list[str]:
        """Ids of keys that the call may have created."""
        return self._info.candidates

    @property
    def nonce(self) -> str | None:
        """The mark at the end of the key's name, so that a lost key can be found later."""
        return self._info.nonce

    @property
    def fields(self) -> builtins.list[FieldError]:
        """What the service said about single fields."""
        return self._info.fields

    @property
    def excerpt(self) -> str | None:
        """The beginning of an answer that could not be read: at most 200 printable characters, masked."""
        return self._info.excerpt

    @property
    def is_retryable(self) -> bool:
        """Whether the same call may succeed later, and cannot be carried out twice by trying."""
        return self._info.is_retryable


class ConfigError(KeywrightError):
    """Kind `config`. A wrong or missing option or argument; nothing was sent."""


class UnsupportedError(KeywrightError):
    """Kind `unsupported`. The service has no such operation; nothing was sent."""


class UnauthenticatedError(KeywrightError):
    """Kind `unauthenticated`. The credential was missing, wrong, expired or revoked."""


class ForbiddenError(KeywrightError):
    """Kind `forbidden`. The credential may not do this."""


class NotFoundError(KeywrightError):
    """Kind `not_found`. No such object, or not visible to this credential."""


class ConflictError(KeywrightError):
    """Kind `conflict`. The object's state does not allow it."""


class InvalidError(KeywrightError):
    """Kind `invalid`. The service found the request malformed."""


class PlanLimitError(KeywrightError):
    """Kind `plan_limit`. The plan or its quota does not allow it."""


class RateLimitedError(KeywrightError):
    """Kind `rate_limited`. Too many requests."""


class ServerError(KeywrightError):
    """Kind `server`. The service failed."""


class CallTimeoutError(KeywrightError, TimeoutError):
    """Kind `timeout`. Time ran out; `timeout_scope` says which limit it was."""


class NetworkError(KeywrightError):
    """Kind `network`. The connection could not be made or did not hold."""


class RedirectError(KeywrightError):
    """Kind `redirect`. The service answered with a redirect, which is never followed."""


class DecodeError(KeywrightError):
    """Kind `decode`. The answer could not be understood."""


class CancelledCallError(KeywrightError):
    """Kind `cancelled`. The call was ended from outside, or a secret could not be delivered."""


class InternalError(KeywrightError):
    """Kind `internal`. A defect of this library."""


_CLASSES: dict[str, type[KeywrightError]] = {
    "config": ConfigError,
    "unsupported": UnsupportedError,
    "unauthenticated": UnauthenticatedError,
    "forbidden": ForbiddenError,
    "not_found": NotFoundError,
    "conflict": ConflictError,
    "invalid": InvalidError,
    "plan_limit": PlanLimitError,
    "rate_limited": RateLimitedError,
    "server": ServerError,
    "timeout": CallTimeoutError,
    "network": NetworkError,
    "redirect": RedirectError,
    "decode": DecodeError,
    "cancelled": CancelledCallError,
    "internal": InternalError,
}

for _class in (KeywrightError, *_CLASSES.values()):
    # Where they are imported from, as a traceback names it.
    _class.__module__ = "keywright"


def _of(info: ErrorInfo) -> KeywrightError:
    return _CLASSES[info.kind](info)
