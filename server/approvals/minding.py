"""What must be known before rules of the chain change: which there are, and who else could agree."""

from dataclasses import dataclass, field

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.decisions import Happened
from server.people.operator import OPERATOR
from server.people.tables import people, roles
from server.policies.facts import load_policies
from server.policies.values import Policies

ADMINISTRATOR = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds, and whether somebody else administers the chain who may look at a change first."""

    policies: Policies
    others: bool
    buckets: set[str] = field(default_factory=set)


async def load_chosen(connection: AsyncConnection, op: Happened) -> Chosen:
    """Read behind the lock of the bucket `chain`, which every change of a rule touches."""
    role = select(roles.c.id).where(
        roles.c.person_id == people.c.id,
        roles.c.level == ADMINISTRATOR,
        roles.c.valid_from <= op.at,
        or_(roles.c.valid_to.is_(None), roles.c.valid_to > op.at),
    )
    somebody = people.c.archived_at.is_(None) & (people.c.username != OPERATOR) & (people.c.id != op.by)
    others = await connection.scalar(select(exists().where(somebody, role.exists())))
    return Chosen(await load_policies(connection), bool(others))
