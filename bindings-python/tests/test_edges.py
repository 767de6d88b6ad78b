"""Where the package meets what is around it: panics, the environment, limits of the machine, interpreters."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keywright
import pytest
from keywright import AsyncSeclai, Client, ConfigError, Dialect, InternalError, ItellicoAI, Seclai, Secret, _native
from keywright.sandbox import Sandbox

from conftest import until

KEY = "sk-0123456789abcdef0123456789abcdef"
PLACE = {"PYTHONPATH": str(Path(keywright.__file__).parent.parent)}


def program(text: str, *, python: str = sys.executable, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PLACE, **changes}
    return subprocess.run([python, "-c", text], capture_output=True, text=True, env=environment, timeout=60, check=False)


# ---- A panic is an error of the package, wherever it happens


def entries(client: Seclai) -> dict[str, Callable[[], Any]]:
    """Entry points of every sort: constructors, getters, conversions, comparisons, calls."""
    key = client.keys.create(name="ci").key
    secret = Secret("sk-1")
    return {
        "a constructor": lambda: Seclai(api_key=KEY),
        "a constructor of a value": lambda: Secret("sk-1"),
        "a method that makes no call": client.describe,
        "a getter": lambda: key.id,
        "a conversion of a time": lambda: key.created_at,
        "a comparison": lambda: key == key,
        "a hash": lambda: hash(key),
        "a text": lambda: repr(key),
        "a secret": secret.expose,
        "a format": lambda: f"{secret}",
        "a function": lambda: _native.loads(b"{}"),
        "a blocking call": lambda: client.get("/agents"),
        "a factory": lambda: Dialect.builtin("seclai"),
    }


def test_a_panic_at_an_entry_point_is_an_internal_error(client: Seclai) -> None:
    for name, entry in entries(client).items():
        _native._panic_next("entry")
        with pytest.raises(InternalError) as raised:
            entry()
        assert "a panic was caught" in str(raised.value), name
        assert isinstance(raised.value, Exception), name
        entry()


def test_a_panic_on_the_io_thread_is_an_internal_error(sandbox: Sandbox, client: Seclai) -> None:
    _native._panic_next("call")
    with pytest.raises(InternalError):
        client.get("/agents")
    assert client.get("/agents").status == 200

    async def awaited() -> None:
        other = AsyncSeclai(**sandbox.seclai())
        for place in ("call", "entry"):
            _native._panic_next(place)
            with pytest.raises(InternalError):
                await other.get("/agents")
            assert (await other.get("/agents")).status == 200

    asyncio.run(awaited())


# ---- A key or an address is given or left out, and never None


@pytest.mark.parametrize("option", ["api_key", "key_provider", "management", "email", "password", "base_url"])
@pytest.mark.parametrize("made", [Seclai, AsyncSeclai, ItellicoAI, lambda **given: Client("seclai", **given)])
def test_none_is_no_key_and_no_address(made: Any, option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECLAI_API_KEY", KEY)
    monkeypatch.setenv("ITELLICO_API_KEY", KEY)
    with pytest.raises(TypeError, match=f"`{option}` is None.*leave it out"):
        made(**{option: None})
    made()


def test_none_is_no_key_of_another_handle_and_no_option_of_a_dialect(client: Seclai) -> None:
    with pytest.raises(TypeError):
        client.with_key(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Client(Dialect.builtin("seclai"), api_key=None)  # type: ignore[arg-type]


def test_what_is_given_takes_the_place_of_what_a_sandbox_hands_out(sandbox: Sandbox) -> None:
    with Seclai(**sandbox.seclai()) as owner:
        key = owner.keys.create(name="ci").secret
    with Seclai(**sandbox.seclai(api_key=key)) as client:
        assert client.describe().credentials[0].digest == key.fingerprint()
        assert client.get("/agents").status == 200
    with Seclai(**sandbox.seclai(key_provider=lambda: key)) as client:
        assert client.get("/agents").status == 200
    with pytest.raises(TypeError, match="api_key"):
        Seclai(**sandbox.seclai(api_key=None))


def test_none_leaves_out_what_may_be_nothing(sandbox: Sandbox, client: Seclai) -> None:
    with ItellicoAI(**sandbox.itellico()) as other:
        assert other.keys.create(name="ci", expires_at=None, recover=None, deliver=None).key.expires_at is None
    assert client.keys.create(name=None).key.id
    assert client.with_options(max_attempts=None, throttle=None).get("/agents", query=None, json=None).status == 200


# ---- The environment is what Python says it is


def test_the_environment_of_python_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECLAI_API_KEY", KEY)
    monkeypatch.setenv("SECLAI_API_URL", "https://staging.seclai.test")
    described = Seclai().describe()
    assert described.base_url == "https://staging.seclai.test"
    assert described.credentials[0].origin == "environment SECLAI_API_KEY"
    # Not only what the process knows: Python may show another.
    monkeypatch.setattr(os, "environ", {"SECLAI_API_KEY": "sk-ffffffffffffffffffffffffffffffff"})
    described = Seclai().describe()
    assert described.base_url != "https://staging.seclai.test"
    assert described.credentials[0].digest == Secret("sk-ffffffffffffffffffffffffffffffff").fingerprint()


def test_an_environment_that_is_given_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECLAI_API_KEY", KEY)
    assert Seclai(env={}).describe().credentials == []


def test_two_variables_of_one_setting_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITELLICO_API_KEY", KEY)
    monkeypatch.setenv("ITELLICOAI_API_KEY", KEY.replace("0", "1"))
    with pytest.raises(ConfigError, match="ITELLICO_API_KEY and ITELLICOAI_API_KEY differ"):
        ItellicoAI(variant="live")


def test_a_dialect_of_ones_own_names_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "examples/acme.toml").read_text()
    dialect = Dialect.from_toml(text, env=["ACME_API_KEY"])
    assert "ACME_API_KEY" in dialect.variables()
    assert "HTTPS_PROXY" in dialect.variables()
    monkeypatch.setenv("ACME_API_KEY", "acme_0123456789abcdef")
    origins = [one.origin for one in Client(dialect, base_url="https://acme.test", check_key_shape=False).describe().credentials]
    assert origins == ["environment ACME_API_KEY"]


# ---- Limits of the machine

LIMITED = """
import asyncio, resource, os
from keywright import AsyncSeclai, KeywrightError, Seclai
KIND = {kind}
def attempt():
    client = KIND(api_key="sk-0123456789abcdef0123456789abcdef", base_url="http://127.0.0.1:9", max_attempts=1)
    if KIND is Seclai:
        return client.get("/agents")
    async def main():
        return await client.get("/agents")
    return loop.run_until_complete(main())
loop = asyncio.new_event_loop()
held = []
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
try:
    while True:
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
for free in (False, False, True):
    if free:
        while held:
            os.close(held.pop())
    try:
        attempt()
    except KeywrightError as error:
        print(error.kind, error.reason, error.outcome)
"""


@pytest.mark.parametrize("kind", ["Seclai", "AsyncSeclai"])
def test_a_first_call_without_descriptors_fails_and_the_next_is_made(kind: str) -> None:
    done = program(LIMITED.format(kind=kind))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["network resources not_sent"] * 2
    # It was made: nobody listens there.
    assert lines[2] == "network connect not_sent"


# ---- Streams that are left in the middle


def test_leaving_a_loop_over_a_stream_closes_its_connection(sandbox: Sandbox, client: Seclai) -> None:
    agent = client.agents.list().items[0].id
    before = sandbox.connections().open
    stream = client.runs.stream(agent, {"input": "hello"})
    for _event in stream:
        break
    assert list(stream) == []
    until(lambda: sandbox.connections().open <= before, what="the connection is closed")


def test_leaving_an_async_loop_over_a_stream_closes_its_connection(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = AsyncSeclai(**sandbox.seclai())
        agent = (await client.agents.list()).items[0].id
        stream = await client.runs.stream(agent, {"input": "hello"})
        async for _event in stream:
            break
        assert [event async for event in stream] == []

    asyncio.run(main())
    assert sandbox.connections().open <= 1


# ---- Interpreters

SUBINTERPRETER = """
import keywright
from keywright.sandbox import Sandbox
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
{before}
try:
    number = interpreters.create("legacy")
except TypeError:
    number = interpreters.create()
said = interpreters.run_string(number, '''
try:
    import keywright
except ImportError as error:
    assert "main interpreter" in str(error) or "subinterpreters" in str(error), error
else:
    raise SystemError("it was imported")
''')
assert said is None, said
interpreters.destroy(number)
sandbox = Sandbox()
client = keywright.Seclai(**sandbox.seclai())
assert client.get("/agents").status == 200
print("well")
"""


def pythons() -> list[str]:
    """This Python, and others of this machine that can load the package."""
    places = Path(sys.base_prefix).parent.glob("3.1[0-9]*/bin/python")
    return [sys.executable, *(str(place) for place in places if str(place.parents[1]) != sys.base_prefix)]


@pytest.mark.parametrize("python", pythons())
@pytest.mark.parametrize("before", ["", "keywright.Seclai(**Sandbox().seclai()).get('/agents')"])
def test_a_subinterpreter_is_refused_and_the_main_one_goes_on(python: str, before: str) -> None:
    done = program(SUBINTERPRETER.format(before=before), python=python)
    assert (done.returncode, done.stdout) == (0, "well\n"), done.stderr
