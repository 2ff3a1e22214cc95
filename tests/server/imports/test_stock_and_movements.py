"""Counts and movements come in as imports: counted, told again, cut short, and never a quantity that is set."""

from sqlalchemy import func, select

from server.catalogue.tables import items
from server.ledger.tables import balances, lots, shelves
from server.stores.tables import stores
from tests import shop
from tests.server.imports.brought import Desk, counted


async def codes(desk: Desk) -> tuple[str, str]:
    [(store,)] = await desk.read(select(stores.c.code).where(stores.c.id == shop.ANTWERP))
    [(item,)] = await desk.read(select(items.c.sku).where(items.c.id == shop.TEA))
    return store, item


async def on_hand(desk: Desk) -> int:
    place = (balances.c.location_id == shelves(shop.ANTWERP), balances.c.item_id == shop.TEA)
    [(units,)] = await desk.read(select(func.sum(balances.c.on_hand)).where(*place))
    return int(units)


async def test_what_tills_sold_comes_in_once(desk: Desk) -> None:
    store, item = await codes(desk)
    file = "id,store,item,quantity,kind,at\n" + "".join(
        f"T-{n},{store},{item},1,sale,2026-01-0{n}T10:00:00Z\n" for n in range(1, 4)
    )
    assert counted(await desk.bring("movements", file)) == (3, 0, 0, 0)
    assert await on_hand(desk) == 37
    assert counted(await desk.bring("movements", file)) == (0, 0, 3, 0)
    assert await on_hand(desk) == 37
    exported = await desk.export("movements")
    assert counted(await desk.bring("movements", exported)) == (0, 0, 3, 0)


async def test_a_count_of_a_file_is_a_count_of_its_moment(desk: Desk) -> None:
    store, item = await codes(desk)
    file = f"store,item,counted\n{store},{item},30\n{store},nothing,4\n"
    one = await desk.bring("stock", file, as_of=shop.NOW)
    assert counted(one) == (1, 0, 0, 1)
    assert await on_hand(desk) == 30
    assert counted(await desk.bring("stock", file, as_of=shop.NOW)) == (0, 0, 1, 1)


async def test_a_file_tells_the_last_days_of_its_lots_and_an_export_tells_them_again(desk: Desk) -> None:
    store, item = await codes(desk)
    file = f"id,store,item,quantity,kind,at,lot,best before\nD-1,{store},{item},6,delivery,2026-01-02T10:00:00Z,L7,"
    assert counted(await desk.bring("movements", file + "2027-01-31\n")) == (1, 0, 0, 0)
    wrong = f"store,item,counted,lot,expires\n{store},{item},6,L8,soon\n"
    assert counted(await desk.bring("stock", wrong, as_of=shop.NOW)) == (0, 0, 0, 1)
    right = wrong.replace("soon", "28.02.2027")
    assert counted(await desk.bring("stock", right, as_of=shop.NOW)) == (1, 0, 0, 0)
    known = await desk.read(select(lots.c.code, lots.c.expires_on).order_by(lots.c.code))
    assert [tuple(row) for row in known] == [("L7", "2027-01-31"), ("L8", "2027-02-28")]
    assert counted(await desk.bring("movements", await desk.export("movements"))) == (0, 0, 1, 0)
