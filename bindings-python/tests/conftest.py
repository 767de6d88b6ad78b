"""What all tests share: a sandbox of their own, faults by name, and waits for a condition."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

import pytest
from keywright import Seclai
from keywright.sandbox import Sandbox

# An installed package brings its fixture by itself.
IS_INSTALLED = any(point.name == "keywright" for point in entry_points(group="pytest11"))
pytest_plugins = [] if IS_INSTALLED else ["keywright.pytest_plugin"]


@pytest.fixture
def sandbox(keywright_sandbox: Sandbox) -> Sandbox:
    return keywright_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Seclai]:
    with Seclai(**sandbox.seclai()) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_unraisable(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """An exception that nobody could raise fails the test, unless the test takes it out of the list."""
    seen: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: seen.append(unraisable.exc_value))
    yield seen
    assert not seen


def fault(sandbox: Sandbox, kind: str, *, phase: str = "before_handler", times: int = 1, **action: object) -> str:
    """Sets a fault for reading requests."""
    rule = {"match": {"method": "GET"}, "phase": phase, "times": times, "action": {"kind": kind, **action}}
    return sandbox.fault(rule)


def until(condition: Callable[[], bool], *, what: str, within: float = 10.0) -> None:
    """Waits for a condition that something else brings about."""
    last = time.monotonic() + within
    while not condition():
        assert time.monotonic() < last, f"still not: {what}"
        time.sleep(0.002)
