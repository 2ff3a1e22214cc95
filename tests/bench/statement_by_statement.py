"""The alternative that the hub is measured against: one transaction a request, a statement a step.

The same program in the same process model (`stockhand serve`: sessions, signatures, rules, checksums, outcomes, logs),
but for its door: a handler as it is usually written. Each request takes a transaction of its own, and each of its
operations reads what it needs, decides, and writes what follows, before the next one is looked at.
"""

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server import cli, serving
from server.app import create_app
from server.catalogue.facts import load_items
from server.clock import now_ms
from server.decisions import Facts, Happened
from server.inbox.accept import MET, TRIES, Door
from server.inbox.feed import Feed
from server.inbox.outboxes import Answer, Arrival, lock_outboxes, write_outboxes, write_outcomes
from server.inbox.tables import booked_first, outcomes
from server.inbox.verdicts import Verdict, check_shape, content_hash, decide, effective_at, signed_by
from server.ledger.facts import Balances, entry_rows, write_entries
from server.people.facts import Person, load_people


class UsualDoor(Door):
    """Takes adjustments that are sent once: a bench sends no others. It remembers what the hub's door remembers."""

    def open(self) -> None:
        """Nobody waits for a group here."""

    async def push(self, arrival: Arrival) -> Answer:
        for attempt in range(TRIES):
            try:
                async with self._database.writing() as connection:
                    answer, heads = await self._take(connection, arrival)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in MET or attempt == TRIES - 1:
                    raise
            else:
                self._heard(heads)
                return answer
        raise AssertionError("the last try returns or raises")

    async def _take(self, connection: AsyncConnection, arrival: Arrival) -> tuple[Answer, dict[str, int]]:
        now = self._clock()
        chain = await self._current_chain(connection)
        boxes = await lock_outboxes(connection, [arrival], now)
        box = boxes[arrival.client]
        [by] = {op.by for op in arrival.ops}
        keys = await self._load_keys(connection, [(arrival.device or "", by)])
        person = (await load_people(connection, [by]))[by]
        answer = Answer()
        heads: dict[str, int] = {}
        for op in arrival.ops:
            assert op.n == box.last_n + 1, "a bench sends everything once and in order"
            text = op.signed_text()
            verdict = Verdict(arrival.client, op, content_hash=content_hash(text))
            verdict.at = effective_at(op, box.last_effective_at, now)
            if signed_by(op.mac, text, keys.get((arrival.device or "", by))):
                verdict.person = by
            heads |= await self._book_alone(connection, verdict, Facts(chain.areas, chain.policies), person, now)
            answer.verdicts.append(verdict)
            box.last_n, box.last_effective_at = op.n, verdict.at
        await write_outboxes(connection, boxes, now)
        answer.last_n = box.last_n
        return answer, heads

    async def _book_alone(
        self, connection: AsyncConnection, verdict: Verdict, facts: Facts, person: Person, now: int
    ) -> dict[str, int]:
        op = verdict.op
        known = select(outcomes.c.status).where(outcomes.c.operation_id == op.id, booked_first)
        assert await connection.scalar(known) is None, "a bench sends everything once"
        assert check_shape(verdict), verdict.code
        store, item = op.args["store"], op.args["item"]
        feed, balances = Feed(), Balances()
        await feed.lock(connection, (f"user:{person.id}", f"stock:{store}"))
        await balances.load(connection, [(store * 2, item)])
        facts.items, facts.figures = await load_items(connection, [item]), balances.figures()
        facts.roles = {person.id: person.roles}
        decide(verdict, Happened(op.id, op.kind, op.args, verdict.at, person.id, person.name), facts)
        feed.touch(f"user:{person.id}", f"outcome:{op.id}", fresh=True)
        if decision := verdict.decision:
            balances.book(decision.entries, decision.figures)
            rows = entry_rows(decision.entries, op.id, person.id, verdict.at, now)
            await write_entries(connection, rows)
            await balances.write(connection)
            feed.touch(f"stock:{store}", str(item))
        verdict.heads = await feed.write(connection)
        await write_outcomes(connection, [verdict], now)
        return verdict.heads


def create_usual_app(*given: object) -> object:
    app = create_app(*given)  # type: ignore[arg-type]
    app.state.door = UsualDoor(app.state.database, now_ms, app.state.live.heard)
    return app


if __name__ == "__main__":
    vars(serving)["create_app"] = create_usual_app
    cli.main()
