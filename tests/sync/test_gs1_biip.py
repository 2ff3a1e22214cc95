"""The library biip as a second opinion: every difference from it on our examples is listed, with the rule that decides.

`gs1_beside_biip.json` holds them by what differs: `accepts` what breaks a rule, `refuses` what keeps them all, or reads
another `gtin` or other `values`. A difference that comes or goes fails here, and is to be looked at."""

import json
from collections.abc import Callable
from typing import Any

import biip
from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message

from sync.gs1 import Reading, read
from tests.house import TOP

EXAMPLES: list[dict[str, Any]] = json.loads((TOP / "sync/examples/gs1.json").read_text("utf-8"))["read"]
LISTED: dict[str, list[dict[str, str]]] = json.loads((TOP / "tests/sync/gs1_beside_biip.json").read_text("utf-8"))


def test_every_difference_from_biip_is_listed_with_its_rule() -> None:
    found: dict[str, list[tuple[str, str]]] = {"accepts": [], "refuses": [], "gtin": [], "values": []}
    for example in EXAMPLES:
        kind = difference(example["code"], read(example["code"], example.get("today", "2026-11-22")))
        if kind:
            found[kind].append((example["rule"], example["code"]))
    assert {kind: [(each["rule"], each["code"]) for each in listed] for kind, listed in LISTED.items()} == found
    assert all(each["because"] for listed in LISTED.values() for each in listed)


def difference(code: str, mine: Reading) -> str:
    """What differs first; "" where both say the same."""
    theirs = _of_biip(code)
    is_sound = not mine["errors"] and mine["form"] != "text"
    if theirs is None:
        return "refuses" if is_sound else ""
    if not is_sound:
        return "accepts"
    if theirs["gtin"] != mine["gtin"]:
        return "gtin"
    # Digits without a mark biip reads as elements too, where they happen to begin like an AI.
    return "values" if mine["form"] != "digits" and theirs["ais"] != mine["ais"] else ""


def _of_biip(code: str) -> dict[str, Any] | None:
    """GTIN and values as biip reads them; None where it refuses the code."""
    parse: Callable[[str], Any] = biip.parse
    if code.startswith("("):
        parse = GS1Message.parse_hri
    elif "://" in code:
        parse = GS1DigitalLinkURI.parse
    try:
        result = parse(code)
    except ParseError:
        return None
    message = result if parse != biip.parse else result.gs1_message
    elements = message.element_strings if message else ()
    named = result.gtin if parse == biip.parse else next((each.gtin for each in elements if each.ai.ai == "01"), None)
    sscc = result.sscc if parse == biip.parse else None
    if not elements and not named and not sscc:
        return None
    gtin = named.as_gtin_14() if named else None
    return {"gtin": gtin, "ais": {each.ai.ai: each.value for each in elements}}
