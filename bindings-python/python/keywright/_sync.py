"""Clients whose calls block."""
# Written by `cargo xtask gen` from the facade.

from __future__ import annotations

from . import _native as native
from ._runtime import Closed, EventStream, Page, Response, no_option

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
    from ._objects import Clock, Dialect
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


class Keys:
    """The keys of the service."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    def archive(self, id: str, *, allow_self: bool | None = None) -> Key:
        """Deactivates a used key for good and keeps its history (Seclai). The key that makes the call is refused,
        where it is known to be that one, unless `allow_self` is set.

        Raises:
            KeywrightError: `conflict`, reason `key_unused`, when it was never used: delete it; `unsupported`,
                before any request, elsewhere.
        """
        return self._client._native.keys_archive(None, id, allow_self)

    def calls(
        self,
        id: str,
        *,
        method: str | None = None,
        status: int | None = None,
        endpoint: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
        after: str | None = None,
    ) -> Page[CallRecord]:
        """Gets a page of the calls made with a key, newest first, and from it all that follow.

        Args:
            method: Only this method.
            status: Only this status.
            endpoint: Only this path.
            since: Only from this time on. Aware.
            until: Only before this time. Aware.

        Raises:
            KeywrightError: `unsupported`, before any request, where the service keeps no such log.
        """
        return Page._of(self._client._native.keys_calls, after, id, method, status, endpoint, since, until, page_size)

    def calls_oldest_first(
        self,
        id: str,
        *,
        method: str | None = None,
        status: int | None = None,
        endpoint: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> builtins.list[CallRecord]:
        """Gets all calls that fit, oldest first: gathers every page, then turns them round.

        Args:
            method: Only this method.
            status: Only this status.
            endpoint: Only this path.
            since: Only from this time on. Aware.
            until: Only before this time. Aware.

        Raises:
            KeywrightError: As `calls`.
        """
        return self._client._native.keys_calls_oldest_first(None, id, method, status, endpoint, since, until)

    def create(
        self,
        *,
        name: str | None = None,
        scopes: Iterable[str] | None = None,
        expires_at: datetime | None = None,
        recover: Recover | None = None,
        snapshot: bool = False,
        on_cancel: OnCancel | None = None,
        deliver: Callable[[Secret], object] | None = None,
        allow_self: bool = False,
    ) -> CreatedKey:
        """Creates a key. Its secret is in the result and is never shown again: store it first.

        Args:
            name: The name or label. Optional at Seclai, required elsewhere.
            scopes: What the key may do (SidClaw).
            expires_at: When it stops working by itself (SidClaw, Seenty, itellicoAI). Aware.
            recover: What to do when an answer is lost. Other than `report` it puts a mark at the end of the
                key's name, so that no other key can be taken for it.
            snapshot: Lists the keys before the request too, so that a loss can be told apart with certainty.
            on_cancel: What to do with a key whose caller has left.
            deliver: Stores the secret before the call returns; if it fails, the new key is retired. No time
                limit ends it.
            allow_self: Allows a key to rotate itself: a lost answer then locks its owner out.

        Raises:
            KeywrightError: `config`, before any request, when something is missing or unknown to the service;
                `plan_limit` when the plan allows no further key; `forbidden` when the role does not.
        """
        native.taken()
        try:
            return self._client._native.keys_create(
                None,
                name,
                scopes,
                expires_at,
                recover,
                snapshot,
                on_cancel,
                deliver,
                allow_self,
            )
        except BaseException:
            native.not_taken()
            raise

    def delete(self, id: str, *, allow_self: bool | None = None) -> Done:
        """Removes a key for good. The key that makes the call is refused, where it is known to be that one, unless
        `allow_self` is set.

        Raises:
            KeywrightError: `conflict`, reason `key_has_history`, where the service keeps keys that have been
                used: archive it; `unsupported`, before any request, where there is no delete.
        """
        return self._client._native.keys_delete(None, id, allow_self)

    def get(self, id: str) -> Key:
        """Gets one key.

        Raises:
            KeywrightError: `unsupported`, before any request, where keys can only be listed; `not_found`.
        """
        return self._client._native.keys_get(None, id)

    def list(self, *, page_size: int | None = None, after: str | None = None) -> Page[Key]:
        """Gets a page of keys, and from it all that follow.

        A walk gives each key once, and skips none when this process removes some on the way. What somebody else removes
        meanwhile may make it skip as many: walk again to be sure. A member that cannot be read is left out, with a
        warning, and stays in `data`.

        Raises:
            KeywrightError: `unsupported`, before any request, at a service without a list; `config` for a page
                size that it does not take.
        """
        return Page._of(self._client._native.keys_list, after, page_size)

    def reactivate(self, id: str) -> Key:
        """Makes a revoked key work again (itellicoAI).

        Raises:
            KeywrightError: `not_found`; `unsupported`, before any request, elsewhere.
        """
        return self._client._native.keys_reactivate(None, id)

    def retire(self, id: str, *, allow_self: bool | None = None) -> Retired:
        """Takes a key out of service in the gentlest way that the service has: at Seclai deletes an unused key and
        archives a used one, at itellicoAI and Seenty revokes, at SegOps and SidClaw deletes. The key that makes the
        call is refused, where it is known to be that one, unless `allow_self` is set.

        Raises:
            KeywrightError: As the operation that was tried last.
        """
        return self._client._native.keys_retire(None, id, allow_self)

    def revoke(self, id: str, *, allow_self: bool | None = None) -> Retired:
        """Disables a key at once. At SegOps this deletes it. The key that makes the call is refused, where it is known
        to be that one, unless `allow_self` is set.

        Raises:
            KeywrightError: `not_found`; `unsupported`, before any request, where there is no such thing: use
                `retire`.
        """
        return self._client._native.keys_revoke(None, id, allow_self)

    def rotate(
        self,
        id: str,
        *,
        recover: Recover | None = None,
        snapshot: bool = False,
        on_cancel: OnCancel | None = None,
        deliver: Callable[[Secret], object] | None = None,
        allow_self: bool = False,
    ) -> CreatedKey:
        """Gives the same key a new secret; the old one stops working at once (SidClaw).

        Args:
            recover: What to do when an answer is lost. Other than `report` it puts a mark at the end of the
                key's name, so that no other key can be taken for it.
            snapshot: Lists the keys before the request too, so that a loss can be told apart with certainty.
            on_cancel: What to do with a key whose caller has left.
            deliver: Stores the secret before the call returns; if it fails, the new key is retired. No time
                limit ends it.
            allow_self: Allows a key to rotate itself: a lost answer then locks its owner out.

        Raises:
            KeywrightError: `not_found`; `unsupported`, before any request, elsewhere: create a new key, deploy
                it, then retire the old one.
        """
        native.taken()
        try:
            return self._client._native.keys_rotate(None, id, recover, snapshot, on_cancel, deliver, allow_self)
        except BaseException:
            native.not_taken()
            raise

    def update(
        self,
        id: str,
        *,
        name: str | None = None,
        expires_at: datetime | None = None,
        never_expires: bool = False,
    ) -> Key:
        """Changes name or expiry. What is not given stays. Of a service that answers without a body, the key holds its
        id and what was changed.

        Args:
            name: The name or label.
            expires_at: When it stops working by itself. Aware.
            never_expires: Removes the expiry: the key works until it is revoked or deleted.

        Raises:
            KeywrightError: `unsupported`, before any request, where keys cannot be changed (everywhere but
                itellicoAI); `config` when nothing is to change.
        """
        return self._client._native.keys_update(None, id, name, expires_at, never_expires)

    def usage(
        self,
        id: str,
        *,
        range: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        granularity: Granularity | None = None,
    ) -> UsageReport:
        """Gets the credits that a key has used.

        Args:
            range: `24h`, `7d` or `30d`; the service's default (30 days) when neither this nor `since` is given.
            since: From this time on. Aware.
            until: Up to, and without, this time. Aware.
            granularity: The slices; chosen by the length of the range when not given.

        Raises:
            KeywrightError: `config` when the range ends before it begins; `unsupported`, before any request,
                where the service reports no usage by key.
        """
        return self._client._native.keys_usage(None, id, range, since, until, granularity)


class Resource:
    """A resource that the service's description declares."""

    __slots__ = ("_client", "_name")

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name

    def call(
        self,
        action: str,
        *,
        path: Pairs | None = None,
        query: Pairs | None = None,
        body: Any | None = None,
        page_size: int | None = None,
        after: str | None = None,
    ) -> ActionReply:
        """Calls any action that the dialect declares for the resource, by name.

        Args:
            path: The parameters of the path, as `id`.
            query: Query parameters.
            body: The JSON body.
            page_size: How many items of a list.
            after: Where a list goes on.

        Raises:
            KeywrightError: `unsupported`, before any request, when the dialect declares none of that name.
        """
        return self._client._native.resource_call(None, self._name, action, path, query, body, page_size, after)

    def create(self, body: Any) -> Item:
        """Makes an object. The body is the service's own.

        Raises:
            KeywrightError: `config` when a required member is missing; `unsupported`, before any request.
        """
        return self._client._native.resource_create(None, self._name, body)

    def delete(self, id: str) -> Done:
        """Removes an object.

        Raises:
            KeywrightError: `not_found`; `unsupported`, before any request.
        """
        return self._client._native.resource_delete(None, self._name, id)

    def get(self, id: str) -> Item:
        """Gets one object.

        Raises:
            KeywrightError: `not_found`; `unsupported`, before any request.
        """
        return self._client._native.resource_get(None, self._name, id)

    def list(self, *, page_size: int | None = None, after: str | None = None) -> Page[Item]:
        """Gets a page of the list, and from it all that follow.

        A walk gives each object once, and skips none when this process removes some on the way. What somebody else
        removes meanwhile may make it skip as many: walk again to be sure.

        Raises:
            KeywrightError: `unsupported`, before any request, where there is no such list.
        """
        return Page._of(self._client._native.resource_list, after, self._name, page_size)

    def update(self, id: str, body: Any) -> Item:
        """Changes an object. The body is the service's own.

        Raises:
            KeywrightError: `not_found`; `unsupported`, before any request.
        """
        return self._client._native.resource_update(None, self._name, id, body)


class Runs:
    """Runs of agents (Seclai)."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    def cancel(self, run_id: str) -> Done:
        """Cancels a run.

        Raises:
            KeywrightError: `not_found`.
        """
        return self._client._native.runs_cancel(None, run_id)

    def create(self, agent_id: str, body: Any) -> Item:
        """Starts a run of an agent (Seclai). The body is `{"input": .., "priority"?, "metadata"?}`.

        Raises:
            KeywrightError: `config` when `input` is missing; `not_found` when there is no such agent.
        """
        return self._client._native.runs_create(None, agent_id, body)

    def get(self, run_id: str) -> Item:
        """Gets a run.

        Raises:
            KeywrightError: `not_found`.
        """
        return self._client._native.runs_get(None, run_id)

    def stream(self, agent_id: str, body: Any) -> EventStream:
        """Starts a run and gives its events as they arrive.

        Raises:
            KeywrightError: As `create`.
        """
        return self._client._native.runs_stream(None, agent_id, body)

    def wait(self, run_id: str) -> Item:
        """Waits until a run has come to an end. Each poll is a call of its own; the whole is limited only where
        `timeout` was given.

        Raises:
            KeywrightError: `timeout`, scope `call`; whatever a poll fails with.
        """
        return self._client._native.runs_wait(None, run_id)


class Events:
    """Event ingestion (SegOps)."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    def track(self, event: Any) -> JsonReply:
        """Sends one event (SegOps): `{"event": .., "user_id" or "anonymous_id": .., "properties"?}`.

        Raises:
            KeywrightError: `config` when `event` is missing; `invalid` when the service finds it malformed.
        """
        return self._client._native.events_track(None, event)

    def track_batch(self, events: Any) -> JsonReply:
        """Sends a list of events, at most as many at once as the service takes; the counts of the parts are added up.

        Raises:
            KeywrightError: `config` when there is no event. When a later part fails, the remedy says from which
                event on to send again: the earlier parts were accepted.
        """
        return self._client._native.events_track_batch(None, events)


class Segments:
    """Segments (SegOps)."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, *, page_size: int | None = None, after: str | None = None) -> Page[Item]:
        """Gets a page of segments (SegOps), and from it all that follow.

        Raises:
            KeywrightError: As every list.
        """
        return Page._of(self._client._native.segments_list, after, page_size)

    def members(self, id: str, *, page_size: int | None = None, after: str | None = None) -> Page[Item]:
        """Gets a page of a segment's members, and from it all that follow.

        Raises:
            KeywrightError: `not_found`.
        """
        return Page._of(self._client._native.segments_members, after, id, page_size)

    def membership(self, user_id: str) -> JsonReply:
        """Asks which segments a user belongs to.

        Raises:
            KeywrightError: `invalid` when the service finds the id malformed.
        """
        return self._client._native.segments_membership(None, user_id)


class AccountSettings:
    """The account that this handle is for (itellicoAI)."""

    __slots__ = ("_client",)

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self) -> Item:
        """Gets the account that this handle is for (itellicoAI).

        Raises:
            KeywrightError: `forbidden`, reason `account_forbidden`, when the key does not reach it.
        """
        return self._client._native.account_settings_get(None)

    def update(self, body: Any) -> Item:
        """Changes the account that this handle is for: `{"name"?, "is_active"?}`.

        Raises:
            KeywrightError: `forbidden`, reason `account_forbidden`, when the key does not reach it.
        """
        return self._client._native.account_settings_update(None, body)


class Client:
    """A client of one service: `seclai`, `segops`, `sidclaw`, `seenty`, `itellico`, or any that a dialect
    describes.

    Handles made from it share its connections, limiters and tokens. Making one does no I/O.

    Args:
        api_key: The API key. Wins over the environment variable that the service's page names.
        key_provider: A function that gives the API key for every call, so that it can change meanwhile.
        management: What manages keys, where that is not the API key: another key, or an owner's token
            (Seenty).
        email: The e-mail of a login that manages keys (SegOps, SidClaw).
        password: The password of that login.
        account: The account that calls are for, by id or slug, unless a handle says otherwise.
        agent_id: The agent that `evaluate` speaks for, unless a call says otherwise (SidClaw).
        base_url: Scheme, host, port and at most a path prefix, as `https://api.example.com`.
        variant: The variant of the service's description: `documented` (default) or `live`.
        timeout: Limits a whole call with its waits; 120 s unless given. Seconds; `None` is no limit, `...`
            leaves it to the client.
        attempt_timeout: Limits one attempt; 30 s unless given. Seconds; `None` is no limit, `...` leaves it
            to the client.
        read_timeout: Limits the pause between two pieces of a body; 20 s unless given, 60 s for streams.
            Seconds.
        connect_timeout: Limits name lookup, connection and TLS together; 5 s unless given. Seconds.
        max_attempts: Requests of one call, the first included; 4 unless given.
        retry_base: The delay before the first repetition, which doubles with each; 250 ms unless given.
            Seconds.
        retry_cap: The longest delay of our own; 8 s unless given. Seconds.
        max_retry_after: The longest delay asked for by the service that is waited out; 60 s unless given.
            Seconds.
        queue_limit: The calls that may wait for one key; one more is refused. 50,000 unless given. Each
            takes about 1.3 kB, and what its language keeps for a task.
        throttle: What to do when the limiter is closed.
        priority: Which calls go first when it opens.
        isolated_limits: Keeps limiters and retry budget to this client and its handles.
        max_body: The largest body of an answer, decompressed, in bytes; 8 MiB unless given.
        max_connections: The most connections at once; 256 unless given. Calls beyond wait until one is
            free, within their time limits. Event streams are counted apart: as many may be open besides.
        allow_insecure_http: Allows plain `http` to hosts other than this machine: the key travels in the
            clear.
        check_key_shape: Whether a key must begin as the service says that its keys do; yes unless given.
        keep_password: Whether a login's password stays in memory for logging in again; yes unless given.
        debug_headers: Adds `X-Keywright-Attempt` to every request, for debugging a gateway.
        proxy: Which proxies are used for `https`.
        extra_roots: Certificates to trust besides those of the system, each a PEM text.
        app_name: A name for the `User-Agent`, as `acme-deployer/1.4`.
        on_event: Receives the events of all calls.
        clock: Where time and chance come from, for tests: a sandbox's clock.
        env: Read instead of the environment: keys, addresses, proxies.

    Raises:
        KeywrightError: `config`, naming the option that is wrong.
    """

    __slots__ = ("_native", "__weakref__")

    _native: native.Client

    def __init__(
        self,
        service: str | Dialect,
        *,
        api_key: str | Secret | EllipsisType = ...,
        key_provider: Callable[[], str | Secret] | EllipsisType = ...,
        management: str | Secret | EllipsisType = ...,
        email: str | EllipsisType = ...,
        password: str | Secret | EllipsisType = ...,
        account: str | None = None,
        agent_id: str | None = None,
        base_url: str | EllipsisType = ...,
        variant: str | None = None,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        max_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        max_retry_after: float | None = None,
        queue_limit: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        isolated_limits: bool = False,
        max_body: int | None = None,
        max_connections: int | None = None,
        allow_insecure_http: bool = False,
        check_key_shape: bool | None = None,
        keep_password: bool | None = None,
        debug_headers: bool = False,
        proxy: Proxy | None = None,
        extra_roots: Iterable[str] = (),
        app_name: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Clock | None = None,
        env: Pairs | None = None,
        **other: NoReturn,
    ) -> None:
        if other:
            raise no_option(self, other)
        if isinstance(service, str):
            self._native = native.Client.new(
                service,
                api_key,
                key_provider,
                management,
                email,
                password,
                account,
                agent_id,
                base_url,
                variant,
                timeout,
                attempt_timeout,
                read_timeout,
                connect_timeout,
                max_attempts,
                retry_base,
                retry_cap,
                max_retry_after,
                queue_limit,
                throttle,
                priority,
                isolated_limits,
                max_body,
                max_connections,
                allow_insecure_http,
                check_key_shape,
                keep_password,
                debug_headers,
                proxy,
                extra_roots,
                app_name,
                on_event,
                clock,
                env,
            )
        else:
            self._native = native.Client.with_dialect(
                service,
                api_key,
                key_provider,
                management,
                email,
                password,
                account,
                agent_id,
                base_url,
                variant,
                timeout,
                attempt_timeout,
                read_timeout,
                connect_timeout,
                max_attempts,
                retry_base,
                retry_cap,
                max_retry_after,
                queue_limit,
                throttle,
                priority,
                isolated_limits,
                max_body,
                max_connections,
                allow_insecure_http,
                check_key_shape,
                keep_password,
                debug_headers,
                proxy,
                extra_roots,
                app_name,
                on_event,
                clock,
                env,
            )

    def _handle(self, made_of: native.Client) -> Self:
        made = object.__new__(type(self))
        made._native = made_of
        return made

    def close(self) -> None:
        """Ends the use of this handle: what is called on it afterwards fails. Others go on."""
        self._native = Closed()  # type: ignore[assignment]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        native = getattr(self, "_native", None)
        if native is None or isinstance(native, Closed):
            return f"<{type(self).__name__} closed>"
        described = self.describe()
        return f"<{type(self).__name__} {described.service} at {described.base_url}>"

    def __reduce__(self) -> Any:
        raise TypeError("a client cannot be pickled or copied: make one where it is needed")

    @property
    def keys(self) -> Keys:
        """The keys of the service."""
        return Keys(self)

    @property
    def runs(self) -> Runs:
        """Runs of agents (Seclai)."""
        return Runs(self)

    @property
    def events(self) -> Events:
        """Event ingestion (SegOps)."""
        return Events(self)

    @property
    def segments(self) -> Segments:
        """Segments (SegOps)."""
        return Segments(self)

    @property
    def account_settings(self) -> AccountSettings:
        """The account that this handle is for (itellicoAI)."""
        return AccountSettings(self)

    @property
    def agents(self) -> Resource:
        """Agents (Seclai, SidClaw, itellicoAI)."""
        return Resource(self, "agents")

    @property
    def approvals(self) -> Resource:
        """Approvals (SidClaw)."""
        return Resource(self, "approvals")

    @property
    def domains(self) -> Resource:
        """Domains (Seenty)."""
        return Resource(self, "domains")

    @property
    def findings(self) -> Resource:
        """Findings (Seenty)."""
        return Resource(self, "findings")

    @property
    def incidents(self) -> Resource:
        """Incidents (Seenty)."""
        return Resource(self, "incidents")

    @property
    def knowledge_bases(self) -> Resource:
        """Knowledge bases (Seclai)."""
        return Resource(self, "knowledge_bases")

    @property
    def monitors(self) -> Resource:
        """Monitors (Seenty)."""
        return Resource(self, "monitors")

    @property
    def policies(self) -> Resource:
        """Policies (SidClaw)."""
        return Resource(self, "policies")

    @property
    def sources(self) -> Resource:
        """Sources (Seclai)."""
        return Resource(self, "sources")

    @property
    def subaccounts(self) -> Resource:
        """Subaccounts (itellicoAI)."""
        return Resource(self, "subaccounts")

    @property
    def traces(self) -> Resource:
        """Traces (SidClaw)."""
        return Resource(self, "traces")

    def resource(self, name: str) -> Resource:
        """A resource that the service's description declares, as `agents`."""
        return Resource(self, name)

    def account(self, id: str) -> Self:
        """The same client for another account, by id or slug.

        Raises:
            KeywrightError: `config` when the id cannot be one.
        """
        return self._handle(self._native.account(id))

    def capabilities(self) -> builtins.list[Capability]:
        """Everything that the service can and cannot do, with the way out where it cannot. Asks nobody."""
        return self._native.capabilities()

    def describe(self) -> Description:
        """What this client is and where its settings come from. Holds no secret."""
        return self._native.describe()

    def now(self) -> datetime:
        """The time on the client's clock."""
        return self._native.now()

    def own_account(self) -> Self:
        """The same client for the account that its credential belongs to.

        Raises:
            KeywrightError: `config` where the service has no such thing.
        """
        return self._handle(self._native.own_account())

    def service(self) -> str:
        """The service's id."""
        return self._native.service()

    def supports(self, capability: str) -> bool:
        """Whether the service has an operation: `keys.rotate`, `agents.list`. Asks nobody."""
        return self._native.supports(capability)

    def throttle(self) -> ThrottleView:
        """How the service throttles this client, and all that share its limiters, just now. Asks nobody."""
        return self._native.throttle()

    def with_key(self, key: str | Secret) -> Self:
        """The same client with another API key: the same connections, a limiter of its own.

        Raises:
            KeywrightError: `config` when the text cannot be a key.
        """
        return self._handle(self._native.with_key(key))

    def with_options(
        self,
        *,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        max_attempts: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        **other: NoReturn,
    ) -> Self:
        """The same client with other settings for its calls.

        Args:
            timeout: Limits the whole call with its waits. Seconds; `None` is no limit, `...` leaves it to the
                client.
            attempt_timeout: Limits one attempt, status line and body. Seconds; `None` is no limit, `...` leaves
                it to the client.
            read_timeout: Limits the pause between two pieces of a body. Seconds.
            max_attempts: Requests of one call, the first included.
            throttle: What to do when the limiter is closed.
            priority: Which calls go first when it opens.

        Raises:
            KeywrightError: `config` when a setting makes no sense.
        """
        if other:
            raise no_option(self, other)
        return self._handle(self._native.with_options(timeout, attempt_timeout, read_timeout, max_attempts, throttle, priority))

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> Response:
        """Sends a request of your own. The path is as the service's documentation prints it; under an account that is
        routed by path, it is relative to the account.

        Args:
            query: Query parameters; they are encoded here.
            headers: Headers. Credential headers are the client's own and cannot be set.
            json: A JSON body.
            body: A body of bytes.
            content_type: What the bytes are; `application/octet-stream` unless given.
            safety: Whether the service may get it twice. Reading is safe, PUT and DELETE are idempotent,
                everything else is never repeated unless you say so.

        Raises:
            KeywrightError: `config`, before any request, when something in it cannot be sent; otherwise
                whatever the service or the way to it fails with.
        """
        return Response(self._native.request(None, method, path, query, headers, json, body, content_type, safety))

    def to_curl(
        self,
        method: str,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> str:
        """The request as a `curl` command, to paste into a terminal or a bug report. In the place of the key stands
        the environment variable that the service's page names.

        Args:
            query: Query parameters; they are encoded here.
            headers: Headers. Credential headers are the client's own and cannot be set.
            json: A JSON body.
            body: A body of bytes.
            content_type: What the bytes are; `application/octet-stream` unless given.
            safety: Whether the service may get it twice. Reading is safe, PUT and DELETE are idempotent,
                everything else is never repeated unless you say so.

        Raises:
            KeywrightError: `config` when something in it cannot be sent.
        """
        return self._native.to_curl(method, path, query, headers, json, body, content_type, safety)

    def billing_status(self) -> JsonReply:
        """Gets plan and limits (SidClaw).

        Raises:
            KeywrightError: `forbidden` without the scope `admin`; `unsupported`, before any request, elsewhere.
        """
        return self._native.billing_status(None)

    def evaluate(self, action: Any) -> JsonReply:
        """Asks whether an action is allowed (SidClaw). Every call makes a new trace: it is never repeated by itself.
        `agent_id` may be left to the client's option.

        Raises:
            KeywrightError: `config` when a member is missing; `forbidden`, reason `scope`, without the scope
                `evaluate`; `unsupported`, before any request, elsewhere.
        """
        return self._native.evaluate(None, action)

    def me(self) -> Item:
        """Gets whom the key belongs to (Seclai).

        Raises:
            KeywrightError: `unsupported`, before any request, elsewhere.
        """
        return self._native.me(None)

    def get(
        self,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> Response:
        """Sends a GET request: see `request`."""
        return Response(self._native.request(None, "GET", path, query, headers, json, body, content_type, safety))

    def post(
        self,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> Response:
        """Sends a POST request: see `request`."""
        return Response(self._native.request(None, "POST", path, query, headers, json, body, content_type, safety))

    def put(
        self,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> Response:
        """Sends a PUT request: see `request`."""
        return Response(self._native.request(None, "PUT", path, query, headers, json, body, content_type, safety))

    def patch(
        self,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> Response:
        """Sends a PATCH request: see `request`."""
        return Response(self._native.request(None, "PATCH", path, query, headers, json, body, content_type, safety))

    def delete(
        self,
        path: str,
        *,
        query: Pairs | None = None,
        headers: Pairs | None = None,
        json: Any | None = None,
        body: bytes | None = None,
        content_type: str | None = None,
        safety: Safety | None = None,
    ) -> Response:
        """Sends a DELETE request: see `request`."""
        return Response(self._native.request(None, "DELETE", path, query, headers, json, body, content_type, safety))


class Seclai(Client):
    """A client of Seclai. What it takes and what it can do: see `Client`.

        >>> client = Seclai()  # the key from the environment, or as `api_key`
        >>> made = client.keys.create(name="ci")
        >>> made.secret.expose()  # shown once: store it before anything else
        >>> client.keys.retire(made.key.id)  # delete, archive or revoke: as the service has it
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        api_key: str | Secret | EllipsisType = ...,
        key_provider: Callable[[], str | Secret] | EllipsisType = ...,
        management: str | Secret | EllipsisType = ...,
        email: str | EllipsisType = ...,
        password: str | Secret | EllipsisType = ...,
        account: str | None = None,
        agent_id: str | None = None,
        base_url: str | EllipsisType = ...,
        variant: str | None = None,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        max_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        max_retry_after: float | None = None,
        queue_limit: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        isolated_limits: bool = False,
        max_body: int | None = None,
        max_connections: int | None = None,
        allow_insecure_http: bool = False,
        check_key_shape: bool | None = None,
        keep_password: bool | None = None,
        debug_headers: bool = False,
        proxy: Proxy | None = None,
        extra_roots: Iterable[str] = (),
        app_name: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Clock | None = None,
        env: Pairs | None = None,
        **other: NoReturn,
    ) -> None:
        if other:
            raise no_option(self, other)
        self._native = native.Client.new(
            "seclai",
            api_key,
            key_provider,
            management,
            email,
            password,
            account,
            agent_id,
            base_url,
            variant,
            timeout,
            attempt_timeout,
            read_timeout,
            connect_timeout,
            max_attempts,
            retry_base,
            retry_cap,
            max_retry_after,
            queue_limit,
            throttle,
            priority,
            isolated_limits,
            max_body,
            max_connections,
            allow_insecure_http,
            check_key_shape,
            keep_password,
            debug_headers,
            proxy,
            extra_roots,
            app_name,
            on_event,
            clock,
            env,
        )


class SegOps(Client):
    """A client of SegOps. What it takes and what it can do: see `Client`.

        >>> client = SegOps()  # the key from the environment, or as `api_key`
        >>> made = client.keys.create(name="ci")
        >>> made.secret.expose()  # shown once: store it before anything else
        >>> client.keys.retire(made.key.id)  # delete, archive or revoke: as the service has it
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        api_key: str | Secret | EllipsisType = ...,
        key_provider: Callable[[], str | Secret] | EllipsisType = ...,
        management: str | Secret | EllipsisType = ...,
        email: str | EllipsisType = ...,
        password: str | Secret | EllipsisType = ...,
        account: str | None = None,
        agent_id: str | None = None,
        base_url: str | EllipsisType = ...,
        variant: str | None = None,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        max_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        max_retry_after: float | None = None,
        queue_limit: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        isolated_limits: bool = False,
        max_body: int | None = None,
        max_connections: int | None = None,
        allow_insecure_http: bool = False,
        check_key_shape: bool | None = None,
        keep_password: bool | None = None,
        debug_headers: bool = False,
        proxy: Proxy | None = None,
        extra_roots: Iterable[str] = (),
        app_name: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Clock | None = None,
        env: Pairs | None = None,
        **other: NoReturn,
    ) -> None:
        if other:
            raise no_option(self, other)
        self._native = native.Client.new(
            "segops",
            api_key,
            key_provider,
            management,
            email,
            password,
            account,
            agent_id,
            base_url,
            variant,
            timeout,
            attempt_timeout,
            read_timeout,
            connect_timeout,
            max_attempts,
            retry_base,
            retry_cap,
            max_retry_after,
            queue_limit,
            throttle,
            priority,
            isolated_limits,
            max_body,
            max_connections,
            allow_insecure_http,
            check_key_shape,
            keep_password,
            debug_headers,
            proxy,
            extra_roots,
            app_name,
            on_event,
            clock,
            env,
        )


class SidClaw(Client):
    """A client of SidClaw. What it takes and what it can do: see `Client`.

        >>> client = SidClaw()  # the key from the environment, or as `api_key`
        >>> made = client.keys.create(name="ci")
        >>> made.secret.expose()  # shown once: store it before anything else
        >>> client.keys.retire(made.key.id)  # delete, archive or revoke: as the service has it
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        api_key: str | Secret | EllipsisType = ...,
        key_provider: Callable[[], str | Secret] | EllipsisType = ...,
        management: str | Secret | EllipsisType = ...,
        email: str | EllipsisType = ...,
        password: str | Secret | EllipsisType = ...,
        account: str | None = None,
        agent_id: str | None = None,
        base_url: str | EllipsisType = ...,
        variant: str | None = None,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        max_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        max_retry_after: float | None = None,
        queue_limit: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        isolated_limits: bool = False,
        max_body: int | None = None,
        max_connections: int | None = None,
        allow_insecure_http: bool = False,
        check_key_shape: bool | None = None,
        keep_password: bool | None = None,
        debug_headers: bool = False,
        proxy: Proxy | None = None,
        extra_roots: Iterable[str] = (),
        app_name: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Clock | None = None,
        env: Pairs | None = None,
        **other: NoReturn,
    ) -> None:
        if other:
            raise no_option(self, other)
        self._native = native.Client.new(
            "sidclaw",
            api_key,
            key_provider,
            management,
            email,
            password,
            account,
            agent_id,
            base_url,
            variant,
            timeout,
            attempt_timeout,
            read_timeout,
            connect_timeout,
            max_attempts,
            retry_base,
            retry_cap,
            max_retry_after,
            queue_limit,
            throttle,
            priority,
            isolated_limits,
            max_body,
            max_connections,
            allow_insecure_http,
            check_key_shape,
            keep_password,
            debug_headers,
            proxy,
            extra_roots,
            app_name,
            on_event,
            clock,
            env,
        )


class Seenty(Client):
    """A client of Seenty. What it takes and what it can do: see `Client`.

        >>> client = Seenty()  # the key from the environment, or as `api_key`
        >>> made = client.keys.create(name="ci")
        >>> made.secret.expose()  # shown once: store it before anything else
        >>> client.keys.retire(made.key.id)  # delete, archive or revoke: as the service has it
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        api_key: str | Secret | EllipsisType = ...,
        key_provider: Callable[[], str | Secret] | EllipsisType = ...,
        management: str | Secret | EllipsisType = ...,
        email: str | EllipsisType = ...,
        password: str | Secret | EllipsisType = ...,
        account: str | None = None,
        agent_id: str | None = None,
        base_url: str | EllipsisType = ...,
        variant: str | None = None,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        max_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        max_retry_after: float | None = None,
        queue_limit: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        isolated_limits: bool = False,
        max_body: int | None = None,
        max_connections: int | None = None,
        allow_insecure_http: bool = False,
        check_key_shape: bool | None = None,
        keep_password: bool | None = None,
        debug_headers: bool = False,
        proxy: Proxy | None = None,
        extra_roots: Iterable[str] = (),
        app_name: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Clock | None = None,
        env: Pairs | None = None,
        **other: NoReturn,
    ) -> None:
        if other:
            raise no_option(self, other)
        self._native = native.Client.new(
            "seenty",
            api_key,
            key_provider,
            management,
            email,
            password,
            account,
            agent_id,
            base_url,
            variant,
            timeout,
            attempt_timeout,
            read_timeout,
            connect_timeout,
            max_attempts,
            retry_base,
            retry_cap,
            max_retry_after,
            queue_limit,
            throttle,
            priority,
            isolated_limits,
            max_body,
            max_connections,
            allow_insecure_http,
            check_key_shape,
            keep_password,
            debug_headers,
            proxy,
            extra_roots,
            app_name,
            on_event,
            clock,
            env,
        )


class ItellicoAI(Client):
    """A client of itellicoAI. What it takes and what it can do: see `Client`.

        >>> client = ItellicoAI()  # the key from the environment, or as `api_key`
        >>> made = client.keys.create(name="ci")
        >>> made.secret.expose()  # shown once: store it before anything else
        >>> client.keys.retire(made.key.id)  # delete, archive or revoke: as the service has it
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        api_key: str | Secret | EllipsisType = ...,
        key_provider: Callable[[], str | Secret] | EllipsisType = ...,
        management: str | Secret | EllipsisType = ...,
        email: str | EllipsisType = ...,
        password: str | Secret | EllipsisType = ...,
        account: str | None = None,
        agent_id: str | None = None,
        base_url: str | EllipsisType = ...,
        variant: str | None = None,
        timeout: float | None | EllipsisType = ...,
        attempt_timeout: float | None | EllipsisType = ...,
        read_timeout: float | None = None,
        connect_timeout: float | None = None,
        max_attempts: int | None = None,
        retry_base: float | None = None,
        retry_cap: float | None = None,
        max_retry_after: float | None = None,
        queue_limit: int | None = None,
        throttle: Throttle | None = None,
        priority: Priority | None = None,
        isolated_limits: bool = False,
        max_body: int | None = None,
        max_connections: int | None = None,
        allow_insecure_http: bool = False,
        check_key_shape: bool | None = None,
        keep_password: bool | None = None,
        debug_headers: bool = False,
        proxy: Proxy | None = None,
        extra_roots: Iterable[str] = (),
        app_name: str | None = None,
        on_event: Callable[[Event], object] | None = None,
        clock: Clock | None = None,
        env: Pairs | None = None,
        **other: NoReturn,
    ) -> None:
        if other:
            raise no_option(self, other)
        self._native = native.Client.new(
            "itellico",
            api_key,
            key_provider,
            management,
            email,
            password,
            account,
            agent_id,
            base_url,
            variant,
            timeout,
            attempt_timeout,
            read_timeout,
            connect_timeout,
            max_attempts,
            retry_base,
            retry_cap,
            max_retry_after,
            queue_limit,
            throttle,
            priority,
            isolated_limits,
            max_body,
            max_connections,
            allow_insecure_http,
            check_key_shape,
            keep_password,
            debug_headers,
            proxy,
            extra_roots,
            app_name,
            on_event,
            clock,
            env,
        )

