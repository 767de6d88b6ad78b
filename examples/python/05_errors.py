"""What can go wrong, how it looks, and what to do about each kind.

`python 05_errors.py`
"""

from __future__ import annotations

from collections.abc import Callable

from keywright import KeywrightError, Seclai, SegOps
from keywright.sandbox import Sandbox


def main() -> None:
    with Sandbox() as sandbox, Seclai(**sandbox.seclai()) as client:
        keys = client.keys
        made = keys.create(name="used")
        client.with_key(made.secret).get("/agents")

        print("Before anything is sent")
        show(lambda: SegOps(api_key="pk_live_x"))
        show(lambda: Seclai(api_key="two\nlines"))
        show(lambda: keys.get("../agents"))
        show(lambda: keys.list(page_size=7))
        show(lambda: keys.update(made.key.id, name="x"))

        print("\nWhat the service refuses")
        show(lambda: keys.delete(made.key.id))
        show(lambda: client.agents.get("nobody"))
        show(lambda: client.with_key("sk-not-a-real-key-at-all").get("/agents"))

        print("\nWhat may or may not have happened")
        fault(sandbox, "POST", {"phase": "after_commit", "action": {"kind": "reset"}})
        show(lambda: keys.create(name="lost"))
        fault(sandbox, "GET", {"phase": "before_handler", "times": 4, "action": {"kind": "status", "status": 503}})
        show(lambda: client.get("/agents"))
        fault(sandbox, "GET", {"phase": "before_handler", "action": {"kind": "delay", "by": "PT90S"}})
        show(lambda: client.with_options(attempt_timeout=30, max_attempts=1).get("/agents"))

        print("\nWhat is not an answer of the service")
        page = {"kind": "status", "status": 200, "body": "<html>Log in</html>"}
        fault(sandbox, "GET", {"phase": "before_handler", "action": page})
        show(lambda: client.agents.list())
        elsewhere = {"kind": "status", "status": 302, "headers": {"Location": "https://evil.example/?q=1"}}
        fault(sandbox, "GET", {"phase": "before_handler", "action": elsewhere})
        show(lambda: client.get("/agents"))


def fault(sandbox: Sandbox, method: str, rule: dict[str, object]) -> None:
    sandbox.fault({"match": {"service": "seclai", "method": method}, **rule})


def show(call: Callable[[], object]) -> None:
    """One line for a program, one for a person."""
    try:
        call()
    except KeywrightError as error:
        print(f"  {error.kind} outcome {error.outcome} {error.reason or ''}")
        print(f"      {plain(error)}")
    else:
        print("  ok")


def plain(error: KeywrightError) -> str:
    """The sentence without what differs from run to run."""
    text = str(error)
    for id in error.candidates:
        text = text.replace(id, "KEY_ID")
    return text.replace(error.request_id, "ID") if error.request_id else text


if __name__ == "__main__":
    main()
