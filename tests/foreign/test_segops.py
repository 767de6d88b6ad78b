"""SegOps' own client, 0.2.2: every method of a server's key."""

import pytest
from segops import SegOpsClient


@pytest.fixture(scope="module")
def service(sandbox):
    return sandbox.service("segops")


def strict(error):
    raise error


def test_events_are_sent_one_by_one_and_in_batches(service, sandbox):
    with SegOpsClient(service["base_url"], service["api_key"], batch=False, on_error=strict) as client:
        client.track(user_id="u-1", event_type="page_viewed", payload={"path": "/"})
        client.identify(user_id="u-1", traits={"plan": "pro"})
    with SegOpsClient(service["base_url"], service["api_key"], on_error=strict) as client:
        for number in range(3):
            client.track(user_id=f"u-{number}", event_type="ticked")
        client.flush()
    calls = [(entry["path"], entry["status"]) for entry in sandbox.seen() if entry["service"] == "segops"]
    assert calls[-3:] == [("/api/ingestion/track/", 202)] * 2 + [("/api/ingestion/track/batch/", 202)]
    with SegOpsClient(service["base_url"], "sk_live_wrong", batch=False, on_error=strict) as stranger:
        with pytest.raises(RuntimeError, match="HTTP 401"):
            stranger.track(user_id="u-1", event_type="page_viewed")
