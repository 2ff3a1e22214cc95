"""Cells of a row, read by the name of their field."""

from collections.abc import Mapping

from server.imports.reading.lines import Refused
from server.imports.reading.names import tidy
from server.imports.reading.values import yes_or_no

# What a spreadsheet would take for a formula; full width too, which some read like the plain one.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def guarded(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe stands before what would begin a formula, also before another."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """Takes back what `guarded` did, and nothing else: `'s Morgens` keeps its apostrophe."""
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(FORMULA_SIGNS) else text


class Cells:
    """The row at hand. A field without a column is None, an empty cell is ""."""

    def __init__(self, fields: Mapping[int, str]) -> None:
        self.row: list[str] = []
        self._places = {field: place for place, field in sorted(fields.items(), reverse=True)}

    def has(self, *fields: str) -> bool:
        return any(field in self._places for field in fields)

    def text(self, field: str, longest: int) -> str | None:
        """A name or a code as all doors keep it; `Refused("too_long")` beyond `longest` signs."""
        place = self._places.get(field)
        if place is None:
            return None
        text = tidy(self.row[place])
        if text[:1] == "'":
            text = unguarded(text).strip()
        if len(text) > longest:
            raise Refused("too_long", field=field, limit=longest, value=text[:40])
        return text

    def needed(self, field: str, longest: int) -> str:
        text = self.text(field, longest)
        if not text:
            raise Refused("empty", field=field)
        return text

    def words(self, field: str) -> str | None:
        """What a cell of few words says, None where it says nothing."""
        place = self._places.get(field)
        if place is None:
            return None
        text = self.row[place].strip()
        return (unguarded(text) if text[:1] == "'" else text) or None

    def truth(self, field: str) -> bool | None:
        word = self.words(field)
        return None if word is None else yes_or_no(word, field)
