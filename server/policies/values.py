"""Every policy with its default, what may be chosen instead, and how a choice is spelled where it is typed. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from server.approvals.words import Approval
from server.refusals import Refusal

_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")
# Those who move stock: associate, store manager, area manager.
LEVELS = (2, 3, 4)


@dataclass(frozen=True, slots=True)
class Policies:
    """`adjust_limits`: units each level may adjust without somebody's acceptance. `neighbour_stock`: of which of its
    neighbours ("all", those of its "area", "none") a store's phones hold the stock. `dark_after_h`: after how many
    hours of silence a device is a worry. A count that differs by no more than `count_tolerance_units`, or by no more
    than `count_tolerance_percent` of what was expected, takes effect at once; within `count_clock_minutes` of somebody
    else's movement it waits for a look. `blind_counts` hide what is expected from who counts; `sealed_counts` take it
    off the phone. Work that ended stays on phones for `closed_days`; tombstones stay for `tombstone_days`, and a phone
    that was away for longer begins anew. Unknown codes are kept for `unknown_code_days` after their last scan. A
    store is proposed as a lender of what it has beyond `safety_units`, or beyond `safety_percent` of it. What an
    approval reserves is free again after `reservation_days` in which nothing left; with `blind_receipts` who receives
    it is not shown what was announced. A lot is on the worklist as urgent
    for the `expiry_soon_days` before its last day, and `expiry_later_days` before it as coming. Every morning a store
    is given `count_items_a_day` items to count: those of which the book may be wrong, then those that nobody counted
    for `count_days_a`, `count_days_b` or `count_days_c`, by their grade (see `server.counts.grading`). Labels
    link to `label_address`, to the hub itself where that is "", and their prices begin with `label_currency`. Numbers
    of parcels begin with the company prefix that GS1 gave the chain, `gs1_prefix`. The
    `approvals` are rules with a page of their own, see `server.approvals`.
    """

    adjust_limits: Mapping[int, int] = field(default_factory=lambda: {2: 20, 3: 500, 4: 5000})
    neighbour_stock: str = "all"
    dark_after_h: int = 24
    count_tolerance_units: int = 2
    count_tolerance_percent: int = 5
    count_clock_minutes: int = 2
    blind_counts: bool = True
    sealed_counts: bool = False
    closed_days: int = 30
    tombstone_days: int = 90
    label_address: str = ""
    label_currency: str = ""
    gs1_prefix: str = ""
    unknown_code_days: int = 90
    safety_units: int = 2
    safety_percent: int = 10
    reservation_days: int = 7
    blind_receipts: bool = False
    expiry_soon_days: int = 7
    expiry_later_days: int = 30
    count_items_a_day: int = 20
    count_days_a: int = 30
    count_days_b: int = 90
    count_days_c: int = 180
    approvals: tuple[Approval, ...] = ()

    def row(self) -> dict[str, Any]:
        """The row `policy` of the bucket `chain`."""
        told = {name: value for name, value in asdict(self).items() if name not in HUBS_OWN}
        return {**told, "adjust_limits": kept("adjust_limits", self.adjust_limits)}


# What phones have nothing to do with.
HUBS_OWN = frozenset({"dark_after_h", "tombstone_days", "unknown_code_days", "reservation_days", "approvals"})
HUBS_OWN |= {"gs1_prefix", "count_items_a_day", "count_days_a", "count_days_b", "count_days_c"}


class Choice(NamedTuple):
    """`read` makes a value of what was typed and raises ValueError for what may not be chosen; `shape` is for forms:
    "whole", "flag", "limits", "word" or "text", where nothing typed is "none".
    """

    shape: str
    read: Callable[[str], Any]
    words: tuple[str, ...] = ()


def whole(least: int, most: int) -> Choice:
    return Choice("whole", lambda text: _whole(text, least, most))


def _whole(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and least <= int(text) <= most):
        raise ValueError(text)
    return int(text)


def word(*words: str) -> Choice:
    # `index` raises ValueError for a word that is not among them.
    return Choice("word", lambda text: words[words.index(text)], words)


def _limits(text: str) -> dict[int, int]:
    """One limit a level, none lower than that of the level below."""
    parts = [_whole(part, 0, 1_000_000) for part in text.split(" ")]
    if len(parts) != len(LEVELS) or sorted(parts) != parts:
        raise ValueError(text)
    return dict(zip(LEVELS, parts, strict=True))


def _address(text: str) -> str:
    """An origin, perhaps with a path, that `/01/<GTIN>` can follow."""
    if text != "none" and not (_ADDRESS.fullmatch(text)):
        raise ValueError(text)
    return "" if text == "none" else text


def _currency(text: str) -> str:
    if text != "none" and (len(text) > 3 or any(letter.isdigit() or letter.isspace() for letter in text)):
        raise ValueError(text)
    return "" if text == "none" else text


def _prefix(text: str) -> str:
    """GS1 company prefixes have 4 to 12 digits."""
    if text != "none" and not (text.isascii() and text.isdigit() and 4 <= len(text) <= 12):
        raise ValueError(text)
    return "" if text == "none" else text


FLAG = Choice("flag", lambda text: ("no", "yes").index(text) == 1)
CHOICES: Mapping[str, Choice] = {
    "adjust_limits": Choice("limits", _limits),
    "neighbour_stock": word("all", "area", "none"),
    "dark_after_h": whole(1, 720),
    "count_tolerance_units": whole(0, 1000),
    "count_tolerance_percent": whole(0, 100),
    "count_clock_minutes": whole(0, 60),
    "blind_counts": FLAG,
    "sealed_counts": FLAG,
    # Phones keep what they did for 30 days and may push it again after a restored backup; see sync/PROTOCOL.md.
    "closed_days": whole(1, 365),
    "tombstone_days": whole(30, 3650),
    "label_address": Choice("text", _address),
    "label_currency": Choice("text", _currency),
    "gs1_prefix": Choice("text", _prefix),
    "unknown_code_days": whole(1, 3650),
    "safety_units": whole(0, 1000),
    "safety_percent": whole(0, 100),
    "reservation_days": whole(1, 365),
    "blind_receipts": FLAG,
    "expiry_soon_days": whole(0, 365),
    "expiry_later_days": whole(1, 730),
    "count_items_a_day": whole(0, 200),
    "count_days_a": whole(1, 730),
    "count_days_b": whole(1, 730),
    "count_days_c": whole(1, 730),
}


def spelled(value: Any) -> str:
    """As it is typed and as it travels in `policy.save`: `20 500 5000`, `yes`, `area`, `24`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return " ".join(str(value[level]) for level in LEVELS)
    return str(value) or "none"


def read(name: str, text: str) -> Any:
    """The value that was typed. Raises Refusal: nothing of that name, or not a choice there is."""
    if name not in CHOICES:
        raise Refusal("field_wrong", field="name")
    try:
        return CHOICES[name].read(text)
    except ValueError as error:
        raise Refusal("field_wrong", field=name) from error


def kept(name: str, value: Any) -> Any:
    """As JSON keeps it: levels are names there."""
    return {str(level): limit for level, limit in value.items()} if name == "adjust_limits" else value


def given_back(name: str, value: Any) -> Any:
    return {int(level): limit for level, limit in value.items()} if name == "adjust_limits" else value
