"""The help shows the processes as their files draw them, in the reader's language."""

import re

import pytest

from server.help.drawing import NAMES, drawing, source, steps
from tests.server.browsers import Browser
from tests.server.processes import transfer_steps
from tests.server.test_pages_over_http import signed_in, words


@pytest.mark.parametrize("name", NAMES)
async def test_a_process_is_drawn_with_every_shape_and_line_of_its_file(browser: Browser, name: str) -> None:
    await signed_in(browser, "ada")
    assert drawing(name, "en")["title"] in words(await browser.get("/help"))
    page = await browser.get(f"/help/processes/{name}")
    assert page.status_code == 200
    assert page.text.count("<polyline") == source(name).count("<bpmndi:BPMNEdge")
    drawn = len(re.findall(r'class="process-(?:lane"|task|gateway|event process-)', page.text))
    # All but the pool, whose lanes are drawn.
    assert drawn == source(name).count("<bpmndi:BPMNShape") - 1
    assert "style=" not in page.text.partition("<main")[2]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_drawing_lies_within_it(name: str) -> None:
    drawn = drawing(name, "zh")
    for line in drawn["lines"]:
        for point in line.split(" "):
            x, y = map(float, point.split(","))
            assert 0 <= x <= drawn["width"]
            assert 0 <= y <= drawn["height"]
    for shape in drawn["shapes"]:
        assert 0 <= shape["x"] <= drawn["width"] - shape["width"]
        assert all(one["text"] for one in shape["words"])


def test_the_table_has_every_step_that_the_rules_allow() -> None:
    told = {(step["before"], step["done"], step["after"]) for step in steps("transfer", "en")}
    # Two ways may bear the same words; none is missing where as many states are named as there are.
    assert len({before for before, _, _ in told}) == len({before for before, _, _ in transfer_steps()})
    assert len(told) <= len(transfer_steps())


async def test_a_process_comes_as_the_file_that_other_programs_open(browser: Browser) -> None:
    await signed_in(browser, "ada")
    answer = await browser.get("/help/processes/transfer.bpmn")
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.headers["content-disposition"] == 'attachment; filename="transfer.bpmn"'
    assert answer.text == source("transfer")


@pytest.mark.parametrize("path", ["/help/processes/other", "/help/processes/other.bpmn", "/help/processes/..bpmn"])
async def test_what_is_not_drawn_is_not_found(browser: Browser, path: str) -> None:
    await signed_in(browser, "ada")
    assert (await browser.get(path)).status_code == 404
