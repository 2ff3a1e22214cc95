"""Barcodes of a file: every form of one GTIN is one, as a scan of it would be understood."""

from itertools import product

from sync.gs1 import check_digit_fits, what_is

# Weights 3, 1 from the left of 14 digits; four digits keep the turn, so three look-ups and one of two weigh all.
_FOUR = {"".join(d): (int(d[0]) + int(d[2])) * 3 + int(d[1]) + int(d[3]) for d in product("0123456789", repeat=4)}
_TWO = {"".join(d): int(d[0]) * 3 + int(d[1]) for d in product("0123456789", repeat=2)}
_LENGTHS = frozenset((12, 13, 14))


def gtin_in(code: str) -> str | None:
    """The 14 digits of a GTIN of 8, 12, 13 or 14, of a UPC-E, a GS1 element string or a Digital Link; else None."""
    size = len(code)
    if size in _LENGTHS or (size == 8 and code[0] > "1"):
        padded = code if size == 14 else code.rjust(14, "0")
        try:
            weight = _FOUR[padded[:4]] + _FOUR[padded[4:8]] + _FOUR[padded[8:12]] + _TWO[padded[12:]]
        except KeyError:
            return what_is(code).get("gtin")
        return padded if weight % 10 == 0 and weight else None
    return what_is(code).get("gtin") if size >= 8 else None


def printed(gtin: str) -> str:
    """The digits as they stand under the bars: 13, or 8 where the GTIN is as short, or all 14 of a case."""
    # Eight digits that a UPC-E has too are written as thirteen: as eight they would be read as that.
    if gtin.startswith("000000") and gtin_in(gtin[6:]) == gtin:
        return gtin[6:]
    return gtin[1:] if gtin[0] == "0" else gtin


def widened(code: str) -> str | None:
    """The GTIN of a UPC whose leading zeros a spreadsheet took for a number's, where its check digit still fits."""
    return code.rjust(14, "0") if 9 <= len(code) <= 11 and check_digit_fits(code) and code.strip("0") else None
