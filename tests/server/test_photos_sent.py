"""A photo that is sent to the hub: its codes come back as a page or as JSON, and what is none has a sentence."""

import io
from random import Random

import httpx
import pytest
from litestar import Litestar

from server.scanning.photos.jobs import MOST_A_MINUTE, Photos
from server.scanning.photos.sentences import SENTENCES
from tests.photographs.rendering import RENDERERS, Label
from tests.server.browsers import Browser

JSON = {"accept": "application/json"}


def drawn(kind: str = "ean_13") -> tuple[Label, bytes]:
    label, file = RENDERERS[kind](Random(7)), io.BytesIO()
    label.picture.save(file, "JPEG")
    return label, file.getvalue()


async def send(browser: Browser, data: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await browser.post("/scan/photo", files={"photo": ("photo.jpg", data)}, headers=headers or {})


async def test_the_codes_of_a_photo_stand_on_a_page_and_look_the_item_up(browser: Browser) -> None:
    await browser.sign_in("ada")
    label, data = drawn()
    answer = await send(browser, data)
    assert answer.status_code == 200
    assert f'data-photo-code="{label.text}"' in answer.text
    assert (await browser.get("/scan/photo")).status_code == 200


async def test_a_script_gets_json(browser: Browser) -> None:
    await browser.sign_in("ada")
    label, data = drawn("gs1_128")
    [code] = (await send(browser, data, JSON)).json()["codes"]
    assert (code["text"], code["gtin"], code["format"]) == (label.text, label.text[2:16], "Code 128")
    refused = await send(browser, b"no photo", JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "photo_kind")
    assert refused.json()["error"] == SENTENCES["photo_kind"]


async def test_what_is_no_photo_is_refused_with_a_sentence_in_the_readers_language(browser: Browser) -> None:
    await browser.sign_in("ada")
    assert "JPEG, PNG, WebP and HEIC" in (await send(browser, b"text")).text
    assert "The file is empty" in (await send(browser, b"")).text
    without = await browser.post("/scan/photo", data={"photo": "typed"})
    assert (without.status_code, "No photo was chosen" in without.text) == (422, True)


async def test_only_who_is_signed_in_has_photos_read(browser: Browser) -> None:
    answer = await send(browser, drawn()[1])
    assert answer.status_code in (302, 303, 401)


async def test_a_photo_larger_than_may_be_is_not_taken_in(browser: Browser) -> None:
    await browser.sign_in("ada")
    assert (await send(browser, bytes(27 * 1024**2))).status_code == 413


async def test_who_sends_too_many_waits_a_minute(
    browser: Browser, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.sign_in("ada")
    monkeypatch.setattr(Photos, "may_ask", lambda *_: False)
    answer = await send(browser, drawn()[1], JSON)
    assert (answer.status_code, answer.json()["code"]) == (429, "photo_busy")


def test_a_minute_holds_so_many_photos_of_one_person() -> None:
    photos = Photos()
    assert all(photos.may_ask(1, at) for at in range(MOST_A_MINUTE))
    assert not photos.may_ask(1, 50_000)
    assert photos.may_ask(2, 50_000)
    assert photos.may_ask(1, 61_000)
