"""Lines of stores and of people."""

from collections.abc import Mapping
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from server.imports.reading.lines import PersonLine, Refused, StoreLine
from server.imports.reading.names import is_chinese
from server.imports.reading.one_by_one import LineByLine
from server.imports.reading.repeats import Seen
from server.imports.reading.values import degrees, moment
from server.imports.reading.words import LOCALES, ROLES

LONGEST_CODE, LONGEST_NAME, LONGEST_USERNAME = 16, 80, 64


class StoreReader(LineByLine[StoreLine]):
    def __init__(self, fields: Mapping[int, str], _of_workbook: bool) -> None:
        super().__init__(fields)
        self._codes = Seen()

    def _line(self, number: int) -> StoreLine:
        cells = self._cells
        code = cells.needed("code", LONGEST_CODE)
        name_en, name_zh = cells.text("name_en", LONGEST_NAME), cells.text("name_zh", LONGEST_NAME)
        if not name_en and not name_zh:
            name = cells.needed("name" if cells.has("name") else "name_en", LONGEST_NAME)
            name_en, name_zh = (name_en, name) if is_chinese(name) else (name, name_zh)
        latitude, longitude = cells.words("latitude"), cells.words("longitude")
        line = StoreLine(
            number,
            code,
            name_en,
            name_zh,
            cells.text("area", LONGEST_NAME) or None,
            None if latitude is None else degrees(latitude, "latitude", 90),
            None if longitude is None else degrees(longitude, "longitude", 180),
            cells.words("time_zone"),
        )
        if line.time_zone is not None and line.time_zone not in _time_zones():
            raise Refused("time_zone_unknown", value=line.time_zone[:40])
        if before := self._codes.claim(code, number):
            raise Refused("duplicate", field="code", value=code, line=before)
        return line


class PersonReader(LineByLine[PersonLine]):
    """Somebody with several roles stands on several lines; the same role twice is refused."""

    def __init__(self, fields: Mapping[int, str], _of_workbook: bool) -> None:
        super().__init__(fields)
        self._roles = Seen()

    def _line(self, number: int) -> PersonLine:
        cells = self._cells
        username = cells.needed("username", LONGEST_USERNAME).lower()
        name = cells.needed("name", LONGEST_NAME)
        level, locale = self._level(), self._locale()
        store, area = cells.text("store", LONGEST_CODE) or None, cells.text("area", LONGEST_NAME) or None
        if store and area:
            raise Refused("store_or_area")
        (valid_from, is_local), (valid_to, is_local_too) = self._moment("from"), self._moment("to")
        if valid_from is not None and valid_to is not None and valid_to < valid_from:
            raise Refused("ends_before_it_begins")
        if before := self._roles.claim(f"{username}\0{level}\0{store}\0{area}\0{valid_from}", number):
            raise Refused("duplicate", field="username", value=username, line=before)
        is_local = is_local or is_local_too
        return PersonLine(number, username, name, level, store, area, locale, valid_from, valid_to, is_local)

    def _level(self) -> int | None:
        word = self._cells.words("role")
        if word is None:
            return None
        level = ROLES.get(word.lower().replace("-", " ").replace("_", " "))
        if level is None:
            raise Refused("role_unknown", value=word[:40])
        return int(level)

    def _locale(self) -> Literal["en", "zh"] | None:
        word = self._cells.words("locale")
        if word is None:
            return None
        locale = LOCALES.get(word.lower())
        if locale is None:
            raise Refused("locale_unknown", value=word[:40])
        return locale

    def _moment(self, field: str) -> tuple[int | None, bool]:
        word = self._cells.words(field)
        return (None, False) if word is None else moment(word, field, day_ends=field == "to")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
