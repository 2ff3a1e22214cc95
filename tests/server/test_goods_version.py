"""Whoever changes goods moves their version on, whichever way: by the door, by a file, by the demo."""

import ast
import re
from typing import Any

import pytest
from sqlalchemy import select

from server.catalogue.version import GOODS, version_of_goods
from server.database import Database, metadata
from server.demo.load import load_demo
from server.inbox.accept import Door
from server.inbox.verdicts import RULES
from tests import house, shop
from tests.phones import Phone
from tests.shop import LAMP, SOAP, TEA

NEW = {"sku": "T-9", "name_en": "Mint tea", "name_zh": "", "brand": "", "unit": "each", "price_cents": 349}
NEW |= {"tracks_lot": False, "tracks_expiry": False, "barcodes": ["0400000000053"], "assortments": [1]}
# In this order each has something to change.
DEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("item.add", NEW),
    ("item.edit", {"item": TEA, "fields": {"price_cents": [349, 399]}}),
    ("item.archive", {"item": SOAP}),
    ("item.restore", {"item": SOAP}),
    ("barcode.add", {"item": TEA, "gtin": "00400000000060"}),
    ("barcode.remove", {"item": TEA, "gtin": "00400000000060"}),
    ("assortment.range", {"assortment": 2, "items": [SOAP], "way": "in"}),
    ("assortment.range", {"assortment": 2, "items": [SOAP], "way": "out"}),
    ("item.merge", {"item": LAMP, "into": SOAP}),
    ("assortment.save", {"name": "summer"}),
    ("assortment.save", {"assortment": 1, "name": "town"}),
)
# Who writes goods by statements of their own, and moves the version themselves.
WRITERS = {"server/imports/goods.py", "server/demo/load.py", "server/inbox/minding.py"}
WRITING = {"insert", "update", "delete", "upsert", "insert_new", "inserted", "Many", "_insert", "_write"}
STATEMENT = re.compile(rf"\b(?:insert\s+into|update|delete\s+from)\s+(?:{'|'.join(sorted(GOODS))})\b", re.IGNORECASE)


async def state(database: Database) -> tuple[int, str]:
    """The version, and whatever is said of goods."""
    async with database.reading() as connection:
        tables = [(await connection.execute(select(metadata.tables[name]))).all() for name in sorted(GOODS)]
        return await version_of_goods(connection), str([sorted(map(str, rows)) for rows in tables])


def test_every_deed_that_writes_goods_is_among_those_below() -> None:
    minding = {kind for kind, rule in RULES.items() if rule.minds == "goods"}
    assert {kind for kind, _ in DEEDS} | {"barcode.teach"} == minding | {"assortment.save"}


async def test_every_deed_that_changes_goods_moves_their_version_once(door: Door, database: Database) -> None:
    eve = Phone(door, shop.EVE)
    for kind, args in DEEDS:
        before, stood = await state(database)
        assert (await eve.do(kind, **args))["status"] == "applied", kind
        after, stands = await state(database)
        assert stands != stood, kind
        assert after == before + 1, kind


async def test_a_barcode_that_was_taught_moves_it_when_it_is_approved(door: Door, database: Database) -> None:
    before, _ = await state(database)
    taught = await Phone(door, shop.ADA).do("barcode.teach", store=shop.GHENT, item=TEA, code="00400000000060")
    assert (taught["status"], (await state(database))[0]) == ("review", before)
    settled = await Phone(door, shop.CLEO).do("review.settle", operation=taught["id"], accept=True)
    assert (settled["status"], (await state(database))[0]) == ("applied", before + 1)


async def test_work_in_stores_and_deeds_that_change_nothing_leave_it(door: Door, database: Database) -> None:
    before = await state(database)
    eve, ada = Phone(door, shop.EVE), Phone(door, shop.ADA)
    assert (await eve.do("item.restore", item=TEA))["status"] == "applied"
    assert (await eve.do("assortment.save", assortment=1, added=[shop.LEIDEN]))["status"] == "applied"
    adjusted = {"store": shop.GHENT, "item": TEA, "delta": -1, "reason": "damaged"}
    assert (await ada.do("stock.adjust", **adjusted))["status"] == "applied"
    assert await state(database) == before


async def test_the_demo_has_moved_it(database: Database) -> None:
    async with database.writing() as connection:
        await load_demo(connection, shop.NOW)
        assert await version_of_goods(connection) == 1


def writes_goods(tree: ast.Module) -> bool:
    """Whether a statement is made that writes a table of goods, in words or by one of SQLAlchemy's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.search(node.value):
            return True
        if isinstance(node, ast.Call) and _called(node.func) in WRITING:
            given = [*node.args, *(word.value for word in node.keywords)]
            if any(_called(one) in GOODS or (isinstance(one, ast.Constant) and one.value in GOODS) for one in given):
                return True
        # items.insert(), items.update(): the table's own verbs.
        if isinstance(node, ast.Attribute) and node.attr in WRITING and _called(node.value) in GOODS:
            return True
    return False


def _called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_nobody_else_writes_goods() -> None:
    found = {path for path in house.matching(r"server/.*\.py") if writes_goods(house.tree_of(path))}
    # The door writes whatever table a rule names.
    assert found | {"server/inbox/minding.py"} == WRITERS
    for path in sorted(WRITERS):
        assert "await move_goods(connection)" in house.text_of(path), path


@pytest.mark.parametrize(
    "text",
    [
        "await connection.execute(insert(items).values(sku=1))",
        "tables.barcodes.delete()",
        "_ROWS = inserted(assortment_items, COLUMNS)",
        "connection.exec_driver_sql(f'UPDATE items SET {sets}')",
    ],
)
def test_who_writes_goods_is_found(text: str) -> None:
    assert writes_goods(ast.parse(text))
