"""A code of every format, drawn by a real renderer."""

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import segno
import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat as Z

from server.scanning.photos.readings import upc_e_of
from sync.gs1 import check_digit

# A module is drawn so many pixels wide; taking the photograph makes it what a lens would.
MODULE_PX = 6


@dataclass(frozen=True, slots=True)
class Label:
    """What a perfect reader says of the picture."""

    format: str
    text: str
    picture: Image.Image


def digits(chance: random.Random, length: int, first: str = "") -> str:
    payload = first + "".join(chance.choice("0123456789") for _ in range(length - 1 - len(first)))
    return payload + check_digit(payload)


def _letters(chance: random.Random, low: int, high: int) -> str:
    return "".join(chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(chance.randint(low, high)))


def _by_zxing(named: str, format_: Z, content: str, text: str, *, gs1: bool = False) -> Label:
    barcode = zxingcpp.create_barcode(content, format_, **({"gs1": True} if gs1 else {}))
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=MODULE_PX))
    return Label(named, text, _with_quiet_zone(Image.fromarray(drawn)))


def _with_quiet_zone(picture: Image.Image) -> Image.Image:
    edge = 8 * MODULE_PX
    label = Image.new("L", (picture.width + 2 * edge, picture.height + edge), 255)
    label.paste(picture, (edge, edge // 2))
    return label


def _retail(named: str, format_: Z, length: int, first: str = "") -> Callable[[random.Random], Label]:
    def draw(chance: random.Random) -> Label:
        text = digits(chance, length, first)
        return _by_zxing(named, format_, text, text)

    return draw


def _upc_e(chance: random.Random) -> Label:
    while True:
        maker, goods = chance.randint(100, 999), chance.randint(0, 999)
        payload = f"0{maker}00000{goods:03d}"[:11]
        text = upc_e_of(payload + check_digit(payload))
        if text:
            return _by_zxing("UPC-E", Z.UPCE, text, text)


def _plain(named: str, format_: Z, low: int, high: int) -> Callable[[random.Random], Label]:
    def draw(chance: random.Random) -> Label:
        text = _letters(chance, low, high)
        return _by_zxing(named, format_, text, text)

    return draw


def _gs1(named: str, format_: Z) -> Callable[[random.Random], Label]:
    def draw(chance: random.Random) -> Label:
        gtin, lot = digits(chance, 14, "0"), _letters(chance, 4, 8)
        return _by_zxing(named, format_, f"(01){gtin}(10){lot}", f"01{gtin}10{lot}", gs1=format_ == Z.Code128)

    return draw


def _databar(named: str, format_: Z) -> Callable[[random.Random], Label]:
    def draw(chance: random.Random) -> Label:
        gtin = digits(chance, 14, "0")
        return _by_zxing(named, format_, gtin, f"01{gtin}")

    return draw


def _itf(chance: random.Random) -> Label:
    text = digits(chance, 14, "1") if chance.random() < 0.7 else "".join(chance.choices("0123456789", k=10))
    return _by_zxing("ITF", Z.ITF, text, text)


def _qr(chance: random.Random) -> Label:
    text = f"https://example.com/01/{digits(chance, 14, '0')}/10/{_letters(chance, 4, 8)}"
    drawn = io.BytesIO()
    segno.make(text, micro=False).save(drawn, kind="png", scale=MODULE_PX, border=4)
    return Label("QR Code", text, Image.open(drawn).convert("L"))


RENDERERS: Mapping[str, Callable[[random.Random], Label]] = {
    "ean_13": _retail("EAN-13", Z.EAN13, 13, "4"),
    "ean_8": _retail("EAN-8", Z.EAN8, 8, "9"),
    "upc_a": _retail("UPC-A", Z.UPCA, 12, "8"),
    "upc_e": _upc_e,
    "code_128": _plain("Code 128", Z.Code128, 6, 14),
    "gs1_128": _gs1("Code 128", Z.Code128),
    "code_39": _plain("Code 39", Z.Code39, 5, 9),
    "itf": _itf,
    "qr": _qr,
    "data_matrix": _plain("Data Matrix", Z.DataMatrix, 8, 30),
    "databar": _databar("DataBar", Z.DataBarOmni),
    "databar_stacked": _databar("DataBar", Z.DataBarStkOmni),
    "databar_limited": _databar("DataBar Limited", Z.DataBarLtd),
    "databar_expanded": _gs1("DataBar Expanded", Z.DataBarExp),
}
