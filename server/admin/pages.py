from collections.abc import Mapping
from typing import TypedDict

from sqlalchemy import Select, Table, func, select

from server.admin.powers import Powers, powers_of
from server.catalogue.tables import assortments, items
from server.devices.board import how_many_alarms
from server.devices.tables import devices
from server.page_frame import Locale, Zone
from server.people.tables import people
from server.setup.steps import SetupStep, read_steps
from server.stores.tables import areas, stores
from server.stores.zones import transitions
from server.visits import Visit
from sync.shelf import name_in


class AdminFrame(TypedDict):
    """What stands around a page of administration; `section` is the lit one of `sections`, "" on the first page.

    `zone` is as in `Frame`. A record of administration calls it `admin`: pages with a `frame` are the phone's too.
    """

    locale: Locale
    section: str
    sections: list[str]
    person_id: int
    store_name: str
    zone: Zone
    administers: bool


class SectionCard(TypedDict):
    """`count` is how many there are, or None where the number would say nothing; `alarms` how many need a look."""

    section: str
    count: int | None
    alarms: int


class AdminHomePage(TypedDict):
    """`/admin`. `left` are the steps of the first day that nobody did yet; only an administrator sees them."""

    admin: AdminFrame
    cards: list[SectionCard]
    left: list[SetupStep]


_COUNTED: Mapping[str, Table] = {
    "stores": stores,
    "areas": areas,
    "assortments": assortments,
    "people": people,
    "devices": devices,
    "items": items,
}


async def admin_frame(visit: Visit, section: str = "") -> AdminFrame | None:
    """None where the reader has nothing to do there: the page is the missing page then."""
    return framed(visit, await powers_of(visit), section)


def framed(visit: Visit, powers: Powers, section: str = "") -> AdminFrame | None:
    """The same for who has looked the reader's powers up already."""
    if not powers.sections or (section and section not in powers.sections):
        return None
    store = visit.chain.stores.get(visit.store)
    return AdminFrame(
        locale=visit.locale,
        section=section,
        sections=list(powers.sections),
        person_id=visit.reader["person"],
        store_name=name_in(visit.locale, store) if store else "",
        zone=transitions(store["time_zone"]) if store else [[0, 0]],
        administers=powers.administers,
    )


async def admin_home_page(visit: Visit) -> AdminHomePage | None:
    admin = await admin_frame(visit)
    if admin is None:
        return None
    counted = _COUNTED if admin["administers"] else {}
    cards = []
    for section in admin["sections"]:
        table = counted.get(section)
        count = None if table is None else await visit.connection.scalar(_how_many(table))
        alarms = await how_many_alarms(visit) if section == "devices" else 0
        cards.append(SectionCard(section=section, count=count, alarms=alarms))
    steps = await read_steps(visit.connection) if admin["administers"] else []
    return AdminHomePage(admin=admin, cards=cards, left=[step for step in steps if step["state"] != "done"])


def _how_many(table: Table) -> Select[int]:
    query = select(func.count()).select_from(table)
    return query.where(table.c.archived_at.is_(None)) if "archived_at" in table.c else query
