"""Work at a desk, by forms in a session: roles come and go, items change; each form may be posted twice."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from server.catalogue.tables import items
from server.people.sessions import Who
from server.people.tables import roles
from server.policies.facts import load_policies
from server.policies.values import spelled
from tests import shop

if TYPE_CHECKING:
    from tests.simulation.years.year import Year

MONTH_MS = 30 * 86_400_000


async def posts(year: "Year", person: int, kind: str, args: dict[str, Any]) -> dict[str, Any]:
    """The result of a form; the same form again is told the same, and has no effect."""
    who = Who(person, "", "en", None, year.desk_device, f"desk of {person}")
    operation = year.chance.uuid()
    year.posted(operation, person, kind)
    result = await year.hub.door.submit(who, operation, kind, args)
    if year.chance.happens(0.2):
        again = await year.hub.door.submit(who, operation, kind, args)
        year.looked.hold(1, again["status"] == "already", f"{kind} posted twice was {result} and {again}")
        year.looked.count("form posted twice")
    return result


async def change_role(year: "Year", person: int) -> None:
    """Somebody gets a further role, or loses one of several: nobody is left with none for good."""
    async with year.hub.database.reading() as connection:
        query = select(roles).where(roles.c.person_id == person).order_by(roles.c.id)
        held = [row for row in await connection.execute(query) if row.valid_to is None or row.valid_to > year.clock()]
    if len(held) > 1 and year.chance.happens(0.6):
        result = await posts(year, shop.EVE, "role.end", {"role": year.chance.pick(held).id})
    else:
        args: dict[str, Any] = {"person": person, "level": year.chance.whole(1, 3)}
        args["store"] = year.chance.pick((shop.GHENT, shop.ANTWERP, shop.LEIDEN))
        if year.chance.happens(0.3):
            args["to"] = year.clock() + year.chance.whole(3_600_000, MONTH_MS)
        result = await posts(year, shop.EVE, "role.grant", args)
    year.looked.count("role changed" if result["status"] == "applied" else f"role change {result['status']}")


async def change_policy(year: "Year") -> None:
    """How much of their neighbours' stock phones hold, and for how long what ended."""
    async with year.hub.database.reading() as connection:
        policies = await load_policies(connection)
    name = year.chance.pick(("neighbour_stock", "neighbour_stock", "closed_days"))
    value = year.chance.pick(("all", "all", "area", "none") if name == "neighbour_stock" else ("5", "10", "30"))
    args = {"name": name, "value": value, "was": spelled(getattr(policies, name))}
    result = await posts(year, shop.EVE, "policy.save", args)
    year.looked.count("policy changed" if result["status"] == "applied" else f"policy change {result['status']}")


async def edit_item(year: "Year") -> None:
    """Two who edit at once: the second one's form says what was there before the first."""
    async with year.hub.database.reading() as connection:
        rows = (await connection.execute(select(items).order_by(items.c.id))).all()
    row = year.chance.pick(rows)
    for _who in range(2 if year.chance.happens(0.3) else 1):
        fields = {"price_cents": [row.price_cents, year.chance.whole(1, 9_999)]}
        if year.chance.happens(0.3):
            fields = {"brand": [row.brand, year.chance.pick(("Lys", "Ola", "Søn"))]}
        result = await posts(year, shop.EVE, "item.edit", {"item": row.id, "fields": fields})
        year.looked.count(f"item.edit {result['status']}")
        if result["status"] == "refused":
            # Who came second is told what the first one left.
            year.looked.hold(10, result["code"] == "field_overtaken" and bool(result.get("now")), result)


async def archive_item(year: "Year") -> None:
    async with year.hub.database.reading() as connection:
        rows = (await connection.execute(select(items.c.id, items.c.archived_at).order_by(items.c.id))).all()
    archived = [row.id for row in rows if row.archived_at is not None]
    if len(archived) > 6 or (archived and year.chance.happens(0.5)):
        result = await posts(year, shop.EVE, "item.restore", {"item": year.chance.pick(archived)})
    else:
        result = await posts(year, shop.EVE, "item.archive", {"item": year.chance.pick(rows).id})
    year.looked.count(f"item archived or restored, {result['status']}")
