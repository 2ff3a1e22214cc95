"""Which of many readings are believed: a misread costs a shop more than a miss, so readers must agree."""

from dataclasses import dataclass, field
from typing import TypedDict

from server.scanning.photos.readings import MATRIX, Box, Reader, Reading, overlap

# Readings that share this part of the smaller box are of one symbol.
ONE_PLACE = 0.3
# One reader alone is believed after so many views, where the symbol checks itself well; the others need two readers.
ALONE = {"EAN-13": 3, "UPC-A": 3, "EAN-8": 4, "Code 128": 2, "DataBar": 2, "DataBar Expanded": 2, "DataBar Limited": 2}
# Two readers of what has no check, or a weak one, must see it in so many views together.
WEAK = {"Code 39": 3, "ITF": 2, "UPC-E": 2, "EAN-8": 2}
# Another text in the same place is a slip of one reader only beside so many times as many views of both.
SLIP = 6
WITH_ADDONS = frozenset({"EAN-13", "UPC-A", "UPC-E"})


class Code(TypedDict, total=False):
    """`readers` are those that saw it; `gtin` has 14 digits and is there where the code names a trade item."""

    format: str
    text: str
    gtin: str
    addon: str
    readers: list[str]


@dataclass(slots=True)
class Candidate:
    """A text in a place, and who saw it in which views."""

    reading: Reading
    box: Box
    seen: dict[Reader, set[int]] = field(default_factory=dict)
    addons: dict[str, set[tuple[Reader, int]]] = field(default_factory=dict)

    @property
    def votes(self) -> int:
        return sum(map(len, self.seen.values()))

    def take(self, reading: Reading, view: int) -> None:
        self.seen.setdefault(reading.reader, set()).add(view)
        if reading.mark and not self.reading.mark:
            self.reading = reading
        if reading.addon:
            self.addons.setdefault(reading.addon, set()).add((reading.reader, view))

    @property
    def is_believed(self) -> bool:
        name = self.reading.format
        if name in MATRIX:
            return True
        if name == "ITF" and "scan-lines" not in self.seen:
            # Both others take a part of it for the whole: only our own lines look for its quiet zones.
            return False
        if len(self.seen) > 1:
            return self.votes >= WEAK.get(name, 2)
        return name in ALONE and self.votes >= ALONE[name]


class Votes:
    def __init__(self) -> None:
        self._found: list[Candidate] = []
        self._addons: list[tuple[Reading, int]] = []

    def take(self, reading: Reading, view: int) -> None:
        """`reading.box` is in the photograph; views are numbered."""
        if reading.format in ("EAN-2", "EAN-5"):
            self._addons.append((reading, view))
            return
        for one in self._found:
            if _says(one.reading) == _says(reading) and overlap(one.box, reading.box) > 0:
                one.take(reading, view)
                return
        one = Candidate(reading, reading.box)
        one.take(reading, view)
        self._found.append(one)

    def settled(self, box: Box) -> bool:
        """Whether what is there is believed, and nothing in the same place says otherwise."""
        return any(overlap(one.box, box) > ONE_PLACE for one in self._believed())

    def awaits_addon(self, box: Box) -> bool:
        there = [one for one in self._believed() if overlap(one.box, box) > ONE_PLACE]
        return any(one.reading.format in WITH_ADDONS and not self._addon(one) for one in there)

    def codes(self) -> list[Code]:
        """As they lie, from the top; the same code twice is one."""
        found: dict[tuple[str, str], Candidate] = {}
        for one in sorted(self._believed(), key=lambda one: (one.box[1], one.box[0])):
            held = found.setdefault(_says(one.reading), one)
            if held is not one:
                for reader, views in one.seen.items():
                    held.seen.setdefault(reader, set()).update(views)
        return [self._code(one) for one in found.values()]

    def _believed(self) -> list[Candidate]:
        return [one for one in self._found if one.is_believed and not self._is_disputed(one)]

    def _is_disputed(self, one: Candidate) -> bool:
        return any(self._disputes(other, one) for other in self._found if other is not one)

    def _disputes(self, other: Candidate, one: Candidate) -> bool:
        are_matrix = other.reading.format in MATRIX, one.reading.format in MATRIX
        if are_matrix[0] != are_matrix[1] or overlap(one.box, other.box) <= ONE_PLACE:
            return False
        if are_matrix[0]:
            return True
        if not other.is_believed and _is_weak(other.reading) and not _is_weak(one.reading):
            return False
        if _lies_within(other, one):
            return False
        is_slip = len(other.seen) < 2 <= len(one.seen) and other.votes * SLIP <= one.votes
        return not is_slip

    def _code(self, one: Candidate) -> Code:
        reading = one.reading
        code = Code(format=reading.format, text=reading.text)
        if reading.gtin:
            code["gtin"] = reading.gtin
        addon = self._addon(one)
        if addon:
            code["addon"] = addon
        code["readers"] = sorted(one.seen)
        return code

    def _addon(self, one: Candidate) -> str:
        if one.reading.format not in WITH_ADDONS:
            return ""
        seen = {text: set(views) for text, views in one.addons.items()}
        for reading, view in self._addons:
            if view in one.seen.get(reading.reader, ()):
                seen.setdefault(reading.text, set()).add((reading.reader, view))
        # An add-on has no check of its own that would hold alone.
        return next(iter(seen)) if len(seen) == 1 and len(next(iter(seen.values()))) > 1 else ""


def _says(reading: Reading) -> tuple[str, str]:
    return reading.format, reading.text


def _is_weak(reading: Reading) -> bool:
    return reading.format in ("Code 39", "ITF", "UPC-E", "EAN-8")


def _lies_within(part: Candidate, whole: Candidate) -> bool:
    """The right half of an EAN-13 can look like a UPC-E, and a part of an ITF like a shorter one."""
    if part.reading.format == "UPC-E" and whole.reading.format in ("EAN-13", "UPC-A"):
        return part.votes * 2 <= whole.votes or len(part.seen) < len(whole.seen)
    is_itf = part.reading.format == whole.reading.format == "ITF"
    return is_itf and "scan-lines" not in part.seen and part.reading.text in whole.reading.text
