"""The steps of the tour and the figures of its practice item; twin of `tour.js`."""

from typing import Any

PARTS = ("scan", "number", "adjust", "offline")
ON_HAND, RESERVED, COMING = 14, 2, 6


def tour_of(step: str, taken: str, level: int) -> dict[str, Any]:
    """What `?step=&taken=` show to somebody of this level: `{part, place, places, next, taken, available, on_hand,
    reserved, coming}`. An unknown step is the first; who has no stock powers (1, 5, none) has no step `adjust`.
    """
    acts = 2 <= level <= 4
    parts = [part for part in PARTS if acts or part != "adjust"]
    places = list(range(1, len(parts) + 1))
    place = next((one for one in places if str(one) == step), 1)
    part = parts[place - 1]
    is_taken = part == "adjust" and taken == "1"
    on_hand = ON_HAND - 1 if is_taken else ON_HAND
    return {
        "part": part,
        "place": place,
        "places": places,
        "next": place + 1 if place < len(parts) else 0,
        "taken": is_taken,
        "available": on_hand - RESERVED,
        "on_hand": on_hand,
        "reserved": RESERVED,
        "coming": COMING,
    }
