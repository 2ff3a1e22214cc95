"""Which parts of administration are whose."""

from dataclasses import dataclass

from server.people.facts import load_people
from server.people.roles import administers
from server.visits import Visit

STORE_MANAGER = 3
# In the order of the rail. A manager minds the staff and the files of their own stores, an administrator the chain.
SECTIONS = ("stores", "areas", "assortments", "people", "devices", "items", "policies", "imports", "jobs")
OF_MANAGERS = ("people", "devices", "imports", "jobs")


@dataclass(frozen=True, slots=True)
class Powers:
    """`administers` the chain; `stores` are those in which the reader acts as store manager or above."""

    administers: bool
    stores: frozenset[int]

    @property
    def sections(self) -> tuple[str, ...]:
        if self.administers:
            return SECTIONS
        return OF_MANAGERS if self.stores else ()


async def powers_of(visit: Visit) -> Powers:
    person = visit.reader["person"]
    me = (await load_people(visit.connection, [person]))[person]
    managed = (store for store, level in visit.reader["levels"].items() if level >= STORE_MANAGER)
    return Powers(administers(me.roles, visit.now), frozenset(managed))
