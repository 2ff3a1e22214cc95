"""Whose word a change of what holds for the chain needs. Pure."""

from server.decisions import Decision, Facts, Happened, held_back
from server.people.roles import administers


def second_person(op: Happened, facts: Facts) -> Decision | None:
    """A change of what holds waits for another administrator, where there is one; an area manager's always does."""
    if op.accepted or not (facts.minded.others or not administers(facts.roles.get(op.by, []), op.at)):
        return None
    return held_back("second_person")
