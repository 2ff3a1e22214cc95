"""What rules are given and what they answer: plain values, so that every rule is a function that needs no database."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from server.approvals.words import ONE_MANAGER, Told, Word, variance_percent, word_for, worth
from server.counts.past import Anchor, Past, Place, Reading
from server.people.roles import Role, level_at
from server.policies.values import Policies
from server.refusals import Refusal

Figures = list[int]
ON_HAND, RESERVED, IN_TRANSIT_IN, IN_TRANSIT_OUT = range(4)


@dataclass(frozen=True, slots=True)
class Happened:
    """An operation as rules see it: who did what and, by the hub's best knowledge, when (`at`, ms).

    `client` and `n` are its place in its outbox, and with `at` its place among everything that happened. `acted_at` is
    when the person acted: `at`, but for lines of a file that tell of earlier days.
    """

    id: str
    kind: str
    args: Mapping[str, Any]
    at: int
    by: int
    name: str
    client: str = ""
    n: int = 0
    placed_at: int | None = None
    # The clock of the phone may have been wrong by more than counts can bear.
    unsure: bool = False
    # Somebody who may has said that it counts: no right and no limit is asked for any more.
    accepted: bool = False

    @property
    def acted_at(self) -> int:
        return self.at if self.placed_at is None else self.placed_at

    def document(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind, "args": self.args, "at": self.at, "by": self.by, "name": self.name}


@dataclass(slots=True)
class Needs:
    """What must be loaded before an operation can be decided. `figures` are (store, item).

    `counted` are those of `figures` whose lots and later entries must be known too. `buckets` are locked beside those
    that follow from the rest.
    """

    items: set[int] = field(default_factory=set)
    transfers: set[str] = field(default_factory=set)
    figures: set[tuple[int, int]] = field(default_factory=set)
    counted: set[tuple[int, int]] = field(default_factory=set)
    buckets: set[str] = field(default_factory=set)

    def __ior__(self, other: "Needs") -> "Needs":
        self.items |= other.items
        self.transfers |= other.transfers
        self.figures |= other.figures
        self.counted |= other.counted
        self.buckets |= other.buckets
        return self


class Write(NamedTuple):
    """A row as it shall stand: `table` by name, `key` the columns of its primary key, `values` the others that change.

    `values` None takes the row away; only rows without a history of their own (a neighbour, a range) may go.
    """

    table: str
    key: dict[str, Any]
    values: dict[str, Any] | None


class Touch(NamedTuple):
    """A bucket's row that phones must hear of."""

    bucket: str
    key: str
    gone: bool = False


class LastDay(NamedTuple):
    """What somebody read on goods of a lot: `day` is an ISO day."""

    item: int
    lot: str
    day: str


def last_days(lines: Iterable[Mapping[str, Any]]) -> list[LastDay]:
    """Those that the arguments or lines of an operation tell."""
    told = [(line["item"], line.get("lot"), line.get("expires")) for line in lines]
    return [LastDay(item, lot, day) for item, lot, day in told if lot and day]


class Settlement(NamedTuple):
    """What somebody said of a review; `settled_in` is the operation that said it."""

    operation: str
    accepted: bool
    by: int
    at: int
    settled_in: str
    note: str


class Entry(NamedTuple):
    """One line of the ledger; `location` is a location id, `lot` "" for none.

    `anchored_by` is the id of the count that an entry of kind `count` keeps true, `at` its moment where that is not the
    operation's own.
    """

    location: int
    item: int
    lot: str
    delta: int
    kind: str
    reason: str | None = None
    transfer: str | None = None
    at: int | None = None
    anchored_by: str | None = None


@dataclass(slots=True)
class Decision:
    """What follows from an operation.

    `applied` has effect, with `review` somebody looks at it all the same; `review` has none until accepted. `figures`
    are changes of stores' figures as `sync.projection.stock_effects` gives them, `entries` the ledger lines behind
    them. `preferences` are columns of the person's own row. `writes` and `touched` are for what is neither stock nor a
    transfer: rows of shop, goods and people.
    """

    status: Literal["applied", "review"] = "applied"
    review: bool = False
    code: str | None = None
    params: dict[str, int | str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    figures: list[dict[str, int]] = field(default_factory=list)
    transfer: dict[str, Any] | None = None
    last_days: list[LastDay] = field(default_factory=list)
    # Counts that stand from now on and those that stand no more, and what was seen on some shelves.
    anchors: list[tuple[Place, Anchor]] = field(default_factory=list)
    released: list[tuple[Place, Anchor]] = field(default_factory=list)
    reading: tuple[Place, Reading] | None = None
    preferences: dict[str, Any] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    touched: list[Touch] = field(default_factory=list)
    # Whose words it needs where somebody must look at it.
    word: Word = ONE_MANAGER
    # Units that others moved so near to a count that nobody can say which came first.
    near: int = 0
    settlement: Settlement | None = None
    # An operation that has effect by this decision, and what follows from it; see `server.reviews`.
    accepts: Happened | None = None
    effect: "Decision | None" = None


def held_back(code: str, *, word: Word | None = None, **params: int | str) -> Decision:
    """A fact that somebody with the right must accept before it has effect."""
    return Decision("review", True, code, params, word=word or ONE_MANAGER)


class Overtaken(Refusal):
    """An intent that came second; `now` is what the winner left behind."""

    def __init__(self, code: str, now: dict[str, Any], **params: int | str) -> None:
        super().__init__(code, **params)
        self.now = now


@dataclass(slots=True)
class Facts:
    """What is true while a group of operations is decided, kept current as each has its effect.

    `areas` maps stores that exist to their area, `figures` (store, item) to the four figures of a store summed over
    lots. `past` is what counts need to know, `minded` what the operation's own noun loaded, `merged` leads from items
    that were merged to what they are now.
    """

    areas: Mapping[int, int]
    policies: Policies = field(default_factory=Policies)
    items: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    transfers: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: dict[tuple[int, int], Figures] = field(default_factory=dict)
    roles: Mapping[int, list[Role]] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    minded: Any = None
    merged: Mapping[int, int] = field(default_factory=dict)
    # (item, lot) that nobody may sell, and the units of such lots by (store, item): they count as reserved.
    blocked: Set[tuple[int, str]] = field(default_factory=set)
    blocked_units: dict[tuple[int, int], int] = field(default_factory=dict)
    levels: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def level(self, person: int, store: int, at: int) -> int:
        """The person's acting level (2-4, else 0) at the store at that moment; a file asks the same for every line."""
        asked = (person, store, at)
        if asked not in self.levels:
            self.levels[asked] = level_at(self.roles.get(person, []), store, self.areas.get(store), at)
        return self.levels[asked]

    def figure(self, store: int, item: int, which: int) -> int:
        return self.figures.get((store, item), (0, 0, 0, 0))[which]

    def available(self, store: int, item: int) -> int:
        promised = self.figure(store, item, RESERVED) + max(self.blocked_units.get((store, item), 0), 0)
        return self.figure(store, item, ON_HAND) - promised

    def blocked_left(self, store: int, item: int, units: int) -> bool:
        """Whether goods of a blocked lot must be among so many units that leave without a lot, or may be."""
        blocked = self.blocked_units.get((store, item), 0)
        return blocked > 0 and self.figure(store, item, ON_HAND) - units < blocked

    def word(self, op: Happened, units: int, book: int | None = None) -> Word | None:
        """Whose words rules ask for where work on one item of a store changes on hand by so many units; for a count
        `book` is what was expected.
        """
        if not self.policies.approvals:
            return None
        percent = 0 if book is None else variance_percent(units, book)
        told = self._told(op.kind, op.args["store"], [(op.args["item"], units)])
        return word_for(self.policies.approvals, told._replace(reason=op.args.get("reason", ""), percent=percent))

    def word_on_lines(self, work: str, store: int, lines: Iterable[tuple[int, int]]) -> Word | None:
        """The same for a transfer: (item, units) that are promised or written off; nothing where there are none."""
        moved = [(item, units) for item, units in lines if units]
        if not moved or not self.policies.approvals:
            return None
        return word_for(self.policies.approvals, self._told(work, store, moved))

    def _told(self, work: str, store: int, lines: Iterable[tuple[int, int]]) -> Told:
        units = cents = 0
        for item, moved in lines:
            row = self.item(item)
            units, cents = units + abs(moved), cents + worth(moved, row["price_cents"], row["unit"])
        return Told(work, store, "", units, cents)

    def item(self, item: int) -> Mapping[str, Any]:
        if item not in self.items:
            raise Refusal("item_unknown")
        return self.items[item]

    def follow(self, decision: Decision) -> None:
        """Take over what was decided, so that the next operation of the group sees it."""
        for change in decision.figures:
            figures = self.figures.setdefault((change["store"], change["item"]), [0, 0, 0, 0])
            for which, name in enumerate(("on_hand", "reserved", "in_transit_in", "in_transit_out")):
                figures[which] += change[name]
        for entry in decision.entries:
            if (entry.item, entry.lot) in self.blocked and entry.location % 2 == 0:
                place = (entry.location // 2, entry.item)
                self.blocked_units[place] = self.blocked_units.get(place, 0) + entry.delta
        if decision.transfer:
            self.transfers[decision.transfer["id"]] = decision.transfer
