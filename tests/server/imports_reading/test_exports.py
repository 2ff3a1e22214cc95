"""What is written is read back the same, and runs in no spreadsheet."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.imports.reading import Kind, Reject, export_csv, rejects_csv, tidy
from server.imports.reading.cells import FORMULA_SIGNS, guarded, unguarded
from sync.gs1 import check_digit
from tests.server.imports_reading.files import read

ON_DISK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)

# Names in all scripts, and the signs that files and spreadsheets trip over more often than by chance.
SIGNS = st.sampled_from([*"=+-@'\",;|\\ \n\r\t", "&amp;", "＝", "\u00a0"])
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.lists(SIGNS | WORDS, max_size=12).map("".join)
TIDY = NAMES.map(tidy).map(lambda name: tidy(name[:80]))
NAMED = TIDY.filter(bool)
CODES = NAMED.map(lambda name: tidy(name[:16])).filter(bool)
MOMENTS = st.integers(1_000_000_000_000, 4_000_000_000_000)
PAYLOADS = st.text("0123456789", min_size=13, max_size=13)
GTINS = PAYLOADS.map(lambda payload: payload + check_digit(payload))
GTINS = GTINS.filter(lambda gtin: gtin.strip("0") != "")


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


ITEMS = st.fixed_dictionaries(
    {
        "sku": NAMED.map(lambda name: tidy(name[:32])).filter(bool),
        "barcodes": st.lists(GTINS, max_size=3, unique=True).map(tuple),
        "name_en": NAMED,
        "name_zh": TIDY,
        "brand": TIDY,
        "unit": optional(st.sampled_from(["each", "g", "ml"])),
        "price": optional(st.integers(0, 2_000_000_000)),
        "tracks_lot": optional(st.booleans()),
        "tracks_expiry": optional(st.booleans()),
        "assortments": st.lists(NAMED, max_size=3, unique=True).map(tuple),
    }
)
STORES = st.fixed_dictionaries(
    {
        "code": CODES,
        "name_en": TIDY,
        "name_zh": NAMED,
        "area": optional(NAMED),
        "latitude": optional(st.floats(-90, 90)),
        "longitude": optional(st.floats(-180, 180)),
        "time_zone": optional(st.sampled_from(["Asia/Shanghai", "Europe/Amsterdam"])),
    }
)
PEOPLE = st.fixed_dictionaries(
    {
        "username": CODES.map(str.lower).map(tidy).filter(lambda name: name == name.lower() and len(name) <= 16),
        "name": NAMED,
        "role": optional(st.integers(1, 5)),
        "store": optional(CODES),
        "area": st.none(),
        "locale": optional(st.sampled_from(["en", "zh"])),
        "from": st.none(),
        "to": optional(MOMENTS),
    }
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(date.isoformat)
STOCK = st.fixed_dictionaries(
    {
        "store": CODES,
        "item": CODES,
        "counted": st.integers(0, 1_000_000_000),
        "lot": CODES,
        "expires": DAYS | st.just(""),
    }
)
MOVEMENTS = st.fixed_dictionaries(
    {
        "id": CODES,
        "store": CODES,
        "item": CODES,
        "quantity": st.integers(-1_000_000_000, 1_000_000_000).filter(bool),
        "kind": st.sampled_from(["sale", "return", "delivery"]),
        "at": MOMENTS,
        "lot": CODES,
        "expires": DAYS | st.just(""),
    }
)
# The field of an export, where a line calls it otherwise.
OF_A_LINE = {"barcodes": "gtins", "price": "price_cents", "role": "level", "from": "valid_from", "to": "valid_to"}


def there_and_back(folder: Path, kind: Kind, rows: list[dict[str, Any]]) -> None:
    path = folder / "export.csv"
    path.write_bytes(b"".join(export_csv(kind, rows)))
    batch = read(path, kind)
    assert [reject for reject in batch.rejects if reject.code not in ("duplicate", "movement_scattered")] == []
    back = [{field: getattr(line, OF_A_LINE.get(field, field)) for field in rows[0]} for line in batch.lines]
    refused = {reject.line for reject in batch.rejects}
    if not refused:
        assert back == rows
    assert all(row in rows for row in back)


@ON_DISK
@given(rows=st.lists(ITEMS, min_size=1, max_size=5))
def test_goods_are_read_back_as_they_were_written(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    there_and_back(tmp_path, "items", rows)


@ON_DISK
@given(rows=st.lists(STORES, min_size=1, max_size=5))
def test_stores_are_read_back_as_they_were_written(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    there_and_back(tmp_path, "stores", rows)


@ON_DISK
@given(rows=st.lists(PEOPLE, min_size=1, max_size=5))
def test_people_are_read_back_as_they_were_written(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    there_and_back(tmp_path, "people", rows)


@ON_DISK
@given(rows=st.lists(STOCK, min_size=1, max_size=5))
def test_stock_is_read_back_as_it_was_written(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    there_and_back(tmp_path, "stock", rows)


@ON_DISK
@given(rows=st.lists(MOVEMENTS, min_size=1, max_size=5))
def test_movements_are_read_back_as_they_were_written(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    there_and_back(tmp_path, "movements", rows)


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_is_given_back(text: str) -> None:
    assert not guarded(text).startswith(FORMULA_SIGNS)
    assert unguarded(guarded(text)) == text


def test_an_export_says_what_it_is_in_plain_sight() -> None:
    row: dict[str, Any] = {"sku": "A1", "barcodes": ("00041190035168",), "name_en": "=1+1", "name_zh": "", "brand": ""}
    row |= {"unit": "each", "price": 205, "tracks_lot": True, "tracks_expiry": False}
    row["assortments"] = ("city", "a|b")
    header, line = b"".join(export_csv("items", [row])).decode("utf-8-sig").split("\r\n")[:2]
    assert header == "sku,barcodes,name_en,name_zh,brand,unit,price,tracks_lot,tracks_expiry,assortments"
    assert line == "A1,0041190035168,'=1+1,,,each,2.05,yes,no,city|a\\|b"


def test_rejects_say_line_and_reason_and_may_be_mended_and_imported_again(tmp_path: Path) -> None:
    raw = ["4006381333932", '=HYPERLINK("http://evil.example")', "-3"]
    rejects = [Reject(7, "barcode_check_digit", {"value": "4006381333932", "length": 13}, raw)]
    written = b"".join(rejects_csv(["barcode", "name", "delta"], rejects, "en"))
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")))) == [
        ["Line in the file", "Why not taken", "barcode", "name", "delta"],
        [
            "7",
            "The check digit of barcode 4006381333932 is wrong.",
            "4006381333932",
            '\'=HYPERLINK("http://evil.example")',
            "-3",
        ],
    ]
    assert "条码" in b"".join(rejects_csv([], rejects, "zh")).decode()
    path = tmp_path / "mended.csv"
    path.write_bytes(written.replace(b"4006381333932,", b"4006381333931,"))
    line = read(path).lines[0]
    assert (line.gtins, line.name_en) == (("04006381333931",), '=HYPERLINK("http://evil.example")')


@pytest.mark.parametrize("rows", [0, 10_000])
def test_an_export_of_any_length_comes_in_pieces(rows: int) -> None:
    row = {"store": "S1", "item": "A1", "counted": 1, "lot": "", "expires": None}
    pieces = list(export_csv("stock", (row for _ in range(rows))))
    assert max(map(len, pieces)) < 100_000
    assert b"".join(pieces).count(b"\r\n") == rows + 1
