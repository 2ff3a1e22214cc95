"""A phone that begins anew is offered a snapshot, fetches its pieces, and pulls what moved since."""

import asyncio
import gzip
from typing import Any

import brotli
import pytest
import zstandard
from sqlalchemy import update

from server.database import Database
from server.inbox.tables import buckets
from server.snapshots.offers import coding_for
from tests import shop
from tests.server.browsers import Browser
from tests.server.snapshots.pieces import Phone
from tests.server.snapshots.test_building import change

CATALOGUE = "catalogue:1"
Answer = dict[str, Any]


@pytest.fixture
async def ada(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Four goods are many here."""
    for name in ("offers.WORTH_IT_ROWS", "offers.WORTH_WAITING_ROWS", "jobs.WORTH_WAITING_ROWS"):
        monkeypatch.setattr(f"server.snapshots.{name}", 3)
    await browser.sign_in("ada")
    return browser


async def pull(browser: Browser, cursors: Answer | None = None, coding: str = "zstd", **more: Any) -> Answer:
    asked = {"schema": 1, "cursors": cursors or {}, "packed": [1], **more}
    response = await browser.post("/sync/pull", json=asked, headers={"accept-encoding": coding})
    assert response.status_code == 200
    answer: Answer = response.json()
    return answer


def part_of(answer: Answer, bucket: str = CATALOGUE) -> Answer:
    parts: list[Answer] = [part for part in answer["buckets"] if part["id"] == bucket]
    [part] = parts
    return part


async def offered(browser: Browser, cursors: Answer | None = None, coding: str = "zstd") -> Answer:
    """The entry of the catalogue, once its snapshot is made."""
    async with asyncio.timeout(60):
        while True:
            answer = await pull(browser, cursors, coding)
            part = part_of(answer)
            if "pieces" in part.get("snapshot", {}):
                return part
            assert answer["more"]
            await asyncio.sleep(part["snapshot"]["wait_ms"] / 10_000)


def address(part: Answer, piece: Answer) -> str:
    return f"/sync/snapshots/{part['id']}/{part['epoch']}-{part['snapshot']['seq']}/{piece['name']}"


def cursor_of(part: Answer) -> Answer:
    return {part["id"]: {"epoch": part["epoch"], "seq": part["to"], "sum": part["sum"]}}


async def test_a_phone_that_unpacks_is_offered_a_snapshot_and_then_what_moved_since(
    ada: Browser, database: Database
) -> None:
    part = await offered(ada)
    assert (part["puts"], part["gone"], part["from"], part["reset"], part["floor"]) == ([], [], 0, True, 0)
    assert part["to"] == part["snapshot"]["seq"] == 4
    assert part["sum"] == part["snapshot"]["sum"]
    pieces = part["snapshot"]["pieces"]
    plain = [
        zstandard.decompress(await _raw(ada, address(part, piece), "zstd", piece["bytes"]), piece["size"])
        for piece in pieces
    ]
    phone = Phone()
    puts = {key: row for key, _version, row in phone.puts_of(plain)}
    phone.close()
    assert puts == {put[0]: put[2] for put in part_of(await pull(ada, packed=None))["puts"]}
    assert part["snapshot"]["rows"] == len(puts) == sum(piece["rows"] for piece in pieces)
    assert CATALOGUE not in {one["id"] for one in (await pull(ada, cursor_of(part)))["buckets"]}


async def _raw(browser: Browser, path: str, coding: str, size: int) -> bytes:
    """The body as it travels."""
    async with browser.stream("GET", path, headers={"accept-encoding": coding}) as response:
        assert response.status_code == 200
        assert response.headers["content-encoding"] == coding
        assert response.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert response.headers["vary"] == "accept-encoding"
        body = b"".join([some async for some in response.aiter_raw()])
        assert len(body) == size
        return body


async def test_a_piece_is_the_same_in_every_coding(ada: Browser) -> None:
    read = {"zstd": zstandard.decompress, "br": brotli.decompress, "gzip": gzip.decompress}
    told = set()
    for coding, decoded in read.items():
        part = await offered(ada, coding=coding)
        piece = part["snapshot"]["pieces"][1]
        told.add(decoded(await _raw(ada, address(part, piece), coding, piece["bytes"])))
    part = await offered(ada, coding="identity")
    piece = part["snapshot"]["pieces"][1]
    assert piece["bytes"] == piece["size"]
    async with ada.stream("GET", address(part, piece), headers={"accept-encoding": "identity"}) as response:
        assert "content-encoding" not in response.headers
        told.add(b"".join([some async for some in response.aiter_raw()]))
    assert len(told) == 1
    tag = response.headers["etag"]
    again = await ada.get(address(part, piece), headers={"accept-encoding": "identity", "if-none-match": tag})
    assert again.status_code == 304


async def test_an_old_phone_and_one_of_another_format_get_rows(ada: Browser) -> None:
    await offered(ada)
    for packed in (None, [], [2]):
        assert len(part_of(await pull(ada, packed=packed))["puts"]) == 4


async def test_rights_are_asked_for_every_piece(ada: Browser, another_browser: Any) -> None:
    part = await offered(ada)
    path = address(part, part["snapshot"]["pieces"][0])
    async with another_browser() as fay, another_browser() as nobody:
        await fay.sign_in("fay")
        refused = await fay.get(path)
        assert (refused.status_code, refused.json()) == (404, {"code": "not_yours"})
        assert (await nobody.get(path)).status_code == 401
    assert (await ada.get(path)).status_code == 200


async def test_what_was_let_go_is_told_so_that_the_phone_asks_anew(ada: Browser) -> None:
    part = await offered(ada)
    for path in (f"{part['epoch']}-999/0", f"{part['epoch']}-{part['to']}/77", "x/0"):
        gone = await ada.get(f"/sync/snapshots/{CATALOGUE}/{path}")
        assert (gone.status_code, gone.json()) == (404, {"code": "gone"})


async def test_a_snapshot_that_has_aged_is_made_again_while_a_phone_waits(ada: Browser, database: Database) -> None:
    old = await offered(ada)
    await change(database, CATALOGUE, shop.TEA, shop.SOAP)
    behind = part_of(await pull(ada, cursor_of(old)))
    assert [put[0] for put in behind["puts"]] == [str(shop.TEA), str(shop.SOAP)]
    new = await offered(ada)
    assert new["to"] == old["to"] + 2
    # Who is far behind is spared the rows; who has the newest one is not offered it again.
    assert part_of(await pull(ada, cursor_of(old)))["snapshot"]["seq"] == new["to"]
    await change(database, CATALOGUE, shop.LAMP)
    assert len(part_of(await pull(ada, cursor_of(new)))["puts"]) == 1


async def test_nobody_begins_with_one_whose_tombstones_are_gone(ada: Browser, database: Database) -> None:
    old = await offered(ada)
    async with database.writing() as connection:
        await connection.execute(update(buckets).values(head=buckets.c.head + 1, floor=buckets.c.head + 1))
    assert (await offered(ada))["to"] == old["to"] + 1


async def test_goods_that_cannot_be_packed_go_by_rows(ada: Browser, database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(update(buckets).values(sum_a=buckets.c.sum_a + 1))
    async with asyncio.timeout(60):
        while not part_of(await pull(ada))["puts"]:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip, zstd;q=0", "gzip"),
        ("br;q=0.5, GZIP", "br"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_smallest_coding_that_is_taken_is_sent(header: str, coding: str) -> None:
    assert coding_for(header) == coding
