"""Thousands of calls at once, in a process that may have few descriptors."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAD = """
import asyncio, resource, threading
from concurrent.futures import ThreadPoolExecutor
from keywright import AsyncSeclai, Seclai
from keywright.sandbox import Sandbox

most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
sandbox = Sandbox()
"""

AT_ONCE = {
    "async": """
async def main():
    async with AsyncSeclai(**sandbox.seclai()) as client:
        ended = await asyncio.gather(*(client.get("/agents") for _ in range(3000)))
        print(sum(answer.status == 200 for answer in ended))

asyncio.run(main())
""",
    "sync": """
with Seclai(**sandbox.seclai()) as client, ThreadPoolExecutor(400) as pool:
    ended = list(pool.map(lambda _: client.get("/agents"), range(3000)))
    print(sum(answer.status == 200 for answer in ended))
""",
    "few": """
async def main():
    async with AsyncSeclai(**sandbox.seclai(), max_connections=8) as client:
        ended = await asyncio.gather(*(client.get("/agents") for _ in range(3000)))
        print(sum(answer.status == 200 for answer in ended))

asyncio.run(main())
""",
}


@pytest.mark.parametrize("way", AT_ONCE)
def test_three_thousand_calls_at_once_end_well(way: str) -> None:
    ended = subprocess.run([sys.executable, "-c", HEAD + AT_ONCE[way]], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "3000", "")
