"""Who makes approval rules, and whose word a change of what holds needs."""

from server.approvals.second_person import second_person
from server.approvals.words import Approval, sound
from server.decisions import Decision, Facts, Happened, Needs, Touch, Write
from server.people.roles import administers
from server.refusals import Refusal

AREA_MANAGER = 4


def needs(_op: Happened) -> Needs:
    return Needs(buckets={"chain"})


def decide(op: Happened, facts: Facts) -> Decision:
    rule = sound(rule_of(op), facts.areas)
    before = {one.id: one for one in facts.minded.policies.approvals}.get(rule.id)
    if not op.accepted:
        for one in filter(None, (rule, before)):
            _check(op, one, facts)
    if waits := second_person(op, facts):
        return waits
    values = None
    if not op.args["gone"]:
        kept = rule._asdict()
        values = {name: kept[name] for name in ("work", "reason", "units", "cents", "percent", "level", "people")}
        values |= {"store_id": rule.store or None, "changed_at": op.at, "changed_by": op.by}
    elif before is None:
        return Decision()
    return Decision(writes=[Write("approval_rules", {"id": rule.id}, values)], touched=[Touch("chain", "policy")])


def rule_of(op: Happened) -> Approval:
    args = op.args
    whose = (args["rule"], args["work"], args.get("reason") or "", args.get("store") or 0)
    return Approval(*whose, args["units"], args["cents"], args["level"], args["people"], args.get("percent") or 0)


def _check(op: Happened, rule: Approval, facts: Facts) -> None:
    """An administrator for the chain, an area manager for the stores of their area."""
    if administers(facts.roles.get(op.by, []), op.at):
        return
    if not rule.store or facts.level(op.by, rule.store, op.at) < AREA_MANAGER:
        raise Refusal("not_allowed")
