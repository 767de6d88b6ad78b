"""Plays a scenario in a world of its own, with the sync or the async client.

Everything that a scenario says is checked, and what no scenario says is checked always: no fault is left
over, and no secret stands in anything that the client has shown.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import keywright
from keywright.sandbox import Sandbox

from . import drive, forms
from .values import Saved, call_fits, differences

ROOT = Path(__file__).parents[3]


class ScenarioRunner:
    def __init__(self, scenario: dict[str, Any], sandbox: Sandbox, kind: type) -> None:
        birth = scenario.get("sandbox", {})
        self.scenario = scenario
        self.service: str = scenario["service"]
        self.world = sandbox.world(seed=1, **birth)
        self.access = self.world.access(self.service)
        self.is_async = kind is keywright.AsyncClient
        self.kind = kind
        self.shown: list[str] = []
        handed = {name: getattr(self.access, name) for name in dir(self.access) if not name.startswith("_")}
        handed = {name: one.expose() if isinstance(one, keywright.Secret) else one for name, one in handed.items()}
        self.secrets = [handed[name] for name in ("api_key", "management", "password") if handed.get(name)]
        elsewhere = "seclai" if self.service == "seenty" else "seenty"
        handed["other_origin"] = self.world.access(elsewhere).base_url
        self.saved = Saved(handed)
        self.clients: dict[str, Any] = {}
        self.behind: list[tuple[dict[str, Any], list[Any]]] = []
        self.held = False

    def hear(self, value: Any) -> Any:
        self.shown.append(f"{value!r} {value}")
        return value

    def client(self, step: dict[str, Any]) -> Any:
        name = step.get("client", "")
        if name not in self.clients:
            changes = self.scenario["clients"][name] if name else self.scenario.get("client", {})
            dialect = keywright.Dialect.from_toml((ROOT / "examples/acme.toml").read_text()) if self.service == "acme" else None
            changes = self.saved.resolve(changes)
            made = drive.connect(self.kind, self.service, self.access, changes, dialect, self.hear)
            self.clients[name] = self.hear(made)
        return self.clients[name]

    async def run(self) -> None:
        for number, step in enumerate(self.scenario["steps"], 1):
            try:
                await self.step(step)
            except AssertionError as wrong:
                raise AssertionError(f"step {number}: {wrong}") from wrong
        await self.join()
        self.end()

    async def step(self, step: dict[str, Any]) -> None:
        before = self.access.clock.elapsed()
        name = step["do"]
        if name.startswith(("sandbox.", "clock.")):
            self.control(name, self.saved.resolve(step.get("with", {})))
            return
        for outcome in await self.calls(step):
            self.verify(step, outcome)
        took = self.access.clock.elapsed() - before
        bounds = step.get("took", {})
        assert bounds.get("min", 0) <= took <= bounds.get("max", took), f"{name} took {took} s, not {bounds}"

    def control(self, name: str, given: dict[str, Any]) -> None:
        world, service = self.world, self.service
        match name:
            case "clock.advance":
                self.access.clock.advance(drive.duration(given["by"]))
            case "sandbox.fault":
                world.fault(given)
            case "sandbox.limit":
                refusal = {name: given[name] for name in ("status", "retry_after") if name in given}
                world.set_limit(service, given["count"], drive.duration(given["per"]), **refusal)
            case "sandbox.plan":
                world.set_plan(service, given["plan"])
            case "sandbox.credits":
                world.set_credits(service, credits=given["credits"])
            case "sandbox.inactive":
                world.set_active(service, False, account=given["account"])
            case "sandbox.change":
                state = world.fixtures()
                rows = [row for row in state[given["table"]] if row["service"] == service]
                fitting = [row for row in rows if given["where"].items() <= row.items()]
                assert fitting, f"no row fits {given['where']}"
                for row in fitting:
                    row.update(given["set"])
                world.load_fixtures(state)
            case _:
                raise AssertionError(f"{name} is no control call")

    async def one(self, step: dict[str, Any], client: Any, given: dict[str, Any]) -> tuple[Any, Any]:
        try:
            return await drive.call(drive.handle(client, step, self.saved), step["do"], given, self.hear), None
        except keywright.KeywrightError as error:
            self.shown.append("".join(traceback.format_exception(error)) + repr(vars(error)))
            return None, error

    async def calls(self, step: dict[str, Any]) -> list[tuple[Any, Any]]:
        given = self.saved.resolve(step.get("with", {}))
        try:
            client = self.client(step)
        except keywright.KeywrightError as error:
            self.shown.append("".join(traceback.format_exception(error)) + repr(vars(error)))
            return [(None, error)]
        if step["do"] == "client.new":
            return [({}, None)]
        times = step.get("times", 1)
        if "cancel" in step:
            await self.left(step, client, given)
            return []
        if step.get("background"):
            self.access.clock.hold()
            self.held = True
            self.behind.append((step, self.begin(step, client, given, times)))
            await self.begun(self.behind[-1][1])
            return []
        if step.get("at_once"):
            self.access.clock.hold()
            running = self.begin(step, client, given, times)
            await self.begun(running)
            self.access.clock.release()
            return [await one for one in running]
        if self.held:
            running = self.begin(step, client, given, times)
            await self.begun(running)
            self.release()
            return [await one for one in running]
        return [await self.one(step, client, given) for _ in range(times)]

    def begin(self, step: dict[str, Any], client: Any, given: dict[str, Any], times: int) -> list[Any]:
        if self.is_async:
            return [asyncio.ensure_future(self.one(step, client, given)) for _ in range(times)]
        return [Blocking(lambda: asyncio.run(self.one(step, client, given))) for _ in range(times)]

    async def begun(self, running: list[Any]) -> None:
        """Waits until every call has been made; the clock is held meanwhile."""
        if self.is_async:
            await asyncio.sleep(0)
            return
        while not all(one.is_inside() for one in running):
            await asyncio.sleep(0)
        # Who stands before the native call has yet to make it: each turn without the interpreter's lock lets one.
        for _ in range(100):
            time.sleep(0)

    def release(self) -> None:
        if self.held:
            self.held = False
            self.access.clock.release()

    async def left(self, step: dict[str, Any], client: Any, given: dict[str, Any]) -> None:
        """Makes a call whose caller leaves as soon as the service has it."""

        def seen() -> int:
            return sum(call_fits(step["cancel"], f"{one.method} {one.path}") for one in self.world.journal())

        before = seen()
        self.access.clock.hold()
        task = asyncio.ensure_future(self.one(step, client, given))
        while seen() == before and not task.done():
            await asyncio.sleep(0)
        assert not task.done(), f"{step['do']} had ended before its caller could leave"
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        self.access.clock.release()

    async def join(self) -> None:
        self.release()
        for step, running in self.behind:
            for one in running:
                self.verify(step, await one)

    def verify(self, step: dict[str, Any], outcome: tuple[Any, Any]) -> None:
        form, error = outcome
        if "error" in step:
            assert error is not None, f"{step['do']} succeeded, though it must fail: {form}"
            expected, form = step["error"], forms.error(error)
        else:
            assert error is None, f"{step['do']} failed: {error!r}: {forms.error(error) if error else ''}"
            expected = step.get("expect", {})
        wrong = differences(expected, form, self.saved)
        assert not wrong, f"{step['do']}: {wrong}"
        if isinstance(form.get("secret"), str):
            self.secrets.append(form["secret"])
        if "save" in step:
            self.saved.names[step["save"]] = form

    def end(self) -> None:
        seen = [f"{one.method} {one.path}" for one in self.world.journal()]
        due = self.scenario.get("journal")
        if due is not None:
            assert len(due) == len(seen) and all(map(call_fits, due, seen)), f"the services saw {seen} instead of {due}"
        for count in self.scenario.get("counts", []):
            times = sum(call_fits(count["call"], one) for one in seen)
            least, most = count.get("at_least", 0), count.get("at_most", times)
            assert times == count.get("times", times) and least <= times <= most, f"{count} was seen {times} times"
        leaked = [number for number, secret in enumerate(self.secrets) if any(secret in one for one in self.shown)]
        assert not leaked, f"secrets {leaked} of the run were shown"
        self.world.finish()
        self.world.close()


class Blocking:
    """A call that blocks a thread of its own."""

    def __init__(self, call: Any) -> None:
        self.outcome: Any = None
        self.thread = threading.Thread(target=self.run, args=(call,), daemon=True)
        self.thread.start()

    def run(self, call: Any) -> None:
        self.outcome = call()

    def is_inside(self) -> bool:
        """Whether it waits in the client, or has ended."""
        frame = sys._current_frames().get(self.thread.ident or 0)
        return not self.thread.is_alive() or (frame is not None and "/keywright/" in frame.f_code.co_filename)

    def __await__(self) -> Any:
        while self.thread.is_alive():
            yield from asyncio.sleep(0).__await__()
        return self.outcome
