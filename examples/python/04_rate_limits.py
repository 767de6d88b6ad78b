"""Under a rate limit: what is waited for, and what is not.

`python 04_rate_limits.py`
"""

from __future__ import annotations

from keywright import Client, Event, KeywrightError, Seclai
from keywright.sandbox import Sandbox
from show import line, title


def main() -> None:
    waits: list[float] = []

    def keep_wait(event: Event) -> None:
        """Keeps how long the service told us to wait."""
        if event.name == "throttled" and event.duration is not None:
            waits.append(event.duration)

    with Sandbox() as sandbox, Seclai(**sandbox.seclai(), on_event=keep_wait) as client:
        title("One call and Retry-After: 7")
        throttle_next(sandbox, 7)
        answer = client.get("/agents")
        line("the service asked for", f"{int(sum(waits))} s")
        meta = answer.meta
        line("the call", f"{answer.status} after {meta.attempts} requests and {int(meta.elapsed)} s")

        title("The same, with 5 s for the whole call")
        throttle_next(sandbox, 7)
        report(client.with_options(timeout=5))

        title("The limiter is closed, and this call may not wait")
        report(client.with_options(throttle="fail"))

        title("Retry-After above a minute is told, not slept")
        sandbox.clock().advance(60)
        throttle_next(sandbox, 3600)
        report(client)


def throttle_next(sandbox: Sandbox, retry_after: int) -> None:
    sandbox.fault(
        {
            "match": {"service": "seclai", "method": "GET"},
            "phase": "before_handler",
            "action": {"kind": "status", "status": 429, "headers": {"Retry-After": str(retry_after)}},
        }
    )


def report(client: Client) -> None:
    try:
        line("the call", client.get("/agents").status)
    except KeywrightError as error:
        line("the call", f"{error.kind}, stopped by {error.stop}")
        line("come back in", f"{int(error.retry_after or 0)} s")
        line("requests sent", len(error.attempts))


if __name__ == "__main__":
    main()
