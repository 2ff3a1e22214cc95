"""Lines of stores, people, stock and movements, and the values in them."""

from pathlib import Path

import msgspec
import pytest

from server.imports.reading import KINDS, batch_decoder, reason, repeats
from server.imports.reading.lines import Refused
from server.imports.reading.sentences import _OF_THE_SHOP, _SENTENCES
from server.imports.reading.values import cents, moment, whole
from tests.server.imports_reading.files import read, written

NOON = 1_795_348_800_000


def test_stores_are_read(tmp_path: Path) -> None:
    text = "code;name;area;lat;lon;timezone\nS1;Dam;Centre;52,37;4,9;Europe/Amsterdam\nS2;南京东路店;;;;\n"
    first, second = read(written(tmp_path, text), "stores").lines
    assert (first.code, first.name_en, first.name_zh, first.area) == ("S1", "Dam", None, "Centre")
    assert (first.latitude, first.longitude, first.time_zone) == (52.37, 4.9, "Europe/Amsterdam")
    assert (second.name_zh, second.area, second.latitude, second.time_zone) == ("南京东路店", None, None, None)


def test_stores_that_cannot_be_are_refused(tmp_path: Path) -> None:
    rows = ["S1,x,91,", "S2,x,north,", "S3,x,,Mars/Olympus", "S4,,,", ",x,,", "S5,x,,", "S5,y,,", "S" * 17 + ",x,,"]
    path = written(tmp_path, "\n".join(["code,name,lat,tz", *rows]))
    codes = [reject.code for reject in read(path, "stores").rejects]
    assert codes == ["number_range", "number_wrong", "time_zone_unknown", "empty", "empty", "duplicate", "too_long"]


def test_people_are_read(tmp_path: Path) -> None:
    header = "用户名,姓名,角色,门店,语言,开始,结束"
    rows = ["ADA,Ada Berg,店长,S1,中文,2026-11-22T12:00:00Z,2026-12-31", "bo,Bo,2,S1,en,,"]
    first, second = read(written(tmp_path, "\n".join([header, *rows])), "people").lines
    assert (first.username, first.name, first.level, first.store, first.locale) == ("ada", "Ada Berg", 3, "S1", "zh")
    assert first.valid_from == NOON
    # The last day is a day of work.
    assert first.valid_to == NOON + 39 * 86_400_000 + 43_200_000
    assert (second.level, second.valid_from, second.valid_to) == (2, None, None)


def test_people_that_cannot_be_are_refused(tmp_path: Path) -> None:
    rows = ["a,A,king,,", "b,,1,,", "c,C,1,S1,West", "d,D,1,S1,", "D,D,1,S1,", "d,D,2,S2,"]
    batch = read(written(tmp_path, "\n".join(["username,name,role,store,area", *rows])), "people")
    assert [reject.code for reject in batch.rejects] == ["role_unknown", "empty", "store_or_area", "duplicate"]
    assert [(line.username, line.level) for line in batch.lines] == [("d", 1), ("d", 2)]


def test_stock_is_read(tmp_path: Path) -> None:
    rows = ["S1,A1,12,", "S1,041190035168,0,L1", "S1,0041190035168,3,L1", "S1,A1,-1,L2", "S1,A1,1.5,L3", "S1,A2,x,"]
    batch = read(written(tmp_path, "\n".join(["store,item,counted,lot", *rows])), "stock")
    assert [(line.item, line.gtin, line.counted, line.lot) for line in batch.lines] == [
        ("A1", None, 12, ""),
        ("041190035168", "00041190035168", 0, "L1"),
    ]
    assert [reject.code for reject in batch.rejects] == [
        *("duplicate", "counted_below_zero", "number_wrong", "number_wrong"),
    ]


def test_movements_are_read(tmp_path: Path) -> None:
    rows = [
        "7,S1,A1,2,Sale,2026-11-22T12:00:00Z",
        "7,S1,A2,-1,销售,2026-11-22 12:00",
        "8,S1,A1,1,Lieferung,22.11.2026 12:00",
        "7,S1,A3,1,sale,2026-11-22T12:00:00Z",
        "9,S1,A1,0,sale,2026-11-22T12:00:00Z",
        "10,S1,A1,1,theft,2026-11-22T12:00:00Z",
        "11,S1,A1,1,sale,03/04/2026",
    ]
    batch = read(written(tmp_path, "\n".join(["id,store,item,quantity,kind,at", *rows])), "movements")
    assert [(line.id, line.quantity, line.kind, line.at, line.is_local) for line in batch.lines] == [
        ("7", 2, "sale", NOON, False),
        ("7", -1, "sale", NOON, True),
        ("8", 1, "delivery", NOON, True),
    ]
    assert [reject.code for reject in batch.rejects] == [
        *("movement_scattered", "quantity_zero", "movement_unknown", "time_unclear"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_travels_to_another_process_and_is_the_same(tmp_path: Path, kind: str) -> None:
    text = "code,username,sku,store,item,id,name,counted,quantity,kind,at\nS1,a,A1,S1,A1,1,Käse,1,2,sale,2026-11-22\n"
    for known in KINDS:
        if known == kind:
            batch = read(written(tmp_path, text), known)
            assert len(batch.lines) == 1
            assert batch_decoder(known).decode(msgspec.msgpack.encode(batch)) == batch


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,50", 1250),
        ("1.234,50", 123450),
        ("¥ 1,234.00", 123400),
        ("1'234.50 CHF", 123450),
        ("１２．５０元", 1250),
        ("0,990", 99),
        ("1,234", "number_unclear"),
        ("1.999", "number_unclear"),
        ("0.125", "price_finer_than_cents"),
        ("-1", "price_wrong"),
        ("free", "price_wrong"),
        ("1.2.3", "price_wrong"),
        ("99999999999", "number_range"),
    ],
)
def test_money_is_read_as_many_countries_write_it(text: str, expected: int | str) -> None:
    try:
        assert cents(text, of_workbook=False) == expected
    except Refused as refusal:
        assert refusal.code == expected  # noqa: PT017 - either is an answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("−3", -3),
        ("5.00", 5),
        ("1 200", 1200),
        ("1.234.567", 1_234_567),
        ("1,234", "number_unclear"),
        ("1.5", "number_wrong"),
        ("6901028075763", "number_wrong"),
        ("9999999999", "number_range"),
    ],
)
def test_whole_numbers_are_read(text: str, expected: int | str) -> None:
    try:
        assert whole(text, "counted") == expected
    except Refused as refusal:
        assert refusal.code == expected  # noqa: PT017 - either is an answer


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T20:00:00+08:00",
        "2026-11-22 12:00",
        "22.11.2026 12:00",
        "22/11/2026 12:00:00",
        "11/22/2026 12:00 PM",
        "2026年11月22日 12:00",
        "2026/11/22 12:00",
        "1795348800",
        "1795348800000",
        "20261122120000",
    ],
)
def test_a_moment_is_read_as_many_countries_write_it(text: str) -> None:
    assert moment(text, "at")[0] == NOON


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2026", "time_unclear"),
        ("31.02.2026", "time_wrong"),
        ("yesterday", "time_wrong"),
        ("22.11.2026 25:00", "time_wrong"),
        ("1911-01-01", "time_range"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        moment(text, "at")


def test_what_stood_before_is_found_and_forgotten_only_long_after(monkeypatch: pytest.MonkeyPatch) -> None:
    assert repeats._MOST_SLOTS * 3 // 4 > 1_500_000
    monkeypatch.setattr(repeats, "_MOST_SLOTS", 1 << 14)
    seen = repeats.Seen()
    for line in range(1, 12_001):
        assert not seen.claim(str(line), line)
    assert (seen.claim("1", 9), seen.line_of("7777"), seen.line_of("x")) == (1, 7_777, 0)
    for line in range(12_001, 40_001):
        seen.claim(str(line), line)
    assert (seen.line_of("1"), seen.line_of("39999"), seen.line_of("30001")) == (0, 39_999, 30_001)


@pytest.mark.parametrize("code", [*_SENTENCES, *_OF_THE_SHOP])
def test_every_reason_is_a_sentence_in_both_languages(code: str) -> None:
    params: dict[str, int | str] = dict.fromkeys(("have", "want", "limit", "line", "low", "high", "length"), 7)
    params |= dict.fromkeys(("store", "area", "item", "name", "username", "id"), "4711")
    params |= {"field": "barcodes", "value": "4711", "fields": "sku/barcodes, name"}
    english, chinese = reason(code, params, "en"), reason(code, params, "zh")
    assert english[-1] in ".…1" and "{" not in english  # noqa: PT018 - one sentence
    assert not chinese.isascii()
    assert ("4711" in english) == ("4711" in chinese)


def test_a_reason_that_nobody_foresaw_is_still_a_sentence() -> None:
    assert reason("what_is_this", {}, "en") == "The shop does not take this line."
    assert reason("store_unknown", {}, "en") == "No store is called –."
