"""Lines of a catalogue."""

import re
from collections.abc import Mapping
from functools import lru_cache

from server.imports.reading.cells import Cells, unguarded
from server.imports.reading.codes import gtin_in, printed, widened
from server.imports.reading.lines import ItemLine, Refused, Reject
from server.imports.reading.names import is_chinese
from server.imports.reading.repeats import Seen
from server.imports.reading.spelling import spell
from server.imports.reading.values import cents
from server.imports.reading.words import UNITS

LONGEST_NAME, LONGEST_SKU, LONGEST_BRAND, LONGEST_ASSORTMENT = 200, 32, 80, 80
MOST_BARCODES = 50
_BETWEEN_CODES = re.compile(r"[\s,;|]+")
# A name of an assortment may hold the bar that stands between two of them, behind a backslash.
_ASSORTMENT = re.compile(r"((?:[^\\|]|\\[\\|]|\\(?![\\|]))*)(?:\||$)")
_ESCAPED = re.compile(r"\\([\\|])")
_ROUNDED = re.compile(r"\d[.,]\d+[eE]\+?\d+")


class ItemReader:
    """A line without a SKU is known by its barcode, as it is printed."""

    def __init__(self, fields: Mapping[int, str], of_workbook: bool) -> None:
        self._cells = Cells(fields)
        self._code_places = sorted(place for place, field in fields.items() if field == "barcodes")
        self._of_workbook = of_workbook
        self._has_sku = self._cells.has("sku")
        self._has_both_names = self._cells.has("name_en", "name_zh")
        self._has_more = self._cells.has("brand", "unit", "price", "tracks_lot", "tracks_expiry", "assortments")
        self._skus, self._gtins = Seen(), Seen()
        self.spells = True

    def read(self, numbers: list[int], rows: list[list[str]]) -> tuple[list[ItemLine], list[Reject]]:
        lines: list[ItemLine] = []
        rejects: list[Reject] = []
        for number, row in zip(numbers, rows, strict=True):
            try:
                lines.append(self._line(number, row))
            except Refused as refusal:
                rejects.append(Reject(number, refusal.code, refusal.params, row))
        if not self.spells:
            return lines, rejects
        spelt = spell([(line.sku, line.name_en or "", line.name_zh or "", line.brand or "") for line in lines])
        for line, spellings in zip(lines, spelt, strict=True):
            line.folded, line.sort_en, line.sort_zh = spellings
        return lines, rejects

    def _line(self, number: int, row: list[str]) -> ItemLine:
        self._cells.row = row
        gtins = self._gtins_of(row)
        sku = self._cells.text("sku", LONGEST_SKU) if self._has_sku else ""
        if not sku:
            if not gtins:
                raise Refused("no_code")
            sku = printed(gtins[0])
        line = ItemLine(number, sku, gtins, *self._names())
        if self._has_more:
            self._read_more(line)
        self._once(line)
        return line

    def _gtins_of(self, row: list[str]) -> tuple[str, ...]:
        gtins: tuple[str, ...] = ()
        for place in self._code_places:
            cell = row[place]
            gtin = gtin_in(cell)
            if gtin:
                gtins += (gtin,)
            elif cell := cell.strip():
                gtins += self._several(cell)
        return gtins if len(gtins) < 2 else self._each_once(gtins)

    def _each_once(self, gtins: tuple[str, ...]) -> tuple[str, ...]:
        once = tuple(dict.fromkeys(gtins))
        if len(once) > MOST_BARCODES:
            raise Refused("barcodes_too_many", limit=MOST_BARCODES)
        return once

    def _several(self, cell: str) -> tuple[str, ...]:
        codes = [unguarded(code) for code in _BETWEEN_CODES.split(cell) if code]
        return tuple(gtin_in(code) or self._mended(code) for code in codes)

    def _mended(self, code: str) -> str:
        if _ROUNDED.fullmatch(code):
            raise Refused("barcode_rounded", value=code)
        if not (code.isascii() and code.isdigit()):
            raise Refused("barcode_not_digits", value=code[:40])
        gtin = widened(code) if self._of_workbook else None
        if gtin is None:
            fits = len(code) in (8, 12, 13, 14)
            raise Refused("barcode_check_digit" if fits else "barcode_length", value=code[:40], length=len(code))
        return gtin

    def _names(self) -> tuple[str | None, str | None]:
        cells = self._cells
        name_en = name_zh = None
        if self._has_both_names:
            name_en, name_zh = cells.text("name_en", LONGEST_NAME), cells.text("name_zh", LONGEST_NAME)
            if name_en or name_zh:
                return name_en, name_zh
        name = cells.text("name", LONGEST_NAME)
        if not name:
            raise Refused("empty", field="name")
        return (name_en, name) if is_chinese(name) else (name, name_zh)

    def _read_more(self, line: ItemLine) -> None:
        cells = self._cells
        line.brand = cells.text("brand", LONGEST_BRAND)
        if unit := cells.words("unit"):
            line.unit = UNITS.get(unit.lower().rstrip("."))
            if line.unit is None:
                raise Refused("unit_unknown", value=unit[:40])
        if price := cells.words("price"):
            line.price_cents = cents(price, self._of_workbook)
        line.tracks_lot, line.tracks_expiry = cells.truth("tracks_lot"), cells.truth("tracks_expiry")
        if (listed := cells.text("assortments", 4_000)) is not None:
            line.assortments = _assortments(listed)

    def _once(self, line: ItemLine) -> None:
        """A line that is refused takes no code from those after it, so all are looked at before the first is taken."""
        gtins = line.gtins
        if len(gtins) > 1 or (gtins and self._has_sku):
            for gtin in gtins:
                if before := self._gtins.line_of(gtin):
                    raise Refused("duplicate", field="barcodes", value=printed(gtin), line=before)
        if self._has_sku and (before := self._skus.claim(line.sku, line.line)):
            raise Refused("duplicate", field="sku", value=line.sku, line=before)
        for gtin in gtins:
            if before := self._gtins.claim(gtin, line.line):
                raise Refused("duplicate", field="barcodes", value=printed(gtin), line=before)


@lru_cache(4_096)
def _assortments(listed: str) -> tuple[str, ...]:
    names = [_ESCAPED.sub(r"\1", name).strip() for name in _ASSORTMENT.findall(listed)]
    for name in names:
        if len(name) > LONGEST_ASSORTMENT:
            raise Refused("too_long", field="assortments", limit=LONGEST_ASSORTMENT, value=name[:40])
    return tuple(dict.fromkeys(name for name in names if name))
