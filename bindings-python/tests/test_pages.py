"""The snippets on the services' own pages, with only the import line changed.

Where the page's key and address are the service's own, the sandbox's take their place through the environment.
"""

from __future__ import annotations

from hashlib import sha256

import pytest
from keywright.sandbox import Sandbox


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox that answers for the one key that a page prints as a key: it is a real key of its state."""
    sandbox = Sandbox()
    state = sandbox.fixtures()
    for service, key in (("itellico", "sk-a1b2c3d4.xyz789..."),):
        own = sandbox.access(service).api_key
        assert own is not None
        digest = sha256(own.expose().encode()).hexdigest()
        row = next(row for row in state["keys"] if row.get("hash") == digest)
        del row["hash"]
        row["key"] = key
    sandbox.load_fixtures(state)
    return sandbox


def printed(sandbox: Sandbox, service: str) -> dict[str, object]:
    """What a page cannot print: where this sandbox listens."""
    access = sandbox.access(service)
    return {"base_url": access.base_url, "clock": access.clock}


# SEC-27, SEC-71: `client = Seclai(api_key="YOUR_API_KEY")`, with a key in the place of the placeholder.
def test_the_snippet_of_seclai(sandbox: Sandbox) -> None:
    from keywright import ConfigError, Seclai

    with pytest.raises(ConfigError, match="placeholder"):
        Seclai(api_key="YOUR_API_KEY", **printed(sandbox, "seclai"))
    client = Seclai(api_key=sandbox.access("seclai").api_key, **printed(sandbox, "seclai"))
    agents = client.agents.list()
    assert {agent.name for agent in agents} == {"Analyst", "Night report"}


# SID-21: `SidClaw(api_key=..., agent_id=...)`.
def test_the_snippet_of_sidclaw(sandbox: Sandbox) -> None:
    from keywright import ConfigError, SidClaw

    with pytest.raises(ConfigError, match="placeholder"):
        SidClaw(api_key="ai_your_key_here", **printed(sandbox, "sidclaw"))
    client = SidClaw(
        api_key=sandbox.access("sidclaw").api_key,
        agent_id=sandbox.access("sidclaw").agent_id,
        **printed(sandbox, "sidclaw"),
    )
    decision = client.evaluate({"operation": "read", "target_integration": "files", "resource_scope": "docs", "data_classification": "public"})
    assert decision.data["decision"] in ("allow", "approval_required", "deny")


# ITE-17: `client = ItellicoAI(api_key="sk-a1b2c3d4.xyz789...")`.
def test_the_snippet_of_itellico(sandbox: Sandbox) -> None:
    from keywright import ItellicoAI

    client = ItellicoAI(api_key="sk-a1b2c3d4.xyz789...", **printed(sandbox, "itellico"))
    agents = client.agents.list()
    assert agents.meta.status == 200
