"""What a pull answers instead of rows, and which content coding an asker takes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from server.inbox.pull import Bucket
from server.snapshots.facts import FIFTH, NOUNS, is_current, live_rows, moved_much
from server.snapshots.jobs import WORTH_IT_ROWS, WORTH_WAITING_ROWS, Snapshots
from server.snapshots.packing import FORMAT
from server.snapshots.pieces import CODINGS
from server.snapshots.shelf import Manifest

WAIT_MS = 700


class Offers:
    """For one phone. `formats` are those it unpacks, `accept_encoding` the header of its pull."""

    def __init__(self, snapshots: Snapshots, formats: Sequence[int], accept_encoding: str) -> None:
        self._snapshots = snapshots
        self._knows_format = FORMAT in formats
        self._coding = coding_for(accept_encoding)

    async def instead_of_rows(
        self, connection: AsyncConnection, bucket: Bucket, since: int | None
    ) -> dict[str, Any] | None:
        """What the bucket's entry says in place of rows; None where rows it is. `since` is None for one anew."""
        if not self._knows_format or bucket.name.partition(":")[0] not in NOUNS or bucket.head <= WORTH_IT_ROWS:
            return None
        if since is not None and (bucket.head - since) * FIFTH <= WORTH_IT_ROWS:
            return None
        manifest = self._snapshots.shelf.newest(bucket.name, bucket.epoch)
        rows = manifest.rows if manifest else await live_rows(connection, bucket.id)
        if rows <= WORTH_IT_ROWS:
            return None
        if since is not None and not await moved_much(connection, bucket.id, bucket.head, since, rows):
            return None
        if manifest and await is_current(connection, bucket.id, bucket.head, bucket.floor, manifest):
            # One that knows more than the last snapshot gains nothing by it.
            return self._offer(manifest) if since is None or manifest.seq > since else None
        is_coming = self._snapshots.want(bucket.name)
        if is_coming and since is None and rows > WORTH_WAITING_ROWS:
            return {"to": 0, "sum": "00000000-00000000", "snapshot": {"wait_ms": WAIT_MS}}
        return None

    def _offer(self, manifest: Manifest) -> dict[str, Any]:
        pieces = [
            {"name": one.name, "rows": one.rows, "bytes": one.bytes.get(self._coding, one.size), "size": one.size}
            for one in manifest.pieces
        ]
        told = {"format": manifest.format, "seq": manifest.seq, "sum": manifest.sum, "rows": manifest.rows}
        told["bytes"] = sum(piece["bytes"] for piece in pieces)  # type: ignore[misc]
        return {"to": manifest.seq, "sum": manifest.sum, "snapshot": {**told, "pieces": pieces}}


def coding_for(accept_encoding: str) -> str:
    """The smallest that the header takes, "" for none."""
    taken = set()
    for each in accept_encoding.lower().split(","):
        name, _, weight = each.partition(";")
        if weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(name.strip())
    return next((coding for coding in CODINGS if coding in taken), "")
