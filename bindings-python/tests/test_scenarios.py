"""Every scenario, played by the sync and by the async client."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import keywright
import pytest
from keywright.sandbox import Sandbox

from scenario.runner import ROOT, ScenarioRunner

PLACES = sorted((ROOT / "tests/scenarios").rglob("*.toml"))


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("kind", [keywright.Client, keywright.AsyncClient], ids=["sync", "async"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.parent.name}/{place.stem}")
def test_scenario(place: Path, kind: type, sandbox: Sandbox) -> None:
    scenario = tomllib.loads(place.read_text())
    leaves = any("cancel" in step for step in scenario["steps"])
    if leaves and kind is keywright.Client:
        pytest.skip("a caller that blocks cannot leave: test_process.py has Ctrl-C")
    asyncio.run(ScenarioRunner(scenario, sandbox, kind).run())
