"""What people do with what their phones show them: mostly sensible, sometimes not, and some of it forged."""

from dataclasses import dataclass
from typing import Any

from sync.projection import on_road, steps
from sync.roles import Reader, reader_of
from tests import shop
from tests.simulation.years.chance import Chance
from tests.simulation.years.counting import count
from tests.simulation.years.outbox import Row
from tests.simulation.years.phone import Phone

DEEDS = {
    "adjust": 30,
    "count": 9,
    "move": 8,
    "request": 12,
    "step": 40,
    "prefer": 2,
    "withdraw": 3,
    "settle": 2,
    "code": 3,
    "nonsense": 1.5,
    "forge": 1.5,
    "poison": 0.6,
}
# Nobody knows them at first; the last two never become anybody's.
CODES = ("04006381333931", "04006381334006", "02123456012347", "4006381333932", "AB-12")
OUT = ("damaged", "expired", "theft", "sample", "own_use", "other")
INTENTS = ("approve", "unapprove", "reject", "cancel", "close")
FACTS = ("dispatch", "receive")
PARCELS = ("106141412345678908", "106141412345678915")
# A rule breaks on this note, and the database on this many units; see `poison.py`.
POISON_NOTE, POISON_UNITS = "poison", 4_999
LOTS = ("", "", "", "L1", "L2")
STORES = (shop.GHENT, shop.ANTWERP, shop.LEIDEN)


@dataclass(frozen=True)
class View:
    """What a person sees on a phone: themselves, goods of their store, transfers and reviews of their stores."""

    reader: Reader
    items: list[int]
    transfers: list[dict[str, Any]]
    neighbours: list[int]
    reviews: list[str]

    @property
    def store(self) -> int:
        store: int = self.reader["store"]
        return store


def view_of(phone: Phone) -> View | None:
    """None where there is nothing to see yet."""
    replica = phone.replica
    if replica is None or not replica.complete or "me" not in replica.live[f"user:{phone.person}"].rows:
        return None
    now = phone.now() + (phone.disk.offset or 0)
    reader = reader_of(replica.live[f"user:{phone.person}"].rows["me"][1], now)
    items: set[int] = set()
    transfers: dict[str, dict[str, Any]] = {}
    reviews: list[str] = []
    for name, held in replica.live.items():
        if name.startswith("catalogue:"):
            items |= {int(key) for key in held.rows}
        elif name.startswith("work:"):
            transfers |= {key: row for key, (_v, row) in held.rows.items() if key.startswith("transfer:")}
        elif name.startswith("reviews:"):
            reviews += [row["id"] for _version, row in held.rows.values()]
    here = replica.live["chain"].rows.get(f"store:{reader['store']}")
    near = [store for store, _distance_m in here[1]["neighbours"]] if here else []
    return View(reader, sorted(items), [transfers[key] for key in sorted(transfers)], near, sorted(reviews))


def act(phone: Phone, chance: Chance) -> tuple[str, Row] | None:
    """One thing that the person on a phone does: its name and the operation that was saved, if one was."""
    view = view_of(phone)
    if view is None or not view.items or not view.store:
        return None
    deed = chance.weighed(DEEDS)
    return _DEEDS[deed](phone, view, chance)


def _store(view: View, chance: Chance) -> int:
    return view.store if chance.happens(0.93) else chance.pick(STORES)


def _item(view: View, chance: Chance) -> int:
    """Half of all work is on a few goods, so that people meet."""
    if chance.happens(0.01):
        return 9_999
    return chance.pick(view.items[:6]) if chance.happens(0.5) else chance.pick(view.items)


def _adjust(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    inwards = chance.happens(0.5)
    units = chance.whole(1, 12) if chance.happens(0.93) else chance.whole(15, 700)
    args: dict[str, Any] = {
        "store": _store(view, chance),
        "item": _item(view, chance),
        "delta": units if inwards else -units,
    }
    args |= {"reason": "found" if inwards else chance.pick(OUT)}
    if lot := chance.pick(LOTS):
        args["lot"] = lot
    return "adjust", phone.record("stock.adjust", args)


def _move(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    kind = chance.pick(("sale", "return", "delivery"))
    items = sorted({_item(view, chance) for _ in range(chance.whole(1, 3))})
    lines = [{"item": item, "delta": (-1 if kind == "sale" else 1) * chance.whole(1, 9)} for item in items]
    return "move", phone.record("stock.move", {"store": _store(view, chance), "kind": kind, "lines": lines})


def _request(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    lines = [{"item": _item(view, chance), "quantity": chance.whole(1, 20)} for _ in range(chance.whole(1, 3))]
    donor = chance.pick(view.neighbours) if view.neighbours and chance.happens(0.95) else chance.pick(STORES)
    if chance.happens(0.2):
        pushed = {"from": view.store, "to": donor, "lines": lines, "push": True}
        return "request", phone.record("transfer.request", pushed, v=2)
    return "request", phone.record("transfer.request", {"from": donor, "to": view.store, "lines": lines})


def _step(phone: Phone, view: View, chance: Chance) -> tuple[str, Row] | None:
    """The next step of a transfer, for the most part; and sometimes one for which it is too late or too early."""
    mine = [
        (one, step["step"]) for one in view.transfers if (step := steps(one, view.reader["levels"], _me(phone)))["step"]
    ]
    if mine and chance.happens(0.88):
        transfer, action = chance.pick(mine)
    elif view.transfers:
        transfer, action = chance.pick(view.transfers), chance.pick((*INTENTS, *FACTS))
    else:
        return None
    args: dict[str, Any] = {"transfer": transfer["id"]}
    if action in INTENTS:
        args["from_state"] = transfer["state"]
    if action in ("unapprove", "reject", "close"):
        args["reason"] = "because it was so"
    back = (
        [line for line in transfer["lines"] if on_road(line) > 0 and chance.happens(0.3)] if action == "close" else []
    )
    if back:
        args["returned"] = [{"line": line["line"], "quantity": chance.whole(1, on_road(line))} for line in back]
    if action in ("approve", *FACTS):
        args["lines"] = [_line(line, action, chance) for line in transfer["lines"]]
    labelled = action in FACTS and chance.happens(0.3)
    if labelled:
        args["parcel"] = chance.pick(PARCELS)
    waiting = [one["id"] for one in phone.outbox.operations.values() if one["args"].get("transfer") == transfer["id"]]
    depends = {"dep": waiting[-1]} if waiting else {}
    return action, phone.record(f"transfer.{action}", args, v=2 if back or labelled else 1, **depends)


def _line(line: dict[str, Any], action: str, chance: Chance) -> dict[str, int]:
    asked = {
        "approve": line["requested"],
        "dispatch": line["approved"] or line["requested"],
        "receive": line["dispatched"],
    }
    all_of_it = asked[action] if chance.happens(0.7) else chance.whole(0, asked[action] + 1)
    if action != "receive":
        return {"line": line["line"], "quantity": all_of_it}
    broken = 1 if all_of_it and chance.happens(0.15) else 0
    return {"line": line["line"], "received": all_of_it - broken, "damaged": broken}


def _prefer(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    """Moves to another of one's stores, or to a language."""
    if chance.happens(0.5):
        return "prefer", phone.record("person.prefer", {"locale": chance.pick(("en", "zh"))})
    store = chance.pick(view.reader["stores"] or list(STORES)) if chance.happens(0.9) else chance.pick(STORES)
    return "prefer", phone.record("person.prefer", {"store": store})


def _withdraw(phone: Phone, _view: View, chance: Chance) -> tuple[str, Row] | None:
    waiting = sorted(one["id"] for one in phone.outbox.operations.values() if "withdrawn" not in one)
    if not waiting:
        return None
    chosen = chance.pick(waiting)
    phone.withdraw(chosen)
    return "withdraw", phone.outbox.operations[chosen]


def _settle(phone: Phone, view: View, chance: Chance) -> tuple[str, Row] | None:
    """One's word on what somebody else did; now and then on one's own, or on what somebody was faster with."""
    if not view.reviews:
        return None
    args = {"operation": chance.pick(view.reviews), "accept": chance.happens(0.75)}
    return "settle", phone.record("review.settle", args)


def _code(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    """A scan that found nothing, more often than a word on whose it is or that it is none of ours."""
    way = chance.pick(("unknown", "unknown", "unknown", "dismiss", "teach"))
    args: dict[str, Any] = {"store": _store(view, chance), "code": chance.pick(CODES)}
    if way == "teach":
        return "teach", phone.record("barcode.teach", {**args, "item": _item(view, chance)})
    if way == "unknown" and chance.happens(0.5):
        args |= {"times": chance.whole(0, 3), "before": [chance.pick(CODES)], "shelf": "A3"}
    return f"code {way}", phone.record(f"code.{way}", args)


def _nonsense(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    """What no release of this hub knows: a newer phone's kind, a newer version, a field that is not there."""
    good = {"store": view.store, "item": _item(view, chance), "delta": 1, "reason": "found"}
    kind, args, more = chance.pick(
        (("stock.eat", {}, {}), ("stock.adjust", good, {"v": 99}), ("stock.adjust", {**good, "colour": "red"}, {}))
    )
    return "nonsense", phone.record(kind, dict(args), **more)


def _forge(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    """Somebody else's name under one's own deed, no signature at all, or a signature of something else."""
    args = {"store": view.store, "item": _item(view, chance), "delta": -3, "reason": "theft"}
    way = chance.pick(("name", "none", "other words"))
    if way == "name":
        others = [person for person in (shop.BO, shop.DEV) if person != phone.person]
        return "forge", phone.record("stock.adjust", args, by=chance.pick(others), mac=_mac_of(phone, args))
    return "forge", phone.record(
        "stock.adjust", args, mac=None if way == "none" else _mac_of(phone, {**args, "delta": -1})
    )


def _mac_of(phone: Phone, args: dict[str, Any]) -> str:
    return phone.mac({"id": phone.device, "kind": "stock.adjust", "v": 1, "args": args, "at": 1, "by": _me(phone)})


def _poison(phone: Phone, view: View, chance: Chance) -> tuple[str, Row]:
    """A rule breaks on it, the database does, or nobody can even read it."""
    args = {"store": view.store, "item": view.items[0], "delta": 1, "reason": "found"}
    way = chance.pick(("rule", "database", "frame"))
    if way == "rule":
        return "poison", phone.record("stock.adjust", {**args, "note": POISON_NOTE})
    if way == "database":
        return "poison", phone.record("stock.adjust", {**args, "delta": POISON_UNITS})
    return "poison", phone.record("stock.adjust", {**args, "note": 0.5})


def _me(phone: Phone) -> int:
    assert phone.person is not None
    return phone.person


_DEEDS = {
    "adjust": _adjust,
    "count": lambda phone, view, chance: count(phone, view.store, _item(view, chance), chance),
    "move": _move,
    "request": _request,
    "step": _step,
    "prefer": _prefer,
    "withdraw": _withdraw,
    "settle": _settle,
    "code": _code,
    "nonsense": _nonsense,
    "forge": _forge,
    "poison": _poison,
}
