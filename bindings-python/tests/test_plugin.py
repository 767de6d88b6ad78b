"""The fixture that comes with the package, used as a stranger would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keywright

from conftest import IS_INSTALLED

TESTS = """
from keywright import Seclai
from keywright.sandbox import Sandbox

FAILURE = {"phase": "before_handler", "action": {"kind": "status", "status": 503}}

def test_happened(keywright_sandbox: Sandbox) -> None:
    keywright_sandbox.fault(FAILURE)
    assert Seclai(**keywright_sandbox.seclai()).get("/agents").meta.attempts == 2

def test_each_has_its_own(keywright_sandbox: Sandbox) -> None:
    assert keywright_sandbox.journal() == []

def test_did_not_happen(keywright_sandbox: Sandbox) -> None:
    keywright_sandbox.fault(FAILURE)
"""


def test_a_fault_that_did_not_happen_fails_its_test(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS)
    plugin = [] if IS_INSTALLED else ["-p", "keywright.pytest_plugin"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(keywright.__file__).parent.parent)},
        check=False,
    )
    assert "3 passed, 1 error" in done.stdout, done.stdout
    assert "ConfigError" in done.stdout and "fault" in done.stdout
