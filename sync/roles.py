"""What a person may see and do at a moment, by the roles in their `me` row; twin of `roles.js`.

A role is `{level, stores, from, to}`: in force from `from` until just before `to`, or for good where `to` is null.
Levels 2 to 4 act on stock, 1 only looks, 5 minds stores and people and has no stock powers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.shelf import name_in

Role = Mapping[str, Any]
Reader = dict[str, Any]


def reader_of(me: Mapping[str, Any], at: int) -> Reader:
    """The person who reads a page: `{person, name, locale, store, level, levels, stores, work, minds}`.

    `store` is the chosen one while it is still theirs, else the first of theirs, else 0. `level` is the highest of any
    kind there, `levels` the acting level by store, `stores` all stores of their roles and `work` those whose transfers
    they follow, ascending. `minds` is whether something of the shop itself is theirs to mind, from store manager on.
    """
    roles = in_force(me["roles"], at)
    stores = sorted({one for role in roles for one in role["stores"]})
    store = me["store"] if me["store"] in stores else (stores[0] if stores else 0)
    # An administrator may look at every store, online; a phone cannot hold the work of a whole chain.
    minds_the_chain = any(role["level"] == 5 for role in roles)
    return {
        "person": me["id"],
        "name": me["name"],
        "locale": me["locale"],
        "store": store,
        "level": max((role["level"] for role in roles if store in role["stores"]), default=0),
        "levels": acting_levels(roles),
        "stores": stores,
        "work": ([store] if store else []) if minds_the_chain else stores,
        "minds": any(role["level"] >= 3 for role in roles),
    }


def in_force(roles: Sequence[Role], at: int) -> list[Role]:
    """Those of the roles that hold at the moment `at`."""
    return [role for role in roles if role["from"] <= at and (role["to"] is None or at < role["to"])]


def acting_levels(roles: Sequence[Role]) -> dict[int, int]:
    """The highest level with stock powers by store; stores without one are missing."""
    levels: dict[int, int] = {}
    for role in roles:
        if 2 <= role["level"] <= 4:
            for store in role["stores"]:
                levels[store] = max(levels.get(store, 0), role["level"])
    return levels


def adjust_limit(policy: Mapping[str, Any], level: int) -> int:
    """How many units somebody of this acting level may adjust at once; 0 for those who may not at all."""
    limit = policy["adjust_limits"].get(str(level), 0)
    return int(limit)


def store_choices(stores: Sequence[Mapping[str, Any]], reader: Reader) -> list[dict[str, Any]]:
    """The stores of the reader's roles, by their code, the one they stand in chosen."""
    own = sorted((store for store in stores if store["id"] in reader["stores"]), key=lambda store: store["code"])
    locale, here = reader["locale"], reader["store"]
    return [{"id": one["id"], "name": name_in(locale, one), "chosen": one["id"] == here} for one in own]
