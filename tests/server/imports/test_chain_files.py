"""Stores and people come in by a file, each change an operation like any other; what stands stays."""

from sqlalchemy import func, select

from server.imports.reading import Kind
from server.inbox.tables import outcomes
from server.people.operator import OPERATOR
from server.people.tables import people, roles
from server.stores.tables import areas, stores
from tests import shop
from tests.server.imports.brought import Desk, counted

STORES = """code,name_en,name_zh,area,latitude,longitude,time_zone
AMS,Amsterdam Zuid,阿姆斯特丹南,North,52.34,4.87,Europe/Amsterdam
HGL,Hengelo,,East,52.26,6.79,Europe/Amsterdam
"""


async def operations(desk: Desk) -> int:
    [(count,)] = await desk.read(select(func.count()).select_from(outcomes))
    return int(count)


async def test_stores_come_in_with_their_areas_and_once(desk: Desk) -> None:
    assert counted(await desk.bring("stores", STORES)) == (2, 0, 0, 0)
    query = select(stores.c.code, areas.c.name_en).join(areas).where(stores.c.code.in_(["AMS", "HGL"]))
    assert sorted(await desk.read(query)) == [("AMS", "North"), ("HGL", "East")]
    before = await operations(desk)
    assert counted(await desk.bring("stores", STORES)) == (0, 0, 2, 0)
    assert await operations(desk) == before


async def test_a_store_changes_only_where_the_file_says_otherwise(desk: Desk) -> None:
    await desk.bring("stores", STORES)
    one = await desk.bring("stores", STORES.replace("Hengelo", "Hengelo Centrum"))
    assert counted(one) == (0, 1, 1, 0)
    back = await desk.bring("stores", STORES)
    assert counted(back) == (0, 1, 1, 0)
    assert await desk.read(select(stores.c.name_en).where(stores.c.code == "HGL")) == [("Hengelo",)]


async def test_a_store_that_is_not_whole_is_rejected_and_the_rest_comes_in(desk: Desk) -> None:
    one = await desk.bring("stores", STORES + "UTC,Utrecht,,North,,,Europe/Amsterdam\n")
    assert counted(one) == (2, 0, 0, 1)
    [reject] = await desk.rejects(one)
    assert reject.line == 4
    assert "UTC" in desk.rejects_file(one).read_text(encoding="utf-8-sig")


async def test_people_come_in_with_their_roles_and_once(desk: Desk) -> None:
    [(code,)] = await desk.read(select(stores.c.code).where(stores.c.id == shop.GHENT))
    file = f"username,name,role,store,locale\nada,Ada,associate,{code},\nzoe,Zoë Peeters,store-manager,{code},en\n"
    first = await desk.bring("people", file)
    assert first.added == 1
    assert first.rejected == 0
    held = select(roles.c.level, roles.c.store_id).join(people, people.c.id == roles.c.person_id)
    assert await desk.read(held.where(people.c.username == "zoe")) == [(3, shop.GHENT)]
    assert counted(await desk.bring("people", file)) == (0, 0, 2, 0)


async def test_nobody_signs_in_as_the_operator(desk: Desk) -> None:
    await desk.bring("stores", STORES)
    levels = select(roles.c.level).join(people).where(people.c.username == OPERATOR).order_by(roles.c.level)
    assert await desk.read(levels) == [(4,), (5,)]
    assert OPERATOR not in await desk.export("people")


async def test_what_goes_out_comes_in_and_changes_nothing(desk: Desk) -> None:
    await desk.bring("stores", STORES)
    kinds: tuple[Kind, ...] = ("stores", "people", "items")
    for kind in kinds:
        file = await desk.export(kind)
        one = await desk.bring(kind, file)
        assert counted(one) == (0, 0, len(file.splitlines()) - 1, 0), (kind, await desk.rejects(one))
        assert await desk.export(kind) == file
