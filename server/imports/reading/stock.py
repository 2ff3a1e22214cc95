"""Lines of what was counted, and of what tills, suppliers and other systems moved."""

from collections.abc import Mapping
from datetime import UTC, datetime

from server.imports.reading.codes import gtin_in, widened
from server.imports.reading.lines import MovementLine, Refused, StockLine
from server.imports.reading.one_by_one import LineByLine
from server.imports.reading.repeats import Seen
from server.imports.reading.values import moment, whole
from server.imports.reading.words import MOVEMENTS

LONGEST_STORE, LONGEST_ITEM, LONGEST_LOT, LONGEST_ID = 80, 80, 20, 80


class StockReader(LineByLine[StockLine]):
    """The same goods of one lot are counted once a store: what stands there again is refused, not added up."""

    def __init__(self, fields: Mapping[int, str], of_workbook: bool) -> None:
        super().__init__(fields)
        self._of_workbook = of_workbook
        self._counts = Seen()

    def _line(self, number: int) -> StockLine:
        cells = self._cells
        store, item = cells.needed("store", LONGEST_STORE), cells.needed("item", LONGEST_ITEM)
        counted = whole(cells.needed("counted", LONGEST_ITEM), "counted")
        if counted < 0:
            raise Refused("counted_below_zero", value=counted)
        lot = cells.text("lot", LONGEST_LOT) or ""
        gtin = _gtin(item, self._of_workbook)
        if before := self._counts.claim(f"{store}\0{gtin or item}\0{lot}", number):
            raise Refused("duplicate", field="item", value=item, line=before)
        return StockLine(number, store, item, gtin, counted, lot, _last_day(cells.text("expires", LONGEST_ITEM), lot))


class MovementReader(LineByLine[MovementLine]):
    """Lines of one external id are one movement and must stand together; an id that comes back later is refused."""

    def __init__(self, fields: Mapping[int, str], of_workbook: bool) -> None:
        super().__init__(fields)
        self._of_workbook = of_workbook
        self._ids = Seen()
        self._id = ""

    def _line(self, number: int) -> MovementLine:
        cells = self._cells
        external, store = cells.needed("id", LONGEST_ID), cells.needed("store", LONGEST_STORE)
        if external != self._id:
            if before := self._ids.claim(external, number):
                raise Refused("movement_scattered", value=external, line=before)
            self._id = external
        item = cells.needed("item", LONGEST_ITEM)
        quantity = whole(cells.needed("quantity", LONGEST_ITEM), "quantity")
        if not quantity:
            raise Refused("quantity_zero")
        word = cells.needed("kind", LONGEST_ITEM)
        kind = MOVEMENTS.get(word.lower())
        if kind is None:
            raise Refused("movement_unknown", value=word[:40])
        at, is_local = moment(cells.needed("at", LONGEST_ITEM), "at")
        gtin, lot = _gtin(item, self._of_workbook), cells.text("lot", LONGEST_LOT) or ""
        expires = _last_day(cells.text("expires", LONGEST_ITEM), lot)
        return MovementLine(number, external, store, item, gtin, quantity, kind, at, is_local, lot, expires)


def _last_day(text: str | None, lot: str) -> str:
    """An ISO day; "" where there is none, or no lot that it is of."""
    if not text or not lot:
        return ""
    at, _is_local = moment(text, "expires")
    day = datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
    if not "2000" <= day < "3":
        raise Refused("time_range", field="expires", value=text)
    return day


def _gtin(item: str, of_workbook: bool) -> str | None:
    return gtin_in(item) or (widened(item) if of_workbook else None)
