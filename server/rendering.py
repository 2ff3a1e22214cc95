"""Renders a page's record with its template, in one language, to the bytes the phone's own modules give."""

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined

from server.offline_kit import JINJA_OPTIONS, check_words, say, translated
from sync import formats

TOP = Path(__file__).resolve().parent.parent
_HEADERS: dict[str, str] = json.loads((TOP / "sync" / "page_headers.json").read_text("utf-8"))


def page_headers(locale: str) -> dict[str, str]:
    """The headers of every page, whoever renders it: from `sync/page_headers.json`, the release's from there too."""
    return {name: value.replace("{locale}", locale) for name, value in _HEADERS.items()}


class Templates:
    """The templates under `web/` in every language, for one release.

    Raises `TemplateRefused` at once if a sentence is missing in a language. `assets` are the paths that `asset()` may
    name, all if it is None. A template sees the record as `page`; the words for it are in `server/offline_kit`.
    """

    def __init__(
        self,
        web: Path,
        locales: Mapping[str, Mapping[str, str]],
        release_id: str,
        assets: Collection[str] | None = None,
    ) -> None:
        check_words(web, locales)
        self._environments = {locale: _environment(web, locale, locales, release_id, assets) for locale in locales}

    def render(self, name: str, record: Mapping[str, Any], locale: str) -> str:
        """The page. `record` holds text, whole numbers, truth values, None, lists and dicts; a float is a `TypeError`.

        What the template reads and the record lacks raises Jinja's `UndefinedError`.
        """
        check_record(record)
        return self._environments[locale].get_template(name).render(page=record)


def check_record(value: object, where: str = "page") -> None:
    """Raises `TypeError`, naming the place, for what both ends would not print alike or JSON would not carry."""
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > formats.LARGEST:
            raise TypeError(f"{where} is larger than a phone can hold")
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            check_record(each, f"{where}[{place}]")
    elif isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{where} has the key {key!r}, which is not text")
            check_record(each, f"{where}.{key}")
    else:
        raise TypeError(f"{where} is a {type(value).__name__}: a page holds text, whole numbers, lists and dicts")


def _environment(
    web: Path,
    locale: str,
    locales: Mapping[str, Mapping[str, str]],
    release_id: str,
    assets: Collection[str] | None,
) -> Environment:
    environment = Environment(  # noqa: S701 - autoescape stands in the options, which the phone's compiler shares.
        **JINJA_OPTIONS,
        loader=FileSystemLoader(web),
        undefined=StrictUndefined,
        finalize=_printable,
        auto_reload=False,
    )
    environment.filters.update(_filters(locale))
    environment.globals.update(_=_sayer(locale, locales), asset=_addresser(release_id, assets), locale=locale)
    return environment


def _filters(locale: str) -> dict[str, Callable[..., str]]:
    return {
        "number": formats.format_number,
        "quantity": partial(formats.format_quantity, locale=locale),
        "money": formats.format_money,
        "time": formats.format_time,
        "date": partial(formats.format_date, locale=locale),
        "date_time": partial(formats.format_date_time, locale=locale),
        "day": partial(formats.format_day, locale=locale),
        "age": partial(formats.format_age, locale=locale),
        "distance": partial(formats.format_distance, locale=locale),
    }


def _sayer(locale: str, locales: Mapping[str, Mapping[str, str]]) -> Callable[..., str]:
    def said(sentence: str, **values: object) -> str:
        other = translated(sentence, locale, locales)
        if other is None:
            raise LookupError(f"“{sentence}” is missing in web/locales/{locale}.json")
        return say(other, {name: _printable(value) for name, value in values.items()})

    return said


def _addresser(release_id: str, assets: Collection[str] | None) -> Callable[[str], str]:
    def asset(path: str) -> str:
        if assets is not None and path not in assets:
            raise LookupError(f"this release holds no {path}")
        return f"/static/{release_id}/{path}"

    return asset


def _printable(value: object) -> object:
    """Refuses what Python and JavaScript write differently: a float, a list, a dict."""
    if value is None or isinstance(value, str | int | Undefined):
        return value
    raise TypeError(f"a template prints text and whole numbers, not {value!r}")
