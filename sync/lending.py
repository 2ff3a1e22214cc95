"""Which store lends: who can spare what is wanted and is near; twin of `lending.js`.

A store can spare what it has beyond its safety stock `{units, percent}`: so many units, or so much of what is available
there, whichever is more. Needs are what one request asks for, `[{wanted, offers}, …]`, the same stores in each, in the
same order: `{store, name_en, name_zh, distance_m, on_hand, reserved, …}`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Safety = Mapping[str, int]
Need = Mapping[str, Any]
# Best first.
GIVES = ("all", "part", "low", "none")


def spare(available: int, safety: Safety) -> int:
    """Units that a store can give without touching its safety stock."""
    return max(available - max(safety["units"], available * safety["percent"] // 100), 0)


def lenders_of(needs: Sequence[Need], safety: Safety) -> list[dict[str, Any]]:
    """The stores, best lender first, each with `available` and `spare` of the first need and with `gives`.

    Those that can spare `all`, nearest first; those that can spare `part`, the greatest part first; those that would
    fall below their safety stock (`low`), nearest first; those with nothing (`none`).
    """
    offers = needs[0]["offers"] if needs else ()
    return sorted((_lender(needs, place, safety) for place in range(len(offers))), key=_rank)


def _lender(needs: Sequence[Need], place: int, safety: Safety) -> dict[str, Any]:
    offer = needs[0]["offers"][place]
    have = [need["offers"][place]["on_hand"] - need["offers"][place]["reserved"] for need in needs]
    spares = [spare(units, safety) for units in have]
    given = [min(units, need["wanted"]) for units, need in zip(spares, needs, strict=True)]
    if all(units == need["wanted"] for units, need in zip(given, needs, strict=True)):
        gives = "all"
    elif any(given):
        gives = "part"
    else:
        gives = "low" if any(units > 0 for units in have) else "none"
    return {**offer, "available": have[0], "spare": spares[0], "gives": gives, "given": sum(given)}


def _rank(lender: Mapping[str, Any]) -> tuple[int, int, int, int]:
    part = -lender["given"] if lender["gives"] == "part" else 0
    return GIVES.index(lender["gives"]), part, lender["distance_m"], lender["store"]
