"""A secret prints nowhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from pprint import pformat

import keywright
import pytest
from keywright import AsyncSeclai, CreatedKey, Seclai, Secret
from keywright.sandbox import Sandbox

CANARY = "sk_live_CANARY0123456789"


@pytest.fixture
def made(client: Seclai) -> Iterator[CreatedKey]:
    yield client.keys.create(name="ci")


def shown(value: object) -> Iterator[str]:
    """All ways in which a value may reach a log."""
    yield repr(value)
    yield str(value)
    yield f"{value} {value!r} {value!s} {value!a} {value:>80}" if isinstance(value, Secret) else f"{value} {value!r}"
    yield "%s %r" % (value, value)
    yield "{0} {0!r}".format(value)
    yield pformat(value)
    yield repr([value]) + repr({"secret": value})
    yield str(dir(value))
    yield json.dumps(value, default=repr)


def test_a_secret_prints_nowhere(made: CreatedKey) -> None:
    text = made.secret.expose()
    assert len(text) > 20
    for value in [made.secret, Secret(text)]:
        assert str(value) == "[redacted]" and repr(value) == "Secret([redacted])"
        for words in shown(value):
            assert text not in words and text[-8:] not in words
    for words in shown(made):
        assert text not in words


def test_no_client_sandbox_or_answer_shows_a_secret(sandbox: Sandbox, made: CreatedKey) -> None:
    opts = sandbox.sidclaw()
    secrets = [opts["api_key"].expose(), opts["password"].expose(), made.secret.expose()]
    key = {**sandbox.seclai(), "api_key": made.secret}
    with Seclai(**key) as client:
        answer = client.post("/api-keys", json={"name": "raw"})
        secrets.append(answer.json()["key"])
        values = [client, client.keys, client.describe(), answer, client.throttle(), sandbox, opts, sandbox.journal()]
        values += [sandbox.fixtures(), sandbox.access("sidclaw"), AsyncSeclai(**key), client.to_curl("GET", "/agents")]
        for words in (words for value in values for words in shown(value)):
            assert not [secret for secret in secrets if secret in words]


def test_a_secret_does_not_leave_the_process_by_itself(made: CreatedKey) -> None:
    for value in [made, made.secret, [made.secret], {"a": made}]:
        for copied in [pickle.dumps, copy.copy, copy.deepcopy]:
            if copied is copy.copy and not isinstance(value, (CreatedKey, Secret)):
                continue
            with pytest.raises(TypeError, match="cannot be pickled or copied"):
                copied(value)
    with pytest.raises(TypeError):
        json.dumps({"key": made.secret})
    with pytest.raises(TypeError):
        vars(made.secret)
    with pytest.raises(TypeError):
        iter(made.secret)  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        "" + made.secret  # type: ignore[operator]


def test_secrets_compare_and_hash_by_their_text() -> None:
    one, same, other = Secret(CANARY), Secret(CANARY), Secret(CANARY + "4")
    assert one == same and hash(one) == hash(same) and one != other
    assert one != CANARY
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()
    assert one.expose() == CANARY and len(one.fingerprint()) == 8
    with pytest.raises(AttributeError):
        one.text = "x"  # type: ignore[attr-defined]


def failing_calls(sandbox: Sandbox) -> Iterator[BaseException]:
    opts = {**sandbox.seclai(), "api_key": CANARY}
    client = Seclai(**opts)

    def provider() -> str:
        return CANARY + "\n" + CANARY

    def deliver(secret: Secret) -> None:
        raise OSError(f"cannot store {secret}")

    own = Seclai(**sandbox.seclai())
    for call in [
        lambda: client.get("/agents"),
        lambda: client.get(f"/agents/{CANARY}"),
        lambda: Seclai(api_key=CANARY + "\n\n" + CANARY),
        lambda: Seclai(**{**opts, "api_key": None}, key_provider=provider).get("/agents"),
        lambda: own.keys.create(name="ci", deliver=deliver),
        lambda: pickle.dumps(Secret(CANARY)),
        lambda: own.get("/agents", headers={"x-api-key": CANARY}),
    ]:
        try:
            call()
        except Exception as raised:
            yield raised
        else:
            raise AssertionError("it did not fail")


def test_no_traceback_shows_a_secret(sandbox: Sandbox) -> None:
    for raised in failing_calls(sandbox):
        full = traceback.TracebackException.from_exception(raised, capture_locals=False)
        text = "".join(full.format()) + repr(raised) + str(vars(raised)) + repr(raised.args)
        # The lines of this file name the constant, and not its value.
        assert CANARY not in text
        if isinstance(raised, keywright.KeywrightError):
            assert CANARY.encode() not in pickle.dumps(raised)


def test_locals_of_the_package_s_own_frames_show_no_secret(sandbox: Sandbox) -> None:
    key = sandbox.access("seclai").api_key
    assert key is not None
    with Seclai(**sandbox.seclai()) as client:
        try:
            client.with_key(key).keys.get("nobody")
        except keywright.KeywrightError as raised:
            full = traceback.TracebackException.from_exception(raised, capture_locals=True)
            text = "".join(full.format())
            assert "keys.get" in text and key.expose() not in text
        else:
            raise AssertionError("it did not fail")


def test_the_journal_of_the_sandbox_shows_digests(client: Seclai, sandbox: Sandbox) -> None:
    client.get("/agents")
    headers = dict(sandbox.journal()[-1].headers)
    assert headers["x-api-key"].startswith("sha256:")


def test_logging_a_secret_logs_none(made: CreatedKey, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("vault").info("stored %s of %r", made.secret, made)
    assert "[redacted]" in caplog.text and made.secret.expose() not in caplog.text
