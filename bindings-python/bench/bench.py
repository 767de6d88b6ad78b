"""One typed list call over loopback against the clients that Python people use, interleaved in one process.

Ratios within a run mean something; microseconds on another machine do not. Run by `cargo xtask bench python`.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import keywright

KEY = "sk-0123456789abcdef0123"
ROUNDS, CALLS, THREADS, AT_ONCE = 7, 400, 16, 64


def table(title: str, rows: dict[str, list[tuple[float, float]]]) -> None:
    """Medians of wall time and CPU time, each a call."""
    middle = {name: tuple(statistics.median(one) for one in zip(*seen)) for name, seen in rows.items()}
    ours = middle["keywright"]
    print(f"\n{title:<28}{'us a call':>12}{'CPU us':>10}{'x ours':>9}{'x CPU':>8}")
    for name, (wall, cpu) in middle.items():
        print(f"{name:<28}{wall:>12.1f}{cpu:>10.1f}{wall / ours[0]:>9.2f}{cpu / ours[1]:>8.2f}")


def timed(calls: int, run: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return (time.perf_counter() - wall) / calls * 1e6, (time.process_time() - cpu) / calls * 1e6


def compare(title: str, calls: int, runs: dict[str, Callable[[], object]]) -> None:
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            rows[name].append(timed(calls, run))
    table(title, rows)


def in_turn(call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(CALLS):
            call()

    return run


def in_threads(call: Callable[[], object]) -> Callable[[], None]:
    def part() -> None:
        for _ in range(CALLS // THREADS):
            call()

    def run() -> None:
        threads = [threading.Thread(target=part) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


def blocking(base: str) -> dict[str, Callable[[], object]]:
    import httpx
    import requests
    from pyreqwest.client import SyncClientBuilder

    url, headers = f"{base}/agents", {"X-API-Key": KEY}
    ours = keywright.Seclai(api_key=KEY, base_url=base)
    session, client = requests.Session(), httpx.Client(headers=headers)
    session.headers.update(headers)
    session.trust_env = False
    rust = SyncClientBuilder().default_headers(headers).build()
    return {
        "keywright": lambda: ours.agents.list().items,
        "pyreqwest": lambda: rust.get(url).build().send().json(),
        "httpx": lambda: client.get(url).json(),
        "requests": lambda: session.get(url).json(),
    }


def awaited(base: str, session: Any, client: Any) -> dict[str, Callable[[], Awaitable[Any]]]:
    from pyreqwest.client import ClientBuilder

    url, headers = f"{base}/agents", {"X-API-Key": KEY}
    ours = keywright.AsyncSeclai(api_key=KEY, base_url=base)
    rust = ClientBuilder().default_headers(headers).build()

    async def with_aiohttp() -> Any:
        async with session.get(url) as answer:
            return json.loads(await answer.read())

    async def with_httpx() -> Any:
        return (await client.get(url)).json()

    async def with_pyreqwest() -> Any:
        return await (await rust.get(url).build().send()).json()

    async def with_ours() -> Any:
        return (await ours.agents.list()).items

    return {"keywright": with_ours, "pyreqwest": with_pyreqwest, "aiohttp": with_aiohttp, "httpx": with_httpx}


async def loops(base: str) -> None:
    import aiohttp
    import httpx

    headers = {"X-API-Key": KEY}
    async with aiohttp.ClientSession(headers=headers) as session, httpx.AsyncClient(headers=headers) as client:
        await compare_loops(awaited(base, session, client))


async def compare_loops(calls: dict[str, Callable[[], Awaitable[Any]]]) -> None:

    async def turn(call: Callable[[], Awaitable[Any]], at_once: int) -> tuple[float, float]:
        async def worker() -> None:
            for _ in range(CALLS // at_once):
                await call()

        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(worker() for _ in range(at_once)))
        many = CALLS // at_once * at_once
        return (time.perf_counter() - wall) / many * 1e6, (time.process_time() - cpu) / many * 1e6

    for title, at_once in (("async, one after the other", 1), (f"async, {AT_ONCE} at once", AT_ONCE)):
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
        for _ in range(ROUNDS):
            for name, call in calls.items():
                rows[name].append(await turn(call, at_once))
        table(title, rows)


def started(code: str) -> float:
    """Milliseconds of a whole process, the best of several."""

    def once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - began) * 1e3

    return min(once() for _ in range(15))


def main() -> None:
    base = f"http://{os.environ['KEYWRIGHT_SERVER']}"
    calls = blocking(base)
    compare("sync, one after the other", CALLS, {name: in_turn(call) for name, call in calls.items()})
    compare(f"sync, {THREADS} threads", CALLS // THREADS * THREADS, {name: in_threads(call) for name, call in calls.items()})
    asyncio.run(loops(base))
    bare = started("pass")
    print(f"\nimport keywright: {started('import keywright') - bare:.1f} ms above the bare interpreter")
    first = f"from keywright import Seclai; Seclai(api_key='{KEY}', base_url='{base}').agents.list()"
    print(f"first answer: {started(first) - bare:.1f} ms above the bare interpreter")


if __name__ == "__main__":
    main()
