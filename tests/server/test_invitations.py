"""An invitation brings one phone in, once, and never in somebody's place; on both databases."""

import asyncio
import re
from collections.abc import Callable

import pytest
import structlog
from litestar import Litestar
from sqlalchemy import func, insert, select, update

from server.database import Database
from server.invitations.inviting import INVITATION_AGE_MS
from server.invitations.qr import qr_code
from server.invitations.tables import invitations
from server.people.passwords import NO_PASSWORD
from server.people.sign_in import LIMITS
from server.people.tables import people, roles, sessions
from tests import shop
from tests.server.browsers import PASSWORD, Browser

NewBrowser = Callable[..., Browser]
GUS = 7
OWN = "a password of my own"


@pytest.fixture
async def gus(app: Litestar, database: Database) -> int:
    """Somebody new in Ghent, who has no password and never worked."""
    async with database.writing() as connection:
        person = {"id": GUS, "username": "gus", "name": "Gus <b>", "locale": "en", "store_id": shop.GHENT}
        await connection.execute(insert(people).values(password_hash=NO_PASSWORD, **person))
        role = {"person_id": GUS, "level": 2, "store_id": shop.GHENT, "valid_from": 0}
        await connection.execute(insert(roles).values(**role))
    return GUS


async def invited_by(browser: Browser, person: int) -> str:
    """The path of a fresh invitation, read off the page that shows its code."""
    answer = await browser.submit(f"/admin/invite/{person}")
    assert answer.status_code == 200, answer.text
    [path] = re.findall(r"http://hub\.test(/invite/[\w-]{43})", answer.text)
    return str(path)


@pytest.fixture
async def cleo(app: Litestar) -> Browser:
    """The store manager of Ghent, signed in."""
    browser = Browser(app, ip="192.0.2.30")
    await browser.sign_in("cleo")
    return browser


async def test_a_new_colleague_chooses_a_password_and_is_led_to_the_tour(
    cleo: Browser, another_browser: NewBrowser, gus: int
) -> None:
    path, phone = await invited_by(cleo, gus), another_browser()
    page = (await phone.get(path)).text
    assert all(part in page for part in ("Gus &lt;b&gt;", "Ghent", "Associate", 'value="gus"', "new-password"))
    answer = await phone.submit(path, password=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/welcome?next=%2Ftour")
    assert "Scan anything" in (await phone.get("/tour")).text
    # The second time nobody is led there.
    assert (await another_browser().submit("/sign-in", username="gus", password=OWN)).headers["location"] == "/welcome"


async def test_opening_the_link_uses_nothing_up_and_accepting_it_does(
    cleo: Browser, another_browser: NewBrowser, gus: int
) -> None:
    path, phone = await invited_by(cleo, gus), another_browser()
    for _ in range(3):
        assert (await another_browser().get(path)).status_code == 200
    assert (await phone.submit(path, password="short")).status_code == 422
    assert (await phone.submit(path, password=OWN)).status_code == 303
    for answer in (await phone.get(path), await another_browser().submit(path, password="another password")):
        assert answer.status_code == 410
        assert "This invitation has ended" in answer.text
        assert "gus" not in answer.text.lower()
    assert (await another_browser().sign_in("gus", "another password")).status_code == 422


@pytest.mark.parametrize("change", ["the inviting one is no manager any more", "the invited one became a manager"])
async def test_an_invitation_is_worth_what_its_maker_may_do_now(
    cleo: Browser, another_browser: NewBrowser, database: Database, gus: int, change: str
) -> None:
    path = await invited_by(cleo, gus)
    async with database.writing() as connection:
        if change.startswith("the inviting"):
            await connection.execute(update(roles).where(roles.c.person_id == shop.CLEO).values(level=2))
        else:
            await connection.execute(update(roles).where(roles.c.person_id == gus).values(level=3))
    assert (await another_browser().get(path)).status_code == 410
    assert (await another_browser().submit(path, password=OWN)).status_code == 410


async def test_of_two_phones_that_accept_at_once_one_comes_in(
    cleo: Browser, another_browser: NewBrowser, gus: int
) -> None:
    path = await invited_by(cleo, gus)
    chosen = ("the first password", "the second password")
    answers = await asyncio.gather(*(another_browser().submit(path, password=each) for each in chosen))
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


async def test_a_newer_invitation_ends_the_older_one(cleo: Browser, another_browser: NewBrowser, gus: int) -> None:
    older, newer = await invited_by(cleo, gus), await invited_by(cleo, gus)
    assert (await another_browser().get(older)).status_code == 410
    assert (await another_browser().get(newer)).status_code == 200


async def test_an_invitation_runs_out(cleo: Browser, another_browser: NewBrowser, database: Database, gus: int) -> None:
    path = await invited_by(cleo, gus)
    async with database.writing() as connection:
        row = (await connection.execute(select(invitations))).one()
        assert path.removeprefix("/invite/") not in str(row)
        assert row.expires_at - row.made_at == INVITATION_AGE_MS
        await connection.execute(update(invitations).values(expires_at=invitations.c.expires_at - INVITATION_AGE_MS))
    assert (await another_browser().get(path)).status_code == 410
    assert (await another_browser().submit(path, password=OWN)).status_code == 410


async def test_an_old_invitation_takes_over_nobody_who_works_here_meanwhile(
    cleo: Browser, another_browser: NewBrowser, database: Database, gus: int
) -> None:
    path, secret = await invited_by(cleo, gus), ""
    async with database.writing() as connection:
        secret = await connection.scalar(select(people.c.password_hash).where(people.c.username == "ada")) or ""
        await connection.execute(update(people).where(people.c.id == gus).values(password_hash=secret))
    # Gus was given a password another way, and works with it; the link still lies around.
    assert (await another_browser().sign_in("gus")).status_code == 303
    thief = another_browser(ip="203.0.113.66")
    page = (await thief.get(path)).text
    assert "new-password" not in page
    assert (await thief.submit(path, password="the thief chooses")).status_code == 422
    async with database.reading() as connection:
        assert await connection.scalar(select(people.c.password_hash).where(people.c.id == gus)) == secret


async def test_whoever_has_worked_here_brings_a_second_phone_in_with_their_password(
    cleo: Browser, another_browser: NewBrowser
) -> None:
    path, phone = await invited_by(cleo, shop.ADA), another_browser()
    answer = await phone.submit(path, password="not the password")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert (await phone.submit(path, password=PASSWORD)).headers["location"] == "/welcome"
    assert (await phone.get(path)).status_code == 410


async def test_guessing_through_an_invitation_is_counted_like_any_guess(
    cleo: Browser, another_browser: NewBrowser
) -> None:
    path, phone = await invited_by(cleo, shop.ADA), another_browser(ip="203.0.113.77")
    for _ in range(LIMITS["person"]):
        assert (await phone.submit(path, password="a guess or two")).status_code == 422
    assert (await phone.submit(path, password=PASSWORD)).status_code == 429


@pytest.mark.parametrize("gone", ["invited", "inviting"])
async def test_whoever_left_neither_comes_in_nor_brings_anybody(
    cleo: Browser, another_browser: NewBrowser, database: Database, gus: int, gone: str
) -> None:
    path = await invited_by(cleo, gus)
    who = gus if gone == "invited" else shop.CLEO
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == who).values(archived_at=shop.NOW))
    assert (await another_browser().get(path)).status_code == 410
    assert (await another_browser().submit(path, password=OWN)).status_code == 410


@pytest.mark.parametrize(
    ("who", "person", "status"),
    [
        ("cleo", shop.ADA, 200),  # An associate of her own store.
        ("cleo", shop.BO, 404),  # Another store's manager.
        ("cleo", shop.EVE, 404),  # An administrator.
        ("bo", shop.ADA, 404),
        ("ada", GUS, 404),
        ("fay", shop.FAY, 404),
        ("dev", shop.BO, 200),  # An area manager and a store manager of the area.
        ("dev", shop.FAY, 404),
        ("eve", shop.BO, 200),
        ("eve", 999, 404),
    ],
)
async def test_only_who_may_give_the_roles_may_invite(
    another_browser: NewBrowser, database: Database, gus: int, who: str, person: int, status: int
) -> None:
    browser = another_browser()
    await browser.sign_in(who)
    for answer in (await browser.get(f"/admin/invite/{person}"), await browser.submit(f"/admin/invite/{person}")):
        assert answer.status_code == status
    assert (await browser.get(f"/admin/invite/{person}/arrival")).status_code == status
    async with database.reading() as connection:
        count = await connection.scalar(select(func.count()).select_from(invitations))
    assert count == (1 if status == 200 else 0)


async def test_another_site_invites_nobody(cleo: Browser, gus: int) -> None:
    answer = await cleo.post(f"/admin/invite/{gus}", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_the_page_hears_when_the_phone_is_in(cleo: Browser, another_browser: NewBrowser, gus: int) -> None:
    path = await invited_by(cleo, gus)
    assert "Waiting for the phone" in (await cleo.get(f"/admin/invite/{gus}/arrival")).text
    await another_browser().submit(path, password=OWN)
    assert "The phone of Gus &lt;b&gt; is in" in (await cleo.get(f"/admin/invite/{gus}/arrival")).text


async def test_no_log_line_holds_the_link(cleo: Browser, another_browser: NewBrowser, gus: int) -> None:
    path = await invited_by(cleo, gus)
    with structlog.testing.capture_logs() as lines:
        await another_browser().get(path)
        await another_browser().submit(path, password=OWN)
    assert len(lines) >= 2
    assert path.removeprefix("/invite/") not in str(lines)


async def test_a_phone_that_was_somebody_elses_is_theirs_no_longer(
    cleo: Browser, another_browser: NewBrowser, database: Database, gus: int
) -> None:
    path, handheld = await invited_by(cleo, gus), another_browser()
    await handheld.sign_in("ada")
    await handheld.submit(path, password=OWN)
    async with database.reading() as connection:
        here = (await connection.scalars(select(sessions.c.person_id).order_by(sessions.c.created_at))).all()
    assert shop.ADA not in here
    assert gus in here


async def test_a_hub_with_its_own_authority_says_first_to_trust_it(app: Litestar, cleo: Browser, gus: int) -> None:
    app.state.own_tls_port, app.state.listens_at = 8000, "0.0.0.0"
    page = (await cleo.submit(f"/admin/invite/{gus}")).text
    assert page.index("http://hub.test:8001/certificate") < page.index("/invite/")
    assert page.count('class="qr"') == 2


def test_a_code_says_what_it_shows() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image, ImageDraw

    code = qr_code("https://192.168.1.20:8000/invite/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ")
    picture = Image.new("L", (code["size"] * 4, code["size"] * 4), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code["path"]):
        left, top = int(x) * 4, int(y) * 4
        draw.rectangle((left, top, left + int(length) * 4 - 1, top + 3), fill=0)
    [read] = zxingcpp.read_barcodes(picture)
    assert read.text == code["text"]


async def test_somebody_without_a_password_of_their_own_is_let_in_again_by_an_invitation(
    cleo: Browser, another_browser: NewBrowser, database: Database
) -> None:
    async with database.writing() as connection:
        mine = people.c.id == shop.ADA
        await connection.execute(update(people).where(mine).values(password_hash=NO_PASSWORD))
    path = await invited_by(cleo, shop.ADA)
    assert (await another_browser().submit(path, password=OWN)).status_code == 303
    assert (await another_browser().sign_in("ada", OWN)).status_code == 303
