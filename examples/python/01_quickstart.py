"""The main job at all five services, on the embedded sandbox: create a key, use it, see it in the
list, survive a rate limit, take it out of service, and watch the old secret being refused.

`python 01_quickstart.py`
"""

from __future__ import annotations

from keywright import Client, CreatedKey, ItellicoAI, Seclai, Seenty, SegOps, SidClaw, UnauthenticatedError
from keywright.sandbox import Sandbox
from show import line, table, title


def main() -> None:
    with Sandbox() as sandbox:
        print("Five services on this machine: no account, no network, time is virtual.")
        tenant = sandbox.access("segops").tenant_slug
        # One client for each service, and a path that its keys may read.
        services = [
            ("Seclai", Seclai(**sandbox.seclai()), "/agents"),
            ("SegOps", SegOps(**sandbox.segops(), account=tenant), "/api/segments/"),
            ("SidClaw", SidClaw(**sandbox.sidclaw()), "/api/v1/agents"),
            ("Seenty", Seenty(**sandbox.seenty()), "/v1/monitors"),
            ("itellicoAI", ItellicoAI(**sandbox.itellico()), "/v1/agents"),
        ]
        rows = [main_job(sandbox, *service) for service in services]
        routed_to_a_subaccount(sandbox)
        print()
        table(["Service", "Created", "Used", "Listed", "Rate limit", "Taken out", "Old secret"], rows)


def main_job(sandbox: Sandbox, name: str, client: Client, path: str) -> list[str]:
    title(name)

    # The secret is in the result and is never shown again: it would go into a vault here.
    made = client.keys.create(name="quickstart")
    line("keys.create", f"{made.key.display_name} (secret received, {len(made.secret.expose())} characters)")

    user = client.with_key(made.secret)
    answer = user.get(path)
    line(f"GET {path}", answer.status)

    found = listed(client, made)
    line("keys.list", found)

    waited = rate_limited(sandbox, user, path)
    line("429, Retry-After: 2", f"waited {waited}, then 200")

    action = taken_out(client, made)
    line("keys.rotate" if action == "rotated" else "keys.retire", action)

    end = refused(user, path)
    line("the old secret", end)
    return [name, "yes", str(answer.status), found, f"waited {waited}", action, end]


def listed(client: Client, made: CreatedKey) -> str:
    """The key in the list, with its status and last use; SegOps documents no list and says so."""
    if not client.supports("keys.list"):
        return "no list is documented"
    # Walking a page walks on through all that follow.
    for key in client.keys.list():
        if key.id == made.key.id:
            return f"{key.status_label}, {'used' if key.last_used_at else 'never used'}"
    return "missing"


def rate_limited(sandbox: Sandbox, user: Client, path: str) -> str:
    """The service says "too many requests"; the call waits as long as it is told and then succeeds."""
    sandbox.fault(
        {
            "match": {"service": user.service(), "method": "GET"},
            "phase": "before_handler",
            "action": {"kind": "status", "status": 429, "headers": {"Retry-After": "2"}},
        }
    )
    return f"{int(user.get(path).meta.elapsed)} s"


def taken_out(client: Client, made: CreatedKey) -> str:
    """SidClaw gives the same key a new secret; elsewhere the key is retired in the service's own way."""
    if client.supports("keys.rotate"):
        client.keys.rotate(made.key.id)
        return "rotated"
    retired = client.keys.retire(made.key.id)
    return {"archive": "archived", "revoke": "revoked", "delete": "deleted"}[retired.action]


def refused(user: Client, path: str) -> str:
    try:
        answer = user.get(path)
    except UnauthenticatedError as error:
        return f"refused ({error.status})"
    return f"still works ({answer.status})"


def routed_to_a_subaccount(sandbox: Sandbox) -> None:
    """One key of a parent account reaches the accounts below it; the account stands in the path."""
    title("itellicoAI, a subaccount")
    subaccount = sandbox.access("itellico").subaccount_id
    with ItellicoAI(**sandbox.itellico(), account=subaccount) as client:
        line("agents.list", f"{len(client.agents.list().items)} of the subaccount")
        made = client.keys.create(name="only for the subaccount")
        line("keys.create", made.key.display_name)


if __name__ == "__main__":
    main()
