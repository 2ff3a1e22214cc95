"""Takes element strings and bracketed ones apart, and judges what stands together; twin of gs1_elements.js."""

import re
from typing import TypedDict

from sync.gs1_digits import all_digits
from sync.gs1_identifiers import fixed_length, identifier_at, identifier_of, matches
from sync.gs1_values import problem

# What a scanner sends for FNC1 after a value whose length is open.
SEPARATOR = "\x1d"
_BRACKETED = re.compile(r"(?<!\\)\(([0-9]{2,4})\)")


class Error(TypedDict):
    """What is wrong: `ai` is empty where it is the code as a whole."""

    ai: str
    code: str


Elements = list[tuple[str, str]]
Apart = tuple[Elements, list[Error]]


def in_string(text: str) -> Apart:
    """The elements of a string as a scanner sends it: values without a separator are as long as their AI says."""
    elements: Elements = []
    errors: list[Error] = []
    at = 0
    while at < len(text):
        if text[at] == SEPARATOR:
            at += 1
            continue
        end = text.find(SEPARATOR, at)
        end = len(text) if end < 0 else end
        ai = identifier_at(text, at)
        known, fixed = identifier_of(ai), fixed_length(ai)
        stop = min(at + len(ai) + fixed, end) if fixed else end
        if known is None:
            errors.append({"ai": ai if all_digits(ai) else "", "code": "unknown_ai"})
        else:
            elements.append((ai, text[at + len(ai) : stop]))
        at = stop
    return elements, errors


def in_brackets(text: str) -> Apart | None:
    """The elements of `(01)…(10)…`; None where the text does not begin so. `\\(` is a bracket inside a value."""
    found = list(_BRACKETED.finditer(text))
    if not found or found[0].start() != 0:
        return None
    elements: Elements = []
    errors: list[Error] = []
    ends = [each.start() for each in found[1:]] + [len(text)]
    for each, end in zip(found, ends, strict=True):
        if identifier_of(each[1]) is None:
            errors.append({"ai": each[1], "code": "unknown_ai"})
        else:
            elements.append((each[1], text[each.end() : end].replace("\\(", "(")))
    return elements, errors


def judged(elements: Elements, today: str) -> tuple[dict[str, str], dict[str, str], list[Error]]:
    """All values by AI, those that are sound, and what is wrong with the others and between them."""
    values: dict[str, str] = {}
    sound: dict[str, str] = {}
    errors: list[Error] = []
    for ai, value in elements:
        if ai in values:
            if values[ai] != value:
                errors.append({"ai": ai, "code": "repeated"})
            continue
        known = identifier_of(ai)
        wrong = problem(known, value, today) if known else None
        values[ai] = value
        if wrong:
            errors.append({"ai": ai, "code": wrong})
        else:
            sound[ai] = value
    errors += [{"ai": ai, "code": code} for ai in values for code in _beside(ai, values)]
    return values, sound, errors


def _beside(ai: str, values: dict[str, str]) -> list[str]:
    known = identifier_of(ai)
    if known is None:
        return []
    lacks = known.needs and not any(all(_holds(values, ai, one) for one in group) for group in known.needs)
    barred = any(_holds(values, ai, pattern) for pattern in known.bars)
    return ["needs"] * bool(lacks) + ["excludes"] * barred


def _holds(values: dict[str, str], ai: str, pattern: str) -> bool:
    """Whether another one than `ai` is there that the pattern means."""
    if pattern.endswith("s"):
        known = identifier_of(pattern[:-1])
        return known is not None and len(values.get(pattern[:-1], "")) > known.least
    if "n" not in pattern:
        return pattern in values and pattern != ai
    return any(other != ai and matches(other, pattern) for other in values)
