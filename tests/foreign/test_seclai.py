"""Seclai's own client, 1.8.0: every method that leads to a route of the sandbox."""

import uuid

import pytest
from seclai import AsyncSeclai, Seclai
from seclai._generated.models.agent_list_response import AgentListResponse
from seclai._generated.models.agent_run_request import AgentRunRequest
from seclai._generated.models.agent_summary_response import AgentSummaryResponse
from seclai._generated.models.knowledge_base import KnowledgeBase
from seclai._generated.models.knowledge_base_list_response_model import KnowledgeBaseListResponseModel
from seclai._generated.models.me_response import MeResponse
from seclai._generated.models.source_response import SourceResponse
from seclai.seclai import SeclaiAPIStatusError, SeclaiAPIValidationError


@pytest.fixture(scope="module")
def client(sandbox):
    with Seclai(api_key=sandbox.service("seclai")["api_key"]) as client:
        yield client


@pytest.fixture(scope="module")
def agent(client):
    listed = client.list_agents()["data"]
    return next(agent["id"] for agent in listed if agent["name"] == "Analyst")


def test_who_asks(client, sandbox):
    me = MeResponse.from_dict(client.get_me())
    assert str(me.account_id) == sandbox.service("seclai")["account_id"]
    assert me.organizations == [] and me.additional_properties == {}


def test_agents_are_listed_and_read(client, agent):
    page = AgentListResponse.from_dict(client.list_agents(page=1, limit=1))
    assert (page.pagination.limit, page.pagination.total, page.pagination.has_next) == (1, 2, True)
    assert len(list(client.paginate("GET", "/agents", limit=1))) == 2
    one = AgentSummaryResponse.from_dict(client.get_agent(agent))
    assert (one.id, one.name, one.disabled, one.additional_properties) == (agent, "Analyst", False, {})
    with pytest.raises(SeclaiAPIStatusError) as refused:
        client.get_agent(str(uuid.uuid4()))
    assert refused.value.status_code == 404


def test_a_run_is_started_read_and_listed(client, sandbox, agent):
    started = client.run_agent(agent, AgentRunRequest(input_="two words", metadata=None, priority=True))
    assert (started.status, started.input_, started.output, started.priority) == ("pending", "two words", None, True)
    assert started.credits_ is None and started.attempts == [] and started.additional_properties == {}
    sandbox.advance("PT1.5S")
    running = client.get_agent_run(started.run_id, include_step_outputs=True)
    assert (running.status, [step.status for step in running.steps]) == ("processing", ["processing"])
    sandbox.advance("PT1.5S")
    ended = client.get_agent_run(agent, started.run_id, include_step_outputs=True)
    assert (ended.status, ended.output, ended.credits_, ended.error_count) == ("completed", "two words", 1, 0)
    assert [attempt.duration for attempt in ended.attempts] == [1.0]
    step = ended.steps[0]
    assert (step.output, step.output_content_type, step.credits_used) == ("two words", "text/plain", 1)
    assert not client.get_agent_run(started.run_id).steps
    listed = client.list_agent_runs(agent, limit=10)
    assert started.run_id in [run.run_id for run in listed.data] and listed.pagination.page == 1


def test_a_run_is_awaited(client, agent):
    run = client.run_agent_and_poll(agent, AgentRunRequest(input_="hello"), poll_interval=0.2)
    assert (run.status, run.output) == ("completed", "hello")
    again = client.run_agent(agent, AgentRunRequest(replay_of_run_id=uuid.UUID(run.run_id)))
    assert again.input_ is None


def test_a_run_is_cancelled_once(client, agent):
    for cancel in (client.delete_agent_run, client.cancel_agent_run):
        run = client.run_agent(agent, AgentRunRequest(input_="x"))
        left = cancel(run.run_id)
        assert (left["status"] if isinstance(left, dict) else left.status) == "failed"
        with pytest.raises(SeclaiAPIStatusError) as refused:
            cancel(run.run_id)
        assert refused.value.status_code == 409


def test_a_run_is_streamed(client, agent):
    events = list(client.run_streaming_agent(agent, {"input": "two words", "include_reasoning": True}))
    assert [name for name, _ in events] == ["init", "status", "stream_token", "stream_token", "stream_end", "done"]
    assert events[0][1]["status"] == "pending" and events[0][1]["priority"] is True
    assert "".join(data["token"] for name, data in events if name == "stream_token") == "two words"
    done = client.run_streaming_agent_and_wait(agent, {"input": "hello", "metadata": {"a": 1}})
    assert (done.status, done.output, done.priority) == ("completed", "hello", True)


def test_sources_are_made_listed_read_changed_and_removed(client, sandbox):
    body = {"name": "Wiki", "source_type": "custom_index", "index_mode": "balanced", "chunk_size": 500, "polling": "daily"}
    made = SourceResponse.from_dict(client.create_source(body))
    assert (str(made.account_id), made.name, made.source_type) == (sandbox.service("seclai")["account_id"], "Wiki", "custom_index")
    assert (made.index_mode, made.chunk_size) == ("balanced", 500) and made.additional_properties == {}
    changed = SourceResponse.from_dict(client.update_source(made.id, {"name": "Wiki 2", "retention_days": 30}))
    assert (changed.name, changed.retention, changed.polling) == ("Wiki 2", 30, "daily")
    assert SourceResponse.from_dict(client.get_source(made.id)).name == "Wiki 2"
    other = client.create_source({"name": "Aardvark", "source_type": "file_uploads"})
    by_name = client.list_sources(sort="name", order="asc", account_id=str(made.account_id))
    assert [source.name for source in by_name.data] == ["Aardvark", "Wiki 2"]
    assert [source.name for source in client.list_sources(limit=1).data] == ["Aardvark"]
    for source in (made.id, other["id"]):
        client.delete_source(source)
    assert client.list_sources().pagination.total == 0


def test_knowledge_bases_are_made_listed_read_changed_and_removed(client):
    source = client.create_source({"name": "Wiki", "source_type": "website"})["id"]
    body = {"name": "Handbook", "source_ids": [source], "default_top_k": 5, "description": "all of it"}
    made = KnowledgeBase.from_dict(client.create_knowledge_base(body))
    assert (made.name, made.default_top_k, [linked.id for linked in made.sources]) == ("Handbook", 5, [source])
    assert made.additional_properties == {}
    changed = KnowledgeBase.from_dict(client.update_knowledge_base(made.id, {"name": "Handbook 2", "source_ids": []}))
    assert (changed.name, changed.sources, changed.description) == ("Handbook 2", [], "all of it")
    assert KnowledgeBase.from_dict(client.get_knowledge_base(made.id)).name == "Handbook 2"
    listed = KnowledgeBaseListResponseModel.from_dict(client.list_knowledge_bases(sort="updated_at", order="asc"))
    assert (listed.total, listed.page, listed.limit, [base.id for base in listed.knowledge_bases]) == (1, 1, 50, [made.id])
    client.delete_knowledge_base(made.id)
    client.delete_source(source)
    assert client.list_knowledge_bases()["total"] == 0


def test_a_newer_version_has_one_shape_for_every_list(sandbox):
    with Seclai(api_key=sandbox.service("seclai")["api_key"], api_version="2026-07-27") as client:
        listed = client.list_knowledge_bases()
    assert (listed["data"], listed["pagination"]["total"], listed["total"]) == ([], 0, 0)


def test_what_is_wrong_is_told_as_the_client_reads_it(client, agent):
    with pytest.raises(SeclaiAPIValidationError) as refused:
        client.list_sources(limit=0)
    assert refused.value.validation_error.detail[0].loc == ["query", "limit"]
    with pytest.raises(SeclaiAPIValidationError):
        client.create_knowledge_base({"name": "without sources"})
    with Seclai(api_key="sk-wrong") as stranger, pytest.raises(SeclaiAPIStatusError) as refused:
        stranger.run_agent(agent, AgentRunRequest(input_="x"))
    assert refused.value.status_code == 401


def test_without_credits_a_run_is_refused(client, sandbox, agent):
    sandbox.control("POST", "/credits", {"credits": 0})
    try:
        with pytest.raises(SeclaiAPIStatusError) as refused:
            client.run_agent(agent, AgentRunRequest(input_="x"))
        assert refused.value.status_code == 402 and "insufficient_credits" in refused.value.response_text
    finally:
        sandbox.control("POST", "/credits", {"credits": None})


def test_the_asynchronous_client_is_served_the_same(sandbox, agent):
    import asyncio

    async def asked():
        async with AsyncSeclai(api_key=sandbox.service("seclai")["api_key"]) as client:
            run = await client.run_agent(agent, AgentRunRequest(input_="hello"))
            left = await client.delete_agent_run(run.run_id)
            return (await client.get_me())["account_id"], left.status

    assert asyncio.run(asked()) == (sandbox.service("seclai")["account_id"], "failed")
