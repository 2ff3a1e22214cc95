"""Brings files in a browser, and reads what the pages say of them."""

import asyncio
import re
from pathlib import Path

import httpx
from litestar import Litestar

from tests.server.browsers import Browser

SAME_SITE = {"sec-fetch-site": "same-origin"}
DIRTY = """Name;Barcode;Marke;Preis;Notiz
"Olive &amp; lemon soap";4006381333931;Zest;2,25;fine
Green tea 20 bags;4006381333932;Verde;3,49;wrong check digit
;4012345678901;;1,00;no name
"Old cheese; aged
two years";73513537;Kaas;18,90;a newline and the delimiter inside
绿茶 20包;6901234567892;;12,00;fine
"""


async def signed_in(browser: Browser, username: str) -> Browser:
    assert (await browser.sign_in(username)).status_code == 303
    return browser


async def bring(browser: Browser, text: str | bytes, kind: str = "", name: str = "goods.csv") -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return await browser.post("/admin/imports", data={"kind": kind}, files={"file": (name, content)}, headers=SAME_SITE)


async def brought(browser: Browser, text: str | bytes, kind: str = "", name: str = "goods.csv") -> str:
    """The address of what can be looked at now."""
    answer = await bring(browser, text, kind, name)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def words(answer: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def drafts(app: Litestar) -> set[Path]:
    return set((app.state.settings.data / "imports" / "drafts").glob("*"))


def chosen(answer: httpx.Response) -> dict[str, str]:
    """Which field each column is taken for."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="(c\d+)">(.*?)</select>', answer.text, re.DOTALL):
        selected = re.search(r'value="(\w*)" selected', options)
        found[name] = selected[1] if selected else ""
    return found


async def ended(browser: Browser, address: str) -> httpx.Response:
    """The page of an import once it has come to its end."""
    for _ in range(400):
        page = await browser.get(address)
        if "hx-trigger" not in page.text:
            return page
        await asyncio.sleep(0.05)
    raise AssertionError(words(page))


async def started(browser: Browser, address: str) -> httpx.Response:
    page = await browser.get(address)
    kind = re.search(r'name="of" value="(\w+)"', page.text)
    assert kind is not None
    told = {"of": kind[1], "kind": kind[1], "header": "1", "do": "start", **chosen(page)}
    if as_of := re.search(r'name="as_of" value="([^"]+)"', page.text):
        told["as_of"] = as_of[1]
    answer = await browser.submit(address, **told)
    assert answer.status_code == 303, words(answer)
    return await ended(browser, answer.headers["location"])


def counts_of(page: httpx.Response) -> list[str]:
    pairs = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page.text)
    return [f"{count} {name}" for name, count in pairs]
