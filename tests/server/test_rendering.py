"""A record becomes a page, and whatever the phone would write otherwise is refused here too."""

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from server.offline_kit import TemplateRefused
from server.rendering import TOP, Templates, page_headers

ZH = {"Save": "保存", "{count} lines for {store}": "{store} 的 {count} 行"}


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "a.html").write_text("<p>{{ page.value }}</p>", "utf-8")
    (tmp_path / "words.html").write_text(
        '{{ locale }} {{ _("Save") }} {{ _("{count} lines for {store}", count=page.count, store=page.store) }} '
        '{{ page.grams | quantity("g") }} {{ page.at | date_time(page.zone) }}',
        "utf-8",
    )
    (tmp_path / "link.html").write_text("{{ asset(page.path) }}", "utf-8")
    return tmp_path


@pytest.fixture
def templates(web: Path) -> Templates:
    return Templates(web, {"en": {}, "zh": ZH}, "r1", {"styles/app.css"})


def test_a_page_speaks_the_readers_language(templates: Templates) -> None:
    record = {"count": 3, "store": "<Antwerp>", "grams": 1250, "at": 1_795_327_320_000, "zone": [[0, 480]]}
    assert templates.render("words.html", record, "en") == ("en Save 3 lines for &lt;Antwerp&gt; 1,250 g 22 Nov 14:02")
    assert templates.render("words.html", record, "zh") == ("zh 保存 &lt;Antwerp&gt; 的 3 行 1,250 克 11月22日 14:02")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.5, "page.value is a float"),
        ([{"a": 1.0}], r"page.value\[0\].a is a float"),
        ({1: "a"}, "page.value has the key 1"),
        (2**53, "page.value is larger than a phone can hold"),
        (b"", "page.value is a bytes"),
        ([], r"a template prints text and whole numbers, not \[\]"),
        ({"a": "b"}, "a template prints text"),
    ],
)
def test_what_a_phone_would_write_otherwise_is_refused(templates: Templates, value: Any, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        templates.render("a.html", {"value": value}, "en")


@pytest.mark.parametrize(("value", "written"), [(None, "None"), (True, "True"), (-7, "-7"), ("a'\"", "a&#39;&#34;")])
def test_a_value_is_written_as_python_writes_it(templates: Templates, value: Any, written: str) -> None:
    assert templates.render("a.html", {"value": value}, "en") == f"<p>{written}</p>"


def test_a_missing_field_is_an_error_and_never_nothing(templates: Templates) -> None:
    with pytest.raises(UndefinedError, match="value"):
        templates.render("a.html", {"valu": 1}, "en")


def test_an_address_names_the_release_and_only_what_it_holds(templates: Templates) -> None:
    assert templates.render("link.html", {"path": "styles/app.css"}, "en") == "/static/r1/styles/app.css"
    with pytest.raises(LookupError, match=r"this release holds no styles/nothing\.css"):
        templates.render("link.html", {"path": "styles/nothing.css"}, "en")


def test_a_sentence_without_chinese_stops_the_start(web: Path) -> None:
    with pytest.raises(TemplateRefused, match=r"web/words.html:1: “Save” is missing in web/locales/zh.json"):
        Templates(web, {"en": {}, "zh": {}}, "r1")


def test_every_page_carries_the_headers_of_the_one_list() -> None:
    listed = json.loads((TOP / "sync/page_headers.json").read_text("utf-8"))
    assert page_headers("zh") == {**listed, "content-language": "zh"}
    assert page_headers("en")["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in page_headers("en")["content-security-policy"]
