"""Random texts, shapes and forms: sound in about half of all cases, else wrong or from the edge of Unicode."""

from random import Random
from typing import Any

from sync.operations import KINDS, LIMITS, STATES
from tests.sync.twin_calls import Call

TEXTS = (
    "",
    " ",
    "12",
    "１２",
    "-3",
    "−3",
    "+7",
    "0",
    "007",
    "1.5",
    "1e3",
    "三",
    "茶 leaf",
    "GRÜN",
    "ﬁ ﬂ",
    "İ",
    "ß",
    "😀",
    "\u3000",
    "\u00a0",
)
MORE_TEXTS = (
    "x" * 201,
    "茶" * 200,
    "\0",
    "\ud800",
    "\u2028",
    "<b>&amp;'\"",
    "__proto__",
    "constructor",
    "2147483647",
    "9" * 16,
    "\t5\n",
    "ⅷ",
    "é",
    "e\u0301",
)
NUMBERS = (0, 1, -1, 2, 3, 7, 999_999, 1_000_000, 1_000_001, 2**31 - 1, 2**31, 2**53 - 1, -(2**53) + 1)
STRANGE: tuple[Any, ...] = (None, True, False, [], {}, "3", 1.5, [[]], {"item": 1})
EVERY_TEXT = TEXTS + MORE_TEXTS


class Shapes:
    def __init__(self, dice: Random) -> None:
        self.dice = dice

    def shape(self) -> Call:
        kind = self.dice.choice([*KINDS, "stock.eat", "toString"])
        return call("operations", "problems", kind, self.dice.choice([1, 1, 1, 1, 0, 2, 1.5]), self.args(kind))

    def args(self, kind: str) -> Any:
        """Arguments that are sound in about half of all cases."""
        if self.dice.random() < 0.03:
            return self.dice.choice(STRANGE)
        args = {
            name: self.value(rule)
            for name, rule in KINDS.get(kind, {"args": {}})["args"].items()
            if self.dice.random() < 0.95
        }
        if self.dice.random() < 0.1:
            args[self.dice.choice(["more", "a b", "__proto__", "é", "constructor"])] = 1
        return args

    def value(self, rule: dict[str, Any]) -> Any:
        if self.dice.random() < 0.06:
            return self.dice.choice([*STRANGE, *EVERY_TEXT, *NUMBERS])
        if rule["type"] == "choice":
            return self.dice.choice(rule["of"])
        if rule["type"] == "lines":
            return [
                {name: self.value(of) for name, of in rule["of"].items()}
                for _ in range(self.dice.choice([0, 1, 1, 2, 3]))
            ]
        if rule["type"] == "flag":
            return self.dice.choice([True, False])
        if rule["type"] == "texts":
            return [self.value({"type": "text"}) for _ in range(self.dice.choice([0, 1, 1, 2, 101]))]
        if rule["type"] == "edits":
            chosen = [pair for pair in rule["of"].items() if self.dice.random() < 0.3]
            return {name: [self.value(of) for _ in range(self.dice.choice([2, 2, 2, 1]))] for name, of in chosen}
        if rule["type"] == "uuid":
            return uuid(self.dice.randrange(4))
        if rule["type"] == "ids":
            return [self.dice.choice([1, 2, 3, *NUMBERS]) for _ in range(self.dice.choice([0, 1, 2, 3]))]
        if rule["type"] == "day":
            return self.dice.choice(["2026-11-30", "2028-02-29", "2027-02-29", "2026-13-01", "1999-12-31", "2026-1-1"])
        if rule["type"] == "state":
            return self.dice.choice(STATES)
        return self.dice.choice(EVERY_TEXT) if rule["type"] == "text" else self.dice.choice([1, 2, 3, 4, 5, *NUMBERS])

    def canonical(self) -> Call:
        return call("operations", "canonical", self.json_value(0))

    def json_value(self, depth: int) -> Any:
        kind = self.dice.randrange(5 if depth < 3 else 3)
        if kind == 0:
            return self.dice.choice([*NUMBERS, None, True, False])
        if kind < 3:
            return self.text().replace("\ud800", "")
        if kind == 3:
            return [self.json_value(depth + 1) for _ in range(self.dice.randrange(4))]
        return {
            self.dice.choice(["a", "b", "Z", "_", "10", "9", "ab", "from"]): self.json_value(depth + 1)
            for _ in range(4)
        }

    def text(self) -> str:
        return "".join(self.dice.choice(EVERY_TEXT) for _ in range(self.dice.choice([1, 1, 2, 3])))

    def checksum(self) -> Call:
        key = self.dice.choice(["1", "me", f"transfer:{uuid(3)}", f"store:{self.dice.randrange(999)}"])
        return call("checksum", "row_sum", key, self.dice.randrange(2**53))

    def number(self) -> Call:
        asked = self.dice.choice(
            [
                ("forms", "whole"),
                ("forms", "stripped"),
                ("shelf", "id_in"),
                ("shelf", "search_words"),
                ("shelf", "search_asked"),
                ("operations", "is_uuid"),
                ("formats", "fold"),
                ("formats", "sort_key"),
                ("gs1", "what_is"),
            ]
        )
        return call(*asked, self.text())

    def form(self) -> Call:
        names = (
            "quantity",
            "item",
            "line",
            "damaged",
            "reason",
            "lot",
            "expires",
            "direction",
            "action",
            "from",
            "from_state",
            "note",
            "locale",
            "store",
            "add",
        )
        fields = {
            name: [self.field(name) for _ in range(self.dice.choice([0, 1, 1, 2]))]
            for name in names
            if self.dice.random() < 0.8
        }
        return self.dice.choice(
            [
                call("forms", "adjust_form", fields, 1, 2),
                call("forms", "request_form", fields, 1),
                call("forms", "transfer_form", fields, uuid(1)),
                call("forms", "prefer_form", fields),
            ]
        )

    def field(self, name: str) -> str:
        sound = {
            "action": ("approve", "unapprove", "reject", "cancel", "dispatch", "receive", "close"),
            "direction": ("in", "out"),
            "reason": ("damaged", "found", "sold out"),
            "from_state": STATES,
            "locale": ("en", "zh"),
        }.get(name, ("1", "2", "3", "4"))
        return self.dice.choice(sound) if self.dice.random() < 0.8 else self.text()


def call(module: str, name: str, *given: Any) -> Call:
    return {"module": module, "call": name, "with": list(given)}


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


assert LIMITS["text"] == 200, "the texts above stand on both sides of the limit"
