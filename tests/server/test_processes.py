"""The drawn processes and the rules say the same, and neither can be changed alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from server.counts import rules as count_rules
from server.decisions import Decision
from server.ledger import rules as ledger_rules
from server.reviews import rules as review_rules
from server.transfers import rules as transfer_rules
from sync import projection
from tests.server.processes import Step, adjustment_steps, count_steps, ended, transfer_steps

FOLDER = Path(__file__).parents[2] / "web" / "processes"
ALLOWED: dict[str, Callable[[], set[Step]]] = {
    "transfer": transfer_steps,
    "count": count_steps,
    "adjustment": adjustment_steps,
}
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
OURS = "{https://stockhand.example/processes}"
# What somebody does, and what the hub does by itself.
TASKS = ("userTask", "serviceTask")
STATES = ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent")


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.bpmn").read_text("utf-8")


def nodes(root: Element) -> dict[str, Element]:
    process = root.find(f"{BPMN}process")
    assert process is not None
    kinds = (*STATES, *TASKS, "endEvent", "exclusiveGateway")
    return {node.attrib["id"]: node for kind in kinds for node in process.iter(BPMN + kind)}


def reached(root: Element, start: str, come_from: str, go_to: str) -> list[Element]:
    """States, tasks and ends that flows lead to from a node, through gateways."""
    known, found, waiting = nodes(root), [], [start]
    flows = [flow.attrib for flow in root.iter(f"{BPMN}sequenceFlow")]
    while waiting:
        here = waiting.pop()
        for following in (flow[go_to] for flow in flows if flow[come_from] == here):
            node = known[following]
            if node.tag == f"{BPMN}exclusiveGateway":
                waiting.append(following)
            else:
                found.append(node)
    return found


def state_of(node: Element) -> str:
    link = node.find(f"{BPMN}linkEventDefinition")
    return "" if link is None else link.attrib["name"]


def drawn_steps(text: str) -> set[Step]:
    root = fromstring(text)
    return {
        (state_of(before), task.attrib[f"{OURS}operation"], state_of(after))
        for kind in TASKS
        for task in root.iter(BPMN + kind)
        for before in reached(root, task.attrib["id"], "targetRef", "sourceRef")
        for after in reached(root, task.attrib["id"], "sourceRef", "targetRef")
    }


def drawn_ends(text: str) -> set[str]:
    root = fromstring(text)
    ends = root.iter(f"{BPMN}endEvent")
    return {state_of(node) for end in ends for node in reached(root, end.attrib["id"], "targetRef", "sourceRef")}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_drawn_is_what_the_rules_allow(name: str) -> None:
    assert drawn_steps(text_of(name)) == ALLOWED[name]()


def test_a_transfer_ends_in_the_drawing_where_it_ends_by_the_rules() -> None:
    assert drawn_ends(text_of("transfer")) == ended()


@pytest.mark.parametrize("name", ALLOWED)
def test_everything_drawn_has_its_place_a_lane_and_a_name_in_both_languages(name: str) -> None:
    root = fromstring(text_of(name))
    known = nodes(root)
    shapes = {shape.attrib["bpmnElement"] for shape in root.iter(f"{BPMNDI}BPMNShape")}
    edges = {edge.attrib["bpmnElement"] for edge in root.iter(f"{BPMNDI}BPMNEdge")}
    lanes = [ref.text for ref in root.iter(f"{BPMN}flowNodeRef")]
    assert set(known) <= shapes
    assert edges == {flow.attrib["id"] for flow in root.iter(f"{BPMN}sequenceFlow")}
    assert sorted(map(str, lanes)) == sorted(known)
    named = [node for node in known.values() if node.tag != f"{BPMN}exclusiveGateway"]
    assert all(node.get("name") and node.get(f"{OURS}zh") for node in named)
    caught = {state_of(node) for node in known.values() if node.tag == f"{BPMN}intermediateCatchEvent"}
    assert {state_of(node) for node in known.values() if node.tag == f"{BPMN}intermediateThrowEvent"} == caught


IN_THE_DRAWING = [
    ("transfer", 'name="approved" />', 'name="requested" />'),
    ("transfer", 'sh:operation="transfer.reject"', 'sh:operation="transfer.cancel"'),
    ("transfer", 'sourceRef="task_transfer_close_from_short"', 'sourceRef="state_short"'),
    ("adjustment", '_link" name="declined"', '_link" name="accepted"'),
    ("count", 'sh:operation="count.close"', 'sh:operation="count.open"'),
]


@pytest.mark.parametrize(("name", "was", "planted"), IN_THE_DRAWING)
def test_a_drawing_changed_alone_is_caught(name: str, was: str, planted: str) -> None:
    text = text_of(name)
    assert was in text
    assert drawn_steps(text.replace(was, planted, 1)) != ALLOWED[name]()


def _nothing(*_args: Any) -> None:
    return None


IN_THE_RULES: list[tuple[str, Any, str, Any]] = [
    ("transfer", transfer_rules, "_still", _nothing),
    ("transfer", projection, "on_road", lambda line: max(line["dispatched"] - line["received"], 0)),
    ("adjustment", ledger_rules, "held_back", lambda _code, **_said: Decision()),
    ("adjustment", review_rules, "_may", lambda *_asked: False),
    ("count", count_rules, "_doubt", lambda *_asked: Decision("review", True, "count_clock")),
]


@pytest.mark.parametrize(("name", "where", "rule", "planted"), IN_THE_RULES)
def test_a_rule_changed_alone_is_caught(
    name: str, where: Any, rule: str, planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, rule, planted)
    assert drawn_steps(text_of(name)) != ALLOWED[name]()
