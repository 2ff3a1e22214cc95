"""What is printed on a label is what our readers read, on every paper, for every kind of code; and who may print."""

import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import segno
import zxingcpp
from litestar import Litestar
from PIL import Image, ImageDraw, ImageFilter
from pyzbar import pyzbar

from server.inbox.accept import Door
from server.labels.pdf import pdf_of
from sync.gs1 import what_is
from sync.labels import CODES, PAPERS, drawn, labels_of, places_on
from sync.qr import qr_rows
from sync.symbols import code_128
from tests import shop
from tests.phones import Phone
from tests.server.browsers import Browser

SHOP = {"address": "https://stock.example.com", "currency": "€", "locale": "en"}
GTINS = {"EAN-13": "05012345678900", "UPC-A": "00012345678905", "EAN-8": "00000096385074", "GS1-128": "15012345678907"}
WORDS = {"name_en": "Green tea, 20 bags", "name_zh": "绿茶 20 袋", "brand": "Lys", "unit": "each", "price_cents": 1250}
# Of the printers of rolls, and of those of sheets; each also prints what was meant for the other.
DOTS_PER_INCH = (203.2, 300)


def item(kind: str) -> dict[str, Any]:
    return {"id": 1, "sku": "AB-120", "gtins": [GTINS[kind]] if kind in GTINS else [], **WORDS}


def laid(paper: str, codes: str, kind: str, **more: str) -> dict[str, Any]:
    fields = {"item": ["1"], "quantity": ["1"], "paper": [paper], "codes": [codes]}
    return drawn(labels_of(fields | {name: [text] for name, text in more.items()}), [item(kind)], SHOP)


def printed(boxes: list[list[int]], dpi: float) -> Image.Image:
    """As a printer sets its dots, each two pixels of a camera, with paper around."""
    dot = 25.4 * 3000 / dpi
    wide = round(max(x + w for x, _, w, _ in boxes) / dot) + 60
    high = round(max(y + h for _, y, _, h in boxes) / dot) + 60
    paper = Image.new("L", (wide, high), 255)
    pen = ImageDraw.Draw(paper)
    for x, y, w, h in boxes:
        pen.rectangle(
            [round(x / dot) + 20, round(y / dot) + 20, round((x + w) / dot) + 19, round((y + h) / dot) + 19], 0
        )
    return paper.resize((wide * 2, high * 2), Image.Resampling.NEAREST)


def photographed(paper: Image.Image, degrees: float, seed: int) -> Image.Image:
    """Held askew, in poor light that makes pixels grainy, a little out of focus."""
    turned = paper.rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    grey = turned.point(lambda value: 40 + value * 170 // 255)
    grain = Image.frombytes("L", grey.size, random.Random(seed).randbytes(grey.size[0] * grey.size[1]))
    return Image.blend(grey, grain, 0.12).filter(ImageFilter.GaussianBlur(1))


def read_by_both(paper: str, codes: str, kind: str, dpi: float, degrees: float) -> tuple[set[str], set[str]]:
    picture = photographed(printed(laid(paper, codes, kind)["faces"][0]["boxes"], dpi), degrees, seed=7)
    by_zxing = {read.text for read in zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)}
    by_zbar = {read.data.decode() for read in pyzbar.decode(picture)}
    return meanings(by_zxing), meanings(by_zbar)


def meanings(texts: set[str]) -> set[str]:
    """What our scanner makes of them: a GTIN, or the text of a code that names none."""
    return {what_is(text).get("gtin") or ("" if text.startswith("http") else text) for text in texts}


def is_read(paper: str, codes: str, kind: str, dpi: float, degrees: float) -> None:
    if laid(paper, codes, kind)["faces"][0]["problem"]:
        return
    for read in read_by_both(paper, codes, kind, dpi, degrees):
        assert read == {GTINS.get(kind, "AB-120")}, (kind, codes, degrees)


@pytest.mark.parametrize("dpi", DOTS_PER_INCH)
@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_printed_is_read(paper: str, dpi: float) -> None:
    is_read(paper, "bars" if paper == "a4-5x13" else "both", "EAN-13", dpi, degrees=4)
    is_read(paper, "bars", "Code 128", dpi, degrees=-3)


@pytest.mark.prove
@pytest.mark.parametrize("dpi", DOTS_PER_INCH)
@pytest.mark.parametrize("paper", PAPERS)
def test_every_kind_of_code_that_is_printed_is_read(paper: str, dpi: float) -> None:
    for kind in (*GTINS, "Code 128"):
        for codes in CODES:
            for degrees in (0, 4, -7):
                is_read(paper, codes, kind, dpi, degrees)


def test_a_barcode_and_a_qr_code_are_both_there_to_be_read() -> None:
    picture = printed(laid("roll-80", "both", "EAN-13")["faces"][0]["boxes"], 203.2)
    texts = {read.text for read in zxingcpp.read_barcodes(picture)}
    assert texts == {"5012345678900", "https://stock.example.com/01/05012345678900"}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_takes_every_code_of_a_shop_or_says_why_not(paper: str) -> None:
    refused = {(kind, codes): laid(paper, codes, kind)["faces"][0]["problem"] for kind in GTINS for codes in CODES}
    if paper == "a4-5x13":
        assert {problem for (_kind, codes), problem in refused.items() if codes == "both"} == {"qr"}
    assert not [one for one, problem in refused.items() if problem and one[0] != "GS1-128" and one[1] != "both"]


def test_modules_are_never_below_the_least_and_lie_on_whole_dots() -> None:
    for paper in PAPERS:
        dot = 375 if paper.startswith("roll") else 254
        for kind in GTINS:
            for codes in ("bars", "qr"):
                boxes = laid(paper, codes, kind)["faces"][0]["boxes"]
                assert all(x % dot == 0 and wide % dot == 0 for x, _, wide, _ in boxes), (paper, kind)
                least = min((wide for _, _, wide, _ in boxes), default=10**6)
                assert least >= (747 if codes == "bars" else 1188), (paper, kind)


def test_a_begun_sheet_is_used_up() -> None:
    for paper in PAPERS:
        sheets = laid(paper, "bars", "EAN-13", start=str(places_on(paper)), quantity="2")["sheets"]
        assert [len(sheet) for sheet in sheets] == [1, 1]
    last, first = laid("a4-3x8", "bars", "EAN-13", start="24", quantity="2")["sheets"]
    assert (last[0]["x"] > 400_000, last[0]["y"] > 700_000, first[0]["x"]) == (True, True, 0)


def test_a_label_lies_within_its_page_and_no_two_on_each_other() -> None:
    for paper in PAPERS:
        asked = laid(paper, "bars", "EAN-13", quantity=str(places_on(paper)))
        (sheet,) = asked["sheets"]
        boxes = asked["faces"][0]["boxes"]
        right, foot = max(x + w for x, _, w, _ in boxes), max(y + h for _, y, _, h in boxes)
        assert all(place["x"] + right < asked["wide"] and place["y"] + foot < asked["high"] for place in sheet)
        assert len({(place["x"], place["y"]) for place in sheet}) == places_on(paper)


@pytest.mark.parametrize("length", [*range(1, 107, 5), 14, 26, 42, 62, 84, 106])
def test_a_qr_code_of_every_length_is_read_although_a_corner_is_dirty(length: int) -> None:
    text = ("https://stock.example.com/01/05012345678900?" + "x" * 106)[:length]
    rows = qr_rows(text)
    assert rows is not None
    size = len(rows)
    picture = Image.new("L", (size + 8, size + 8), 255)
    for down, row in enumerate(rows):
        for right, module in enumerate(row):
            picture.putpixel((right + 4, down + 4), 0 if module == "1" else 255)
    # Two modules in each direction: less than the correction bears, more than a code without one would.
    picture.paste(0, (size - 1, size + 1, size + 1, size + 3))
    picture = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    assert [read.text for read in zxingcpp.read_barcodes(picture)] == [text]


def test_a_full_qr_code_is_the_one_that_another_program_makes() -> None:
    for length in (14, 26, 42, 62, 84, 106):
        text = "z" * length
        mine = qr_rows(text)
        theirs = [
            segno.make(text, error="m", mode="byte", boost_error=False, micro=False, mask=mask) for mask in range(8)
        ]
        assert mine in [["".join(map(str, row)) for row in one.matrix] for one in theirs]


def test_letters_of_code_128_are_read_as_they_were_written() -> None:
    chance = random.Random(5)
    for _ in range(60):
        text = "".join(chance.choice("ABZaz09#-/ .0123456789") for _ in range(chance.randrange(1, 14))).strip() or "0"
        widths = code_128(text)
        assert widths is not None
        row = [255] * 20
        for place, width in enumerate(widths):
            row += [255 * (place % 2)] * (2 * int(width))
        line = Image.new("L", (len(row) + 20, 1), 255)
        for place, value in enumerate(row):
            line.putpixel((place, 0), value)
        read = zxingcpp.read_barcodes(line.resize((line.width, 60)), text_mode=zxingcpp.TextMode.Plain)
        assert [one.text for one in read] == [text]


def test_the_pdf_carries_its_letters() -> None:
    pdf = pdf_of(laid("a4-3x8", "both", "EAN-13", quantity="30"))
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/FontFile") == 1
    assert pdf.count(b"/Type /Page\n") == 2
    # Only the letters that are used: the whole font has ten million bytes.
    assert len(pdf) < 100_000


@pytest.mark.skipif(shutil.which("gs") is None, reason="no Ghostscript here to draw a PDF with")
@pytest.mark.parametrize("paper", PAPERS)
def test_the_pdf_as_a_printer_draws_it_is_read(paper: str, tmp_path: Path) -> None:
    codes = "bars" if paper == "a4-5x13" else "both"
    (tmp_path / "labels.pdf").write_bytes(pdf_of(laid(paper, codes, "EAN-13")))
    dpi = "203.2" if paper.startswith("roll") else "300"
    command = [
        "gs",
        "-q",
        "-dNOPAUSE",
        "-dBATCH",
        "-sDEVICE=pnggray",
        f"-r{dpi}",
        "-sOutputFile=labels.png",
        "labels.pdf",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, capture_output=True)
    with Image.open(tmp_path / "labels.png") as picture:
        assert meanings({read.text for read in zxingcpp.read_barcodes(picture)}) == {GTINS["EAN-13"]}


async def test_labels_are_for_those_who_work_with_goods(browser: Browser) -> None:
    await browser.sign_in("fay")
    address = f"/labels?item={shop.TEA}&quantity=1"
    page = (await browser.get(address)).text
    assert "looks only" in page
    assert "label-sheet" not in page
    refused = await browser.get(address.replace("/labels", "/labels.pdf"))
    assert (refused.status_code, refused.headers["location"]) == (303, address)


async def test_an_associate_gets_a_page_and_a_pdf(browser: Browser) -> None:
    await browser.sign_in("ada")
    page = (await browser.get(f"/labels?item={shop.TEA}&quantity=2&start=24")).text
    assert page.count('<use href="#face-0"') == 2
    assert page.count('<svg class="label-sheet ') == 2
    pdf = await browser.get(f"/labels.pdf?item={shop.TEA}&quantity=2&start=24")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    nothing = await browser.get("/labels.pdf?item=987654")
    assert nothing.headers["location"] == "/labels?item=987654"


async def test_the_link_on_a_label_leads_to_the_item(browser: Browser) -> None:
    await browser.sign_in("ada")
    assert (await browser.get("/01/00400000000015")).headers["location"] == "/?code=00400000000015"
    assert (await browser.get("/01/x")).status_code == 404


async def test_a_chain_chooses_where_its_labels_lead(app: Litestar, browser: Browser) -> None:
    chosen = {"label_address": "https://id.example.com", "label_currency": "€"}
    for name, value in chosen.items():
        done = await Phone(app.state.door, shop.EVE).do("policy.save", name=name, value=value, was="none")
        assert done["status"] == "applied"
    await browser.sign_in("ada")
    page = (await browser.get(f"/labels?item={shop.TEA}&quantity=1")).text
    assert ">€" in page
    await browser.sign_in("eve")
    rules = (await browser.get("/admin/policies")).text
    assert 'name="was_label_address" value="https://id.example.com"' in rules


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label_address", "http://id.example.com"),
        ("label_address", "https://id.example.com/"),
        ("label_address", "https://x/<script>"),
        ("label_currency", "1"),
        ("label_currency", "euros"),
    ],
)
async def test_what_no_label_could_carry_is_no_choice(door: Door, name: str, value: str) -> None:
    done = await Phone(door, shop.EVE).do("policy.save", name=name, value=value, was="none")
    assert (done["status"], done["code"]) == ("refused", "field_wrong")
