"""A fixture for pytest: `def test_mine(keywright_sandbox): ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sandbox import Sandbox


@pytest.fixture
def keywright_sandbox() -> Iterator[Sandbox]:
    """A sandbox of the test's own. A fault that was set and did not happen fails the test."""
    from .sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
        sandbox.finish()
