"""itellicoAI's own client, 1.1.0: every method that leads to a route of the sandbox, its answers checked strictly."""

import asyncio
import datetime

import itellicoai
import pytest
from itellicoai import AsyncItellicoai, Itellicoai

PARTS = {
    "model": {"provider": "openai", "model": "gpt-4o-mini", "temperature": 0},
    "transcriber": {"provider": "deepgram", "language": "en"},
    "voice": {"provider": "elevenlabs", "voice_id": "abc", "settings": {"speed": 1.1}},
}


def made(sandbox, kind=Itellicoai, **options):
    given = sandbox.service("itellico")
    # Strict: an answer that does not have the form of its type is an error, not a guess.
    options = {"api_key": given["api_key"], "base_url": given["base_url"], "max_retries": 0, "_strict_response_validation": True, **options}
    return kind(**options)


@pytest.fixture(scope="module")
def client(sandbox):
    with made(sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def account(sandbox):
    return sandbox.service("itellico")["account_id"]


def fits(answer):
    """Nothing is left over that the client's type does not know."""
    assert not answer.model_extra, answer.model_extra
    return answer


def test_the_account_of_the_key(client, account):
    own = fits(client.accounts.retrieve_current())
    assert (own.id, own.is_active, own.parent_account_id) == (account, True, None)


def test_agents_are_made_read_changed_archived_and_found(client, account):
    agent = fits(client.agents.create(
        account_id=account, name="Clerk", tags=["front", "night"], note="n", metadata={"a": 1}, max_duration_seconds=600,
        initial_message={"mode": "fixed_message", "message": "Hello"}, volume={"web": 1.0}, **PARTS,
    ))
    assert (agent.name, agent.account_id, agent.tags, agent.initial_message.message) == ("Clerk", account, ["front", "night"], "Hello")
    assert agent.model == PARTS["model"] and agent.allow_auto_hangup in (True, False)
    assert fits(client.agents.retrieve(agent.id, account_id=account)).id == agent.id
    changed = client.agents.update(agent.id, account_id=account, name="Night clerk", model={"temperature": 0.5})
    assert (changed.name, changed.model["model"], changed.model["temperature"]) == ("Night clerk", "gpt-4o-mini", 0.5)
    unnamed = client.agents.create(account_id=account, **PARTS)
    assert unnamed.name

    def found(**filters):
        return {agent.id for agent in client.agents.list(account, **filters).items}

    assert agent.id in found(name="CLERK") and unnamed.id not in found(name="clerk")
    assert found(tags=["night", "front"]) == {agent.id}
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)
    assert found(created_gt=later) == set() and agent.id in found(created_le=later, modified_lt=later)
    assert agent.id in found(created_ge="2020-01-01T00:00:00Z", modified_ge="2020-01-01T00:00:00Z")
    assert found(created_lt="2020-01-01T00:00:00Z") == found(modified_le="2020-01-01T00:00:00Z") == found(modified_gt=later) == set()
    assert client.agents.archive(agent.id, account_id=account) is None
    assert agent.id not in found() and agent.id in found(include_archived=True)
    assert found(is_archived=True) == {agent.id}
    page = client.agents.list(account, limit=1, offset=1, include_archived=True)
    assert (len(page.items), page.count) == (1, 4)


def test_an_agent_without_its_parts_is_refused(client, account):
    with pytest.raises(itellicoai.BadRequestError):
        client.post(f"/v1/accounts/{account}/agents", cast_to=object, body={"name": "Clerk"})


def test_subaccounts_are_made_read_changed_and_listed(client, account):
    east = fits(client.accounts.subaccounts.create(account, name="East"))
    assert (east.name, east.parent_account_id) == ("East", account)
    changed = client.accounts.subaccounts.update(east.id, account_id=account, name="Far east", is_active=False)
    assert (changed.name, changed.is_active) == ("Far east", False)
    assert fits(client.accounts.subaccounts.retrieve(east.id, account_id=account)).name == "Far east"
    listed = client.accounts.subaccounts.list(account, is_active=False, limit=10, offset=0)
    assert (listed.count, [child.id for child in listed.items]) == (1, [east.id])
    assert client.accounts.subaccounts.list(account).count == 2


def test_refusals_are_told_as_the_client_reads_them(sandbox, client, account):
    with pytest.raises(itellicoai.NotFoundError):
        client.agents.retrieve("none", account_id=account)
    with pytest.raises(itellicoai.PermissionDeniedError):
        client.agents.list("acc_other")
    with made(sandbox, api_key="sk-a1b2c3d4.wrong") as stranger, pytest.raises(itellicoai.AuthenticationError):
        stranger.accounts.retrieve_current()
    sandbox.control("PUT", "/limits", {"service": "itellico", "count": 0, "per": "PT30S"})
    try:
        with pytest.raises(itellicoai.RateLimitError) as refused:
            client.accounts.retrieve_current()
        assert int(refused.value.response.headers["Retry-After"]) <= 30
    finally:
        sandbox.control("PUT", "/limits", {})


def test_the_asynchronous_client_is_served_the_same(sandbox, account):
    async def asked():
        async with made(sandbox, AsyncItellicoai) as client:
            agent = await client.agents.create(account_id=account, name="Async", **PARTS)
            await client.agents.archive(agent.id, account_id=account)
            return (await client.accounts.retrieve_current()).id

    assert asyncio.run(asked()) == account
