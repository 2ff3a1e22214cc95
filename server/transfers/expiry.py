"""An approval that nobody acted on: after so many days the hub lets go of what it reserved.

The operation is the hub's, in an outbox of its own. Its id follows from the approval and the moment, so it is booked
once whichever hub comes first, and after whatever hub was killed.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.inbox.messages import Operation
from server.inbox.outboxes import Answer, Arrival
from server.inbox.tables import HUB_CLIENT
from server.policies.facts import load_policies
from server.transfers.facts import load_transfers
from server.transfers.rules import approval_of, runs_out_at
from server.transfers.tables import transfer_events, transfers
from sync.operations import LIMITS, newest
from sync.papers import DAY_MS

KIND = "transfer.expire"


async def expire(database: Database, push: Callable[[Arrival], Awaitable[Answer]], now: int) -> int:
    """How many reservations ran out by `now` and are free."""
    async with database.reading() as connection:
        days = (await load_policies(connection)).reservation_days
        due = await _due(connection, days, now)
    by_approver: dict[int, list[Operation]] = defaultdict(list)
    for op in due:
        by_approver[op.by].append(op)
    count = 0
    for person, ops in by_approver.items():
        for start in range(0, len(ops), LIMITS["operations"]):
            some = ops[start : start + LIMITS["operations"]]
            answer = await push(Arrival(HUB_CLIENT, None, some, trusted=person))
            count += sum(verdict.status == "applied" for verdict in answer.verdicts)
    return count


async def _due(connection: AsyncConnection, days: int, now: int) -> list[Operation]:
    given = transfer_events.c.transfer_id == transfers.c.id
    long_ago = given & (transfer_events.c.kind == "approve") & (transfer_events.c.effective_at <= now - days * DAY_MS)
    approved = select(transfers.c.id).where(transfers.c.ended_at.is_(None), transfers.c.state == "approved")
    ids = await connection.scalars(approved.where(select(transfer_events).where(long_ago).exists()))
    found = []
    for transfer in (await load_transfers(connection, ids)).values():
        approval = approval_of(transfer)
        if approval and (at := runs_out_at(approval, days)) <= now:
            name = str(uuid5(NAMESPACE_URL, f"stockhand:expire:{approval['operation']}:{at}"))
            args = {"transfer": transfer["id"], "from_state": "approved"}
            found.append(Operation(0, name, KIND, newest(KIND), args, now, None, 0, approval["by"], None))
    return sorted(found, key=lambda op: op.id)
