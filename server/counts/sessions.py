"""Sessions of counting: while a blind one is open its counter sees no figure to be led by. Several people may be at
one count, each in a session of their own; whoever joins counts as blind as whoever began. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.decisions import Decision, Facts, Happened, Needs, Touch, Write
from server.refusals import Refusal


@dataclass(slots=True)
class Counting:
    """`row` is the session that is spoken of: the one to be joined or ended, else None. `is_over` says that the end of
    the whole count is known; `joined` are (id, person) of those who joined it.
    """

    row: Mapping[str, Any] | None = None
    is_over: bool = False
    joined: list[tuple[str, int]] = field(default_factory=list)
    buckets: set[str] = field(default_factory=set)


def needs(op: Happened) -> Needs:
    # Beginning and end of one count, and whoever joins it, come one after the other.
    store = op.args.get("store")
    return Needs(buckets={f"user:{op.by}", *([f"counts:{store}"] if store else [])})


def decide(op: Happened, facts: Facts) -> Decision:
    return _opened(op, facts) if op.kind == "count.open" else _closed(op, facts.minded)


def _opened(op: Happened, facts: Facts) -> Decision:
    store, joins, whole = op.args["store"], op.args.get("joins"), facts.minded.row
    if store not in facts.areas:
        raise Refusal("store_unknown")
    if facts.level(op.by, store, op.at) < 2:
        raise Refusal("not_allowed")
    if joins and (whole is None or whole["store_id"] != store or whole["joins"]):
        raise Refusal("count_unknown")
    given = whole if joins and whole else op.args
    sealed = op.args["sealed"] or given["sealed"] or (given["blind"] and facts.policies.sealed_counts)
    session = {
        "store_id": store,
        "scope": given["scope"],
        # Whose phone holds no figures is shown none.
        "blind": op.args["blind"] or given["blind"] or sealed,
        "sealed": sealed,
        "person_id": op.by,
        "client_id": op.client,
        "opened_at": op.at,
        "joins": joins,
    }
    # The news of its end may have been first, and an end stands.
    told = [Touch(f"user:{op.by}", f"count:{op.id}")]
    if not joins and not facts.minded.is_over:
        told.append(Touch(f"counts:{store}", f"open:{op.id}"))
    return Decision(writes=[Write("count_sessions", {"id": op.id}, session)], touched=told)


def _closed(op: Happened, counting: Counting) -> Decision:
    """Ends a session of one's own, and with the one that others joined theirs; of anybody else's it says nothing,
    whatever it names.
    """
    session, row = op.args["session"], counting.row
    told = [Touch(f"user:{op.by}", f"count:{session}", gone=True)]
    if row and row["person_id"] == op.by and not row["joins"]:
        told.append(Touch(f"counts:{row['store_id']}", f"open:{session}", gone=True))
        told += [Touch(f"user:{person}", f"count:{joined}", gone=True) for joined, person in counting.joined]
    return Decision(
        writes=[Write("count_ends", {"session_id": session, "person_id": op.by}, {"closed_at": op.at})],
        touched=told,
    )
