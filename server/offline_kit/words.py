"""The sentences of the templates: English is the key, each other language has a table of its own."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jinja2 import nodes
from markupsafe import Markup, escape

from server.offline_kit.reading import read_templates
from server.offline_kit.refusal import TemplateRefused, refused

PLACE = re.compile(r"\{([a-z_]+)\}")
Locales = Mapping[str, Mapping[str, str]]


def read_locales(web: Path) -> dict[str, dict[str, str]]:
    """`{"en": {}, "zh": {"English": "中文"}}` from `web/locales/*.json`; only Chinese must have a table."""
    tables = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted((web / "locales").glob("*.json"))}
    return {"en": {}, "zh": {}, **tables}


def say(sentence: str, values: Mapping[str, object]) -> str:
    """Fills the `{name}` places. Markup given for a place makes markup of the whole, the rest of it escaped."""
    parts = [values[part] if place else part for part, place in _parts(sentence)]
    if any(isinstance(part, Markup) for part in parts):
        return Markup("").join(escape(part) for part in parts)
    return "".join(str(part) for part in parts)


def translated(sentence: str, locale: str, locales: Locales) -> str | None:
    """None where the language lacks the sentence; English may be worded otherwise by a table of its own."""
    return locales[locale].get(sentence, sentence if locale == "en" else None)


def sentence_of(call: nodes.Call, file_name: str) -> str:
    """The English text of a `_()`; refuses one that is not plain text, or whose places are not the values given."""
    if len(call.args) != 1 or not isinstance(call.args[0], nodes.Const) or not isinstance(call.args[0].value, str):
        raise refused(file_name, call, "_() takes one plain text, and its values by name")
    if call.dyn_args is not None or call.dyn_kwargs is not None:
        raise refused(file_name, call, "_() takes no * or **")
    sentence: str = call.args[0].value
    places, given = set(PLACE.findall(sentence)), {value.key for value in call.kwargs}
    if places != given:
        raise refused(file_name, call, f"“{sentence}” has places for {_listed(places)}, and is given {_listed(given)}")
    return sentence


def check_words(web: Path, locales: Locales) -> None:
    """Every sentence of every template under `web/` exists in every language, with the same places.

    Raises `TemplateRefused` with all that are missing, each with its file and line.
    """
    problems = [
        problem
        for file_name, line, sentence in sentences(web)
        for locale in locales
        for problem in _problems(f"web/{file_name}:{line}", sentence, locale, locales)
    ]
    if problems:
        raise TemplateRefused(problems)


def sentences(web: Path) -> Iterator[tuple[str, int, str]]:
    """File, line and English text of every `_()` under `web/`."""
    for file_name, tree in read_templates(web).items():
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_":
                yield file_name, call.lineno, sentence_of(call, file_name)


def _problems(where: str, sentence: str, locale: str, locales: Locales) -> Iterator[str]:
    other = translated(sentence, locale, locales)
    if other is None:
        yield f"{where}: “{sentence}” is missing in web/locales/{locale}.json"
    elif set(PLACE.findall(other)) != set(PLACE.findall(sentence)):
        yield f"{where}: “{sentence}” has other places in web/locales/{locale}.json: “{other}”"


def _parts(sentence: str) -> Iterator[tuple[str, bool]]:
    for at, part in enumerate(PLACE.split(sentence)):
        yield part, at % 2 == 1


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
