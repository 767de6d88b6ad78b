"""SidClaw's own client, 0.2.1: every method that it has."""

import asyncio
import json
import urllib.request

import pytest
from sidclaw import AsyncSidClaw, SidClaw
from sidclaw._errors import APIError, ApprovalExpiredError, ApprovalTimeoutError, AuthenticationError, PlanLimitError, RateLimitError

ACTION = {"operation": "read_records", "target_integration": "db", "resource_scope": "all", "data_classification": "internal"}
ASKED = {**ACTION, "operation": "delete_records"}
DENIED = {**ACTION, "operation": "export_secrets", "context": {"why": "curiosity"}}


def made(sandbox, kind=SidClaw, **options):
    given = sandbox.service("sidclaw")
    options = {"api_key": given["api_key"], "base_url": given["base_url"], "agent_id": given["agent_id"], "max_retries": 0, **options}
    return kind(**options)


@pytest.fixture(scope="module")
def client(sandbox):
    with made(sandbox) as client:
        yield client


def plain(sandbox, method, path, body=None):
    """What the client has no method for: a person's decision, a look at a trace."""
    given = sandbox.service("sidclaw")
    request = urllib.request.Request(given["base_url"] + path, method=method)
    request.add_header("Authorization", f"Bearer {given['api_key']}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode()) as answer:
        return json.loads(answer.read() or b"null")


def test_an_action_is_judged(client):
    decisions = [client.evaluate(action) for action in (ACTION, ASKED, DENIED)]
    assert [decision.decision for decision in decisions] == ["allow", "approval_required", "deny"]
    assert [bool(decision.approval_request_id) for decision in decisions] == [False, True, False]
    assert all(decision.trace_id and decision.reason for decision in decisions)


@pytest.mark.parametrize("verb,status", [("approve", "approved"), ("deny", "denied")])
def test_an_approval_is_awaited(client, sandbox, verb, status):
    approval = client.evaluate(ASKED).approval_request_id
    body = {"approver_name": "Ada", "decision_note": "checked"}
    plain(sandbox, "POST", f"/api/v1/approvals/{approval}/{verb}", body)
    decided = client.wait_for_approval(approval, {"timeout": 5, "poll_interval": 0.05})
    assert (decided.id, decided.status, decided.approver_name, decided.decision_note) == (approval, status, "Ada", "checked")
    assert decided.decided_at


def test_an_approval_that_nobody_decides_times_out_or_expires(client, sandbox):
    approval = client.evaluate(ASKED).approval_request_id
    with pytest.raises(ApprovalTimeoutError):
        client.wait_for_approval(approval, {"timeout": 0.2, "poll_interval": 0.05})
    sandbox.advance("P1D")
    with pytest.raises(ApprovalExpiredError):
        client.wait_for_approval(approval, {"timeout": 5, "poll_interval": 0.05})


def test_outcome_and_telemetry_are_recorded(client, sandbox):
    trace = client.evaluate(ACTION).trace_id
    outcome = {"status": "success", "metadata": {"rows": 3}, "outcome_summary": "read", "exit_code": 0, "tokens_in": 10}
    assert client.record_outcome(trace, outcome) is None
    telemetry = {"tokens_in": 5, "tokens_out": 2, "tokens_cache_read": 1, "model": "gpt-4o", "cost_estimate": 0.25}
    assert client.record_telemetry(trace, telemetry) is None
    shown = plain(sandbox, "GET", f"/api/v1/traces/{trace}")
    assert (shown["final_outcome"], shown["tokens_in"], shown["tokens_out"], shown["model"]) == ("executed", 15, 2, "gpt-4o")
    failed = client.evaluate(ACTION).trace_id
    client.record_outcome(failed, {"status": "error", "error_classification": "timeout"})
    stopped = client.evaluate(DENIED).trace_id
    for tell in (client.record_outcome, client.record_telemetry):
        with pytest.raises(APIError) as refused:
            tell(stopped, {"status": "success"} if tell == client.record_outcome else {"tokens_in": 1})
        assert (refused.value.status_code, refused.value.code) == (409, "conflict") and refused.value.request_id


def test_refusals_are_told_as_the_client_reads_them(sandbox):
    with made(sandbox, api_key="ai_" + "0" * 64) as stranger, pytest.raises(AuthenticationError):
        stranger.evaluate(ACTION)
    with made(sandbox, agent_id="none") as lost, pytest.raises(APIError) as refused:
        lost.evaluate(ACTION)
    assert (refused.value.status_code, refused.value.code) == (404, "not_found")
    sandbox.control("PUT", "/limits", {"service": "sidclaw", "category": "evaluate", "count": 0, "per": "PT30S"})
    try:
        with made(sandbox) as hurried, pytest.raises(RateLimitError) as refused:
            hurried.evaluate(ACTION)
        assert 0 < refused.value.retry_after <= 30
    finally:
        sandbox.control("PUT", "/limits", {})


def test_a_plan_limit_names_what_is_limited(sandbox):
    with made(sandbox) as client:
        sandbox.control("PUT", "/plans/sidclaw/-", {"plan": "free"})
        try:
            with pytest.raises(PlanLimitError) as refused:
                for number in range(6):
                    client._request("POST", "/api/v1/agents", json={"name": f"agent {number}"})
            assert (refused.value.limit_name, refused.value.current, refused.value.max) == ("max_agents", 5, 5)
        finally:
            sandbox.control("PUT", "/plans/sidclaw/-", {"plan": "enterprise"})


def test_the_asynchronous_client_is_served_the_same(sandbox):
    async def asked():
        async with made(sandbox, AsyncSidClaw) as client:
            judged = await client.evaluate(ACTION)
            await client.record_outcome(judged.trace_id, {"status": "success"})
            await client.record_telemetry(judged.trace_id, {"tokens_in": 1})
            waits = await client.evaluate(ASKED)
            with pytest.raises(ApprovalTimeoutError):
                await client.wait_for_approval(waits.approval_request_id, {"timeout": 0.2, "poll_interval": 0.05})
            return judged.decision

    assert asyncio.run(asked()) == "allow"
