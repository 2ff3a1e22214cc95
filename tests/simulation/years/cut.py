"""What a phone was given by a pull: nothing goes back, nothing is another's, and all of it is of one moment."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from server.catalogue.tables import store_assortments
from server.counts.tables import count_ends, count_sessions
from server.inbox.tables import clients
from server.people.tables import people, roles
from server.policies.facts import load_policies
from server.stores.tables import neighbours, stores
from tests.simulation.years.hub import Hub
from tests.simulation.years.looked import Looked
from tests.simulation.years.replica import Held, Replica
from tests.simulation.years.watch import Seen

# A session of counting ends by itself.
SESSION_MS = 86_400_000
SeenByName = Mapping[str, Seen]

WORK = ("work", "unknown_codes", "counts")


class Cut:
    def __init__(self, looked: Looked) -> None:
        self.looked = looked
        self._known: dict[int, tuple[Any, Any]] = {}
        self._places: tuple[Any, Any] | None = None

    def begin(self, replica: Replica, seen: SeenByName) -> "Session":
        return Session(self.looked, replica, {name: one.head for name, one in seen.items()})

    async def allowed(self, hub: Hub, person: int) -> "Allowed":
        """What decides which buckets are theirs, read again when the hub says that it changed."""
        chain, mine = hub.watch.seen["chain"], hub.watch.seen.get(f"user:{person}")
        if self._places is None or self._places[0] != chain:
            self._places = (chain, await _read_places(hub))
        known = self._known.get(person)
        if known is None or known[0] != mine:
            known = self._known[person] = (mine, await _read_person(hub, person))
        return Allowed(*known[1], *self._places[1])


class Allowed(NamedTuple):
    roles: Sequence[Any]
    home: int | None
    sealed: Sequence[Any]
    areas: dict[int, int]
    near: Sequence[Any]
    ranged: Sequence[Any]
    lenders: str

    def is_sealed(self, device: str, now: int) -> bool:
        """Whether a sealed count of theirs is open on this device."""
        open_ones = [one for one in self.sealed if one.device_id == device and one.closed_at is None]
        return any(now < one.opened_at + SESSION_MS for one in open_ones)


async def _read_person(hub: Hub, person: int) -> tuple[Any, Any, Any]:
    async with hub.database.reading() as connection:
        held = await connection.execute(select(roles).where(roles.c.person_id == person))
        home = await connection.scalar(select(people.c.store_id).where(people.c.id == person))
        whole, whole_end = count_sessions.alias(), count_ends.alias()
        ended = (count_ends.c.session_id == count_sessions.c.id) & (count_ends.c.person_id == person)
        # Whoever began the count that it joined may have ended it for all.
        for_all = (whole_end.c.session_id == whole.c.id) & (whole_end.c.person_id == whole.c.person_id)
        closed_at = func.coalesce(count_ends.c.closed_at, whole_end.c.closed_at).label("closed_at")
        counts = select(clients.c.device_id, count_sessions.c.opened_at, closed_at)
        both = count_sessions.join(clients).outerjoin(count_ends, ended)
        both = both.outerjoin(whole, whole.c.id == count_sessions.c.joins).outerjoin(whole_end, for_all)
        counts = counts.select_from(both)
        theirs = count_sessions.c.sealed & (count_sessions.c.person_id == person)
        return held.all(), home, (await connection.execute(counts.where(theirs))).all()


async def _read_places(hub: Hub) -> tuple[Any, Any, Any, str]:
    async with hub.database.reading() as connection:
        open_ones = await connection.execute(
            select(stores.c.id, stores.c.area_id).where(stores.c.archived_at.is_(None))
        )
        near = await connection.execute(select(neighbours.c.store_id, neighbours.c.neighbour_id))
        ranged = await connection.execute(select(store_assortments))
        lenders = (await load_policies(connection)).neighbour_stock
        return {row.id: row.area_id for row in open_ones}, near.all(), ranged.all(), lenders


def buckets_of(person: int, known: Allowed, now: int, device: str) -> set[str]:
    """Worked out anew from the design, not by the hub's own functions."""
    held = [role for role in known.roles if role.valid_from <= now and (role.valid_to is None or now < role.valid_to)]
    own = {store for store, area in known.areas.items() for role in held if _covers(role, store, area)}
    home = known.home if known.home in own else min(own, default=None)
    minds_all = any(role.level == 5 for role in held)
    names = {"chain", f"user:{person}", "lots:0"} | ({"reviews:0"} if minds_all else set())
    if home is None:
        return names
    near = {other for store, other in known.near if store == home and other in known.areas}
    if known.lenders != "all":
        near = {one for one in near if known.lenders == "area" and known.areas[one] == known.areas[home]}
    names |= {f"catalogue:{row.assortment_id}" for row in known.ranged if row.store_id == home}
    names |= set() if known.is_sealed(device, now) else {f"lots:{home}", *(f"stock:{store}" for store in {home, *near})}
    for store, area in known.areas.items():
        if any(role.level in (3, 4) and _covers(role, store, area) for role in held):
            names.add(f"reviews:{store}")
    return names | {f"{noun}:{store}" for noun in WORK for store in ({home} if minds_all else own)}


def _covers(role: Any, store: int, area: int) -> bool:
    return bool(role.store_id == store or (role.store_id is None and role.area_id in (None, area)))


class Session:
    """One pull of one phone, from its first question to its last answer."""

    def __init__(self, looked: Looked, replica: Replica, heads: dict[str, int]) -> None:
        self.looked = looked
        self.before = {name: (held.epoch, held.seq) for name, held in replica.live.items()}
        self.doubted = set(replica.doubted)
        self.versions = {
            name: {key: version for key, (version, _row) in held.rows.items()} for name, held in replica.live.items()
        }
        self.heads = heads
        self.resets: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()

    def answered(self, sent: dict[str, Any], told: dict[str, Any], seen: SeenByName) -> None:
        for part in told["buckets"]:
            name = part["id"]
            committed = seen[name]
            known = sent.get(name)
            self.looked.hold(
                4, part["to"] <= committed.head, f"{name}: told up to {part['to']}, committed is {committed}"
            )
            if known and known["epoch"] == part["epoch"]:
                # Asked again for the whole of it, a phone is told it page by page from the beginning.
                forward = part["to"] >= known["seq"] or part.get("reset", False)
                self.looked.hold(8, forward, f"{name} went from {known} to {part['to']}")
            elif known:
                self.looked.hold(13, part.get("reset", False), f"{name} is of another epoch and does not begin anew")
            if part.get("reset") or known is None:
                self.resets[name] += 1
                self.rows[name] = 0
            self.rows[name] += len(part["puts"])

    def done(self, replica: Replica, known: Allowed, now: int, device: str) -> None:
        may = buckets_of(replica.person, known, now, device)
        held = set(replica.live)
        # A bucket that nothing was ever put into is not there; one may have been made meanwhile.
        names = {name for name in may if name in self.heads} | (held & may)
        self.looked.hold(5, held == names, f"person {replica.person} holds {sorted(held)} and may {sorted(names)}")
        for name, live in replica.live.items():
            self._moved_on(name, live)
            if self.resets[name]:
                changed = live.seq - self.heads.get(name, 0)
                most = len(live.rows) + changed
                self.looked.hold(
                    13, self.resets[name] <= 1 + (name in self.doubted), f"{name} began anew {self.resets[name]} times"
                )
                self.looked.hold(13, self.rows[name] <= most, f"{name}: {self.rows[name]} rows for {most}")
        consistent(self.looked, replica)

    def _moved_on(self, name: str, live: Held) -> None:
        epoch, seq = self.before.get(name, ("", 0))
        if epoch != live.epoch:
            return
        self.looked.hold(8, live.seq >= seq, f"{name} went back from {seq} to {live.seq}")
        for key, version in self.versions[name].items():
            if key in live.rows and live.rows[key][0] < version:
                self.looked.hold(8, False, f"{name} {key} went back from version {version} to {live.rows[key][0]}")


def consistent(looked: Looked, replica: Replica) -> None:
    """One transfer is the same in the work of both its stores, and figures of a store are those of its transfers."""
    work = {int(name[5:]): held.rows for name, held in replica.live.items() if name.startswith("work:")}
    promised: Counter[tuple[int, int, str]] = Counter()
    for store, rows in work.items():
        for key, (_version, row) in rows.items():
            if not key.startswith("transfer:"):
                continue
            looked.hold(6, bool(row["lines"]), f"{key} has no lines")
            for end in ("from", "to"):
                if row[end] != store and key in work.get(row[end], {}):
                    looked.hold(6, work[row[end]][key][1] == row, f"{key} is two things in one cut")
            _promise(promised, store, row)
    for store in work:
        if f"stock:{store}" not in replica.live:
            continue
        for key, (_version, figures) in replica.live[f"stock:{store}"].rows.items():
            for name in ("reserved", "in_transit_in", "in_transit_out"):
                owed = promised[store, int(key), name]
                if figures[name] != owed:
                    what = f"item {key} at store {store}: {name} is {figures[name]}, its transfers say {owed}"
                    looked.hold(6, False, what)
        looked.at(6)


def _promise(promised: Counter[tuple[int, int, str]], store: int, row: dict[str, Any]) -> None:
    for line in row["lines"]:
        road = line["dispatched"] - line["received"] - line["damaged"] - line["lost"] - line["returned"]
        if row["from"] == store:
            if row["decision"] == "approved":
                promised[store, line["item"], "reserved"] += max((line["approved"] or 0) - line["dispatched"], 0)
            promised[store, line["item"], "in_transit_out"] += road
        else:
            promised[store, line["item"], "in_transit_in"] += road
