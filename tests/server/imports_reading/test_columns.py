"""Columns are found by their headers, whatever the order and language, and by what stands in them."""

from collections.abc import Sequence

import pytest

from server.imports.reading import FIELDS, KINDS, Columns, check_columns, field_name, match_columns, missing_fields


@pytest.mark.parametrize(
    "header",
    [
        ["SKU", "EAN", "Name", "Brand", "Price"],
        ["Item No.", "GTIN-13", "Product name", "Brand", "Retail Price"],
        ["货号", "条码", "品名", "品牌", "零售价"],
        ["Artikelnummer", "Strichcode", "Bezeichnung", "Marke", "Verkaufspreis"],
        ["Référence", "Code-barres", "Libellé", "Marque", "Prix de vente"],
        ["Artikelcode", "Streepjescode", "Omschrijving", "Merk", "Verkoopprijs"],
        ["Código de artículo", "Código de barras", "Descripción", "Marca", "Precio"],
        [" sku ", "BARCODE", "name:", "brand*", "PRICE (EUR)"[:5]],
    ],
)
def test_goods_in_six_languages_are_known_by_their_header(header: Sequence[str]) -> None:
    columns = match_columns("items", [header])
    assert columns == Columns({0: "sku", 1: "barcodes", 2: "name", 3: "brand", 4: "price"}, has_header=True)


def test_columns_come_in_any_order_and_unknown_ones_are_passed_over() -> None:
    columns = match_columns("items", [["Remarks", "品名", "internal", "条码"]])
    assert columns.fields == {1: "name", 3: "barcodes"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_exports_own_header_is_known_in_both_languages(kind: str) -> None:
    for known in KINDS:
        if known == kind:
            assert list(match_columns(known, [FIELDS[known]]).fields.values()) == list(FIELDS[known])
    assert field_name("barcodes", "zh") == "条码"


def test_several_columns_of_barcodes_are_all_read() -> None:
    columns = match_columns("items", [["name", "barcode 1", "barcode 2", "EAN"]])
    assert columns.fields == {0: "name", 1: "barcodes", 2: "barcodes", 3: "barcodes"}


def test_a_file_of_stock_says_its_goods_by_sku_or_barcode() -> None:
    assert match_columns("stock", [["门店编码", "条码", "实盘数量"]]).fields == {0: "store", 1: "item", 2: "counted"}
    assert match_columns("stock", [["Filiale", "Artikelnummer", "EAN", "Menge", "Charge"]]).fields == {
        0: "store",
        1: "item",
        3: "counted",
        4: "lot",
    }


def test_a_file_of_stock_or_movements_says_the_last_day_of_its_lots() -> None:
    assert match_columns("stock", [["Store", "SKU", "Count", "Batch", "Best before"]]).fields[4] == "expires"
    header = ["单号", "门店编码", "货号", "数量", "类型", "时间", "批号", "有效期至"]
    assert match_columns("movements", [header]).fields[7] == "expires"


def test_goods_without_a_header_are_known_by_what_stands_there() -> None:
    rows = [["1.99", "4006381333931", "Gemüsebrühe"], ["2.49", "4006381333948", "Käse"], ["3.00", "12", "Brot rund"]]
    assert match_columns("items", rows) == Columns({1: "barcodes", 2: "name"}, has_header=False)


def test_a_header_of_words_nobody_knows_is_still_a_header() -> None:
    rows = [
        ["Kod", "Nazwa"],
        ["4006381333931", "Bulion"],
        ["5", "Mleko"],
        ["4006381333948", "Ser"],
    ]
    assert match_columns("items", rows) == Columns({0: "barcodes", 1: "name"}, has_header=True)


def test_stock_and_movements_without_a_header_are_guessed() -> None:
    stock = [["S1", "4006381333931", "12"], ["S1", "4006381333948", "3"], ["S2", "4006381333931", "0"]]
    assert match_columns("stock", stock) == Columns({0: "store", 1: "item", 2: "counted"}, has_header=False)
    moved = [["7", "sale", "2026-11-22T10:00:00Z", "4006381333931", "2"]] * 3
    fields = match_columns("movements", moved).fields
    assert (fields[1], fields[2], fields[3]) == ("kind", "at", "item")


def test_what_has_no_column_is_named() -> None:
    columns = match_columns("items", [["brand", "price"]])
    assert missing_fields("items", columns) == [("sku", "barcodes"), ("name", "name_en", "name_zh")]
    assert missing_fields("stock", Columns({0: "lot"})) == [("store",), ("item",), ("counted",)]


@pytest.mark.parametrize("fields", [{9: "sku"}, {-1: "sku"}, {0: "colour"}, {0: "sku", 1: "sku"}])
def test_columns_that_no_form_asks_for_are_refused(fields: dict[int, str]) -> None:
    with pytest.raises(ValueError, match="column"):
        check_columns("items", Columns(fields), 3)
    check_columns("items", Columns({0: "barcodes", 1: "barcodes", 2: "name"}), 3)
