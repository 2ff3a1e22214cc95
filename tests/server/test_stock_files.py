"""Files of counts and movements, booked through the door: once, at their own time, by who may."""

from collections.abc import Sequence
from typing import Any, Literal

import pytest
from sqlalchemy import func, insert, select, text

from server.database import Database
from server.imports.reading import Batch, Columns, MovementLine, Reject, StockLine
from server.imports.stock_files import LINES_A_STEP, Source, StockFile, Taken
from server.inbox.accept import Door
from server.inbox.tables import buckets, feed, outcomes
from server.ledger.tables import ledger
from server.people.operator import find_operator
from server.people.tables import roles
from tests import shop
from tests.phones import on_hand

STOCK = Columns({0: "store", 1: "item", 2: "counted", 3: "lot"})
MOVEMENTS = Columns({0: "id", 1: "at", 2: "store", 3: "item", 4: "quantity", 5: "kind"})
HOUR = 3_600_000
Kind = Literal["sale", "return", "delivery"]


def counted(line: int, item: str, units: int, store: str = "GHE", lot: str = "") -> StockLine:
    gtin = item if item.isdigit() else None
    return StockLine(line, store, item, gtin, units, lot)


def moved(
    line: int, number: str, item: str, quantity: int, kind: Kind = "sale", at: int = shop.NOW - HOUR, **other: Any
) -> MovementLine:
    return MovementLine(line, number, other.get("store", "GHE"), item, None, quantity, kind, at, False, "")


class Files:
    """Brings files as somebody: `stock` and `movements` take lines, in as many batches as are given."""

    def __init__(self, database: Database, door: Door, by: int) -> None:
        self.database, self.door, self.by = database, door, by

    async def stock(self, *batches: Sequence[StockLine], name: str = "a", as_of: int = shop.NOW - HOUR) -> Taken:
        return await self.bring(Source(name, STOCK, self.by, as_of), batches)

    async def movements(self, *batches: Sequence[MovementLine], wrong: Sequence[Reject] = ()) -> Taken:
        return await self.bring(Source("m", MOVEMENTS, self.by), batches, wrong)

    async def bring(self, source: Source, batches: Sequence[Sequence[Any]], wrong: Sequence[Reject] = ()) -> Taken:
        file = StockFile(self.database, self.door, lambda: shop.NOW + 1000, source)
        whole = Taken(0)
        last = 0
        for number, lines in enumerate(batches):
            last = max([lines[-1].line, *(one.line for one in wrong)])
            add(whole, await file.take(Batch(list(lines), list(wrong) if number == 0 else [], last, 0)))
        add(whole, await file.finish(last))
        return whole


def add(whole: Taken, part: Taken) -> None:
    assert part.read_to >= whole.read_to
    assert all(one.line <= part.read_to for one in part.rejects)
    whole.read_to, whole.added, whole.same = part.read_to, whole.added + part.added, whole.same + part.same
    whole.rejects += part.rejects


def codes(taken: Taken) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in taken.rejects]


@pytest.fixture
async def files(database: Database, door: Door) -> Files:
    async with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            # The shop's people came with their ids.
            await connection.execute(text("SELECT setval(pg_get_serial_sequence('people', 'id'), 100)"))
        by = await find_operator(connection)
    return Files(database, door, by)


async def entries(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(ledger)) or 0)


async def test_a_stock_file_counts_by_sku_and_by_barcode(files: Files, database: Database) -> None:
    taken = await files.stock([counted(2, "S-001", 9), counted(3, shop.GTINS[shop.SOAP], 4), counted(4, "S-003", 0)])
    assert (taken.added, taken.same, taken.rejects, taken.read_to) == (3, 0, [], 4)
    assert [await on_hand(database, shop.GHENT, item) for item in (shop.TEA, shop.SOAP, shop.CHEESE)] == [9, 4, 0]


async def test_the_same_stock_file_again_changes_nothing_though_goods_were_sold_since(
    files: Files, database: Database
) -> None:
    lines = [counted(2, "S-001", 9), counted(3, "S-002", 4)]
    await files.stock(lines)
    await files.movements([moved(2, "T1", "S-001", 2, at=shop.NOW)])
    before = await entries(database)
    again = await files.stock(lines)
    assert (again.added, again.same) == (0, 2)
    assert await entries(database) == before
    assert await on_hand(database, shop.GHENT, shop.TEA) == 7


async def test_a_count_as_of_yesterday_leaves_todays_sales_standing(files: Files, database: Database) -> None:
    await files.movements([moved(2, "T1", "S-001", 2, at=shop.NOW - HOUR)])
    await files.stock([counted(2, "S-001", 50)], as_of=shop.NOW - 24 * HOUR)
    assert await on_hand(database, shop.GHENT, shop.TEA) == 48


async def test_movements_of_all_kinds_are_booked_at_their_own_time(files: Files, database: Database) -> None:
    lines = [
        moved(2, "T1", "S-001", 2),
        moved(3, "T1", "S-002", 1),
        moved(4, "T2", "S-001", 1, "return", shop.NOW - 2 * HOUR),
        moved(5, "D1", "S-001", 12, "delivery", shop.NOW - 3 * HOUR),
        moved(6, "D2", "S-001", -3, "delivery"),
        moved(7, "T3", "S-001", -1),
    ]
    taken = await files.movements(lines)
    assert (taken.added, taken.rejects) == (6, [])
    assert await on_hand(database, shop.GHENT, shop.TEA) == 5 - 2 + 1 + 12 - 3 - 1
    async with database.reading() as connection:
        booked = select(ledger.c.kind, ledger.c.delta, ledger.c.effective_at).where(ledger.c.item_id == shop.TEA)
        rows = [tuple(row) for row in await connection.execute(booked.where(ledger.c.kind != "opening"))]
    assert ("delivery", 12, shop.NOW - 3 * HOUR) in rows
    assert ("sale", -1, shop.NOW - HOUR) in rows


async def test_one_document_is_one_operation_wherever_batches_end(files: Files, database: Database) -> None:
    lines = [moved(n, "T1" if n < 6 else "T2", f"S-00{n % 3 + 1}", 1) for n in range(2, 9)]
    taken = await files.movements(lines[:2], lines[2:5], lines[5:])
    assert taken.added == 7
    async with database.reading() as connection:
        booked = (await connection.scalars(select(outcomes.c.args).where(outcomes.c.kind == "stock.move"))).all()
    assert sorted(len(args["lines"]) for args in booked) == [3, 3]
    again = await files.movements(lines)
    assert (again.added, again.same, again.rejects) == (0, 7, [])


async def test_a_document_that_lost_a_line_is_kept_out_whole_and_comes_in_mended(
    files: Files, database: Database
) -> None:
    wrong = Reject(3, "number_wrong", {}, ["T1", "2026-11-22", "GHE", "S-002", "two", "sale"])
    lines = [moved(2, "T1", "S-001", 1), moved(4, "T2", "S-999", 1), moved(5, "T2", "S-001", 1)]
    taken = await files.movements(lines, wrong=[wrong])
    assert taken.added == 0
    expected = [(2, "document_incomplete"), (3, "number_wrong"), (4, "item_unknown"), (5, "document_incomplete")]
    assert sorted(codes(taken)) == expected
    mended = await files.movements([moved(2, "T1", "S-001", 1), moved(3, "T1", "S-002", 2)])
    assert (mended.added, mended.rejects) == (2, [])
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_a_rejected_line_stands_under_the_header_of_its_file(files: Files) -> None:
    taken = await files.movements([moved(2, "T1", "S-999", 3)])
    assert taken.rejects[0].raw == ["T1", "2026-09-21T13:13:20Z", "GHE", "S-999", "3", "sale"]


async def test_the_number_of_a_document_means_one_thing(files: Files, database: Database) -> None:
    await files.movements([moved(2, "T1", "S-001", 1)])
    other = await files.movements([moved(2, "T1", "S-001", 4)])
    assert codes(other) == [(2, "id_taken")]
    assert await on_hand(database, shop.GHENT, shop.TEA) == 4


async def test_what_nobody_knows_stays_out_and_the_rest_comes_in(files: Files, database: Database) -> None:
    unknown = [counted(2, "S-001", 9, "NIX"), counted(3, "S-999", 1)]
    taken = await files.stock([*unknown, counted(4, "S-002", 2_000_000), counted(5, "S-002", 7)])
    assert codes(taken) == [(2, "store_unknown"), (3, "item_unknown"), (4, "quantity_huge")]
    assert await on_hand(database, shop.GHENT, shop.SOAP) == 7


async def test_what_has_not_happened_yet_stays_out(files: Files) -> None:
    taken = await files.movements([moved(2, "T1", "S-001", 1, at=shop.NOW + HOUR)])
    assert codes(taken) == [(2, "time_ahead")]


async def test_a_store_manager_brings_files_of_their_own_store_only(database: Database, door: Door) -> None:
    bo = Files(database, door, shop.BO)
    taken = await bo.stock([counted(2, "S-001", 9, "ANT"), counted(3, "S-001", 9, "GHE")])
    assert (taken.added, codes(taken)) == (1, [(3, "not_allowed")])
    assert codes(await Files(database, door, shop.ADA).stock([counted(2, "S-001", 9)])) == [(2, "not_allowed")]


async def test_a_manager_of_today_brings_what_was_counted_before_their_time(database: Database, door: Door) -> None:
    row = {"person_id": shop.ADA, "level": 3, "store_id": shop.LEIDEN, "valid_from": shop.NOW, "valid_to": None}
    async with database.writing() as connection:
        await connection.execute(insert(roles), [row])
    taken = await Files(database, door, shop.ADA).stock([counted(2, "S-001", 9, "LEI")], as_of=shop.NOW - 48 * HOUR)
    assert (taken.added, taken.rejects) == (1, [])


async def test_an_administrator_writes_no_books_that_have_begun(database: Database, door: Door) -> None:
    taken = await Files(database, door, shop.EVE).stock([counted(2, "S-001", 9)])
    assert codes(taken) == [(2, "not_allowed")]


async def test_a_file_that_was_cut_short_is_completed_from_where_it_was(files: Files, database: Database) -> None:
    lines: list[Any] = [moved(n, f"T{n}", "S-002", 1, "delivery") for n in range(2, 2 + LINES_A_STEP * 2 + 7)]
    source = Source("m", MOVEMENTS, files.by)
    cut = StockFile(database, files.door, lambda: shop.NOW, source)
    taken = await cut.take(Batch(lines[:300], [], lines[299].line, 0))
    # What the next run is told is at most what was booked: lines that come twice are known.
    rest = StockFile(database, files.door, lambda: shop.NOW, source)
    left: list[Any] = [line for line in lines if line.line > taken.read_to - 50]
    second = await rest.take(Batch(left, [], lines[-1].line, 0))
    third = await rest.finish(lines[-1].line)
    assert taken.added + second.added + third.added == len(lines)
    assert second.same == 50
    assert await on_hand(database, shop.GHENT, shop.SOAP) == len(lines)


async def test_lines_of_a_file_are_on_nobodys_phone(files: Files, database: Database) -> None:
    await files.movements([moved(2, "T1", "S-001", 1)])
    async with database.reading() as connection:
        told = select(feed.c.key).join(buckets).where(buckets.c.name == f"user:{files.by}")
        assert set(await connection.scalars(told)) == {"me"}
