"""What befalls phones, people and the hub between two rounds of work."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests import shop
from tests.simulation.years.chain import HOLDERS, STAFF
from tests.simulation.years.desk import archive_item, change_policy, change_role, edit_item
from tests.simulation.years.outbox import OPERATIONS_AT_MOST
from tests.simulation.years.phone import Phone
from tests.simulation.years.pruning import let_go, prune_soon

if TYPE_CHECKING:
    from tests.simulation.years.year import Year

# How often each befalls somebody, of all rounds together.
EVENTS = {
    "nothing": 15,
    "clock stepped": 4,
    "long absence": 4,
    "phone set aside": 6,
    "phone restored": 2,
    "tab cloned": 2,
    "signed out": 3,
    "somebody else here": 5,
    "session lost": 3,
    "replica lost": 3,
    "upgraded": 3,
    "ancient client": 2,
    "role changed": 3,
    "moved to another store": 3,
    "policy changed": 2,
    "item edited": 8,
    "item archived": 2,
    "crash before the commit": 4,
    "crash after the commit": 4,
    "hub restarted": 2,
    "hub set aside": 3,
    "hub restored": 2,
    "let go": 2,
    "pruned": 3,
}
CLOCK_STEPS_MS = (-3 * 3_600_000, -900_000, -120_000, 0, 120_000, 900_000, 3 * 3_600_000)
MOST_CLONES = 3


async def befall(year: "Year", event: str) -> None:
    await _EVENTS[event](year)


async def _clock(year: "Year") -> None:
    phone = year.chance.pick(year.phones)
    phone.skew_ms = year.chance.pick(CLOCK_STEPS_MS) + year.chance.whole(-30_000, 30_000)
    year.looked.count("clock stepped")


async def _absence(year: "Year") -> None:
    """No network for a long time; work goes on."""
    phone = year.chance.pick(year.phones)
    year.away[phone.name] = year.clock() + year.chance.whole(3_600_000, 5 * 86_400_000)
    year.looked.count("long absence")


async def _set_aside(year: "Year") -> None:
    for phone in year.chance.some(year.phones, 0.3):
        year.kept[phone.name] = phone.disk.copy()
    year.looked.count("phone set aside")


async def _restored(year: "Year") -> None:
    """The phone as it was when it was set aside: what it saved since and did not send is nowhere any more."""
    names = [phone for phone in year.phones if phone.name in year.kept]
    if names:
        phone = year.chance.pick(names)
        before = phone.outbox.ids()
        phone.disk = year.kept.pop(phone.name)
        year.gone |= before - phone.outbox.ids()
        phone.most = OPERATIONS_AT_MOST
        year.looked.count("phone restored")


async def _cloned(year: "Year") -> None:
    """The same profile twice, both alive: one cookie, one client, numbers that meet."""
    if len(year.phones) >= len(HOLDERS) + MOST_CLONES:
        return
    first = year.chance.pick([phone for phone in year.phones if "'" not in phone.name])
    if any(phone.name == f"{first.name}'" for phone in year.phones):
        return
    twin = Phone(f"{first.name}'", first.device, year.clock, year.chance.branch(f"twin {first.name} {year.round}"))
    twin.disk, twin.person, twin.session = first.disk.copy(), first.person, first.session
    twin.skew_ms, twin.schema = first.skew_ms, first.schema
    year.phones.append(twin)
    year.looked.count("tab cloned")


async def _signed_out(year: "Year") -> None:
    phone = year.chance.pick(year.phones)
    if phone.person is not None:
        phone.person, phone.session = None, False
        year.looked.count("signed out")


async def _hands(year: "Year") -> None:
    """The shared handheld goes to the other one of two; what the first saved waits on it."""
    for phone in year.phones:
        if phone.name.startswith("handheld"):
            phone.person = shop.CLEO if phone.person == shop.BO else shop.BO
            phone.session = True
    year.looked.count("somebody else here")


async def _session(year: "Year") -> None:
    year.chance.pick(year.phones).session = False
    year.looked.count("session lost")


async def _replica_lost(year: "Year") -> None:
    year.chance.pick(year.phones).disk.replicas.clear()
    year.looked.count("replica lost")


async def _upgraded(year: "Year") -> None:
    """A new release builds its replica anew beside the old one; the outbox stays as it is."""
    phone = year.chance.pick(year.phones)
    phone.schema = 1
    phone.disk.replicas.clear()
    year.looked.count("upgraded")


async def _ancient(year: "Year") -> None:
    """A release so old that it may not pull any more, and pushes all the same."""
    year.chance.pick(year.phones).schema = 0
    year.looked.count("ancient client")


async def _role(year: "Year") -> None:
    await change_role(year, year.chance.pick(STAFF))


async def _move(year: "Year") -> None:
    """Chosen on one of their phones, if they have a replica to choose from."""
    phones = [phone for phone in year.phones if phone.person is not None]
    if phones:
        phone = year.chance.pick(phones)
        store = year.chance.pick((shop.GHENT, shop.ANTWERP, shop.LEIDEN))
        year.wrote(phone, phone.record("person.prefer", {"store": store}))
        year.looked.count("moved to another store")


async def _edit(year: "Year") -> None:
    await edit_item(year)


async def _archive(year: "Year") -> None:
    await archive_item(year)


def _crash(when: str) -> Callable[["Year"], Awaitable[Any]]:
    async def crash(year: "Year") -> None:
        year.cut = when

    return crash


async def _restart(year: "Year") -> None:
    await year.hub.restart()
    year.looked.count("hub restarted")


async def _hub_aside(year: "Year") -> None:
    await year.hub.set_aside()
    year.kept_at = year.clock()
    year.looked.count("hub set aside")


async def _hub_back(year: "Year") -> None:
    await year.hub_goes_back()


async def _let_go(year: "Year") -> None:
    await let_go(year)


async def _pruned(year: "Year") -> None:
    await prune_soon(year)


_EVENTS: dict[str, Callable[["Year"], Awaitable[Any]]] = {
    "clock stepped": _clock,
    "long absence": _absence,
    "phone set aside": _set_aside,
    "phone restored": _restored,
    "tab cloned": _cloned,
    "signed out": _signed_out,
    "somebody else here": _hands,
    "session lost": _session,
    "replica lost": _replica_lost,
    "upgraded": _upgraded,
    "ancient client": _ancient,
    "role changed": _role,
    "moved to another store": _move,
    "policy changed": change_policy,
    "item edited": _edit,
    "item archived": _archive,
    "crash before the commit": _crash("before"),
    "crash after the commit": _crash("after"),
    "hub restarted": _restart,
    "hub set aside": _hub_aside,
    "hub restored": _hub_back,
    "let go": _let_go,
    "pruned": _pruned,
}
