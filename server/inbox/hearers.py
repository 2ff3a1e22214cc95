"""Whom a group concerns, before it is decided: the buckets to lock for it, and the balances to read. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.decisions import Happened, Needs
from server.stores.facts import Chain
from server.transfers.facts import Transfer


def bucket_names(
    operations: Sequence[Happened], transfers: Mapping[str, Transfer], needs: Needs, chain: Chain
) -> set[str]:
    """Of the stores. Whether somebody must look at an operation is known only when it is decided."""
    stores = chain.stores
    names = {f"stock:{store}" for store, _item in needs.figures if store in stores}
    ends = [(one.args["from"], one.args["to"]) for one in operations if one.kind == "transfer.request"]
    ends += [(transfer["from"], transfer["to"]) for transfer in transfers.values()]
    # Stores that closed too: goods of an old transfer still leave them and arrive.
    for store in {store for pair in ends for store in pair if store in stores}:
        names |= {f"stock:{store}", f"work:{store}"}
    return names


def places_of(
    needs: Needs, transfers: Mapping[str, Transfer], asked: Sequence[Mapping[str, Any]]
) -> set[tuple[int, int]]:
    """(location, item) of every balance that may change or must be known."""
    places = {(store * 2, item) for store, item in needs.figures}
    # What is asked for in this group may be approved in it too.
    for transfer in [*transfers.values(), *asked]:
        ends = (transfer["from"] * 2, transfer["to"] * 2, transfer["to"] * 2 + 1)
        places |= {(location, line["item"]) for line in transfer["lines"] for location in ends}
    return places


def priced_on(transfers: Mapping[str, Transfer], chain: Chain) -> set[int]:
    """Items whose prices rules ask for: those on transfers, where a rule is about such."""
    if not any(rule.work.startswith("transfer.") for rule in chain.policies.approvals):
        return set()
    return {line["item"] for transfer in transfers.values() for line in transfer["lines"]}
