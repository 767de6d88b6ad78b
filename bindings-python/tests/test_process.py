"""The package in a process: its end, forks, Ctrl-C, threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keywright
import pytest
from keywright import Seclai
from keywright.sandbox import Sandbox, held

from conftest import fault, until

#: What all programs begin with: a sandbox that does not answer, and on whose clock no time passes.
STALLED = """
import asyncio, atexit, os, signal, sys, threading, time
from keywright import AsyncSeclai, Event, KeywrightError, Seclai
from keywright.sandbox import Sandbox

sandbox = Sandbox()
options = sandbox.seclai()
stall = {"match": {"method": "GET"}, "phase": "before_handler", "times": 0, "action": {"kind": "stall"}}

def stalled():
    sandbox.fault(stall)
    sandbox.clock().hold()

def arrived(count):
    last = time.monotonic() + 20
    while len(sandbox.journal()) < count:
        assert time.monotonic() < last
        time.sleep(0.001)

def daemon(function):
    threading.Thread(target=function, daemon=True).start()
"""

#: Programs that end while calls are in flight.
ENDINGS = {
    "main": """
stalled()
signal.signal(signal.SIGALRM, lambda *_: sys.exit(0))
signal.setitimer(signal.ITIMER_REAL, 0.02)
Seclai(**options).get("/agents")
""",
    "daemon threads that wait": """
stalled()
client = Seclai(**options)
for _ in range(8):
    daemon(lambda: client.get("/agents"))
arrived(8)
""",
    "daemon threads that come and go": """
client = Seclai(**options)
def busy():
    while True:
        client.get("/agents")
for _ in range(4):
    daemon(busy)
arrived(12)
""",
    "daemon threads with functions of the user": """
key = options.pop("api_key")
client = Seclai(**options, key_provider=lambda: [key for _ in range(2000)][0], on_event=lambda event: sum(range(2000)))
def busy():
    while True:
        try:
            client.keys.get("nobody")
        except KeywrightError as error:
            str(error)
for _ in range(4):
    daemon(busy)
arrived(12)
""",
    "asyncio": """
stalled()
async def main():
    client = AsyncSeclai(**options)
    tasks = [asyncio.ensure_future(client.get("/agents")) for _ in range(20)]
    while len(sandbox.journal()) < 8:
        await asyncio.sleep(0.001)
asyncio.run(main())
""",
    "loops in daemon threads": """
client = AsyncSeclai(**options, on_event=lambda event: sum(range(2000)))
async def main():
    while True:
        await asyncio.gather(*(client.get("/agents") for _ in range(4)))
for _ in range(3):
    daemon(lambda: asyncio.run(main()))
arrived(12)
""",
    "a call after the end": """
client = Seclai(**options)
assert client.get("/agents").status == 200
""",
}

#: Registered before the package is imported, so that it runs after the package's own end.
LAST_CALL = """
import atexit

def last_call():
    from keywright import CancelledCallError
    try:
        client.get("/agents")
    except CancelledCallError as error:
        print(error)

atexit.register(last_call)
"""


def python(program: str, *, send: signal.Signals | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a program; with `send`, sends it that signal when it has printed its first line."""
    place = {**os.environ, "PYTHONPATH": str(Path(keywright.__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=place
    ) as child:
        try:
            first = ""
            if send is not None:
                assert child.stdout is not None
                first = child.stdout.readline()
                child.send_signal(send)
            out, err = child.communicate(timeout=60)
        except BaseException:
            child.kill()
            raise
    return subprocess.CompletedProcess(program, child.returncode, first + out, err)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_process_ends_well_with_calls_in_flight(ending: str) -> None:
    is_last = ending == "a call after the end"
    program = (LAST_CALL if is_last else "") + STALLED + ENDINGS[ending]
    with ThreadPoolExecutor(3) as pool:
        for done in pool.map(lambda _: python(program), range(30)):
            assert (done.returncode, done.stderr) == (0, "")
            assert ("the process ends" in done.stdout) == is_last
