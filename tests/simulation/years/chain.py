"""The shop in which a year is lived: the bigger shop of the simulation, a device for everybody, one shared by two."""

from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert

from server.database import Database
from server.devices.tables import device_keys, devices
from tests import shop
from tests.simulation.bigger_shop import GUS, INES, JO, open_bigger_shop
from tests.simulation.years.phone import secret_of

# Who works on which phone; Dev has two.
HOLDERS: dict[str, tuple[int, ...]] = {
    "handheld": (shop.BO, shop.CLEO),
    "ada": (shop.ADA,),
    "bo": (shop.BO,),
    "cleo": (shop.CLEO,),
    "dev": (shop.DEV,),
    "dev again": (shop.DEV,),
    "eve": (shop.EVE,),
    "fay": (shop.FAY,),
    "gus": (GUS,),
    "ines": (INES,),
    "jo": (JO,),
}
STAFF = (shop.ADA, shop.BO, shop.CLEO, shop.DEV, shop.FAY, GUS, INES, JO)


def device_of(phone: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"phone {phone}"))


async def open_chain(database: Database, jo_leaves_at: int) -> None:
    await open_bigger_shop(database, "!", jo_leaves_at)
    seen = {"name": "phone", "created_at": 0, "last_seen_at": 0}
    async with database.writing() as connection:
        rows = [{"id": device_of(name), "token_hash": f"phone {name}", **seen} for name in HOLDERS]
        await connection.execute(insert(devices), rows)
        keys = [(device_of(name), person) for name, staff in HOLDERS.items() for person in staff]
        await connection.execute(
            insert(device_keys),
            [
                {"device_id": device, "person_id": person, "secret": secret_of(device, person), "created_at": 0}
                for device, person in keys
            ],
        )
