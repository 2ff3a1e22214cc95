"""The phone's templates give the hub's bytes, and what they could not give is refused before anyone sees it."""

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from server.offline_kit import TemplateRefused, compile_templates, read_locales
from server.rendering import TOP, Templates
from tests.server.hostile_records import hostile_record

WEB = TOP / "tests" / "server" / "offline_web"
PAGES = ["page", "loops", "maybe", "truth", "compare", "order", "sums", "words", "reach", "formats"]
RECORDS = 2500


def rendered_on_the_phone(folder: Path, cases: Sequence[tuple[str, str, Mapping[str, Any]]]) -> list[str | None]:
    """Renders `(language, template, record)` with the compiled modules in Node."""
    for part in ("sw", "sync"):
        (folder / part).symlink_to(TOP / part)
    (folder / "templates").mkdir()
    (folder / "package.json").write_text('{"type": "module"}')
    for path, source in compile_templates(WEB, read_locales(WEB), {name for _, name, _ in cases}).items():
        (folder / path).write_text(source.replace("@release@", "r1"), "utf-8")
    batch = [(str(folder / "templates" / f"{locale}.js"), name, record) for locale, name, record in cases]
    (folder / "cases.json").write_text(json.dumps(batch))
    script = TOP / "tests" / "server" / "compiled_pages.js"
    subprocess.run(["node", "--preserve-symlinks", script, folder / "cases.json", folder / "pages.json"], check=True)
    pages: list[str | None] = json.loads((folder / "pages.json").read_text("utf-8"))
    return pages


def rendered_on_the_hub(templates: Templates, locale: str, name: str, record: Mapping[str, Any]) -> str | None:
    try:
        return templates.render(name, record, locale)
    except (UndefinedError, TypeError, ValueError):
        return None


def test_the_phone_renders_the_bytes_of_the_hub_for_hostile_records(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    templates = Templates(WEB, read_locales(WEB), "r1")
    cases = []
    for number in range(RECORDS):
        record = hostile_record(chance)
        cases += [(("en", "zh")[number % 2], f"{page}.html", record) for page in PAGES]
    expected = [rendered_on_the_hub(templates, *case) for case in cases]
    differing = [
        (case, mine, other)
        for case, mine, other in zip(cases, expected, rendered_on_the_phone(tmp_path, cases), strict=True)
        if mine != other
    ]
    assert [(len(differing), *case[:2], mine, other) for case, mine, other in differing[:1]] == []
    for page in PAGES:
        good = sum(
            1 for case, mine in zip(cases, expected, strict=True) if case[1] == f"{page}.html" and mine is not None
        )
        assert good > RECORDS / 20, f"{page}.html was hardly ever rendered"


REFUSED = [
    ("{{ page.title | safe }}", 1, "no filter safe"),
    ("{{ page.title | upper }}", 1, "no filter upper"),
    ("{{ page.title.upper() }}", 1, "only macros"),
    ("\n{{ page.items }}", 2, 'write ["items"]'),
    ("{{ 1.5 }}", 1, "neither text"),
    ("{{ page.a + 9007199254740992 }}", 1, "neither text"),
    ("{{ 2 * 3 }}", 1, "know no Mul"),
    ("{{ page[1:] }}", 1, "know no Slice"),
    ("{{ {'a': 1} }}", 1, "know no Dict"),
    ("{{ 1 < page.a < 3 }}", 1, "one comparison"),
    ("{{ 'a' if page.a }}", 1, "needs its else"),
    ("{{ page.a is defined }}", 1, "is defined"),
    ("{{ loop.index }}", 1, "loop.index is not known here"),
    ("{% for a in page.a %}{{ loop }}{% endfor %}", 1, "cannot be read as a value"),
    ("{% for a in page.a %}{{ loop.cycle('x') }}{% endfor %}", 1, "only macros"),
    ("{% for a, b in page.a %}{% endfor %}", 1, "one name"),
    ("{% for a in page.a if a %}{% endfor %}", 1, "neither a filter"),
    ("{% for a in page.a %}{% set a = 1 %}{% endfor %}", 1, "already a name"),
    ("{% set a = 1 %}{% for b in page.a %}{% set a = b %}{% endfor %}", 1, "already a name"),
    ("{% set a, b = 1, 2 %}", 1, "set takes one name"),
    ("{% set page2 %}x{% endset %}", 1, "no assignblock"),
    ("{% set _ = 1 %}", 1, "has a meaning already"),
    ("{% with a = 1 %}{% endwith %}", 1, "no with"),
    ("{% filter upper %}{% endfilter %}", 1, "no filterblock"),
    ("{% autoescape false %}{{ page.a }}{% endautoescape %}", 1, "no scope here"),
    ("{% block a scoped %}{% endblock %}", 1, "neither scoped"),
    ("{% block a %}{{ super() }}{% endblock %}", 1, "only macros"),
    ("{% include 'nothing.html' %}", 1, "there is no web/nothing.html"),
    ("{% include page.a %}", 1, "plain string"),
    ("{% include 'forms.html' ignore missing %}", 1, "never missing"),
    ("{% from 'forms.html' import badge with context %}", 1, "sees no context"),
    ("{% from 'forms.html' import nothing %}", 1, "has no macro nothing"),
    ("{% from 'words.html' import badge %}", 1, "holds more than macros"),
    ("x{% from 'forms.html' import badge %}", 1, "at the head"),
    ("{% from 'forms.html' import badge %}{{ badge() }}", 1, "badge needs text"),
    ("{% from 'forms.html' import badge %}{{ badge(1, 2, 3) }}", 1, "badge takes text, tone"),
    ("{% from 'forms.html' import badge %}{{ badge(1, colour=2) }}", 1, "takes no colour"),
    ("{% from 'forms.html' import badge %}{{ badge }}", 1, "cannot be read"),
    ("{% macro a(b) %}{{ page.c }}{% endmacro %}{{ a(1) }}", 1, "sees nothing else"),
    ("{% macro a(b) %}{% include 'forms.html' %}{% endmacro %}{{ a(1) }}", 1, "cannot include"),
    ("{% macro a(b) %}{% endmacro %}{% call a(1) %}{% endcall %}", 1, "no callblock"),
    ("\n{% extends 'layout.html' %}", 2, "very first thing"),
    ("{% extends 'layout.html' %}{{ page.a }}", 1, "holds imports, macros, set and blocks"),
    ("{% extends 'layout.html' %}{% block nowhere %}{% endblock %}", 1, "has a block nowhere"),
    ("{% extends 'layout.html' %}{% macro heading() %}{% endmacro %}", 11, "heading is a macro in another file"),
    ("{% extends 'layout.html' %}{% macro badge(a) %}{% endmacro %}", 1, "badge means something else"),
    ("{% extends 'broken.html' %}", 1, "extends itself"),
    ("{{ asset(page.a) }}", 1, "one plain string"),
    ("{{ _(page.a) }}", 1, "one plain text"),
    ("{{ _('Nobody translated this') }}", 1, "is missing in web/locales/zh.json"),
    ("{{ _('{count} lines for {store}', count=1) }}", 1, "has places for count, store, and is given count"),
    ("{% if page.a %}", 1, "Unexpected end of template"),
]


@pytest.mark.parametrize(("template", "line", "reason"), REFUSED)
def test_what_a_phone_could_not_render_alike_is_refused_with_its_line(
    tmp_path: Path, template: str, line: int, reason: str
) -> None:
    for file in WEB.rglob("*.html"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (tmp_path / "broken.html").write_text(template, "utf-8")
    with pytest.raises(TemplateRefused, match=rf"web/\w+\.html:{line}: ") as refusal:
        compile_templates(tmp_path, read_locales(WEB), ["broken.html"])
    assert reason in str(refusal.value)


def test_all_sentences_without_chinese_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('{{ _("One") }}\n{{ _("Two {n}", n=2) }}', "utf-8")
    with pytest.raises(TemplateRefused) as refusal:
        compile_templates(tmp_path, {"en": {}, "zh": {"Two {n}": "二"}}, ["a.html"])
    assert refusal.value.problems == [
        "web/a.html:1: “One” is missing in web/locales/zh.json",
        "web/a.html:2: “Two {n}” has other places in web/locales/zh.json: “二”",
    ]


def test_compiled_modules_hold_no_code_that_a_strict_policy_forbids() -> None:
    for source in compile_templates(WEB, read_locales(WEB), [f"{page}.html" for page in PAGES]).values():
        assert "eval(" not in source
        assert "Function(" not in source
        assert "import(" not in source
