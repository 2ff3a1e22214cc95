"""Who chooses a policy: an administrator who saw what it was."""

from server.approvals.second_person import second_person
from server.decisions import Decision, Facts, Happened, Needs, Overtaken, Touch, Write
from server.people.roles import administers
from server.policies.values import kept, read, spelled
from server.refusals import Refusal


def needs(_op: Happened) -> Needs:
    return Needs(buckets={"chain"})


def decide(op: Happened, facts: Facts) -> Decision:
    if not op.accepted and not administers(facts.roles.get(op.by, []), op.at):
        raise Refusal("not_allowed")
    name, was = op.args["name"], op.args["was"]
    value = read(name, op.args["value"])
    before = getattr(facts.minded.policies, name)
    if value == before:
        return Decision()
    if spelled(before) != was:
        raise Overtaken("field_overtaken", {"value": spelled(before)}, field=name)
    if waits := second_person(op, facts):
        return waits
    row = {"value": kept(name, value), "changed_at": op.at, "changed_by": op.by}
    return Decision(writes=[Write("policies", {"name": name}, row)], touched=[Touch("chain", "policy")])
