"""What the hub has told one person's phone, as `sw/replica.js` keeps it: staged page by page, flipped at once."""

from dataclasses import dataclass, field
from typing import Any

from sync.checksum import row_sum, shown

# (version, row)
Rows = dict[str, tuple[int, Any]]


@dataclass
class Held:
    """The live rows of a bucket, up to `seq` of its epoch; `told` is the hub's checksum, lanes are our own."""

    epoch: str = ""
    seq: int = 0
    told: str = ""
    rows: Rows = field(default_factory=dict)
    a: int = 0
    b: int = 0

    def copy(self) -> "Held":
        return Held(self.epoch, self.seq, self.told, dict(self.rows), self.a, self.b)

    def apply(self, page: dict[str, Any]) -> None:
        for key, version, row in page["puts"]:
            self._toggle(key)
            self.rows[key] = (version, row)
            self._toggle(key)
        for key, _version in page["gone"]:
            self._toggle(key)
            self.rows.pop(key, None)

    def _toggle(self, key: str) -> None:
        if key in self.rows:
            a, b = row_sum(key, self.rows[key][0])
            self.a ^= a
            self.b ^= b

    @property
    def sum(self) -> str:
        return shown(self.a, self.b)


@dataclass(frozen=True)
class Ahead:
    """Pages of an unfinished pull; `reset` where they are the whole beginning, `floor` as it was told then."""

    epoch: str
    seq: int
    told: str
    pages: tuple[dict[str, Any], ...]
    reset: bool
    floor: int


class Replica:
    def __init__(self, person: int) -> None:
        self.person = person
        self.live: dict[str, Held] = {}
        self.ahead: dict[str, Ahead] = {}
        self.doubted: set[str] = set()
        self.complete = False

    def copy(self) -> "Replica":
        twin = Replica(self.person)
        twin.live = {name: held.copy() for name, held in self.live.items()}
        twin.ahead, twin.doubted, twin.complete = dict(self.ahead), set(self.doubted), self.complete
        return twin

    def cursors(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name in sorted({*self.live, *self.ahead}):
            held = self.ahead.get(name) or (None if name in self.doubted else self.live.get(name))
            if held:
                floor = held.floor if isinstance(held, Ahead) else 0
                found[name] = {"epoch": held.epoch, "seq": held.seq, "sum": held.told}
                found[name] |= {"floor": floor} if floor else {}
        return found

    def reached(self, bucket: str) -> int | None:
        held = self.live.get(bucket)
        return held.seq if held else None

    def take(self, told: dict[str, Any], sent: dict[str, Any]) -> list[str] | None:
        """One answer to a pull that was asked with `sent`. None when a cursor has moved since; else what changed."""
        if self.cursors() != sent:
            return None
        for part in told["buckets"]:
            name, reset = part["id"], part.get("reset", False) or part["id"] not in sent
            before = self.ahead.get(name)
            kept = before.pages if before and not reset else ()
            whole = reset or (before.reset if before else False)
            page = {"puts": part["puts"], "gone": part["gone"]}
            floor = part.get("floor", 0) if reset else (before.floor if before else 0)
            self.ahead[name] = Ahead(part["epoch"], part["to"], part["sum"], (*kept, page), whole, floor)
        changed = [] if told["more"] else self._flip()
        for name in told["drop"]:
            self.ahead.pop(name, None)
            self.doubted.discard(name)
            if self.live.pop(name, None):
                changed.append(name)
        self.complete = self.complete or not told["more"]
        return changed

    def _flip(self) -> list[str]:
        changed = []
        for name, ahead in self.ahead.items():
            held = Held() if ahead.reset else self.live[name].copy()
            for page in ahead.pages:
                held.apply(page)
            held.epoch, held.seq, held.told = ahead.epoch, ahead.seq, ahead.told
            if held.sum != held.told and not ahead.reset:
                # Not what the hub holds: asked for again, whole.
                self.doubted.add(name)
                continue
            self.doubted.discard(name)
            self.live[name] = held
            changed.append(name)
        self.ahead = {}
        return changed
