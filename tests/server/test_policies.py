"""What holds for the whole chain: chosen by administrators, known to the door and to phones."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar

from server.database import Database
from server.inbox.accept import Door
from server.policies.facts import load_policies
from server.policies.values import CHOICES, Policies, read, spelled
from tests import shop
from tests.phones import Phone
from tests.server.browsers import Browser
from tests.server.test_pull import Reader
from tests.server.test_stores_minded import refused


async def chosen(door: Door, name: str, value: str, was: str, by: int = shop.EVE) -> dict[str, Any]:
    return await Phone(door, by).do("policy.save", name=name, value=value, was=was)


async def known(database: Database) -> Policies:
    async with database.reading() as connection:
        return await load_policies(connection)


async def test_what_nobody_chose_has_its_default(database: Database) -> None:
    assert await known(database) == Policies()


def test_every_default_can_be_typed_and_read_again() -> None:
    assert {name: read(name, spelled(getattr(Policies(), name))) for name in CHOICES} == {
        name: getattr(Policies(), name) for name in CHOICES
    }


async def test_a_choice_holds_and_reaches_the_phones(door: Door, database: Database) -> None:
    ada = Reader(database, shop.ADA)
    await ada.pull()
    assert (await chosen(door, "closed_days", "14", "30"))["status"] == "applied"
    assert await known(database) == replace(Policies(), closed_days=14)
    await ada.pull()
    row = ada.rows["chain"]["policy"][1]
    assert (row["closed_days"], row["adjust_limits"]["2"], "tombstone_days" in row) == (14, 20, False)


@pytest.mark.parametrize(
    ("name", "value", "was"),
    [
        ("closed_days", "0", "30"),
        ("closed_days", "ten", "30"),
        ("closed_days", "１０", "30"),
        ("neighbour_stock", "some", "all"),
        ("blind_counts", "perhaps", "yes"),
        ("adjust_limits", "20 500", "20 500 5000"),
        ("adjust_limits", "500 20 5000", "20 500 5000"),
    ],
)
async def test_what_cannot_be_chosen_is_refused(door: Door, name: str, value: str, was: str) -> None:
    assert refused(await chosen(door, name, value, was)) == ("field_wrong", {"field": name})


async def test_only_an_administrator_chooses(door: Door) -> None:
    for person in (shop.ADA, shop.CLEO, shop.DEV):
        assert refused(await chosen(door, "closed_days", "14", "30", by=person))[0] == "not_allowed"
    assert refused(await chosen(door, "anything", "14", "30")) == ("field_wrong", {"field": "name"})


async def test_who_comes_second_hears_what_the_first_chose(door: Door) -> None:
    await chosen(door, "neighbour_stock", "area", "all")
    late = await chosen(door, "neighbour_stock", "none", "all")
    assert refused(late) == ("field_overtaken", {"field": "neighbour_stock"})
    assert late["now"] == {"value": "area"}
    assert (await chosen(door, "neighbour_stock", "area", "all"))["status"] == "applied"


async def test_a_higher_limit_lets_more_through(door: Door) -> None:
    ada = Phone(door, shop.ADA)
    taken = {"store": shop.GHENT, "item": shop.TEA, "delta": -21, "reason": "damaged"}
    assert (await ada.do("stock.adjust", **taken))["code"] == "above_limit"
    await chosen(door, "adjust_limits", "30 500 5000", "20 500 5000")
    assert (await ada.do("stock.adjust", **taken))["status"] == "applied"


@pytest.mark.parametrize(("whose", "held"), [("area", {"stock:1", "stock:2"}), ("none", {"stock:1"})])
async def test_phones_hold_the_stock_of_those_neighbours_that_were_chosen(
    door: Door, database: Database, whose: str, held: set[str]
) -> None:
    ada = Reader(database, shop.ADA)
    await ada.pull()
    assert {name for name in ada.rows if name.startswith("stock:")} == {"stock:1", "stock:2", "stock:3"}
    await chosen(door, "neighbour_stock", whose, "all")
    assert set((await ada.pull())["drop"]) == {"stock:1", "stock:2", "stock:3"} - held
    assert {name for name in ada.rows if name.startswith("stock:")} == held


FORM = {
    "adjust_limits_2": "25",
    "adjust_limits_3": "500",
    "adjust_limits_4": "5000",
    "neighbour_stock": "none",
    "dark_after_h": "24",
    "count_tolerance_units": "2",
    "count_tolerance_percent": "5",
    "count_clock_minutes": "2",
    "closed_days": "30",
    "tombstone_days": "90",
    "unknown_code_days": "90",
    "safety_units": "2",
    "safety_percent": "10",
    "reservation_days": "7",
    "expiry_soon_days": "7",
    "expiry_later_days": "30",
    "count_items_a_day": "20",
    "count_days_a": "30",
    "count_days_b": "90",
    "count_days_c": "180",
    **{f"was_{name}": spelled(getattr(Policies(), name)) for name in CHOICES},
}


async def test_an_administrator_chooses_on_a_page(browser: Browser, database: Database) -> None:
    await browser.sign_in("eve")
    assert (await browser.submit("/admin/policies", operation_id=str(uuid4()), **FORM)).status_code == 303
    limits = {2: 25, 3: 500, 4: 5000}
    assert await known(database) == Policies(adjust_limits=limits, neighbour_stock="none", blind_counts=False)
    page = (await browser.get("/admin/policies")).text
    assert '<option value="none" selected>' in page
    late = await browser.submit("/admin/policies", operation_id=str(uuid4()), **{**FORM, "neighbour_stock": "area"})
    assert late.status_code == 422
    assert "Now: none" in late.text
    wrong = await browser.submit("/admin/policies", operation_id=str(uuid4()), **{**FORM, "closed_days": ""})
    assert "One thing is missing: how long phones remember" in wrong.text


async def test_what_was_chosen_before_a_refusal_is_told_to_phones(
    browser: Browser, app: Litestar, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(app.state.housekeeper, "wake", lambda: woken.append(True))
    await browser.sign_in("eve")
    form = {**FORM, "closed_days": "14", "tombstone_days": ""}
    assert (await browser.submit("/admin/policies", operation_id=str(uuid4()), **form)).status_code == 422
    assert (await known(database)).closed_days == 14
    assert woken == [True]


async def test_the_page_is_the_administrators(browser: Browser) -> None:
    await browser.sign_in("cleo")
    assert (await browser.get("/admin/policies")).status_code == 404
