"""What is packed is read again on a phone, whatever the goods are called."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.catalogue.spelling import chinese_order
from server.snapshots.numbers import Unpackable, pack_numbers
from sync.gs1 import check_digit
from sync.shelf import printed_gtin
from tests.house import TOP
from tests.server.snapshots.pieces import Phone, Put, packed_catalogue, packed_stock, text_of

EXAMPLES: list[dict[str, Any]] = json.loads((TOP / "sync/examples/snapshots.json").read_text("utf-8"))
LARGEST = 2**52 - 1
# Every script, spaces wherever they like, and nothing that a database would not keep.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
WORDS = st.lists(st.sampled_from(["Tea", "Milk 1 l", "Käse", "茶", "奶茶", "Молоко", "حليب", "12", ""]), max_size=4)
NAMES = st.one_of(TEXT, WORDS.map(" ".join))
SKUS = st.one_of(TEXT.filter(bool), st.from_regex(r"[A-Z]{1,3}-[0-9]{1,12}", fullmatch=True))


@pytest.fixture(scope="module")
def phone() -> Iterator[Phone]:
    phone = Phone()
    yield phone
    phone.close()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_an_example_is_packed_to_the_byte(example: dict[str, Any]) -> None:
    pack = packed_stock if example["name"].startswith("stock") else lambda puts: packed_catalogue(puts, 8)
    assert text_of(pack(example["puts"])) == example["pieces"]


@st.composite
def catalogues(draw: st.DrawFn) -> list[Put]:
    bodies = draw(st.sets(st.integers(0, 10**13 - 1), max_size=12))
    digits = [f"{body:013d}" for body in bodies]
    gtins = [body + draw(st.sampled_from([check_digit(body), "0"])) for body in digits]
    ids = draw(st.lists(st.integers(1, 2**31 - 1), unique=True, max_size=10))
    puts = []
    for item in ids:
        mine = sorted(gtins.pop() for _ in range(min(len(gtins), draw(st.integers(0, 3)))))
        puts.append([str(item), draw(st.integers(1, 2**40)), draw(_item(item, mine))])
    return puts


@st.composite
def _item(draw: st.DrawFn, item: int, gtins: list[str]) -> dict[str, Any]:
    name_en, name_zh = draw(NAMES), draw(st.one_of(st.just(""), NAMES))
    derived = chinese_order(name_en, name_zh)
    lot, expiry, archived = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    into: int | None = draw(st.one_of(st.none(), st.integers(1, 2**31 - 1)))
    is_printed: bool = draw(st.booleans())
    return {
        "id": item,
        "sku": printed_gtin(gtins[0]) if gtins and is_printed else draw(SKUS),
        "name_en": name_en,
        "name_zh": name_zh,
        "brand": draw(st.one_of(st.just(""), NAMES)),
        "unit": draw(st.sampled_from(["each", "g", "ml"])),
        "price_cents": draw(st.integers(0, 2**31 - 1)),
        "sort_zh": draw(st.one_of(st.just(derived), TEXT)),
        "lot": lot,
        "expiry": expiry,
        "archived": archived,
        "gtins": gtins,
        **({"into": into} if into else {}),
    }


FIGURE = st.one_of(st.integers(-20, 200), st.integers(-LARGEST, LARGEST))
NAMES_OF_FIGURES = ("on_hand", "reserved", "in_transit_in", "in_transit_out")
ROWS = st.tuples(FIGURE, FIGURE, FIGURE, FIGURE).map(lambda four: dict(zip(NAMES_OF_FIGURES, four, strict=True)))
STOCKS = st.dictionaries(st.integers(1, 2**31 - 1), st.tuples(st.integers(1, 2**40), ROWS), max_size=30).map(
    lambda rows: [[str(key), version, row] for key, (version, row) in rows.items()]
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(puts=catalogues(), rows_a_piece=st.integers(1, 9))
def test_every_catalogue_is_read_as_it_was(phone: Phone, puts: list[Put], rows_a_piece: int) -> None:
    assert _by_key(phone.puts_of(packed_catalogue(puts, rows_a_piece))) == _by_key(puts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(puts=STOCKS)
def test_every_stock_is_read_as_it_was(phone: Phone, puts: list[Put]) -> None:
    assert _by_key(phone.puts_of(packed_stock(puts))) == _by_key(puts)


def _by_key(puts: list[Put]) -> str:
    """With the fields in their order."""
    return json.dumps(sorted(puts, key=lambda put: int(put[0])))


def test_a_long_column_comes_back_in_whichever_way_it_was_smallest(phone: Phone) -> None:
    dice = random.Random(7)
    ways = [
        [5] * 3000,
        [dice.randrange(2**53) for _ in range(3000)],
        [dice.randrange(-(2**31), 2**31) for _ in range(3000)],
        [dice.choice((99, 149, -7, 2**40)) for _ in range(3000)],
        [10**9 + 3 * place + dice.randrange(2) for place in range(3000)],
        [1000 * place * (-1) ** place for place in range(3000)],
    ]
    puts = [
        [
            [str(place + 1), 1, dict(zip(NAMES_OF_FIGURES, four, strict=True))]
            for place, four in enumerate(zip(*some, strict=True))
        ]
        for some in (ways[:4], ways[2:])
    ]
    assert [_by_key(phone.puts_of(packed_stock(each))) for each in puts] == [_by_key(each) for each in puts]


def test_a_barcode_of_letters_is_no_snapshot() -> None:
    [put, *_rest] = [each for each in EXAMPLES[0]["puts"] if each[2]["gtins"]]
    with pytest.raises(Unpackable):
        packed_catalogue([[put[0], 1, {**put[2], "gtins": ["0400638133393A"]}]], 8)


def test_numbers_that_no_phone_can_tell_apart_are_no_snapshot() -> None:
    for far in ([0, 2**53], [-(2**53), 0], [-(2**52), 2**52]):
        with pytest.raises(Unpackable):
            pack_numbers(far)
