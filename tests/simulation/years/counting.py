"""Counts: of a whole store at once, or shelf by shelf in a session that may be blind or sealed."""

from typing import Any

from tests.simulation.years.chance import Chance
from tests.simulation.years.outbox import Row
from tests.simulation.years.phone import Phone

SHELVES = ("A1", "A2", "B1")


def count(phone: Phone, store: int, item: int, chance: Chance) -> tuple[str, Row]:
    """Mostly what the book says or nearly, for most shelves are as the book has them."""
    if phone.counting is None and chance.happens(0.2) and (others := _of_others(phone, store)):
        whole = chance.pick(others)
        flags = {"blind": whole["blind"], "sealed": False, "joins": whole["id"]}
        joined = phone.record("count.open", {"store": store, "scope": whole["scope"], **flags}, v=2)
        phone.counting = (joined["id"], store)
        return "count joined", joined
    if phone.counting is None and chance.happens(0.3):
        flags = {"blind": chance.happens(0.6), "sealed": chance.happens(0.3)}
        scope = "store" if chance.happens(0.6) else list(SHELVES[:2])
        opened = phone.record("count.open", {"store": store, "scope": scope, **flags})
        phone.counting = (opened["id"], store)
        return "count opened", opened
    if phone.counting and chance.happens(0.2):
        session, _store = phone.counting
        phone.counting = None
        return "count closed", phone.record("count.close", {"session": session})
    args: dict[str, Any] = {"store": store, "item": item, "counted": _seen(phone, store, item, chance)}
    if chance.happens(0.2):
        args["lot"] = chance.pick(("L1", "L2"))
    if phone.counting is None:
        return "count", phone.record("stock.count", args, v=chance.pick((1, 2)))
    session, args["store"] = phone.counting
    args |= {"session": _whole_of(phone, session)}
    if chance.happens(0.8):
        args |= {"shelf": chance.pick(SHELVES), "counted": args["counted"] // chance.whole(1, 3)}
        return "count of a shelf", phone.record("stock.count", args, v=2)
    return "count", phone.record("stock.count", args, v=2)


def _of_others(phone: Phone, store: int) -> list[dict[str, Any]]:
    rows = _rows(phone, f"counts:{store}")
    return [row for key, row in sorted(rows.items()) if key.startswith("open:") and row["by"] != phone.person]


def _whole_of(phone: Phone, session: str) -> str:
    """Its operation may not have been told back yet."""
    own = _rows(phone, f"user:{phone.person}").get(f"count:{session}") or {}
    whole: str = own.get("joins", session)
    return whole


def _rows(phone: Phone, bucket: str) -> dict[str, Any]:
    held = phone.replica.live.get(bucket) if phone.replica else None
    return {key: row for key, (_version, row) in held.rows.items() if row is not None} if held else {}


def _seen(phone: Phone, store: int, item: int, chance: Chance) -> int:
    assert phone.replica is not None
    held = phone.replica.live.get(f"stock:{store}")
    figures = held.rows.get(str(item)) if held else None
    if figures is None or chance.happens(0.3):
        return chance.whole(0, 60)
    on_hand: int = figures[1]["on_hand"]
    return max(0, on_hand + chance.whole(-3, 3))
