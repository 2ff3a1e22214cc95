"""Sessions of counting: while a blind one is open its counter sees no figure to be led by. Pure."""

from server.decisions import Decision, Facts, Happened, Needs, Touch, Write
from server.refusals import Refusal


def needs(_op: Happened) -> Needs:
    return Needs()


def decide(op: Happened, facts: Facts) -> Decision:
    return _opened(op, facts) if op.kind == "count.open" else _closed(op)


def _opened(op: Happened, facts: Facts) -> Decision:
    store = op.args["store"]
    if store not in facts.areas:
        raise Refusal("store_unknown")
    if facts.level(op.by, store, op.at) < 2:
        raise Refusal("not_allowed")
    sealed = op.args["sealed"] or (op.args["blind"] and facts.policies.sealed_counts)
    session = {
        "store_id": store,
        "scope": op.args["scope"],
        # Whose phone holds no figures is shown none.
        "blind": op.args["blind"] or sealed,
        "sealed": sealed,
        "person_id": op.by,
        "client_id": op.client,
        "opened_at": op.at,
    }
    # The news of its end may have been first, and an end stands.
    return Decision(
        writes=[Write("count_sessions", {"id": op.id}, session)],
        touched=[Touch(f"user:{op.by}", f"count:{op.id}")],
    )


def _closed(op: Happened) -> Decision:
    """Ends a session of one's own; of anybody else's it says nothing, whatever it names."""
    session = op.args["session"]
    return Decision(
        writes=[Write("count_ends", {"session_id": session, "person_id": op.by}, {"closed_at": op.at})],
        touched=[Touch(f"user:{op.by}", f"count:{session}", gone=True)],
    )
