"""Importing loads nothing that is not used yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keywright
import pytest

#: Each costs milliseconds, and none is needed before something is called that needs it.
HEAVY = {"asyncio", "dataclasses", "typing", "pydantic", "ssl", "inspect", "enum", "re", "datetime", "json", "logging"}


def loaded(program: str) -> set[str]:
    """The modules that an interpreter has loaded after a program."""
    program += "\nimport sys\nprint(*sys.modules, sep='\\n')"
    # Without `site`, which loads what some other package asks for.
    place = {**os.environ, "PYTHONPATH": str(Path(keywright.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, timeout=60, env=place, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "program",
    [
        "import keywright",
        "from keywright import Seclai, KeywrightError, Secret, Page",
        "import keywright\nkeywright.Seclai(api_key='sk-12345678')",
    ],
)
def test_nothing_heavy_is_loaded(program: str) -> None:
    modules = loaded(program)
    assert "keywright._native" in modules
    assert not modules & HEAVY


def test_asyncio_is_loaded_by_the_first_call_on_a_loop_only() -> None:
    modules = loaded("from keywright import AsyncSeclai\nAsyncSeclai(api_key='sk-12345678')")
    assert "keywright._async" in modules
    assert not modules & HEAVY - {"re", "enum"}


def test_the_sandbox_is_loaded_when_it_is_named() -> None:
    assert "keywright.sandbox" not in loaded("import keywright")
    assert "keywright.sandbox" in loaded("import keywright\nkeywright.Sandbox")


def test_a_native_part_of_another_version_is_refused_with_both_named() -> None:
    other = """
import sys, types
native = types.ModuleType("keywright._native")
native.__version__ = "0.0.9"
sys.modules["keywright._native"] = native
try:
    import keywright
except ImportError as error:
    print(str(error).replace(" ", "_"))
"""
    said = [words for words in loaded(other) if words.startswith("this_is_keywright")]
    version = keywright.__version__
    assert said == [f"this_is_keywright_{version},_and_its_native_part_is_0.0.9:_install_it_again"]
