"""Photos of goods whose code nobody knows, on both databases: taken in once, small, without notes, and gone in time."""

import hashlib
import io
from random import Random

import httpx
import pytest
from litestar import Litestar
from PIL import Image
from sqlalchemy import func, select

from server.database import Database
from server.inbox.housekeeping import let_go
from server.scanning.photos.goods import MOST_PICTURE_BYTES, goods_picture
from server.scanning.photos.jobs import Answer, Photos
from server.scanning.photos.opening import Unseen
from server.unknown_codes.photos import MOST_PHOTOS
from server.unknown_codes.tables import unknown_code_photos
from sync.papers import DAY_MS
from tests.phones import Phone
from tests.server.browsers import Browser
from tests.shop import ADA, ANTWERP, GHENT, NOW

CODE = "04006381333931"
PLACE = f"/unknown-codes/photo?code={CODE}&store={GHENT}"


def taken(seed: int = 1, size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    file = io.BytesIO()
    Image.effect_noise(size, 90 + seed).convert("RGB").save(file, "JPEG", **how)
    return file.getvalue()


async def send(browser: Browser, data: bytes, place: str = PLACE) -> httpx.Response:
    return await browser.post(place, files={"photo": ("photo.jpg", data)})


async def photos_kept(database: Database) -> int:
    async with database.reading() as connection:
        return await connection.scalar(select(func.count()).select_from(unknown_code_photos)) or 0


@pytest.fixture
async def ada(browser: Browser, app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Signed in where the code was scanned; the hub's own process that makes pictures small is asked in one test."""

    async def shrunk(_photos: Photos, data: bytes, **_what: str) -> Answer:
        try:
            return Answer([], picture=goods_picture(data))
        except Unseen as unseen:
            return Answer([], unseen.code)

    monkeypatch.setattr(Photos, "read", shrunk)
    await Phone(app.state.door, ADA).do("code.unknown", store=GHENT, code=CODE)
    await browser.sign_in("ada")
    return browser


async def test_a_photo_is_kept_once_and_shown_to_who_sees_the_code(ada: Browser, database: Database) -> None:
    data = taken()
    assert [(await send(ada, data)).status_code for _ in range(2)] == [204, 204]
    assert await photos_kept(database) == 1
    shown = await ada.get(f"/unknown-codes/photo/{hashlib.sha256(data).hexdigest()}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"].startswith("private")
    assert Image.open(io.BytesIO(shown.content)).size == (64, 48)
    assert (await ada.get("/unknown-codes/photo/" + "0" * 64)).status_code == 404


async def test_another_store_neither_sees_nor_sends_it(ada: Browser, app: Litestar) -> None:
    data = taken()
    await send(ada, data)
    elsewhere = await send(ada, data, f"/unknown-codes/photo?code={CODE}&store={ANTWERP}")
    assert (elsewhere.status_code, "data-problem" in elsewhere.text) == (422, True)
    async with Browser(app) as other:
        name = f"/unknown-codes/photo/{hashlib.sha256(data).hexdigest()}"
        assert (await other.get(name)).status_code in (302, 303, 401)
        await other.sign_in("bo")
        assert (await other.get(name)).status_code == 404


async def test_a_photo_before_its_scan_waits_and_one_of_a_known_code_has_no_place(ada: Browser) -> None:
    early = await send(ada, taken(), f"/unknown-codes/photo?code=AB-77&store={GHENT}")
    known = await send(ada, taken(), f"/unknown-codes/photo?code=00400000000015&store={GHENT}")
    assert (early.status_code, known.status_code) == (409, 410)


async def test_what_is_no_photo_is_refused_with_a_sentence(ada: Browser, database: Database) -> None:
    for data, said in ((b"text", "JPEG, PNG, WebP and HEIC"), (taken()[:300], "damaged"), (b"", "empty")):
        answer = await send(ada, data)
        assert (answer.status_code, said in answer.text) == (422, True)
    assert (await ada.post(PLACE, data={"photo": "typed"})).status_code == 422
    assert (await send(ada, bytes(27 * 1024**2))).status_code == 413
    assert await photos_kept(database) == 0


async def test_the_newest_photos_of_a_code_are_kept(ada: Browser, database: Database) -> None:
    for seed in range(MOST_PHOTOS + 2):
        assert (await send(ada, taken(seed))).status_code == 204
    assert await photos_kept(database) == MOST_PHOTOS


async def test_with_the_code_its_photos_go(ada: Browser, database: Database) -> None:
    await send(ada, taken())
    await let_go(database, NOW + 400 * DAY_MS)
    assert await photos_kept(database) == 0


async def test_the_process_that_reads_photos_makes_them_small() -> None:
    photos, file = Photos(), io.BytesIO()
    Image.linear_gradient("L").resize((2000, 1500)).save(file, "PNG")
    try:
        made = await photos.read(file.getvalue(), what="goods")
        assert Image.open(io.BytesIO(made.picture)).size == (1280, 960)
        assert (await photos.read(b"no photo", what="goods")).code == "photo_kind"
    finally:
        await photos.close()


def test_a_picture_is_upright_and_tells_nothing_of_its_place() -> None:
    notes = Image.Exif()
    notes[0x0112] = 6
    notes.get_ifd(0x8825)[1] = "N"
    made = Image.open(io.BytesIO(goods_picture(taken(exif=notes.tobytes(), comment=b"home"))))
    assert (made.size, dict(made.getexif()), "comment" in made.info) == ((48, 64), {}, False)


def test_the_noisiest_picture_has_room() -> None:
    noise, file = Image.frombytes("RGB", (1280, 1280), Random(3).randbytes(1280 * 1280 * 3)), io.BytesIO()
    noise.save(file, "PNG", compress_level=1)
    assert len(goods_picture(file.getvalue())) <= MOST_PICTURE_BYTES
