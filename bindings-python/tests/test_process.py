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
# A shell that runs the tests in the background hands down that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
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

#: Registered before the package is imported, so that they run after the package's own end.
LAST_CALL = """
import atexit, weakref

class Holder:
    pass

def last_call():
    from keywright import AsyncSeclai
    made = client.keys.create(name="temporary")
    client.keys.retire(made.key.id)
    print("retired", [key.id for key in client.keys.list() if key.id == made.key.id])
    async def main():
        return (await AsyncSeclai(**options).get("/agents")).status
    print("awaited", asyncio.run(main()))

holder = Holder()
weakref.finalize(holder, lambda: print("finalized", client.get("/agents").status))
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
            if is_last:
                assert done.stdout.split("\n")[:3] == ["retired []", "awaited 200", "finalized 200"]


FORKED = """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # of forks in threads, from Python 3.12 on

client = Seclai(**options, on_event=lambda event: None)
awaiting = AsyncSeclai(**options)

async def one():
    return (await awaiting.get("/agents")).status

def check():
    assert client.get("/agents").status == 200
    assert asyncio.run(one()) == 200
    assert Seclai(**options).get("/agents").status == 200

def in_child(function, leave=os._exit):
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        function()
        leave(0)
    ended = os.waitpid(child, 0)[1]
    assert ended == 0, f"the child ended with {ended}"
"""

#: Programs that fork after the package was used.
FORKS = {
    "child and parent work": """
check()
in_child(check)
in_child(check, leave=sys.exit)
in_child(lambda: in_child(check))
check()
""",
    "while threads make calls": """
# Real time: the lock of the sandbox's clock, which lives in this process, may be held while it forks.
del options["clock"]
client = Seclai(**options, on_event=lambda event: None)
awaiting = AsyncSeclai(**options)
stop = False
def busy():
    while not stop:
        client.get("/agents")
threads = [threading.Thread(target=busy) for _ in range(4)]
for thread in threads:
    thread.start()
arrived(12)
for _ in range(10):
    in_child(check)
    in_child(check, leave=sys.exit)
stop = True
for thread in threads:
    thread.join()
check()
""",
    "while a loop waits": """
async def main():
    calls = [asyncio.ensure_future(one()) for _ in range(4)]
    await asyncio.sleep(0)
    def child():
        # In a thread: this one runs the parent's loop.
        thread = threading.Thread(target=check)
        thread.start()
        thread.join()
    in_child(child)
    assert await asyncio.gather(*calls) == [200] * 4
asyncio.run(main())
check()
""",
    "in a function of the user": """
key = options.pop("api_key")
def provide():
    in_child(lambda: None, leave=sys.exit)
    return key
try:
    print(Seclai(**options, key_provider=provide).get("/agents").status)
finally:
    options["api_key"] = key
""",
    "multiprocessing": """
import multiprocessing
check()
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(lambda_free, range(4)) == [200] * 4
check()
""",
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("fork", FORKS)
def test_a_forked_child_works_and_so_does_its_parent(fork: str) -> None:
    task = "def lambda_free(_number):\n    return client.get('/agents').status\n"
    done = python(STALLED + FORKED + task + FORKS[fork])
    assert (done.returncode, done.stderr) == (0, "")


#: What a main thread does when Ctrl-C comes: each begins with what makes the service silent.
INTERRUPTED = {
    "a stalled answer": """
stalled()
call = lambda: client.get("/agents")
""",
    "a wait between two attempts": """
sandbox.fault({"phase": "before_handler", "action": {"kind": "status", "status": 429, "headers": {"Retry-After": "50"}}})
sandbox.clock().hold()
call = lambda: client.get("/agents")
""",
    "a stream": """
agent = client.agents.list().items[0].id
sandbox.fault({"match": {"method": "POST"}, "phase": "in_body", "action": {"kind": "stall"}})
sandbox.clock().hold()
call = lambda: list(client.runs.stream(agent, {"input": "x"}))
""",
    "a loop": """
stalled()
async def main():
    await AsyncSeclai(**options).get("/agents")
call = lambda: asyncio.run(main())
""",
}

MEASURED = """
def interrupt(count):
    global sent
    arrived(count)
    time.sleep(0.02)
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)

daemon(lambda: interrupt(len(sandbox.journal()) + 1))
try:
    call()
except KeyboardInterrupt:
    took = time.monotonic() - sent
# The socket is closed; one that was idle stays in the pool.
last = time.monotonic() + 20
while sandbox.connections().open > idle:
    assert time.monotonic() < last
    time.sleep(0.001)
print(took)
"""


@pytest.mark.parametrize("call", INTERRUPTED)
def test_ctrl_c_ends_a_blocking_call_at_once(call: str) -> None:
    idle = int(call == "a wait between two attempts")
    begin = f"client = Seclai(**options)\nidle = {idle}\n"
    took = []
    for _ in range(3):
        done = python(STALLED + begin + INTERRUPTED[call] + MEASURED)
        assert (done.returncode, done.stderr) == (0, "")
        took.append(float(done.stdout))
    assert sorted(took)[1] < 0.2, took


def test_ctrl_c_kills_a_program_that_does_not_catch_it() -> None:
    program = (
        STALLED + "stalled()\ndaemon(lambda: (arrived(1), print('now', flush=True)))\nSeclai(**options).get('/agents')"
    )
    done = python(program, send=signal.SIGINT)
    assert done.returncode == -signal.SIGINT
    assert done.stderr.rstrip().endswith("KeyboardInterrupt")


def test_threads_make_calls_at_the_same_time(sandbox: Sandbox) -> None:
    fault(sandbox, "stall", times=0)
    with held(sandbox.clock()), Seclai(**sandbox.seclai(), attempt_timeout=None, timeout=None) as client:
        failed: list[BaseException] = []

        def one() -> None:
            try:
                client.with_options(max_attempts=1, attempt_timeout=30).get("/agents")
            except keywright.CallTimeoutError as error:
                failed.append(error)

        threads = [threading.Thread(target=one) for _ in range(8)]
        for thread in threads:
            thread.start()
        # All eight wait for their answers together, and this thread has the interpreter meanwhile.
        until(lambda: len(sandbox.journal()) == 8, what="eight requests are in flight")
        assert not failed
        counted, end = 0, time.monotonic() + 0.1
        while time.monotonic() < end:
            counted += 1
        assert counted > 1000
        sandbox.clock().advance(31)
    for thread in threads:
        thread.join(20)
    assert len(failed) == 8
    sandbox.clear_faults()


def test_one_client_serves_many_threads_without_mixing_keys(sandbox: Sandbox) -> None:
    with Seclai(**sandbox.seclai()) as client:
        made = [client.keys.create(name=f"key {n}") for n in range(4)]
        own = [client.with_key(one.secret) for one in made]

        def many(n: int) -> None:
            for _ in range(25):
                assert own[n % 4].get("/agents", headers={"x-caller": str(n % 4)}).status == 200

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(many, range(8)))
    seen: dict[str, set[str]] = {}
    for entry in sandbox.journal():
        headers = dict(entry.headers)
        if "x-caller" in headers:
            seen.setdefault(headers["x-caller"], set()).add(headers["x-api-key"])
    assert sorted(map(len, seen.values())) == [1] * 4 and len(set.union(*seen.values())) == 4
