"""Who changes stores, areas, neighbours and assortments, and what follows from it on phones."""

from collections.abc import Callable, Iterable, Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

from server.decisions import Decision, Facts, Happened, Needs, Touch, Write
from server.people.roles import administers
from server.refusals import Refusal

MICRODEGREES = 1_000_000
EARTH_RADIUS_M = 6_371_000

# What the loader found: `server.stores.minding.StoresMinded`.
Known = Any
Row = Mapping[str, Any]


def needs(op: Happened) -> Needs:
    buckets = {"chain"}
    if op.kind == "store.archive":
        # Nothing may be sent to a store while it is looked whether it is empty.
        buckets |= {f"stock:{op.args['store']}", f"work:{op.args['store']}"}
    return Needs(buckets=buckets)


def decide(op: Happened, facts: Facts) -> Decision:
    if not administers(facts.roles.get(op.by, []), op.at):
        raise Refusal("not_allowed")
    given = {name: value for name, value in op.args.items() if value is not None}
    return _RULES[op.kind](given, facts.minded, op.at)


def distance_m(here: Row, there: Row) -> int:
    """Between two places in degrees, as the crow flies, by the haversine formula, to the nearest 100 m."""
    lat_here, lat_there = radians(here["latitude"]), radians(there["latitude"])
    half_lat = (lat_there - lat_here) / 2
    half_lon = radians(there["longitude"] - here["longitude"]) / 2
    chord = sin(half_lat) ** 2 + cos(lat_here) * cos(lat_there) * sin(half_lon) ** 2
    return round(2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord))) / 100) * 100


def _save_store(given: dict[str, Any], known: Known, _at: int) -> Decision:
    store = given.get("store")
    before = _store(known, store) if store else _no_store(given)
    after = {**before, **_columns(given)}
    if not after["name_en"] and not after["name_zh"]:
        raise Refusal("field_missing", field="name")
    if after["time_zone"] not in known.zones | {before["time_zone"]}:
        raise Refusal("zone_unknown")
    if after["area_id"] not in known.chain.area_rows:
        raise Refusal("area_unknown")
    store = store or known.fresh
    if any(one != store and _alike(row["code"], after["code"]) for one, row in known.chain.stores.items()):
        raise Refusal("code_taken", named=after["code"])
    if after == before:
        return Decision()
    decision = Decision(writes=[_store_write(store, after)])
    if known.fresh:
        # The chain's first store is also the first time that phones ask for the policy.
        decision.touched.append(Touch("chain", "policy"))
        decision.writes += [
            Write("locations", {"id": store * 2 + road}, {"kind": kind, "store_id": store})
            for road, kind in enumerate(("store", "transit"))
        ]
    if after["archived_at"] is None:
        decision.touched.append(_touch(store))
    if not known.chain.stores:
        # With the first store begins what holds for all.
        decision.touched.append(Touch("chain", "policy"))
    if (after["latitude"], after["longitude"]) != (before["latitude"], before["longitude"]):
        _measure_again(decision, known, store, after)
    if after["area_id"] != before["area_id"]:
        _tell_people(decision, known, store, {before["area_id"], after["area_id"]})
    return decision


def _no_store(given: dict[str, Any]) -> dict[str, Any]:
    """What a new store begins as; all that it must have is asked for."""
    for name in ("code", "area", "latitude_microdegrees", "longitude_microdegrees", "time_zone"):
        if given.get(name) in (None, ""):
            raise Refusal("field_missing", field=name)
    nothing = dict.fromkeys(("code", "area_id", "latitude", "longitude", "time_zone", "archived_at"))
    return {**nothing, "name_en": "", "name_zh": ""}


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form as columns; a code may not become empty."""
    if given.get("code") == "":
        raise Refusal("field_missing", field="code")
    names = ("code", "name_en", "name_zh", "time_zone")
    found = {name: given[name] for name in names if name in given}
    if "area" in given:
        found["area_id"] = given["area"]
    for name in ("latitude", "longitude"):
        if f"{name}_microdegrees" in given:
            found[name] = given[f"{name}_microdegrees"] / MICRODEGREES
    return found


def _measure_again(decision: Decision, known: Known, store: int, place: Row) -> None:
    """The ways between a store that moved and its neighbours, in both directions."""
    for one, near in known.chain.neighbours.items():
        for other, _was_m in near:
            if store in (one, other):
                far_m = distance_m(place, known.chain.stores[other if one == store else one])
                decision.writes.append(_way(one, other, far_m))
                if one != store and one in known.chain.areas:
                    decision.touched.append(_touch(one))


def _archive_store(given: dict[str, Any], known: Known, at: int) -> Decision:
    store = given["store"]
    before = _store(known, store)
    if before["archived_at"] is not None:
        return Decision()
    if known.has_transfers:
        raise Refusal("store_has_transfers")
    if known.has_goods:
        raise Refusal("store_has_goods")
    decision = Decision(writes=[_store_write(store, {**before, "archived_at": at})], touched=[_touch(store, gone=True)])
    for one, near in known.chain.neighbours.items():
        for other, _far_m in near:
            if store in (one, other):
                decision.writes.append(Write("neighbours", {"store_id": one, "neighbour_id": other}, None))
                if one != store and one in known.chain.areas:
                    decision.touched.append(_touch(one))
    _tell_people(decision, known, store, {before["area_id"]})
    return decision


def _restore_store(given: dict[str, Any], known: Known, _at: int) -> Decision:
    store = given["store"]
    before = _store(known, store)
    if before["archived_at"] is None:
        return Decision()
    decision = Decision(writes=[_store_write(store, {**before, "archived_at": None})], touched=[_touch(store)])
    _tell_people(decision, known, store, {before["area_id"]})
    return decision


def _save_area(given: dict[str, Any], known: Known, _at: int) -> Decision:
    area = given.get("area")
    if area and area not in known.chain.area_rows:
        raise Refusal("area_unknown")
    before: Row = known.chain.area_rows[area] if area else {"name_en": "", "name_zh": ""}
    after: dict[str, Any] = {name: given.get(name, before[name]) for name in ("name_en", "name_zh")}
    if not after["name_en"] and not after["name_zh"]:
        raise Refusal("field_missing", field="name")
    # Areas are told apart by this name, so it is never empty.
    after["name_en"] = after["name_en"] or after["name_zh"]
    for one, row in known.chain.area_rows.items():
        if one != area and _alike(row["name_en"], after["name_en"]):
            raise Refusal("name_taken", name=after["name_en"])
    area = area or known.fresh
    if all(before[name] == value for name, value in after.items()):
        return Decision()
    return Decision(writes=[Write("areas", {"id": area}, after)], touched=[Touch("chain", f"area:{area}")])


def _save_neighbours(given: dict[str, Any], known: Known, _at: int) -> Decision:
    store, both = given["store"], given["ways"] == "both"
    here = _open_store(known, store)
    decision, told = Decision(), set()
    for other in given.get("added", []):
        if other == store:
            raise Refusal("own_neighbour")
        far_m = distance_m(here, _open_store(known, other))
        for one, next_one in _ways(store, other, both):
            if next_one not in _near(known, one):
                decision.writes.append(_way(one, next_one, far_m))
                told.add(one)
    for other in given.get("removed", []):
        for one, next_one in _ways(store, other, both):
            if next_one in _near(known, one):
                decision.writes.append(Write("neighbours", {"store_id": one, "neighbour_id": next_one}, None))
                told.add(one)
    decision.touched = [_touch(one) for one in sorted(told) if one in known.chain.areas]
    return decision


def _save_assortment(given: dict[str, Any], known: Known, _at: int) -> Decision:
    assortment: int | None = given.get("assortment")
    if assortment and assortment not in known.assortments:
        raise Refusal("assortment_unknown")
    before: str = known.assortments[assortment] if assortment else ""
    name: str = given.get("name", before)
    if not name:
        raise Refusal("field_missing", field="name")
    for one, other in known.assortments.items():
        if one != assortment and _alike(other, name):
            raise Refusal("name_taken", name=name)
    decision = Decision()
    if before != name:
        decision.writes.append(Write("assortments", {"id": assortment or known.fresh}, {"name": name}))
    assortment = assortment or known.fresh
    told = set()
    for store in given.get("added", []):
        _open_store(known, store)
        if assortment not in known.chain.assortments.get(store, []):
            decision.writes.append(_carries(store, assortment, {}))
            told.add(store)
    for store in given.get("removed", []):
        if assortment in known.chain.assortments.get(store, []):
            decision.writes.append(_carries(store, assortment, None))
            told.add(store)
    decision.touched = [_touch(store) for store in sorted(told) if store in known.chain.areas]
    return decision


def _tell_people(decision: Decision, known: Known, store: int, areas: set[int | None]) -> None:
    """Whose role covers other stores than before."""
    people = {
        person
        for person, role in known.roles
        if role.store_id == store or (role.store_id is None and (role.area_id is None or role.area_id in areas))
    }
    decision.touched += [Touch(f"user:{person}", "me") for person in sorted(people)]


def _store(known: Known, store: int) -> dict[str, Any]:
    if store not in known.chain.stores:
        raise Refusal("store_unknown")
    return {name: value for name, value in known.chain.stores[store].items() if name != "id"}


def _open_store(known: Known, store: int) -> Row:
    if store not in known.chain.areas:
        raise Refusal("store_unknown")
    found: Row = known.chain.stores[store]
    return found


def _near(known: Known, store: int) -> set[int]:
    return {other for other, _far_m in known.chain.neighbours.get(store, [])}


def _ways(store: int, other: int, both: bool) -> Iterable[tuple[int, int]]:
    return [(store, other), (other, store)] if both else [(store, other)]


def _way(one: int, other: int, far_m: int) -> Write:
    return Write("neighbours", {"store_id": one, "neighbour_id": other}, {"distance_m": far_m})


def _carries(store: int, assortment: int, values: dict[str, Any] | None) -> Write:
    return Write("store_assortments", {"store_id": store, "assortment_id": assortment}, values)


def _store_write(store: int, row: Row) -> Write:
    return Write("stores", {"id": store}, dict(row))


def _touch(store: int, gone: bool = False) -> Touch:
    return Touch("chain", f"store:{store}", gone)


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


_RULES: Mapping[str, Callable[[dict[str, Any], Known, int], Decision]] = {
    "store.save": _save_store,
    "store.archive": _archive_store,
    "store.restore": _restore_store,
    "area.save": _save_area,
    "neighbours.save": _save_neighbours,
    "assortment.save": _save_assortment,
}
