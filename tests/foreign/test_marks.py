"""What is marked as known from a service's own code was asked for by that code."""

import pathlib
import re
import tomllib

import pytest

DIALECTS = pathlib.Path(__file__).parents[2] / "core" / "dialects"

#: Which header each client sends of itself, so that what the tests ask for by hand does not count.
AGENTS = {"seclai": "seclai", "sidclaw": "sidclaw-python", "itellico": "itellicoai"}

#: Seen in SidClaw's public server, for which its client has no method.
SERVER = {
    "GET /api/v1/agents/{id}",
    "POST /api/v1/auth/login/email",
    "PATCH /api/v1/agents/{id}",
    "GET /api/v1/policies/{id}",
    "PATCH /api/v1/policies/{id}",
    "GET /api/v1/approvals/{id}",
    "POST /api/v1/approvals/{id}/approve",
    "POST /api/v1/approvals/{id}/deny",
    "GET /api/v1/traces/{id}",
    "POST /api/v1/api-keys",
}

#: The page prints these without an account; the client names one in the same path.
WITHOUT_ACCOUNT = re.compile(r"^(\S+) /v1/agents(/\{id\})?$")


def asked(sandbox, service):
    """Every request of the service's own client."""
    own = AGENTS[service]
    return [
        f"{entry['method']} {entry['path']}"
        for entry in sandbox.seen()
        if entry["service"] == service and entry["status"] < 400
        and any(name == "user-agent" and own in value.lower() for name, value in entry["headers"])
    ]


def unseen(templates, calls):
    def fits(template):
        pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", template))
        return any(re.fullmatch(pattern, call) for call in calls)

    return sorted(template for template in templates if template not in SERVER and not fits(template))


@pytest.mark.parametrize("service", AGENTS)
def test_every_route_of_the_sandbox_that_is_known_from_code_was_asked_for(sandbox, service):
    routes = sandbox.control("GET", "/routes")
    known = [f"{route['method']} {route['path']}" for route in routes if route["service"] == service and route["mark"] == "C"]
    assert known, "no route is marked"
    calls = asked(sandbox, service)
    assert unseen([route for route in known if not WITHOUT_ACCOUNT.match(route)], calls) == []


@pytest.mark.parametrize("service", AGENTS)
def test_every_operation_that_a_dialect_has_observed_was_asked_for(sandbox, service):
    dialect = tomllib.loads((DIALECTS / f"{service}.toml").read_text())
    live = dialect.get("variant", {}).get("live", {})
    observed = []
    for section in ("op", "resource"):
        for name, table in {**dialect.get(section, {}), **live.get(section, {})}.items():
            actions = {"": table} if section == "op" else table
            observed += [action["http"] for action in actions.values() if action.get("source") == "observed" and "http" in action]
    assert observed
    path = dialect.get("account", {}).get("path", "")
    templates = [re.sub(r"\{account\??\}", path, http) for http in observed]
    assert unseen(templates, asked(sandbox, service)) == []
