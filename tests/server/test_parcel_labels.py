"""Labels of parcels: each number once, also from two hubs; what is printed is read; who may, and for which transfer."""

import asyncio
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from litestar import Litestar
from pyzbar import pyzbar
from sqlalchemy import select, update

from server.database import Database
from server.labels.giving import find_batch, give
from server.labels.parcels import numbers_of, papers_for_parcels, parcel_face, sscc
from server.labels.tables import parcel_numbers
from server.refusals import Refusal
from sync.gs1 import sscc_of
from tests import shop
from tests.phones import Phone
from tests.server.browsers import Browser
from tests.server.test_labels import DOTS_PER_INCH, photographed, printed
from tests.server.test_pages_over_http import fresh_id, words

NewBrowser = Callable[..., Browser]
PREFIX = "5412345"
WORDS = {"name": "Ghent → Antwerp", "other": "4K7-Q2M", "price": "", "meta": ""}


def test_numbers_of_a_prefix_are_sound_and_each_is_another() -> None:
    made = [sscc(PREFIX, number) for number in (0, 1, 10**9 - 1, 10**9, numbers_of(PREFIX) - 1)]
    assert made[:2] == ["054123450000000006", "054123450000000013"]
    assert all(sscc_of(number) == number for number in made)
    assert len(set(made)) == 5
    assert sscc("123456789012", 99_999)[0] == "9"


@pytest.mark.parametrize("dpi", DOTS_PER_INCH)
@pytest.mark.parametrize("paper", papers_for_parcels())
@pytest.mark.parametrize("degrees", [0, 3])
def test_a_label_as_it_is_printed_is_read_askew_and_grainy(paper: str, dpi: float, degrees: float) -> None:
    number = sscc(PREFIX, 123_456)
    picture = photographed(printed(parcel_face(number, WORDS, paper)["boxes"], dpi), degrees, seed=7)
    by_zxing = {sscc_of(read.text) for read in zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)}
    by_zbar = {sscc_of(read.data.decode()) for read in pyzbar.decode(picture)}
    assert (by_zxing, by_zbar) == ({number}, {number})


def test_only_papers_with_room_for_bars_are_offered() -> None:
    assert "a4-5x13" not in papers_for_parcels()
    assert {"roll-58", "roll-80", "a4-3x8"} <= set(papers_for_parcels())


def asked(count: int, batch: str = "") -> dict[str, Any]:
    whose = {"store_id": shop.GHENT, "person_id": shop.ADA, "transfer_id": None, "given_at": 0}
    return {"id": batch or str(uuid4()), "count": count, **whose}


@pytest.mark.usefixtures("door")
async def test_many_who_ask_at_once_are_given_each_number_once_and_a_form_sent_twice_the_same(
    database: Database,
) -> None:
    forms = [asked(count) for count in (3, 5, 1, 7, 2, 4)]

    async def asks(form: dict[str, Any]) -> None:
        async with database.writing() as connection:
            await give(connection, PREFIX, form)

    # Each form by itself, and each once more at the same time.
    await asyncio.gather(*(asks(form) for form in [*forms, *forms]))
    async with database.reading() as connection:
        batches = [await find_batch(connection, form["id"]) for form in forms]
        used = await connection.scalar(select(parcel_numbers.c.next))
    given = [number for batch in batches if batch for number in batch.numbers]
    assert (len(given), len(set(given)), used) == (22, 22, 22)


@pytest.mark.usefixtures("door")
async def test_a_prefix_that_is_used_up_gives_no_number_twice(database: Database) -> None:
    async with database.writing() as connection:
        await give(connection, PREFIX, asked(1))
        await connection.execute(update(parcel_numbers).values(next=numbers_of(PREFIX) - 2))
        with pytest.raises(Refusal, match="prefix_used_up"):
            await give(connection, PREFIX, asked(3))
        last = asked(2)
        await give(connection, PREFIX, last)
        batch = await find_batch(connection, last["id"])
    assert batch
    assert batch.numbers[-1].startswith("9" + PREFIX + "999999999")


async def chosen(app: Litestar) -> None:
    asked_for = {"name": "gs1_prefix", "value": PREFIX, "was": "none"}
    assert (await Phone(app.state.door, shop.EVE).do("policy.save", **asked_for))["status"] == "applied"


async def test_a_page_gives_labels_for_a_transfer_and_its_pdf(another_browser: NewBrowser, app: Litestar) -> None:
    ada = another_browser()
    await ada.sign_in("ada")
    assert "The chain has no GS1 company prefix yet" in words(await ada.get("/labels/parcels"))
    await chosen(app)
    listed = await ada.get("/transfers/new?item=1&from=2&quantity=2")
    request = {"operation_id": fresh_id(listed), "from": "2", "item": "1", "quantity": "2"}
    transfer = (await ada.submit("/transfers/new", **request)).headers["location"].rpartition("/")[2]
    page = await ada.get(f"/labels/parcels?transfer={transfer}")
    assert "Antwerp → Ghent" in words(page)
    form = {"operation_id": fresh_id(page), "transfer": transfer, "count": "2", "paper": "roll-80"}
    shown = (await ada.submit("/labels/parcels", **form)).headers["location"]
    assert (await ada.submit("/labels/parcels", **form)).headers["location"] == shown
    labels = await ada.get(shown)
    numbers = re.findall(r"\(00\) (\d{18})", labels.text)
    assert numbers == [sscc(PREFIX, 0), sscc(PREFIX, 1)]
    assert "Antwerp → Ghent" in labels.text
    pdf = await ada.get(shown.replace("?", "/labels.pdf?"))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content.count(b"/Type /Page\n") == 2
    # Scanned before anything left with it, its number leads to nothing yet; on the paper it names the parcel.
    await Phone(app.state.door, shop.BO).do(
        "transfer.approve", transfer=transfer, from_state="requested", lines=[{"line": 1, "quantity": 2}]
    )
    bo = Phone(app.state.door, shop.BO)
    left = {"transfer": transfer, "lines": [{"line": 1, "quantity": 2}], "parcel": numbers[0]}
    assert (await bo.send(bo.operation("transfer.dispatch", left, v=2))).verdicts[0].status == "applied"
    assert transfer in (await ada.get(f"/?code=00{numbers[0]}")).text
    # Another store's are nobody else's to print.
    other = another_browser()
    await other.sign_in("bo")
    assert (await other.get(shown)).status_code == 404
    assert (await other.get(shown.replace("?", "/labels.pdf?"))).status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"count": "0"}, "Type 1 to 100"),
        ({"count": "101"}, "Type 1 to 100"),
        ({"count": "many"}, "Type 1 to 100"),
        ({"count": "1", "transfer": "7e570000-0000-4000-8000-000000000001"}, "not known here"),
        ({"count": "1", "operation_id": "x"}, "One thing is missing"),
    ],
)
async def test_what_cannot_be_given_is_said(
    browser: Browser, app: Litestar, fields: dict[str, str], sentence: str
) -> None:
    await browser.sign_in("ada")
    await chosen(app)
    answer = await browser.submit("/labels/parcels", **{"operation_id": str(uuid4()), **fields})
    assert answer.status_code == 422
    assert sentence in words(answer)
