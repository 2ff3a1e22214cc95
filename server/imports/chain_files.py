"""Stores and people of a file: what differs from what stands becomes operations, like every other change of theirs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select

from server.clock import Clock
from server.database import Database
from server.imports.facts import Import
from server.imports.matching import RawLine
from server.imports.reading import Batch, PersonLine, Reject, StoreLine
from server.inbox.accept import Door
from server.inbox.messages import Operation
from server.inbox.outboxes import Arrival
from server.inbox.tables import FILE_CLIENTS
from server.people.tables import people, roles
from server.stores.facts import Chain, load_chain
from server.stores.rules import MICRODEGREES
from sync.formats import fold
from sync.operations import canonical

_FILES = uuid5(NAMESPACE_URL, "stockhand:chain")
WHOLE_CHAIN = 4


@dataclass(slots=True)
class Told:
    """What became of a batch."""

    read_to: int
    added: int = 0
    changed: int = 0
    same: int = 0
    rejects: list[Reject] = field(default_factory=list)


class Refused(Exception):  # noqa: N818 -- one line that cannot be taken
    def __init__(self, code: str, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.params = code, dict(params or {})


class ChainFile:
    """Line by line: there are few of them, and each may stand on the one before."""

    def __init__(self, database: Database, door: Door, clock: Clock, one: Import, width: int, by: int) -> None:
        self._database = database
        self._door = door
        self._clock = clock
        self._number = one.id
        self._by = by
        self._raw = RawLine(one.columns.fields, width)

    async def take(self, batch: Batch[Any]) -> Told:
        told = Told(batch.read_to, rejects=list(batch.rejects))
        for line in batch.lines:
            try:
                became = await (self._store(line) if isinstance(line, StoreLine) else self._person(line))
            except Refused as refused:
                told.rejects.append(Reject(line.line, refused.code, refused.params, self._raw.of(line)))
            else:
                setattr(told, became, getattr(told, became) + 1)
        return told

    async def finish(self, read_to: int) -> Told:
        return Told(read_to)

    async def _store(self, line: StoreLine) -> str:
        async with self._database.reading() as connection:
            chain = await load_chain(connection)
        found = next((row for row in chain.stores.values() if fold(row["code"]) == fold(line.code)), None)
        said: dict[str, Any] = {"name_en": line.name_en, "name_zh": line.name_zh, "time_zone": line.time_zone}
        said["area"] = None if line.area is None else await self._area(line, chain)
        for name in ("latitude", "longitude"):
            degrees = getattr(line, name)
            said[f"{name}_microdegrees"] = None if degrees is None else round(degrees * MICRODEGREES)
        stands = {} if found is None else _as_told(found)
        args = {name: value for name, value in said.items() if value is not None and value != stands.get(name)}
        if found is not None and not args:
            return "same"
        args |= {"code": line.code} if found is None else {"store": found["id"]}
        await self._do(line.line, "store.save", args)
        return "added" if found is None else "changed"

    async def _area(self, line: StoreLine, chain: Chain) -> int:
        name = line.area or ""
        if (found := _area_called(name, chain)) is not None:
            return found
        await self._do(line.line, "area.save", {"name_en": name})
        async with self._database.reading() as connection:
            made = _area_called(name, await load_chain(connection))
        assert made is not None
        return made

    async def _person(self, line: PersonLine) -> str:
        async with self._database.reading() as connection:
            chain = await load_chain(connection)
            query = select(people).where(people.c.username == line.username)
            found = (await connection.execute(query)).mappings().first()
        place = _place(line, chain)
        said = {"name": line.name, "locale": line.locale}
        if found is None:
            args: dict[str, Any] = {"username": line.username, "name": line.name, "locale": line.locale or "en"}
            args |= {"store": place["store"]} if place.get("store") else {}
        else:
            args = {name: value for name, value in said.items() if value is not None and value != found[name]}
            args |= {"person": found["id"]} if args else {}
        if args:
            await self._do(line.line, "person.save", args)
        granted = line.level is not None and await self._role(line, place, chain)
        if found is None:
            return "added"
        return "changed" if args or granted else "same"

    async def _role(self, line: PersonLine, place: dict[str, int], chain: Chain) -> bool:
        """Whether the role had to be given, or ended."""
        async with self._database.reading() as connection:
            person = await connection.scalar(select(people.c.id).where(people.c.username == line.username))
            held = (await connection.execute(select(roles).where(roles.c.person_id == person))).all()
        begins, ends = (_moment(line, at, place, chain) for at in (line.valid_from, line.valid_to))
        now = self._clock()
        for role in held:
            if (role.level, role.store_id, role.area_id) != (line.level, place.get("store"), place.get("area")):
                continue
            if begins == role.valid_from and (ends is None or ends == role.valid_to):
                return False
            if role.valid_to is None or role.valid_to > now:
                if ends is None or ends == role.valid_to:
                    return False
                await self._do(line.line, "role.end", {"role": role.id, "at": ends})
                return True
        args = {"person": person, "level": line.level, **place}
        args |= {name: at for name, at in (("from", begins), ("to", ends)) if at is not None}
        await self._do(line.line, "role.grant", args)
        return True

    async def _do(self, line: int, kind: str, args: dict[str, Any]) -> None:
        """Raises Refused. The id follows from the import, the line and what it says: sent twice, it is done once."""
        name = f"{self._number} {line} {kind} {canonical(args)}"
        op = Operation(0, str(uuid5(_FILES, name)), kind, 1, args, self._clock(), None, 0, self._by, None)
        answer = await self._door.push(Arrival(FILE_CLIENTS["chain"], None, [op], trusted=self._by))
        result = answer.verdicts[0].result()
        if result["status"] not in ("applied", "already"):
            raise Refused(result.get("code") or "unexpected", result.get("params"))


def _as_told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A store's row in the words of `store.save`."""
    told = {name: row[name] for name in ("name_en", "name_zh", "time_zone")}
    placed = {f"{name}_microdegrees": round(row[name] * MICRODEGREES) for name in ("latitude", "longitude")}
    return {**told, **placed, "area": row["area_id"]}


def _area_called(name: str, chain: Chain) -> int | None:
    names = ((area, fold(row[one])) for area, row in chain.area_rows.items() for one in ("name_en", "name_zh"))
    return next((area for area, called in names if called and called == fold(name)), None)


def _place(line: PersonLine, chain: Chain) -> dict[str, int]:
    if line.store:
        found = next((one for one, row in chain.stores.items() if fold(row["code"]) == fold(line.store)), None)
        if found is None:
            raise Refused("store_unknown", {"store": line.store})
        return {"store": found}
    if line.area:
        area = _area_called(line.area, chain)
        if area is None:
            raise Refused("area_unknown", {"area": line.area})
        return {"area": area}
    return {}


def _moment(line: PersonLine, at: int | None, place: Mapping[str, int], chain: Chain) -> int | None:
    if at is None or not line.is_local:
        return at
    stores: Iterable[int] = [place["store"]] if "store" in place else _of_area(chain, place.get("area"))
    zone = next((chain.stores[store]["time_zone"] for store in stores), "UTC")
    local = datetime.fromtimestamp(at / 1000, UTC).replace(tzinfo=ZoneInfo(zone))
    return round(local.timestamp() * 1000)


def _of_area(chain: Chain, area: int | None) -> Sequence[int]:
    return [store for store, lies_in in chain.areas.items() if area in (None, lies_in)]
