"""Every program of the README runs as it stands, and prints what its comments say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import keywright
import pytest

from conftest import IS_INSTALLED

README = Path(__file__).parent.parent / "README.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_of_the_readme_runs(number: int, tmp_path: Path) -> None:
    program = PROGRAMS[number]
    is_test = "def test_" in program
    place = tmp_path / ("test_mine.py" if is_test else "program.py")
    place.write_text(program)
    plugin = [] if IS_INSTALLED else ["-p", "keywright.pytest_plugin"]
    command = ["-m", "pytest", "-q", *plugin, str(place)] if is_test else ["-W", "error", str(place)]
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(keywright.__file__).parent.parent)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    if is_test:
        assert "1 passed" in done.stdout
    for said in re.findall(r"print\(.*\)  # (.*)$", program, re.MULTILINE):
        # `# used by now: ...` explains; a comment that shows an output begins with a digit.
        assert said in done.stdout or not said[0].isdigit()


def test_the_readme_has_programs() -> None:
    assert len(PROGRAMS) == 4
