"""The shape of every operation, as `operations.json` lists them; twin of `operations.js`."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sync.gs1_dates import iso_day

CATALOGUE: dict[str, Any] = json.loads(Path(__file__).with_name("operations.json").read_text("utf-8"))
KINDS: dict[str, Any] = CATALOGUE["kinds"]
LIMITS: dict[str, int] = CATALOGUE["limits"]
STATES = ("requested", "approved", "dispatched", "short", "received", "closed", "rejected", "cancelled", "exception")

# Beyond this a whole number is not the same number on a phone.
LARGEST = 2**53 - 1

Problem = dict[str, Any]

_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_uuid_form = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_day_form = re.compile(r"(2[0-9]{3})-([0-9]{2})-([0-9]{2})")


def problems(kind: str, v: int, args: object) -> list[Problem]:
    """Everything wrong with an operation's shape, as `{code, params}` in the order of its fields; empty when sound."""
    known = KINDS.get(kind)
    if known is None:
        return [_problem("kind_unknown")]
    if not _whole(v) or not 1 <= v <= known["v"]:
        return [_problem("version_unknown")]
    if not isinstance(args, Mapping):
        return [_problem("field_wrong", field="args")]
    return _record_problems(_fields(kind, v), args)


def newest(kind: str) -> int:
    """The version in which operations of this kind are made now; 1 for a kind that nobody knows."""
    return int(KINDS[kind]["v"]) if kind in KINDS else 1


def may_be_accepted(kind: str, signed: bool) -> bool:
    """Whether somebody may say that such an operation counts after all: a fact, or a wish that needs approval and whose
    author is certain. Never one of a kind that this release does not know.
    """
    known = KINDS.get(kind, {})
    return bool(known.get("nature") == "fact" or (known.get("approval", False) and signed))


def upcast(kind: str, v: int, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Sound arguments of any version that was ever made, as the newest one would say them.

    In `operations.json` a field says `since` which version it is there, `was` what those before it meant, and `until`
    which version it was there, for one that went.
    """
    last = newest(kind)
    if v >= last:
        return args
    fields = KINDS[kind]["args"]
    raised = {name: value for name, value in args.items() if fields.get(name, {}).get("until", last) >= last}
    for name, rule in fields.items():
        if rule.get("since", 1) > v and "was" in rule:
            raised[name] = rule["was"]
    return raised


@cache
def _fields(kind: str, v: int) -> dict[str, Any]:
    """What a version of a kind is made of."""
    rules: dict[str, Any] = KINDS[kind]["args"]
    return {name: rule for name, rule in rules.items() if rule.get("since", 1) <= v <= rule.get("until", v)}


def canonical(value: object) -> str:
    """One text for one value: keys sorted, no spaces, whole numbers only. What is signed and hashed."""
    return _canonical.encode(value)


def signing_text(operation: Mapping[str, Any]) -> str:
    """The part of an operation that its signature covers; number and client stay out, for outboxes are renumbered."""
    return canonical({name: operation[name] for name in ("id", "kind", "v", "args", "at", "by")})


def is_uuid(value: object) -> bool:
    """A UUID in lower case with its four hyphens."""
    return isinstance(value, str) and _uuid_form.fullmatch(value) is not None


def _record_problems(fields: Mapping[str, Any], record: Mapping[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    for name, rule in fields.items():
        value = record.get(name)
        if value is None:
            if not rule.get("optional"):
                found.append(_problem("no_lines" if rule["type"] == "lines" else "field_missing", field=name))
        else:
            found += _CHECKS[rule["type"]](name, value, rule)
    return found + [_problem("field_wrong", field=_shown(name)) for name in record if name not in fields]


def _shown(name: str) -> str:
    return name if name.isascii() and name.isidentifier() and len(name) <= 40 else "?"


def _problem(code: str, **params: int | str) -> Problem:
    return {"code": code, "params": params}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def _id(name: str, value: Any, _rule: Any) -> list[Problem]:
    return [] if _whole(value) and 1 <= value < 2**31 else [_problem("field_wrong", field=name)]


def _uuid(name: str, value: Any, _rule: Any) -> list[Problem]:
    return [] if is_uuid(value) else [_problem("field_wrong", field=name)]


def _choice(name: str, value: Any, rule: Any) -> list[Problem]:
    return [] if value in rule["of"] else [_problem("field_wrong", field=name)]


def _state(name: str, value: Any, _rule: Any) -> list[Problem]:
    return [] if value in STATES else [_problem("field_wrong", field=name)]


def _text(name: str, value: Any, rule: Any) -> list[Problem]:
    if not isinstance(value, str) or any("\ud800" <= c <= "\udfff" or c == "\0" for c in value):
        return [_problem("field_wrong", field=name)]
    most = rule.get("most", LIMITS["text"])
    if len(value) > most:
        return [_problem("text_too_long", limit=most)]
    if value == "" and not rule.get("optional"):
        return [_problem("reason_missing" if name == "reason" else "field_missing", field=name)]
    return []


def _day(name: str, value: Any, _rule: Any) -> list[Problem]:
    """`2026-11-30`, a day of the calendar in the years that goods are dated in."""
    parts = _day_form.fullmatch(value) if isinstance(value, str) else None
    is_day = parts and iso_day(int(parts[1]), int(parts[2]), int(parts[3]), False)
    return [] if is_day else [_problem("day_wrong", field=name)]


def _quantity(name: str, value: Any, _rule: Any) -> list[Problem]:
    if not _whole(value):
        return [_problem("not_a_number", field=name)]
    if value < 0:
        return [_problem("quantity_negative", field=name)]
    return _not_huge(value)


def _positive(name: str, value: Any, _rule: Any) -> list[Problem]:
    if not _whole(value):
        return [_problem("not_a_number", field=name)]
    if value <= 0:
        return [_problem("quantity_not_positive", field=name)]
    return _not_huge(value)


def _delta(name: str, value: Any, _rule: Any) -> list[Problem]:
    if not _whole(value):
        return [_problem("not_a_number", field=name)]
    return _not_huge(abs(value)) if value else [_problem("quantity_not_positive", field=name)]


def _not_huge(value: int) -> list[Problem]:
    return [_problem("quantity_huge", limit=LIMITS["quantity"])] if value > LIMITS["quantity"] else []


def _whole_number(name: str, value: Any, rule: Any) -> list[Problem]:
    sound = _whole(value) and rule["least"] <= value <= rule["most"]
    return [] if sound else [_problem("field_wrong", field=name)]


def _ids(name: str, value: Any, rule: Any) -> list[Problem]:
    """Each once; none at all only where the field may be missing too."""
    if not isinstance(value, list) or not all(_whole(one) and 1 <= one < 2**31 for one in value):
        return [_problem("field_wrong", field=name)]
    if not value and not rule.get("optional"):
        return [_problem("field_wrong", field=name)]
    if len(value) > LIMITS["chosen"]:
        return [_problem("too_many_chosen", limit=LIMITS["chosen"])]
    return [_problem("field_wrong", field=name)] if len(set(value)) < len(value) else []


def _lines(name: str, value: Any, rule: Any) -> list[Problem]:
    if not isinstance(value, list) or not all(isinstance(line, Mapping) for line in value):
        return [_problem("field_wrong", field=name)]
    if not value:
        return [_problem("no_lines")]
    if len(value) > LIMITS["lines"]:
        return [_problem("too_many_lines", limit=LIMITS["lines"])]
    first = next(iter(rule["of"]))
    named = [line.get(first) for line in value]
    # The same item or line twice in one operation has two meanings; neither is guessed.
    if all(_whole(one) for one in named) and len(set(named)) < len(named):
        return [_problem("field_wrong", field=first)]
    return [found for line in value for found in _record_problems(rule["of"], line)]


def _flag(name: str, value: Any, _rule: Any) -> list[Problem]:
    return [] if isinstance(value, bool) else [_problem("field_wrong", field=name)]


def _texts(name: str, value: Any, rule: Any) -> list[Problem]:
    if not isinstance(value, list) or len(value) > LIMITS["lines"]:
        return [_problem("field_wrong", field=name)]
    return [found for one in value for found in _text(name, one, {"most": rule["most"]})]


def _scope(name: str, value: Any, rule: Any) -> list[Problem]:
    """The whole store, or shelves by their codes, each once."""
    if value == "store":
        return []
    if not isinstance(value, list) or not value or len(value) > LIMITS["lines"]:
        return [_problem("field_wrong", field=name)]
    found = [found for one in value for found in _text(name, one, {"most": rule["most"]})]
    return found or ([_problem("field_wrong", field=name)] if len(set(value)) < len(value) else [])


def _edits(name: str, value: Any, rule: Any) -> list[Problem]:
    """Of each changed field what was there and what shall be there."""
    if not isinstance(value, Mapping) or not value:
        return [_problem("field_wrong", field=name)]
    strangers = [_problem("field_wrong", field=_shown(field)) for field in value if field not in rule["of"]]
    found: list[Problem] = []
    for field, of in rule["of"].items():
        if field not in value:
            continue
        change = value[field]
        if not isinstance(change, list) or len(change) != 2:
            found.append(_problem("field_wrong", field=field))
        else:
            found += [problem for one in change for problem in _CHECKS[of["type"]](field, one, of)]
    return found + strangers


_CHECKS: dict[str, Callable[[str, Any, Any], list[Problem]]] = {
    "id": _id,
    "uuid": _uuid,
    "choice": _choice,
    "state": _state,
    "text": _text,
    "quantity": _quantity,
    "positive": _positive,
    "delta": _delta,
    "lines": _lines,
    "whole": _whole_number,
    "ids": _ids,
    "flag": _flag,
    "texts": _texts,
    "edits": _edits,
    "scope": _scope,
    "day": _day,
}
