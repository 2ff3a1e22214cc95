"""Calls a function of `sync` as an example or a random input says: `{module, call, with}`; twin of `twin_calls.js`."""

import json
import subprocess
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from tests.house import TOP

ARGUMENTS: dict[str, list[str]] = json.loads((TOP / "tests/sync/twin_arguments.json").read_text("utf-8"))
# What the functions refuse by raising; anything else is a bug of ours and fails the test that met it.
REFUSED = {"raises": True}
Call = dict[str, Any]


def answer(call: Call) -> Any:
    """The result as JSON would carry it."""
    kinds = ARGUMENTS.get(f"{call['module']}.{call['call']}", [])
    given = [_as(kind, value) for kind, value in zip([*kinds, *[""] * 9], call["with"], strict=False)]
    try:
        result = getattr(import_module(f"sync.{call['module']}"), call["call"])(*given)
    except ValueError:
        return REFUSED
    return json.loads(json.dumps(result))


def answers_of_the_twin(calls: Sequence[Call]) -> list[Any]:
    """What JavaScript answers to the same calls."""
    command = ["node", str(TOP / "tests/sync/twin_calls.js")]
    text = json.dumps(calls)
    run = subprocess.run(command, input=text, check=False, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    results: list[Any] = json.loads(run.stdout)
    return results


def _as(kind: str, value: Any) -> Any:
    if value is None or kind == "":
        return value
    if kind == "set":
        return set(value)
    if kind == "reader":
        return {**value, "levels": _numbered(value["levels"])}
    if kind == "book":
        return {**value, "items": _numbered(value["items"]), "stores": _numbered(value["stores"])}
    return _numbered(value)


def _numbered(by_text: dict[str, Any]) -> dict[int, Any]:
    return {int(number): value for number, value in by_text.items()}
