from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.approvals.facts import load_approvals
from server.policies.tables import policies
from server.policies.values import CHOICES, Policies, given_back


async def load_policies(connection: AsyncConnection) -> Policies:
    """As they are now. `Chain.policies` holds the same, read with the stores."""
    rows = await connection.execute(select(policies.c.name, policies.c.value))
    # A name of a later release may stand there after a step back.
    chosen = {row.name: given_back(row.name, row.value) for row in rows if row.name in CHOICES}
    return replace(Policies(), **chosen, approvals=await load_approvals(connection))
