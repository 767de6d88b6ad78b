"""One sandbox for the run, live, and a handle to its control API."""

import json
import os
import subprocess
import urllib.request

import pytest


class Sandbox:
    """The program, its first line, and its control API."""

    def __init__(self) -> None:
        program = os.environ["KEYWRIGHT_SANDBOX"]
        self.process = subprocess.Popen(
            [program, "--variant", "live", "--seed", "7", "--watch-stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.line = json.loads(self.process.stdout.readline())

    def service(self, name: str) -> dict:
        return self.line["services"][name]

    def control(self, method: str, path: str, body: object = None) -> dict:
        request = urllib.request.Request(self.line["control"] + path, method=method)
        request.add_header("Authorization", f"Bearer {self.line['token']}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data) as answer:
            text = answer.read()
        return json.loads(text) if text else {}

    def advance(self, by: str) -> None:
        self.control("POST", "/clock", {"advance": by})

    def seen(self) -> list[dict]:
        return self.control("GET", "/journal")["entries"]

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)


SANDBOX = Sandbox()
# Read when the package is imported, so it has to be there before.
os.environ["SECLAI_API_URL"] = SANDBOX.service("seclai")["base_url"]


@pytest.fixture(scope="session")
def sandbox():
    return SANDBOX


def pytest_unconfigure() -> None:
    SANDBOX.stop()


def pytest_collection_modifyitems(items: list) -> None:
    """The marks are judged when everything else has been asked for."""
    items.sort(key=lambda item: item.path.name == "test_marks.py")
