"""The application identifiers of the GS1 General Specifications, as gs1_table.json lists them; twin of
gs1_identifiers.js.

A form reads `N14 check, X..17 maybe`: digits (N), the 82 characters (X), the 39 (Y) or the 64 (Z); how many; rules of
gs1_values; `maybe` where the part may be left out. `needs` are alternatives of what must stand beside it, `bars` what
must not, `key` the qualifiers that may follow it in a Digital Link. An `n` stands for any digit, up to `upto`;
an `s` asks for the serial part that may be left out elsewhere.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("gs1_table.json").read_text("utf-8"))
_PART = re.compile(r"([NXYZ])(\.\.)?([0-9]+)(.*)")


class Part(NamedTuple):
    """One piece of a value: its set of characters, lengths, rules, and whether it may be left out."""

    characters: str
    least: int
    most: int
    rules: tuple[str, ...]
    may_miss: bool


class Identifier(NamedTuple):
    """`fixed` is the length of the value where the scanner sends no separator after it, else 0.

    `needs` are alternatives, each a list of patterns; `key` is None for what is no key of a Digital Link.
    """

    parts: tuple[Part, ...]
    least: int
    most: int
    fixed: int
    needs: tuple[tuple[str, ...], ...]
    bars: tuple[str, ...]
    key: tuple[tuple[str, ...], ...] | None
    attribute: bool


def identifier_of(ai: str) -> Identifier | None:
    """What is known of an application identifier such as `01` or `3103`."""
    return _KNOWN.get(ai)


def identifier_at(text: str, at: int) -> str:
    """The digits at `at` that an application identifier would have: two to four, as the first two say; else two."""
    first = text[at : at + 2]
    return text[at : at + _DIGITS.get(first, 2)]


def fixed_length(ai: str) -> int:
    """How many characters follow, known or not, where the first two digits alone say so (7.8.5); else 0."""
    return int(TABLE["predefined"].get(ai[:2], 0))


def matches(ai: str, pattern: str) -> bool:
    """Whether `3103` is one of `310n` or `31nn`."""
    return len(ai) == len(pattern) and all(theirs in ("n", mine) for mine, theirs in zip(ai, pattern, strict=True))


def _part(words: str) -> Part:
    form = _PART.fullmatch(words)
    assert form is not None, words
    rules = tuple(form[4].split())
    least = 1 if form[2] else int(form[3])
    return Part(form[1], least, int(form[3]), tuple(rule for rule in rules if rule != "maybe"), "maybe" in rules)


def _identifier(ai: str, entry: dict[str, Any]) -> Identifier:
    parts = tuple(_part(words) for words in entry["form"].split(", "))
    keys = entry.get("key")
    return Identifier(
        parts=parts,
        least=sum(part.least for part in parts if not part.may_miss),
        most=sum(part.most for part in parts),
        fixed=fixed_length(ai),
        needs=tuple(tuple(group.split("+")) for group in entry.get("needs", ())),
        bars=tuple(entry.get("bars", ())),
        key=None if keys is None else tuple(tuple(chain.split(" ")) for chain in keys),
        attribute=bool(entry.get("attribute", True)),
    )


def _known() -> dict[str, Identifier]:
    known = {}
    for pattern, entry in TABLE["identifiers"].items():
        names = [pattern[:-1] + str(last) for last in range(entry["upto"] + 1)] if "upto" in entry else [pattern]
        shared = _identifier(pattern, entry)
        known.update(dict.fromkeys(names, shared))
    return known


_KNOWN = _known()
_DIGITS = {ai[:2]: len(ai) for ai in _KNOWN}
