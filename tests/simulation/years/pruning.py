"""What the hub lets go with time: old rows by tombstones, and old tombstones by raising the floor."""

from typing import TYPE_CHECKING

from server.inbox import housekeeping
from server.inbox.pruning import mark_heads, prune

if TYPE_CHECKING:
    from tests.simulation.years.year import Year


async def let_go(year: "Year") -> None:
    """What the hub does four times a day."""
    year.looked.count("rows let go", await housekeeping.let_go(year.hub.database, year.clock()))
    year.looked.count("let go")


async def prune_soon(year: "Year") -> None:
    """Tombstones of some days ago: who was away for longer, and sometimes who was not, begins anew."""
    await mark_heads(year.hub.database, year.clock())
    gone = await prune(year.hub.database, year.clock(), year.chance.whole(0, 3))
    year.looked.count("tombstones pruned", gone)
    year.looked.count("pruned")
