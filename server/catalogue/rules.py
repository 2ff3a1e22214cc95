"""Goods are minded by administrators: each change is told with what was there before, and nothing is ever deleted.

An edit is refused whole when one of its fields was changed by somebody else meanwhile: a name and its price were typed
as one thought, and half of it is a row that nobody wrote. Fields that the edit does not speak of stay as others left
them, so two people who change different fields never meet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.decisions import Decision, Entry, Facts, Happened, LastDay, Needs, Overtaken, Touch, Write, held_back
from server.people.roles import administers
from server.refusals import Refusal
from sync.gs1 import gtin_of

Item = Mapping[str, Any]


@dataclass(slots=True)
class Goods:
    """What the rules on goods are shown, read behind the locks of everybody who will hear of the change.

    `items` are whole rows by id, with `gtins` and `assortments` beside their columns; `skus` and `gtins` say whose the
    codes are that the operation names, `spelled` the columns that follow from the names it leaves. Of the item that is
    merged: `stock` is (location, lot, on hand), `last_days` what was read on its lots, `blocked` the rows of
    those that nobody may sell and `blocked_already` such lots of the other item, `earlier` items merged
    into it before, `under_way` how many open transfers and reservations name it. `moved` is whether stock of it
    was ever booked.
    """

    items: Mapping[int, Item]
    skus: Mapping[str, int] = field(default_factory=dict)
    gtins: Mapping[str, int] = field(default_factory=dict)
    assortments: frozenset[int] = frozenset()
    spelled: Mapping[str, str] = field(default_factory=dict)
    next_id: int = 0
    stock: list[tuple[int, str, int]] = field(default_factory=list)
    last_days: list[tuple[str, str]] = field(default_factory=list)
    blocked: list[Mapping[str, Any]] = field(default_factory=list)
    blocked_already: frozenset[str] = frozenset()
    earlier: list[Item] = field(default_factory=list)
    under_way: int = 0
    moved: bool = False
    # What stores keep of a code that was unknown in them.
    unknown: Sequence[Item] = ()
    buckets: set[str] = field(default_factory=set)
    figures: set[tuple[int, int]] = field(default_factory=set)

    def item(self, item: int) -> Item:
        """As it stands, and still an item of its own."""
        if item not in self.items:
            raise Refusal("item_unknown")
        if self.items[item]["merged_into"]:
            raise Refusal("item_merged", item=item)
        return self.items[item]


def needs(_op: Happened) -> Needs:
    # One change of the shop at a time: what it reaches is read before it can be locked.
    return Needs(buckets={"chain"})


def decide(op: Happened, facts: Facts) -> Decision:
    if op.kind == "barcode.teach":
        return _teach(op, facts)
    if not administers(facts.roles.get(op.by, []), op.at):
        raise Refusal("not_allowed")
    return _DEEDS[op.kind](op, facts.minded)


def _add(op: Happened, goods: Goods) -> Decision:
    args, item = op.args, goods.next_id
    ranged = list(args.get("assortments") or [])
    if not set(ranged) <= goods.assortments:
        raise Refusal("assortment_unknown")
    row = {name: args.get(name) or "" for name in ("sku", "name_en", "name_zh", "brand")}
    row |= {name: args[name] for name in ("unit", "price_cents", "tracks_lot", "tracks_expiry")}
    _named(row)
    _sku_free(row["sku"], item, goods)
    codes = dict.fromkeys(_free_gtin(code, item, goods) for code in args.get("barcodes") or [])
    writes = [Write("items", {"id": item}, {**row, **goods.spelled, "archived_at": None, "merged_into": None})]
    writes += [Write("barcodes", {"gtin": gtin}, {"item_id": item}) for gtin in codes]
    writes += [_ranged(assortment, item) for assortment in ranged]
    return Decision(writes=writes, touched=_told(item, ranged))


def _edit(op: Happened, goods: Goods) -> Decision:
    item = goods.item(op.args["item"])
    fields: Mapping[str, list[Any]] = op.args["fields"]
    for name, (before, after) in fields.items():
        if item[name] not in (before, after):
            raise Overtaken("field_overtaken", {name: item[name]}, field=name, value=_shown(item[name]))
    row = {**item, **{name: after for name, (_before, after) in fields.items()}}
    _named(row)
    _sku_free(row["sku"], item["id"], goods)
    if row["unit"] != item["unit"] and goods.moved:
        raise Refusal("unit_in_use")
    return _changed(item, {**row, **goods.spelled})


def _archive(op: Happened, goods: Goods) -> Decision:
    item = goods.item(op.args["item"])
    return _changed(item, {**item, "archived_at": item["archived_at"] or op.at})


def _restore(op: Happened, goods: Goods) -> Decision:
    item = goods.item(op.args["item"])
    return _changed(item, {**item, "archived_at": None})


def _merge(op: Happened, goods: Goods) -> Decision:
    """Nothing of the old item's history changes: what it still holds leaves it and arrives on the other.

    The same again moves what was booked on the old item since.
    """
    old, into = goods.items.get(op.args["item"]), goods.item(op.args["into"])
    if old is None:
        raise Refusal("item_unknown")
    if old["id"] == into["id"]:
        raise Refusal("same_item")
    if old["merged_into"] not in (None, into["id"]):
        raise Refusal("item_merged", item=old["id"])
    if into["archived_at"] is not None:
        raise Refusal("item_archived", item=into["id"])
    if old["unit"] != into["unit"]:
        raise Refusal("units_differ")
    if goods.under_way:
        raise Refusal("item_under_way", item=old["id"], transfers=goods.under_way)
    ranged = sorted({*old["assortments"], *into["assortments"]})
    leads = {"archived_at": old["archived_at"] or op.at, "merged_into": into["id"]}
    decision = Decision(writes=[_row(old, {**old, **leads})], touched=_told(old["id"], old["assortments"]))
    for one in goods.earlier:
        decision.writes.append(_row(one, {**one, "merged_into": into["id"]}))
        decision.touched += _told(one["id"], one["assortments"])
    decision.writes += [Write("barcodes", {"gtin": gtin}, {"item_id": into["id"]}) for gtin in old["gtins"]]
    decision.writes += [_ranged(one, into["id"]) for one in old["assortments"] if one not in into["assortments"]]
    decision.last_days = [LastDay(into["id"], lot, day) for lot, day in goods.last_days]
    decision.touched += _told(into["id"], ranged)
    for row in goods.blocked:
        key = {"item_id": old["id"], "lot": row["lot"]}
        decision.writes.append(Write("blocked_lots", key, None))
        if row["lot"] in goods.blocked_already:
            decision.touched.append(Touch("lots:0", f"blocked:{row['operation_id']}", gone=True))
            continue
        values = {name: row[name] for name in ("operation_id", "reason", "at", "person_id")}
        decision.writes.append(Write("blocked_lots", {**key, "item_id": into["id"]}, values))
        decision.touched.append(Touch("lots:0", f"blocked:{row['operation_id']}"))
    for location, lot, units in goods.stock:
        move_on(decision, Entry(location, old["id"], lot, units, "merge"), into["id"])
    return decision


def move_on(decision: Decision, booked: Entry, into: int) -> None:
    """Two more entries, which sum to zero: what stands on a store's shelves for one item goes to another."""
    store, units = booked.location // 2, booked.delta
    for item, delta in ((booked.item, -units), (into, units)):
        decision.entries.append(Entry(booked.location, item, booked.lot, delta, "merge"))
        change = {"store": store, "item": item, "on_hand": delta}
        decision.figures.append({**change, "reserved": 0, "in_transit_in": 0, "in_transit_out": 0})


def carry_on(decision: Decision, merged: Mapping[int, int]) -> None:
    """A phone may not know yet that an item was merged: what it tells is booked as told, and goes on to the other item.

    The shelf holds one article, so it needs no second look. `merged` leads from old items to what they are now.
    """
    decision.last_days += [one._replace(item=merged[one.item]) for one in decision.last_days if one.item in merged]
    for entry in list(decision.entries):
        on_shelves = entry.location % 2 == 0
        if entry.item in merged and on_shelves and entry.kind != "merge":
            move_on(decision, entry, merged[entry.item])
            if decision.code == "item_archived":
                decision.review, decision.code, decision.params = False, "item_merged", {"item": entry.item}


def _add_barcode(op: Happened, goods: Goods) -> Decision:
    item = goods.item(op.args["item"])
    gtin = _free_gtin(op.args["gtin"], item["id"], goods)
    if gtin in item["gtins"]:
        return Decision()
    given = Write("barcodes", {"gtin": gtin}, {"item_id": item["id"]})
    return Decision(writes=[given], touched=_told(item["id"], item["assortments"]))


def _teach(op: Happened, facts: Facts) -> Decision:
    """Who works in a store says whose a code is that was unknown there; it holds once somebody else approves it.

    Every item keeps its codes: one that belongs to another item meanwhile is refused, also on approval.
    """
    store, goods = op.args["store"], facts.minded
    if store not in facts.areas:
        raise Refusal("store_unknown")
    if not op.accepted and facts.level(op.by, store, op.at) < 2:
        raise Refusal("not_allowed")
    item = goods.item(op.args["item"])
    gtin = _free_gtin(op.args["code"], item["id"], goods)
    if gtin not in item["gtins"] and not op.accepted:
        return held_back("needs_approval")
    given = Write("barcodes", {"gtin": gtin}, {"item_id": item["id"]})
    decision = Decision(writes=[given], touched=_told(item["id"], item["assortments"]))
    for row in goods.unknown:
        decision.writes.append(Write("unknown_codes", {"store_id": row["store"], "code": row["code"]}, None))
        decision.touched.append(Touch(f"unknown_codes:{row['store']}", f"code:{row['id']}", gone=True))
    return decision


def _remove_barcode(op: Happened, goods: Goods) -> Decision:
    item = goods.item(op.args["item"])
    gtin = gtin_of(op.args["gtin"])
    if gtin not in item["gtins"]:
        return Decision()
    taken = Write("barcodes", {"gtin": gtin}, None)
    return Decision(writes=[taken], touched=_told(item["id"], item["assortments"]))


def _range(op: Happened, goods: Goods) -> Decision:
    assortment, comes = op.args["assortment"], op.args["way"] == "in"
    if assortment not in goods.assortments:
        raise Refusal("assortment_unknown")
    decision = Decision()
    for number in op.args["items"]:
        item = goods.item(number)
        if (assortment in item["assortments"]) == comes:
            continue
        write = _ranged(assortment, number)
        decision.writes.append(write if comes else write._replace(values=None))
        decision.touched.append(Touch(f"catalogue:{assortment}", str(number), gone=not comes))
    return decision


def _named(row: Item) -> None:
    if not (row["name_en"].strip() or row["name_zh"].strip()):
        raise Refusal("name_missing")


def _sku_free(sku: str, item: int, goods: Goods) -> None:
    if goods.skus.get(sku, item) != item:
        raise Refusal("sku_taken", item=goods.skus[sku])


def _free_gtin(code: str, item: int, goods: Goods) -> str:
    """The code as 14 digits, if it is one and no other item's."""
    gtin = gtin_of(code)
    if gtin is None:
        raise Refusal("barcode_wrong", gtin=code)
    if goods.gtins.get(gtin, item) != item:
        raise Refusal("barcode_taken", gtin=code, item=goods.gtins[gtin])
    return gtin


def _shown(value: Any) -> int | str:
    return value if isinstance(value, str) else int(value)


def _changed(item: Item, row: Item) -> Decision:
    if all(row[name] == value for name, value in item.items()):
        return Decision()
    return Decision(writes=[_row(item, row)], touched=_told(item["id"], item["assortments"]))


def _row(item: Item, row: Item) -> Write:
    values = {name: value for name, value in row.items() if name not in ("id", "gtins", "assortments")}
    return Write("items", {"id": item["id"]}, values)


def _ranged(assortment: int, item: int) -> Write:
    return Write("assortment_items", {"assortment_id": assortment, "item_id": item}, {})


def _told(item: int, assortments: Iterable[int]) -> list[Touch]:
    return [Touch(f"catalogue:{assortment}", str(item)) for assortment in assortments]


_DEEDS: Mapping[str, Callable[[Happened, Goods], Decision]] = {
    "item.add": _add,
    "item.edit": _edit,
    "item.archive": _archive,
    "item.restore": _restore,
    "item.merge": _merge,
    "barcode.add": _add_barcode,
    "barcode.remove": _remove_barcode,
    "assortment.range": _range,
}
