"""The goods, stores and people of the demonstration, before any database."""

import time
from collections import Counter
from itertools import pairwise

from server.demo.catalogue import demo_items
from server.demo.chain import demo_chain
from server.demo.stock import is_ranged, opening_stock
from sync.gs1 import check_digit_fits, what_is

ITEMS = demo_items()


def test_the_demo_has_2400_items_with_names_and_codes_of_their_own() -> None:
    assert len(ITEMS) == 2_400
    assert len({item.sku for item in ITEMS}) == 2_400
    assert len({item.name_en.casefold() for item in ITEMS}) == 2_400
    assert len({item.name_zh.casefold() for item in ITEMS}) == 2_400


def test_every_barcode_is_valid_and_names_one_item() -> None:
    printed = [code for item in ITEMS for code in item.barcodes]
    gtins = {what_is(code)["gtin"] for code in printed}
    assert all(check_digit_fits(code) for code in printed)
    assert len(gtins) == len(printed)
    # A typed or scanned code must come back as the number it was printed from, EAN-8 included.
    assert gtins == {code.rjust(14, "0") for code in printed}


def test_first_barcodes_are_company_internal_numbers_and_some_items_have_a_second_one() -> None:
    assert all(len(item.barcodes[0]) == 13 and "040" <= item.barcodes[0][:3] <= "049" for item in ITEMS)
    lengths = Counter(len(code) for item in ITEMS for code in item.barcodes[1:])
    assert lengths[14] > 200
    assert lengths[8] > 30
    assert set(lengths) == {8, 14}


def test_the_same_seed_gives_the_same_goods_and_another_seed_others() -> None:
    assert demo_items() == ITEMS
    assert demo_items(seed=7) != ITEMS


def test_making_the_goods_takes_less_than_a_second() -> None:
    began = time.perf_counter()
    demo_items()
    assert time.perf_counter() - began < 1


def test_names_read_like_a_shelf_label() -> None:
    for item in ITEMS:
        for name in (item.name_en, item.name_zh):
            assert name == " ".join(name.split()), name
            assert "{" not in name, name
            assert "|" not in name, name
        assert item.name_en[0].isupper(), item.name_en
        assert len(item.name_en) <= 70, item.name_en
        assert any("一" <= sign <= "鿿" for sign in item.name_zh), item.name_zh
        words = item.name_en.casefold().replace(",", "").split()
        assert not any(first == second for first, second in pairwise(words)), item.name_en


def test_prices_units_and_tracking_suit_the_goods() -> None:
    assert all(29 <= item.price_cents < 7_000 for item in ITEMS)
    assert {"each", "g", "ml"} == {item.unit for item in ITEMS}
    assert all(item.tracks_lot and item.tracks_expiry for item in ITEMS if item.category == "chilled")
    assert not any(item.tracks_lot or item.tracks_expiry for item in ITEMS if item.category == "clothing")
    assert 10 <= sum(item.archived for item in ITEMS) <= 30


def test_the_corner_assortment_is_smaller_and_holds_nothing_archived() -> None:
    corner = [item for item in ITEMS if item.in_corner]
    assert len(corner) == 1_600
    assert not any(item.archived for item in corner)


def test_stock_is_plausible_in_every_store() -> None:
    by_sku = {item.sku: item for item in ITEMS}
    for store in demo_chain().stores:
        stock = opening_stock(ITEMS, store)
        ranged = sum(is_ranged(item, store) for item in ITEMS)
        assert all(quantity > 0 and is_ranged(by_sku[sku], store) for sku, quantity in stock.items())
        assert 0.9 < len(stock) / ranged < 0.98
        pieces = sorted(quantity for sku, quantity in stock.items() if by_sku[sku].unit == "each")
        assert pieces[len(pieces) // 10] <= 4
        assert 5 <= pieces[len(pieces) // 2] <= 15
        assert pieces[-1] <= 60


def test_antwerp_is_the_nearest_neighbour_of_ghent_and_stores_too_far_lend_nothing() -> None:
    neighbours = demo_chain().neighbours
    assert [near.neighbour for near in neighbours if near.store == "GNT"] == ["ANT", "LVN"]
    pairs = {(near.store, near.neighbour, near.distance_m) for near in neighbours}
    assert {(other, store, distance) for store, other, distance in pairs} == pairs


def test_there_is_somebody_at_every_level_and_two_stores_can_lend_to_each_other() -> None:
    people = {person.username: person for person in demo_chain().people}
    assert {person.level for person in people.values()} == {1, 2, 3, 4, 5}
    assert (people["ada"].level, people["ada"].store) == (2, "GNT")
    assert (people["bo"].level, people["bo"].store) == (3, "ANT")
    assert {person.store for person in people.values() if person.level == 3} >= {"GNT", "ANT"}
    assert {person.store for person in people.values() if person.level == 2} >= {"GNT", "ANT"}
    assert all(len(person.password) >= 12 for person in people.values())
    assert len({person.password for person in people.values()}) == len(people)
