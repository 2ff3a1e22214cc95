"""Lines of a catalogue: what is taken, what is not and why."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catalogue.spelling import chinese_order, english_order, search_text
from server.imports.reading import gtin_in, printed, spell, tidy
from server.imports.reading.spelling import LONGEST_SORT_KEY
from sync.gs1 import gtin_of, what_is
from tests.server.imports_reading.files import read, workbook, written

DIRTY = """sku,barcode,name,price,unit
A1,4006381333931,Milk,1.99,each
A2,4006381333932,wrong check digit,1,each
A3,40063813339,too short,1,each
A4,4006381333931,Milk again,1,each
A1,,Same SKU,1,each
A5,,,1,each
A6,,&nbsp; ,1,each
A7,,Too many,1,each,more
A8,,Too few
,,No code,1,each
A9,,Price,cheap,each
A10,,Unit,1,bushel
A11,8.71234E+12,Rounded,1,each
A12,none,Not digits,1,each
A13,,{long},1,each
{sku},,SKU,1,each
A14,4006381333948,Cheese,"1,234",each
A15,4006381333948,Cheese,"2,49",kg
"""


def test_every_kind_of_dirt_is_named_with_its_line_and_the_rest_comes_in(tmp_path: Path) -> None:
    batch = read(written(tmp_path, DIRTY.replace("{long}", "x" * 201).replace("{sku}", "S" * 33)))
    assert {reject.line: reject.code for reject in batch.rejects} == {
        3: "barcode_check_digit",
        4: "barcode_length",
        5: "duplicate",
        6: "duplicate",
        7: "empty",
        8: "empty",
        9: "columns_wrong",
        10: "columns_wrong",
        11: "no_code",
        12: "price_wrong",
        13: "unit_unknown",
        14: "barcode_rounded",
        15: "barcode_not_digits",
        16: "too_long",
        17: "too_long",
        18: "number_unclear",
    }
    assert [reject.line for reject in batch.rejects] == sorted(reject.line for reject in batch.rejects)
    assert batch.rejects[2].params == {"field": "barcodes", "value": "4006381333931", "line": 2}
    assert batch.rejects[2].raw == ["A4", "4006381333931", "Milk again", "1", "each"]
    assert [(line.sku, line.price_cents, line.unit) for line in batch.lines] == [("A1", 199, "each"), ("A15", 249, "g")]


def test_a_file_of_barcode_and_name_is_enough(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "barcode,name\n4006381333931,Milk\n6901028075763,可口可乐\n45095191,Café\n"))
    first, second, third = batch.lines
    assert (first.sku, first.gtins, first.name_en, first.name_zh, first.brand) == (
        *("4006381333931", ("04006381333931",), "Milk", None, None),
    )
    assert (second.name_en, second.name_zh, second.sort_en) == (None, "可口可乐", "ke kou ke le")
    assert (third.sku, third.gtins, third.folded) == ("45095191", ("00000045095191",), "cafe 45095191")


def test_all_forms_of_a_barcode_are_one(tmp_path: Path) -> None:
    forms = ["041190035168", "0041190035168", "00041190035168", "(01)00041190035168", "0 41190 03516 8"]
    batch = read(written(tmp_path, "barcode,name\n" + "".join(f"{form},Dressing\n" for form in forms)))
    assert batch.lines[0].gtins == ("00041190035168",)
    assert [(reject.code, reject.params["line"]) for reject in batch.rejects] == [("duplicate", 2)] * 4


def test_zeros_that_a_workbook_lost_are_found_and_those_of_a_text_are_not(tmp_path: Path) -> None:
    assert read(workbook(tmp_path, [["ean", "name"], [41190035168, "x"]])).lines[0].gtins == ("00041190035168",)
    assert read(written(tmp_path, "ean,name\n41190035168,x\n")).rejects[0].code == "barcode_length"


@given(st.text("0123456789", min_size=5, max_size=16))
def test_digits_are_the_gtin_that_a_scan_of_them_is(digits: str) -> None:
    assert gtin_in(digits) == (what_is(digits).get("gtin") if len(digits) >= 8 else None)


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda size: st.text("0123456789", min_size=size, max_size=size)))
def test_a_printed_code_is_read_as_the_gtin_it_was(payload: str) -> None:
    gtins = [gtin_of(payload + digit) for digit in "0123456789"]
    gtin = next((gtin for gtin in gtins if gtin), None)
    if gtin:
        assert gtin_in(printed(gtin)) == gtin


def test_several_barcodes_stand_in_one_cell_or_in_several(tmp_path: Path) -> None:
    text = 'sku,barcode,barcode2,name\nA1,"4006381333931, 4006381333948|4006381333931",45095191,Milk\n'
    batch = read(written(tmp_path, text))
    assert batch.lines[0].gtins == ("04006381333931", "04006381333948", "00000045095191")


def test_a_line_that_is_refused_takes_no_code_from_those_after_it(tmp_path: Path) -> None:
    text = "sku,barcode,name\nA1,4006381333931,x\nA2,4006381333948 4006381333931,x\nA2,4006381333948,x\n"
    batch = read(written(tmp_path, text))
    assert ([line.line for line in batch.lines], [reject.line for reject in batch.rejects]) == ([2, 4], [3])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("&quot;Karl Fazer&quot; Молоко", '"Karl Fazer" Молоко'),
        ("Bread &amp;amp; Butter", "Bread & Butter"),
        ("Caf&amp;eacute;&#39;s &#x4E2D;", "Café's 中"),
        ("Fish&chips R&B; M&M's &c", "Fish&chips R&B; M&M's &c"),
        ("  two\r\nlines\t ", "two lines"),
        ("a&#0;b&nbsp;", "a\ufffdb"),
    ],
)
def test_a_name_is_tidy(raw: str, name: str) -> None:
    assert tidy(raw) == name


@given(st.text())
def test_a_tidy_name_stays_as_it_is(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_a_name_in_one_column_goes_to_the_language_it_is_written_in(tmp_path: Path) -> None:
    rows = [["1", "Milk 牛奶"], ["2", "きのこの山 森永"], ["3", "김치 金"], ["4", "Молоко"]]
    batch = read(written(tmp_path, "sku,name\n" + "".join(f"{sku},{name}\n" for sku, name in rows)))
    assert [bool(line.name_zh) for line in batch.lines] == [True, False, False, False]


def test_both_names_and_all_that_goods_may_have_are_read(tmp_path: Path) -> None:
    header = "sku,name_en,name_zh,brand,unit,price,tracks_lot,tracks_expiry,assortments"
    line = read(written(tmp_path, f"{header}\nA1,Milk,牛奶,Berg,ml,1.5,yes,否,city|a\\|b\n")).lines[0]
    assert (line.name_en, line.name_zh, line.brand, line.unit, line.price_cents) == ("Milk", "牛奶", "Berg", "ml", 150)
    assert (line.tracks_lot, line.tracks_expiry, line.assortments) == (True, False, ("city", "a|b"))
    assert (line.folded, line.sort_en, line.sort_zh) == ("milk 牛奶 berg a1", "milk", "niu nai")
    empty = read(written(tmp_path, f"{header}\nA1,Milk,,,,,,,\n")).lines[0]
    assert (empty.name_zh, empty.brand, empty.unit, empty.price_cents) == ("", "", None, None)
    assert (empty.tracks_lot, empty.assortments) == (None, ())


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), max_size=6))
def test_many_items_are_spelt_as_one_is(rows: list[tuple[str, str, str, str]]) -> None:
    one_by_one = [
        (
            search_text(sku, name_en, name_zh, brand),
            english_order(name_en, name_zh)[:LONGEST_SORT_KEY],
            chinese_order(name_en, name_zh)[:LONGEST_SORT_KEY],
        )
        for sku, name_en, name_zh, brand in rows
    ]
    assert spell(rows) == one_by_one


def test_a_reading_that_goes_on_gives_no_line_twice_and_still_finds_what_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    with path.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["sku", "name"])
        writer.writerows([f"A{n}", f"name {n}"] for n in range(5_000))
        writer.writerow(["A7", "again"])
    whole, rest = read(path), read(path, after=3_333)
    assert rest.lines == [line for line in whole.lines if line.line > 3_333]
    assert rest.rejects == whole.rejects
    assert (rest.rejects[0].code, rest.rejects[0].params["line"], rest.read_to) == ("duplicate", 9, 5_002)
