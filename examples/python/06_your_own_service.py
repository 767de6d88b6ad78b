"""A sixth service from one file and no code. The sandbox serves it too.

`python 06_your_own_service.py`
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keywright import Client, Dialect, KeywrightError
from keywright.sandbox import Sandbox
from show import line, table, title

ACME = Path(__file__).parent.parent / "acme.toml"


def main() -> None:
    acme = Dialect.from_toml(ACME.read_text())
    with Sandbox() as sandbox, Client(acme, **sandbox.acme()) as client:
        title("What the file says the service can do")
        able = [capability for capability in client.capabilities() if capability.supported]
        table(["Operation", "Request", "How we know"], [[one.name, one.http or "", one.source] for one in able])

        title("And it does")
        made = client.keys.create(name="mine")
        line("keys.create", f"{made.key.display_name} ({made.key.status_label})")
        user = client.with_key(made.secret)
        line("things.list", ", ".join(thing.name or "" for thing in user.resource("things").list()))
        org = user.account("org_2")
        line("of another organization", failure(lambda: org.get("/v2/things")))
        retired = client.keys.retire(made.key.id)
        line("keys.retire", retired.key.status_label if retired.key else "gone")
        line("keys.rotate", failure(lambda: client.keys.rotate(made.key.id)))
        try:
            user.get("/v2/things")
        except KeywrightError as error:
            line("the old token", error.message)


def failure(call: Callable[[], object]) -> str:
    try:
        call()
    except KeywrightError as error:
        return str(error)
    return "done"


if __name__ == "__main__":
    main()
