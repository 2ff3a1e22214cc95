"""A group of messages, booked in one transaction: facts in a few reads, decisions in memory, each table written once.

Locks are taken in one order: client rows, bucket rows, those of reviews and lots that turn out to be concerned, each by
id, and only then the rest. Counters bumped last deadlocked in most batches of two busy stores.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.facts import load_items
from server.counts.facts import load_past, write_counts
from server.decisions import Decision, Facts, Happened, Needs
from server.inbox.feed import Feed
from server.inbox.hearers import bucket_names, places_of, priced_on
from server.inbox.messages import Operation
from server.inbox.minding import load_minded, write_rows
from server.inbox.outboxes import Answer, Arrival, Outbox, Settled, lock_outboxes, write_outboxes, write_outcomes
from server.inbox.tables import FILE_CLIENTS
from server.inbox.verdicts import (
    Verdict,
    check_shape,
    content_hash,
    decide,
    disown_voids,
    effective_at,
    is_told,
    is_unsure,
    minds,
    needs_of,
    park,
    signed_by,
)
from server.ledger.facts import Balances, entry_rows, write_entries
from server.lots.facts import Learned, learn, stores_of_lots
from server.people.facts import Person, load_people, write_preferences
from server.reviews.facts import write_reviews, write_settlements
from server.reviews.rules import LATE, Reviewed, rows_of_review, store_of
from server.stores.facts import Chain
from server.transfers.facts import Transfer, Written, load_transfers
from sync.operations import upcast

Keys = Callable[[AsyncConnection, Iterable[tuple[str, int]]], Awaitable[Mapping[tuple[str, int], bytes]]]


class Group:
    """Books what arrived together. `parked` names operations that failed alone before, with their tracebacks."""

    def __init__(self, connection: AsyncConnection, chain: Chain, now: int, keys: Keys | None = None) -> None:
        self._connection = connection
        self._chain = chain
        self._now = now
        self._keys = keys
        self._feed = Feed()
        self._balances = Balances()
        self._new: list[Verdict] = []
        self._people: dict[int, Person] = {}
        # Whether phones have rows of these outcomes already.
        self._knows_them = False
        self._transfers: dict[str, Transfer] = {}

    async def book(self, arrivals: Sequence[Arrival], parked: Mapping[str, str]) -> tuple[list[Answer], dict[str, int]]:
        """An answer for each arrival, and the heads of the buckets that changed."""
        boxes = await lock_outboxes(self._connection, arrivals, self._now)
        settled = Settled()
        await settled.load(self._connection, arrivals, boxes)
        answers = [self._sort(arrival, boxes[arrival.client], settled) for arrival in arrivals]
        await self._sign(boxes)
        going_on = [verdict for verdict in self._new if not verdict.repeats and self._prepare(verdict, settled, parked)]
        facts = await self._load([happened for verdict in going_on if (happened := verdict.happened)])
        for verdict in going_on:
            if verdict.happened and not settled.parks(verdict):
                decide(verdict, verdict.happened, facts)
        heads = await self._write(boxes)
        return answers, heads

    async def book_again(self, verdict: Verdict, settled: Settled, tries: bool) -> dict[str, int]:
        """What was parked, decided anew at its own place where it is to be tried, behind the lock of its outbox.

        The caller writes what became of it; `settled` knows what it stands on.
        """
        self._new, self._knows_them = [verdict], True
        self._people = await load_people(self._connection, {verdict.person} if verdict.person is not None else ())
        going_on = tries and self._prepare(verdict, settled, {}) and not settled.parks(verdict)
        happened = [verdict.happened] if going_on and verdict.happened else []
        facts = await self._load(happened)
        for one in happened:
            decide(verdict, one, facts)
        return await self._write({})

    def _sort(self, arrival: Arrival, box: Outbox, settled: Settled) -> Answer:
        """Repeats, forks and gaps by number and id alone; what is new gets its place."""
        if box.device != arrival.device:
            return Answer(conflict={"code": "forked", "last_n": box.last_n}, last_n=box.last_n)
        answer = Answer()
        before = None
        for op in arrival.ops:
            if arrival.trusted is not None:
                op = replace(op, n=box.last_n + 1, dep=None)
            verdict = settled.by_slot.get((arrival.client, op.n))
            if op.n <= box.last_n and (verdict is None or verdict.op.id != op.id):
                return Answer(conflict={"code": "forked", "last_n": box.last_n}, last_n=box.last_n)
            if op.n > box.last_n + 1:
                return Answer(conflict={"code": "gap", "expected": box.last_n + 1}, last_n=box.last_n)
            if verdict is None or op.n > box.last_n:
                verdict = self._take(op, arrival, box, settled)
                minutes = self._chain.policies.count_clock_minutes
                verdict.unsure = arrival.trusted is None and is_unsure(op, before, verdict.at, minutes)
            answer.verdicts.append(verdict)
            before = op
        if arrival.health:
            # What came with these words waits no more.
            left = max(0, arrival.health.waiting - len(arrival.ops))
            oldest_at = arrival.health.oldest_at if left else None
            box.health = to_builtins(arrival.health) | {"waiting": left, "oldest_at": oldest_at}
            if left == 0:
                # What was recorded while these words were on their way happened after they were said, not after now.
                said_at = self._now if arrival.health.said_at is None else arrival.health.said_at
                box.empty_at = max(box.empty_at, min(said_at, self._now))
        answer.last_n = box.last_n
        return answer

    def _take(self, op: Operation, arrival: Arrival, box: Outbox, settled: Settled) -> Verdict:
        # A form has no clock of its own: sent twice, it is the same form.
        signed = op if arrival.trusted is None else replace(op, at=0)
        text = signed.signed_text()
        verdict = Verdict(arrival.client, op, arrival.trusted, text=text, content_hash=content_hash(text))
        verdict.from_file, verdict.placed = arrival.client in FILE_CLIENTS.values(), arrival.placed
        # What a file tells of happened when the file says so.
        not_before = 0 if arrival.placed else max(box.last_effective_at, box.empty_at)
        verdict.at = effective_at(op, not_before, self._now)
        # Whoever found it has its keys too, so what it says was done since then proves nothing.
        verdict.doubted = arrival.trusted is None and box.blocked_at is not None and verdict.at >= box.blocked_at
        box.last_n, box.last_effective_at = op.n, verdict.at
        booked = settled.by_id.get(op.id)
        if booked is None:
            settled.by_id[op.id] = verdict
        else:
            verdict.repeats, verdict.first = True, booked
        settled.by_slot[arrival.client, op.n] = verdict
        self._new.append(verdict)
        return verdict

    async def _sign(self, boxes: Mapping[str, Outbox]) -> None:
        """Who did what: the signature alone says so. Whose cookie brought it does not matter."""
        devices = {client: box.device for client, box in boxes.items()}
        unsigned = [verdict for verdict in self._new if verdict.person is None]
        wanted = {(device, verdict.op.by) for verdict in unsigned if (device := devices[verdict.client])}
        keys = await self._keys(self._connection, wanted) if self._keys else {}
        for verdict in unsigned:
            if signed_by(verdict.op.mac, verdict.text, keys.get((devices[verdict.client] or "", verdict.op.by))):
                verdict.person = verdict.op.by
        disown_voids(self._new)
        self._people = await load_people(self._connection, {v.person for v in self._new if v.person is not None})

    def _prepare(self, verdict: Verdict, settled: Settled, parked: Mapping[str, str]) -> bool:
        if verdict.op.id in parked:
            park(verdict, parked[verdict.op.id])
            return False
        if not check_shape(verdict) or verdict.person is None:
            return False
        op, person = verdict.op, self._people[verdict.person]
        acted_at = self._now if verdict.placed else None
        place = (verdict.client, op.n, acted_at)
        args = upcast(op.kind, op.v, op.args)
        verdict.happened = Happened(op.id, op.kind, args, verdict.at, person.id, person.name, *place, verdict.unsure)
        return True

    async def _load(self, happened: Sequence[Happened]) -> Facts:
        needs = Needs()
        for one in happened:
            needs |= needs_of(one)
        noun = minds(happened[0].kind) if happened else None
        minded = await self._load_minded(noun, happened[0], needs) if noun else None
        if isinstance(minded, Reviewed):
            happened = [*happened, minded.happened]
        held = [one.op.args for one in self._new if one.status == "review"]
        needs.transfers |= {args["transfer"] for args in held if "transfer" in args}
        transfers = await load_transfers(self._connection, needs.transfers)
        asked = [one.args for one in happened if one.kind == "transfer.request"]
        names = bucket_names(happened, transfers, needs, self._chain)
        names |= needs.buckets.union(f"user:{person}" for person in self._people)
        await self._feed.lock(self._connection, names)
        if transfers and self._connection.dialect.name != "sqlite":
            # Read once to know what to lock, and again now that nobody else can change them.
            transfers = await load_transfers(self._connection, needs.transfers)
        self._transfers = transfers
        items = await load_items(self._connection, needs.items | priced_on(transfers, self._chain))
        merged = {item: row["merged_into"] for item, row in items.items() if row["merged_into"]}
        needs.figures |= {(store, merged[item]) for store, item in needs.figures if item in merged}
        needs.counted |= {(store, merged[item]) for store, item in needs.counted if item in merged}
        places = places_of(needs, transfers, asked)
        await self._balances.load(self._connection, places)
        roles = {person.id: person.roles for person in self._people.values()}
        minutes = self._chain.policies.count_clock_minutes
        return Facts(
            areas=self._chain.areas,
            policies=self._chain.policies,
            items=items,
            transfers=transfers,
            figures=self._balances.figures(),
            roles=roles,
            past=await load_past(self._connection, happened, needs, places, self._balances.lots, roles, minutes),
            minded=minded,
            merged=merged,
            blocked=self._balances.blocked,
            blocked_units=self._balances.blocked_units(),
        )

    async def _load_minded(self, noun: str, happened: Happened, needs: Needs) -> Any:
        """Read behind the locks that the rule asked for, it names the other buckets that will hear of it."""
        await self._feed.lock(self._connection, needs.buckets)
        minded = await load_minded(self._connection, noun, happened)
        needs.buckets |= getattr(minded, "buckets", set())
        needs.figures |= getattr(minded, "figures", set())
        needs |= getattr(minded, "needs", Needs())
        return minded

    async def _write(self, boxes: dict[str, Outbox]) -> dict[str, int]:
        written, entries, writes = Written(), [], []
        preferences: dict[int, dict[str, str | int]] = {}
        effects = [effect for verdict in self._new for effect in verdict.effects()]
        for operation, person, at, decision in effects:
            writes += decision.writes
            self._balances.book(decision.entries, decision.figures)
            entries += entry_rows(decision.entries, operation, person, at, self._now)
            if decision.transfer:
                written.add(decision.transfer, operation, self._now)
            if decision.preferences and person is not None:
                preferences.setdefault(person, {}).update(decision.preferences)
        decided = [decision for *_whose, decision in effects]
        learned = await learn(self._connection, self._feed, decided, self._balances)
        waiting = await self._lock_late(decided, learned)
        await write_rows(self._connection, writes)
        await written.write(self._connection)
        await write_entries(self._connection, entries)
        await learned.write(self._connection)
        await self._balances.write(self._connection)
        await write_counts(self._connection, decided)
        await write_settlements(self._connection, [one.settlement for one in decided if one.settlement])
        await write_reviews(self._connection, waiting)
        await write_preferences(self._connection, preferences)
        heads = await self._tell()
        if not self._knows_them:
            await write_outcomes(self._connection, self._new, self._now)
        await write_outboxes(self._connection, boxes, self._now)
        return heads

    async def _lock_late(self, decided: Iterable[Decision], learned: Learned) -> list[tuple[Verdict, int]]:
        """What somebody must look at, with its store. Known only now, like the lots that moved or are known better:
        these buckets are locked behind all others, and who holds one of them asks for no other any more.
        """
        waiting = [(one, store) for one in self._new if (store := self._waits(one)) >= 0]
        late = {f"lots:{store}" for store, _item in learned.heard.union(*map(stores_of_lots, decided))}
        late |= {touch.bucket for one in decided for touch in one.touched if touch.bucket.startswith(LATE)}
        late |= {bucket for one, store in waiting for bucket, _key in rows_of_review(one.op.id, one.code, store)}
        await self._feed.lock(self._connection, late)
        learned.touch(self._feed)
        return waiting

    async def _tell(self) -> dict[str, int]:
        """Every changed row into the feed; each operation learns where its effects stand."""
        touched = {id(verdict): self._touch(verdict) for verdict in self._new if not verdict.repeats}
        heads = await self._feed.write(self._connection)
        for verdict in self._new:
            if not verdict.repeats:
                verdict.heads = {bucket: heads[bucket] for bucket in touched[id(verdict)]}
        for verdict in self._new:
            verdict.repeat_first()
        return heads

    def _waits(self, verdict: Verdict) -> int:
        """The store in which somebody must look at it, 0 for an administrator, -1 where nobody need."""
        if not verdict.review or verdict.repeats or verdict.client in FILE_CLIENTS.values():
            return -1
        return store_of(verdict.op.kind, verdict.op.args, self._transfers, self._chain.stores)

    def _touch(self, verdict: Verdict) -> set[str]:
        own = f"user:{verdict.person}"
        told = verdict.person in self._people and is_told(verdict.op.kind, verdict.client)
        rows = {(own, f"outcome:{verdict.op.id}"): not self._knows_them} if told else {}
        if (store := self._waits(verdict)) >= 0:
            rows |= dict.fromkeys(rows_of_review(verdict.op.id, verdict.code, store), True)
        touched = set()
        for _operation, _person, _at, decision in verdict.effects():
            rows |= {(f"stock:{change['store']}", str(change["item"])): False for change in decision.figures}
            rows |= {(f"lots:{store}", str(item)): False for store, item in stores_of_lots(decision)}
            if decision.preferences:
                rows[own, "me"] = False
            if transfer := decision.transfer:
                rows |= {(f"work:{transfer[end]}", f"transfer:{transfer['id']}"): False for end in ("from", "to")}
            for touch in decision.touched:
                self._feed.touch(touch.bucket, touch.key, gone=touch.gone)
                touched.add(touch.bucket)
        for (bucket, key), fresh in rows.items():
            self._feed.touch(bucket, key, fresh=fresh)
        return touched.union(bucket for bucket, _key in rows)
