"""Nothing grows: not by clients, not by failed or abandoned calls."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keywright
import pytest
from keywright.sandbox import Sandbox, held

from conftest import fault, until

#: The service is in the process of the test, so that what it remembers is not counted.
MEASURED = """
import asyncio, gc, os, sys, time
from keywright import AsyncSeclai, ConfigError, KeywrightError, NotFoundError, Seclai, UnsupportedError

options = {"base_url": sys.argv[1], "api_key": sys.argv[2]}
client = Seclai(**options)

def resident():
    gc.collect()
    with open("/proc/self/statm") as found:
        return int(found.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

def descriptors():
    return len(os.listdir("/proc/self/fd"))

def settle(at_most):
    # Connections are closed by the thread that drives them, shortly after their client has gone.
    last = time.monotonic() + 10
    while gc.collect() >= 0 and descriptors() > at_most and time.monotonic() < last:
        time.sleep(0.01)

def failed(call, kind):
    try:
        call()
    except kind:
        return
    raise AssertionError("it did not fail")

async def failed_later(call, kind):
    try:
        await call
    except kind:
        return
    raise AssertionError("it did not fail")
"""

#: What is done, how often, and how often before that, so that pools and caches are filled.
WAYS = {
    "5,000 clients": """
def way(count):
    for n in range(count):
        with Seclai(**options, on_event=lambda event: None) as own:
            handle = own.with_options(timeout=5 + n)
            if n % 50 == 0:
                assert handle.get("/agents").status == 200
warm, counted = 1000, 5000
""",
    "14,000 calls refused before they are sent": """
def way(count):
    for _ in range(count // 2):
        failed(lambda: client.keys.get("../agents"), ConfigError)
        failed(lambda: client.keys.rotate("k"), UnsupportedError)
warm, counted = 2000, 14000
""",
    "3,000 calls that the service refuses": """
def provide():
    raise OSError("no vault")
own = Seclai(base_url=options["base_url"], key_provider=provide)
def way(count):
    for _ in range(count // 2):
        failed(lambda: client.keys.get("nobody"), NotFoundError)
        failed(lambda: own.get("/agents"), ConfigError)
warm, counted = 1000, 3000
""",
    "3,000 awaited calls that the service refuses": """
async def many(count):
    async with AsyncSeclai(**options) as own:
        for _ in range(count // 20):
            await asyncio.gather(*(failed_later(own.keys.get("nobody"), NotFoundError) for _ in range(20)))
def way(count):
    for _ in range(10):
        asyncio.run(many(count // 10))
warm, counted = 1000, 3000
""",
}

ABANDONED = """
async def leave(own):
    task = asyncio.ensure_future(own.get("/agents"))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
    raise AssertionError("it was not cancelled")
async def many(count):
    async with AsyncSeclai(**options) as own:
        for _ in range(count // 20):
            await asyncio.gather(*(leave(own) for _ in range(20)))
def way(count):
    asyncio.run(many(count))
warm, counted = 1000, 4000
"""

PRINTED = """
client.keys.list()
open_before = descriptors()
way(warm)
settle(open_before)
before = resident()
way(counted)
settle(open_before)
print(resident() - before, descriptors() - open_before)
"""


def grown(sandbox: Sandbox, way: str) -> tuple[int, int]:
    access = sandbox.access("seclai")
    assert access.api_key is not None
    done = subprocess.run(
        [sys.executable, "-c", MEASURED + way + PRINTED, access.base_url, access.api_key.expose()],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(Path(keywright.__file__).parent.parent)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    memory, descriptors = done.stdout.split()
    return int(memory), int(descriptors)


needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is measured through /proc")


@needs_proc
@pytest.mark.parametrize("way", WAYS)
def test_memory_does_not_grow(sandbox: Sandbox, way: str) -> None:
    memory, descriptors = grown(sandbox, WAYS[way])
    assert memory < 5_000_000
    assert descriptors <= 0


@needs_proc
def test_calls_that_are_left_leave_nothing(sandbox: Sandbox) -> None:
    stall = {"kind": "stall"}
    sandbox.fault({"match": {"route": "/agents"}, "phase": "before_handler", "times": 0, "action": stall})
    with held(sandbox.clock()):
        memory, descriptors = grown(sandbox, ABANDONED)
    assert memory < 5_000_000
    assert descriptors <= 0
    until(lambda: sandbox.connections().open == 0, what="no connection is open")
    sandbox.clear_faults()


#: Calls that wait for one throttled key; what each of them takes is told.
WAITING = """
CALLS = 20_000

async def main():
    async with AsyncSeclai(**options) as client:
        try:
            await client.with_options(throttle="fail").get("/agents")
        except KeywrightError as error:
            assert error.status == 429
        before = resident()
        calls = [asyncio.ensure_future(client.get("/agents")) for _ in range(CALLS)]
        while client.throttle().limiters[0].waiting < CALLS:
            assert not any(call.done() for call in calls[:10])
            await asyncio.sleep(0.01)
        print((resident() - before) // CALLS)
        sys.stdout.flush()
        os._exit(0)

asyncio.run(main())
"""


def test_a_call_that_waits_for_its_turn_takes_a_few_kilobytes(sandbox: Sandbox) -> None:
    """What asyncio keeps for a task is 1.3 kB of it."""
    fault(sandbox, "status", status=429, headers={"Retry-After": "50"})
    access = sandbox.access("seclai")
    assert access.api_key is not None
    done = subprocess.run(
        [sys.executable, "-c", MEASURED + WAITING, access.base_url, access.api_key.expose()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert 1_000 < int(done.stdout) < 8_000, done.stdout
