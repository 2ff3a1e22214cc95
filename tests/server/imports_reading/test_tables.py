"""Files are opened whatever they are written in."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.imports.reading import (
    FIELDS,
    KINDS,
    Columns,
    Unreadable,
    match_columns,
    missing_fields,
    open_table,
    read_lines,
    reason,
    rejects_csv,
)
from server.imports.reading.rows import ROWS_AT_ONCE
from tests.server.imports_reading.files import read, workbook, written

CHINESE = "条码,品名\r\n6901028075763,可口可乐 330 毫升\r\n6901028075770,农夫山泉矿泉水\r\n"
GERMAN = "EAN;Bezeichnung\r\n4006381333931;Gemüsebrühe mit Kräutern\r\n4006381333948;Käsespätzle\r\n"


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
    ],
)
def test_the_encoding_of_a_chinese_file_is_told(tmp_path: Path, encoding: str, seen: str) -> None:
    path = written(tmp_path, CHINESE.replace("6901028075770", "6901028075787"), encoding)
    assert open_table(path).encoding == seen
    assert [row for _line, row in open_table(path).rows()][1] == ["6901028075763", "可口可乐 330 毫升"]


def test_rare_characters_of_gb18030_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "条码,品名\n6901028075763,䶮牌酱油特级酿造 𠮷祥物公仔玩具套装\n", "gb18030")
    assert open_table(path).head[1][1] == "䶮牌酱油特级酿造 𠮷祥物公仔玩具套装"


def test_a_western_file_is_not_taken_for_chinese(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, GERMAN, "cp1252"))
    assert (table.encoding, table.delimiter) == ("cp1252", ";")
    assert table.head[1][1] == "Gemüsebrühe mit Kräutern"


def test_letters_of_no_known_encoding_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "barcode,name\n4006381333931,Молоко сгущённое с сахаром\n", "cp1251")
    with pytest.raises(Unreadable) as problem:
        open_table(path)
    assert problem.value.code == "encoding_unknown"


def test_a_few_broken_bytes_reject_their_lines_and_no_others(tmp_path: Path) -> None:
    good = "".join(f"69010280757{n:02d},可口可乐\n" for n in range(40)).encode()
    path = tmp_path / "file.csv"
    path.write_bytes(b"barcode,name\n" + good + b"4006381333931,K\xe4se\n4006381333931,Cheese\n")
    batch = read(path)
    assert ("not_text", 42) in [(reject.code, reject.line) for reject in batch.rejects]
    assert batch.lines[-1].name_en == "Cheese"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["sku", "name", "price"]) + "\n" + delimiter.join(["A1", "Nuts; mixed. 3-4", "1.99"]) + "\n"
    text = text.replace("Nuts; mixed", '"Nuts; mixed"') if delimiter == ";" else text
    assert open_table(written(tmp_path, text)).delimiter == delimiter


def test_a_spreadsheets_own_word_for_its_delimiter_is_heard(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "sep=;\nsku;name\nA1;a,b,c\n"))
    assert list(table.rows()) == [(2, ["sku", "name"]), (3, ["A1", "a,b,c"])]


def test_a_decimal_comma_is_no_delimiter(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "sku;name;price\nA1;Nuts;1,99\nA2;Figs;2,49\n"))
    assert table.delimiter == ";"


def test_quotes_hold_delimiters_line_breaks_and_quotes(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, 'sku,name\nA1,"Two\nlines, and ""more"""\n\nA2,5" pipe\r\nA3,last'))
    assert list(table.rows()) == [
        (1, ["sku", "name"]),
        (2, ["A1", 'Two\nlines, and "more"']),
        (5, ["A2", '5" pipe']),
        (6, ["A3", "last"]),
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(tmp_path: Path, ending: str) -> None:
    table = open_table(written(tmp_path, ending.join(["sku,name", "A1,x", "", "A2,y", ""])))
    assert list(table.rows()) == [(1, ["sku", "name"]), (2, ["A1", "x"]), (4, ["A2", "y"])]


@pytest.mark.parametrize("rows", [1, 150, 5_000])
def test_a_quote_that_is_never_closed_costs_its_own_line(tmp_path: Path, rows: int) -> None:
    lines = [f"A{n},name {n}" for n in range(rows)]
    path = written(tmp_path, "\n".join(["sku,name", *lines, 'B1,"open', *lines, "C1,x"]))
    batch = read(path)
    assert (batch.rejects[0].code, batch.rejects[0].line) == ("quote_open", rows + 2)
    assert batch.lines[-1].sku == "C1"
    assert len(batch.lines) == rows + 1


def test_a_row_across_two_steps_of_reading_is_whole(tmp_path: Path) -> None:
    lines = [f"A{n},x" for n in range(ROWS_AT_ONCE - 2)]
    path = written(tmp_path, "\n".join(["sku,name", *lines, 'B1,"one', "two", 'three"', "C1,x"]))
    assert [(line.line, line.sku) for line in read(path).lines[-2:]] == [(2_000, "B1"), (2_003, "C1")]


def test_an_endless_line_takes_no_memory_and_stops_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "sku,name\nA1," + "x" * 3_000_000 + "\nA2,y\n")
    batch = read(path)
    assert [(reject.line, reject.code, len(reject.raw[0]) < 300) for reject in batch.rejects] == [
        (2, "line_too_long", True)
    ]
    assert [(line.line, line.sku) for line in batch.lines] == [(3, "A2")]


def test_bytes_that_are_no_text_reject_their_line(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "sku,name\nA1,nu\0l\nA2,y\n"))
    assert [(reject.line, reject.code) for reject in batch.rejects] == [(2, "nul")]
    assert [line.sku for line in batch.lines] == ["A2"]


def test_a_workbook_reads_like_a_text(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [["Barcode", "Name", "Price"], [41190035168, "Dressing & <more>", 1.5], [], ["x", "", ""]]
    )
    batch = read(path)
    assert [(line.line, line.gtins, line.name_en, line.price_cents) for line in batch.lines] == [
        (2, ("00041190035168",), "Dressing & <more>", 150)
    ]
    assert [(reject.line, reject.code) for reject in batch.rejects] == [(4, "barcode_not_digits")]


def test_a_title_over_the_table_is_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "Assortment autumn\n\nas of 22.11.2026;;\nSKU;Name;Price\nA1;Nuts;1,99\nA2;;2\n")
    batch = read(path)
    assert [(line.line, line.sku, line.price_cents) for line in batch.lines] == [(5, "A1", 199)]
    assert [(reject.line, reject.code) for reject in batch.rejects] == [(6, "empty")]
    batch = read(workbook(tmp_path, [["Goods", "", ""], ["SKU", "Name", "Price"], ["A1", "Nuts", 1.99]]))
    assert [(line.line, line.sku) for line in batch.lines] == [(3, "A1")]


def test_a_first_line_without_a_name_is_no_title(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "4006381333931,\n4006381333948,Nuts\n45095191,Figs\n"))
    assert [(reject.line, reject.code) for reject in batch.rejects] == [(1, "empty")]


def test_a_workbook_may_begin_below_and_right_of_its_corner(tmp_path: Path) -> None:
    batch = read(workbook(tmp_path, [[], [], ["SKU", "Name"], ["A1", "Nuts"]]))
    assert [(line.line, line.sku) for line in batch.lines] == [(4, "A1")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\r\n\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"%PDF-1.7 ...", "file_not_a_table"),
        (b"\x89PNG\r\n", "file_not_a_table"),
        (b"PK\x03\x04 not really packed", "file_corrupt"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "..EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "file_corrupt"),
    ],
)
def test_what_is_no_table_is_told_by_its_name(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as problem:
        open_table(path)
    assert problem.value.code == code


def test_a_workbook_without_rows_or_sheets_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="file_empty"):
        open_table(workbook(tmp_path, []))
    with ZipFile(tmp_path / "letter.docx", "w") as packed:
        packed.writestr("word/document.xml", "<document/>")
    with pytest.raises(Unreadable, match="file_not_a_table"):
        open_table(tmp_path / "letter.docx")
    whole = workbook(tmp_path, [["x"]]).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match="file_corrupt"):
        open_table(tmp_path / "cut.xlsx")


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["x"]], {"xl/worksheets/sheet2.xml": " " * 170_000_000})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(Unreadable, match="workbook_too_large"):
        open_table(path)
    stray = '<worksheet><sheetData><row r="900000"><c t="n" r="XFD900000"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(Unreadable, match="workbook_too_large"):
        open_table(workbook(tmp_path, [["x"]], {"xl/worksheets/sheet2.xml": stray}))


def test_a_file_without_any_of_our_columns_is_refused_before_its_first_line(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "colour,weight\nred,heavy\n"))
    with pytest.raises(Unreadable) as problem:
        next(read_lines("people", table, match_columns("people", table.head)))
    assert (problem.value.code, problem.value.params) == ("columns_missing", {"fields": "username, name"})


SCRAPS = [b'"', b",", b";", b"\t", b"|", b"\r", b"\n", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"=", b"'", b"a1", b"\xe4"]
SCRAPS += ["可口可乐".encode(), "可口可乐".encode("gbk"), b"4006381333931", b"PK\x03\x04", b"&amp;", b"sep=;"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(scraps=st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=6), max_size=80))
def test_whatever_is_in_a_file_it_is_read_or_refused_with_a_reason(tmp_path: Path, scraps: list[bytes]) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"".join(scraps))
    try:
        table = open_table(path)
        for kind in KINDS:
            width = len(table.head[0])
            for columns in (match_columns(kind, table.head), Columns(dict(enumerate(FIELDS[kind][:width])))):
                if not missing_fields(kind, columns):
                    for batch in read_lines(kind, table, columns):
                        assert [reject.line for reject in batch.rejects] == sorted({r.line for r in batch.rejects})
                        b"".join(rejects_csv(table.head[0], batch.rejects, "zh"))
    except Unreadable as problem:
        reason(problem.code, problem.params, "en")
