"""Which parts of administration are whose."""

from dataclasses import dataclass

from server.people.facts import load_people
from server.people.roles import administers
from server.visits import Visit

STORE_MANAGER = 3
AREA_MANAGER = 4
# In the order of the rail. A manager minds the staff and the files of their own stores, an area manager what nobody
# there books alone, an administrator the chain.
SECTIONS = ("stores", "areas", "assortments", "people", "devices", "items", "policies", "approvals", "imports", "jobs")
OF_MANAGERS = ("people", "devices", "imports", "jobs")


@dataclass(frozen=True, slots=True)
class Powers:
    """`administers` the chain; `stores` are those in which the reader acts as store manager or above."""

    administers: bool
    stores: frozenset[int]
    minds_an_area: bool = False

    @property
    def sections(self) -> tuple[str, ...]:
        if self.administers:
            return SECTIONS
        if not self.stores:
            return ()
        return (*OF_MANAGERS, "approvals") if self.minds_an_area else OF_MANAGERS


async def powers_of(visit: Visit) -> Powers:
    person = visit.reader["person"]
    me = (await load_people(visit.connection, [person]))[person]
    levels = visit.reader["levels"]
    managed = (store for store, level in levels.items() if level >= STORE_MANAGER)
    return Powers(administers(me.roles, visit.now), frozenset(managed), AREA_MANAGER in levels.values())
