"""Lines of a catalogue."""

from collections.abc import Mapping

from server.imports.reading.codes import gtin_in, printed
from server.imports.reading.lines import ItemLine, Reject
from server.imports.reading.names import is_chinese, tidy
from server.imports.reading.spelling import spell


class ItemReader:
    def __init__(self, fields: Mapping[int, str], numbers_lose_zeros: bool) -> None:
        self._place = {field: place for place, field in fields.items()}
        self._numbers_lose_zeros = numbers_lose_zeros

    def read(self, numbers: list[int], rows: list[list[str]]) -> tuple[list[ItemLine], list[Reject]]:
        lines: list[ItemLine] = []
        rejects: list[Reject] = []
        code, named = self._place["barcodes"], self._place["name"]
        for number, row in zip(numbers, rows, strict=True):
            gtin, name = gtin_in(row[code].strip()), tidy(row[named])
            if gtin is None:
                rejects.append(Reject(number, "barcode_wrong", {"value": row[code]}, row))
                continue
            names = (None, name) if is_chinese(name) else (name, None)
            spelt = spell([(printed(gtin), names[0] or "", names[1] or "", "")])[0]
            rest = (None, None, None, None, None, None)
            lines.append(ItemLine(number, printed(gtin), (gtin,), *names, *rest, *spelt))
        return lines, rejects
