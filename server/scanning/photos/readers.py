"""The two readers that others wrote, each asked about one grey picture and answering in the same words."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat as Z

from server.scanning.photos.readings import Point, Reading, around, retail_code

try:
    from pyzbar import pyzbar
except (ImportError, OSError):
    # libzbar is not on this machine: zxing-cpp alone then, and `stockhand doctor` says so.
    pyzbar = None

HAS_ZBAR = pyzbar is not None
Z_NAMES = {
    Z.Code128: "Code 128",
    Z.Code39: "Code 39",
    Z.Code39Std: "Code 39",
    Z.Code39Ext: "Code 39",
    Z.ITF: "ITF",
    Z.ITF14: "ITF",
    Z.QRCode: "QR Code",
    Z.QRCodeModel1: "QR Code",
    Z.QRCodeModel2: "QR Code",
    Z.DataMatrix: "Data Matrix",
    Z.DataBar: "DataBar",
    Z.DataBarOmni: "DataBar",
    Z.DataBarStk: "DataBar",
    Z.DataBarStkOmni: "DataBar",
    Z.DataBarLtd: "DataBar Limited",
    Z.DataBarExp: "DataBar Expanded",
    Z.DataBarExpStk: "DataBar Expanded",
}
Z_RETAIL = {Z.EAN13, Z.EAN8, Z.UPCA, Z.UPCE}
Z_LINES = zxingcpp.BarcodeFormats([Z.EAN13, Z.EAN8, Z.UPCA, Z.UPCE, Z.Code128, Z.Code39, Z.ITF, Z.DataBar])
Z_ALL = zxingcpp.BarcodeFormats([*Z_LINES, Z.QRCode, Z.DataMatrix])
B_NAMES = {"CODE128": "Code 128", "CODE39": "Code 39", "I25": "ITF", "QRCODE": "QR Code"}
B_RETAIL = ("EAN13", "EAN8", "UPCA", "UPCE")
B_ADDONS = ("EAN2", "EAN5")
# Longer than any label, and short enough to be shown.
LONGEST_TEXT = 2000


def ask_zxing(picture: Image.Image, *, only_lines: bool = False, is_turned: bool = True) -> Iterator[Reading]:
    found = zxingcpp.read_barcodes(
        picture,
        Z_LINES if only_lines else Z_ALL,
        try_rotate=is_turned,
        text_mode=zxingcpp.TextMode.Plain,
        ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Read,
    )
    for one in found:
        at = one.position
        corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        box = around([(corner.x, corner.y) for corner in corners])
        mark = one.symbology_identifier
        if one.format in Z_RETAIL:
            digits, _, addon = one.text.partition(" ")
            printed = retail_code(digits, one.format == Z.UPCE)
            if printed:
                yield Reading(*printed, "zxing-cpp", box, addon=addon, mark=mark)
        elif one.format in Z_NAMES and 0 < len(one.text) <= LONGEST_TEXT:
            yield Reading(Z_NAMES[one.format], one.text, "zxing-cpp", box, mark=mark)


def ask_zbar(picture: Image.Image) -> Iterator[Reading]:
    """Add-ons are readings of their own, of format EAN-2 or EAN-5."""
    if pyzbar is None:
        return
    found: list[Any] = []
    # It cannot hold a QR code that is a part of several, and says so by a ValueError.
    with suppress(ValueError):
        found = pyzbar.decode(picture, symbols=_b_symbols())
    for one in found:
        if not one.data.isascii() or not one.data:
            # It guesses which letters were meant.
            continue
        text = one.data.decode("ascii")
        box = around(_points(one))
        if one.type in B_RETAIL:
            printed = retail_code(text, one.type == "UPCE")
            if printed:
                yield Reading(*printed, "pyzbar", box)
        elif one.type in B_ADDONS:
            yield Reading("EAN-2" if one.type == "EAN2" else "EAN-5", text, "pyzbar", box)
        elif len(text) <= LONGEST_TEXT:
            yield Reading(B_NAMES[one.type], text, "pyzbar", box)


def _points(one: Any) -> list[Point]:
    left, top, width, height = one.rect
    return [(point.x, point.y) for point in one.polygon] or [(left, top), (left + width, top + height)]


def _b_symbols() -> list[Any]:
    return [pyzbar.ZBarSymbol[name] for name in (*B_RETAIL, *B_ADDONS, *B_NAMES)]
