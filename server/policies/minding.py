from sqlalchemy.ext.asyncio import AsyncConnection

from server.decisions import Happened
from server.policies.facts import load_policies
from server.policies.values import Policies


async def load_policies_minded(connection: AsyncConnection, _op: Happened) -> Policies:
    """Read behind the lock of the bucket `chain`, which every change of a policy touches."""
    return await load_policies(connection)
