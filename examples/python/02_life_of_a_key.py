"""One key through its whole life, at each service in that service's own way.

`python 02_life_of_a_key.py`
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from keywright import ItellicoAI, KeywrightError, Seclai, Seenty, SegOps, SidClaw
from keywright.sandbox import Sandbox
from show import line, title


def main() -> None:
    with Sandbox() as sandbox:
        seclai(sandbox)
        segops(sandbox)
        sidclaw(sandbox)
        seenty(sandbox)
        itellico(sandbox)


def seclai(sandbox: Sandbox) -> None:
    """Used keys are archived, unused ones deleted; every call and every credit is on record."""
    title("Seclai")
    client = Seclai(**sandbox.seclai())
    keys = client.keys
    made = keys.create()
    key = made.key.id
    line("create without a name", f"{made.key.display_name} in lists, {made.key.name or '(unnamed)'} on its page")

    user = client.with_key(made.secret)
    agent = user.agents.list().items[0].id
    run = user.runs.create(agent, {"input": "Analyze latest changes in main branch"})
    run = user.runs.wait(run.id)
    line("run an agent and wait", f"{run.status}, {run.data['credits']} credit")
    line("run without input", said(lambda: user.post(f"/agents/{agent}/runs", json={})))

    for call in keys.calls(key, method="POST"):
        line("a call on record", f"{call.method} {call.endpoint.replace(agent, '{id}')} {call.status}")
    # A report ends before "now"; the run has ended just now.
    sandbox.clock().advance(60)
    usage = keys.usage(key, range="7d")
    line("usage of 7 days", f"{usage.total:g} credit in {len(usage.slices)} slices of a {usage.granularity}")
    line("rename", said(lambda: keys.update(key, name="better")))
    line("delete", said(lambda: keys.delete(key)))
    archived = keys.archive(key)
    line("archive", f"{archived.status_label}, still on record")


def segops(sandbox: Sandbox) -> None:
    """Keys are managed with a login and used with a scheme of their own; deleting revokes."""
    title("SegOps")
    client = SegOps(**sandbox.segops(), account=sandbox.access("segops").tenant_slug)
    made = client.keys.create(name="Production Ingestor")
    line("create (logs in first)", made.key.display_name)

    user = client.with_key(made.secret)
    tracked = user.events.track({"event": "signed_up", "user_id": "u_1"})
    line("track an event", f"queued: {str(tracked.data['queued']).lower()}")
    events = [{"event": "seen", "user_id": f"u_{n}"} for n in range(1200)]
    tracked = user.events.track_batch(events)
    line("track 1200 at once", f"{tracked.data['queued']} queued, in parts of 500")

    line("list", said(lambda: client.keys.list()))
    client.keys.revoke(made.key.id)
    line("revoke (a delete)", said(lambda: user.events.track({"event": "late", "user_id": "u_1"})))


def sidclaw(sandbox: Sandbox) -> None:
    """Keys have scopes, and rotate in place."""
    title("SidClaw")
    client = SidClaw(**sandbox.sidclaw())
    made = client.keys.create(name="Production SDK", scopes=["evaluate"])
    line("create with a scope", ", ".join(made.key.scopes))

    user = client.with_key(made.secret)
    action = {
        "operation": "read",
        "target_integration": "crm",
        "resource_scope": "contacts",
        "data_classification": "internal",
    }
    line("evaluate", user.evaluate(action).data["decision"])
    line("read without the scope", said(lambda: user.agents.list()))

    rotated = client.keys.rotate(made.key.id)
    same_id, new_secret = rotated.key.id == made.key.id, rotated.secret != made.secret
    line("rotate", f"same id: {str(same_id).lower()}, new secret: {str(new_secret).lower()}")
    line("the old secret", said(lambda: user.evaluate(action)))
    client.keys.delete(made.key.id)
    line("delete", "gone")


def seenty(sandbox: Sandbox) -> None:
    """Keys belong to the organization, expire by the clock, and are revoked for good."""
    title("Seenty")
    client = Seenty(**sandbox.seenty())
    made = client.keys.create(name="GitHub Actions CI", expires_at=client.now() + timedelta(days=90))
    user = client.with_key(made.secret)
    line("create for 90 days", f"effective: {str(made.key.is_effective).lower()}")
    line("use", user.get("/v1/monitors").status)
    sandbox.clock().advance(timedelta(days=91).total_seconds())
    key = client.keys.get(made.key.id)
    line("91 days later", f"status still {key.status_label}, effective: {str(key.is_effective).lower()}")
    line("use", said(lambda: user.get("/v1/monitors")))
    revoked = client.keys.revoke(made.key.id)
    line("revoke", revoked.key.status_label if revoked.key else "gone")
    line("reactivate", said(lambda: client.keys.reactivate(made.key.id)))


def itellico(sandbox: Sandbox) -> None:
    """Revoking can be undone, label and expiry can change."""
    title("itellicoAI")
    client = ItellicoAI(**sandbox.itellico())
    keys = client.keys
    made = keys.create(name="CI/CD - GitHub Actions")
    key = made.key.id
    changed = keys.update(key, name="CI/CD - GitLab", expires_at=client.now() + timedelta(days=30))
    line("update label and expiry", f"{changed.display_name}, expires: {str(changed.expires_at is not None).lower()}")
    changed = keys.update(key, never_expires=True)
    line("clear the expiry", f"{changed.display_name}, expires: {str(changed.expires_at is not None).lower()}")

    user = client.with_key(made.secret)
    keys.revoke(key)
    line("revoke", said(lambda: user.agents.list()))
    keys.reactivate(key)
    line("reactivate", f"{len(user.agents.list().items)} agents")
    keys.delete(key)
    line("delete", said(lambda: keys.get(key)))


def said(call: Callable[[], object]) -> str:
    """A failure as kind and the service's own words, or the remedy where nothing was sent."""
    try:
        call()
    except KeywrightError as error:
        return f"{error.kind}: {error.message or error.remedy}"
    return "done"


if __name__ == "__main__":
    main()
