"""What the hub answered to pushes: the same for ever, numbered without a gap."""

from typing import Any

from msgspec import json

from tests.simulation.years.hub import Answer, Letter
from tests.simulation.years.looked import Looked

# What may be added to a result later on: somebody settled it, or it was tried once more.
_NOT_FINAL = ("parked",)


class Answers:
    def __init__(self, looked: Looked) -> None:
        self.looked = looked
        self._told: dict[tuple[str, int], dict[str, Any]] = {}

    def compare(self, letter: Letter, answer: Answer) -> None:
        status, told = answer
        if status != 200:
            if status in (400, 409, 503):
                self.looked.count(f"answered {status} {told.get('code', '')}".rstrip())
            elif status:
                raise AssertionError(f"a push was answered {status}: {told}")
            return
        asked = json.decode(letter.body)
        sent = [(op["n"], op["id"]) for op in asked["ops"]]
        results = [(result["n"], result["id"]) for result in told["results"]]
        self.looked.hold(2, sent == results, f"{letter.phone} sent {sent} and was told of {results}")
        last = sent[-1][0] if sent else 0
        self.looked.hold(2, told["last_n"] >= last, f"{letter.phone} sent up to {last}, settled is {told['last_n']}")
        for result in told["results"]:
            self._same(asked["client"], result)

    def _same(self, client: str, result: dict[str, Any]) -> None:
        place = client, result["n"]
        first = self._told.setdefault(place, result)
        if first is result:
            return
        self.looked.at(1)
        if first != result and first["status"] not in _NOT_FINAL:
            self.looked.hold(1, False, f"{place} was told {first} and then {result}")

    def forget(self) -> None:
        """An older hub remembers less."""
        self._told = {}
