"""References in scenario files, and the comparison of what is expected with what is seen."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any


class Saved:
    """What earlier steps have left under a name."""

    def __init__(self, world: dict[str, Any]) -> None:
        self.names: dict[str, Any] = {"world": world}

    def get(self, path: str) -> Any:
        value: Any = self.names
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def resolve(self, value: Any) -> Any:
        if isinstance(value, str):
            if value.startswith("$") and not value.startswith("${"):
                return self.get(value[1:])
            return re.sub(r"\$\{([^}]*)\}", lambda found: str(self.get(found[1])), value)
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if isinstance(value, dict):
            if set(value) == {"repeat", "of"}:
                of = self.resolve(value["of"])
                return of * value["repeat"] if isinstance(of, str) else [of] * value["repeat"]
            return {name: self.resolve(member) for name, member in value.items()}
        return value


def differences(expected: Any, seen: Any, saved: Saved, at: str = "") -> list[str]:
    """How a result differs from what is expected; empty when it fits."""
    if isinstance(expected, str) and expected.startswith("~"):
        return [] if fits(expected[1:], seen, saved) else [f"{at}: {seen!r} does not fit {expected}"]
    if isinstance(expected, dict) and isinstance(seen, dict):
        found = []
        for name, member in expected.items():
            found += differences(member, seen.get(name), saved, f"{at}/{name}")
        return found
    if isinstance(expected, list) and isinstance(seen, list):
        missing = [one for one in expected if all(differences(one, item, saved) for item in seen)]
        return [f"{at}: no element fits {one!r} in {seen!r}" for one in missing]
    return [] if same(saved.resolve(expected), seen) else [f"{at}: {seen!r} instead of {expected!r}"]


def same(expected: Any, seen: Any) -> bool:
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    if isinstance(expected, str) != isinstance(seen, str):
        return isinstance(expected, (int, str)) and isinstance(seen, (int, str)) and str(expected) == str(seen)
    return bool(expected == seen)


def fits(matcher: str, seen: Any, saved: Saved) -> bool:
    word, _, rest = matcher.partition(" ")
    text = seen if isinstance(seen, str) else None
    match word:
        case "any":
            return seen is not None
        case "null":
            return seen is None
        case "time":
            return text is not None and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", text) is not None
        case "starts":
            return text is not None and text.startswith(rest)
        case "ends":
            return text is not None and text.endswith(rest)
        case "has":
            return text is not None and rest in text
        case "lacks":
            what = str(saved.resolve(rest))
            assert what, "`~lacks` has nothing to look for"
            return what not in json.dumps(seen, ensure_ascii=False)
        case "length":
            return text is not None and len(text) == int(rest)
        case "count":
            return isinstance(seen, list) and len(seen) == int(rest)
        case "min":
            return isinstance(seen, list) and len(seen) >= int(rest)
        case "first":
            return bool(seen) and not differences(tomllib.loads(f"it = {rest}")["it"], seen[0], saved)
    raise AssertionError(f"`~{matcher}` is no matcher")


def call_fits(expected: str, seen: str) -> bool:
    """Whether `GET /agents/x` is what `GET /agents/*` means."""
    due, parts = expected.split("/"), seen.split("/")
    return len(due) == len(parts) and all(one == part or (one == "*" and part) for one, part in zip(due, parts))
