from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.inbox.tables import buckets
from server.stores.facts import Chain, load_chain


class KnownChain:
    """The stores as a snapshot shows them, read again only after the head of the bucket `chain` moved."""

    def __init__(self) -> None:
        self._head: int | None = None
        self._chain: Chain | None = None

    async def read(self, connection: AsyncConnection) -> Chain:
        head = await connection.scalar(select(buckets.c.head).where(buckets.c.name == "chain"))
        if self._chain is None or head is None or head != self._head:
            self._chain = await load_chain(connection)
            self._head = head
        return self._chain
