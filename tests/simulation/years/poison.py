"""Two bugs of a hub that is otherwise right: a rule that breaks on a note, and rows that the database will not take."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

import server.inbox.group
from server.decisions import Decision, Facts, Happened
from server.inbox.verdicts import RULES
from server.ledger.facts import entry_rows
from tests.simulation.years.staff import POISON_NOTE, POISON_UNITS


@contextmanager
def poisoned() -> Iterator[None]:
    rule = RULES["stock.adjust"]

    def decide(op: Happened, facts: Facts) -> Decision:
        if op.args.get("note") == POISON_NOTE:
            raise ZeroDivisionError("a bug in a rule")
        return rule.decide(op, facts)

    def spoilt(entries: Sequence[Any], *about: Any) -> Any:
        return [(999, *row[1:]) if row[3] == POISON_UNITS else row for row in entry_rows(entries, *about)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(RULES, "stock.adjust", rule._replace(decide=decide))
        patch.setattr(server.inbox.group, "entry_rows", spoilt)
        yield
