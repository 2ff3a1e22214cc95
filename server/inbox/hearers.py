"""Whom a group concerns, before it is decided: the buckets to lock for it, and the balances to read. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.decisions import Happened, Needs
from server.inbox.messages import Operation
from server.reviews.rules import store_of
from server.stores.facts import Chain
from server.transfers.facts import Transfer
from sync.operations import KINDS


def bucket_names(
    operations: Sequence[Happened | Operation], transfers: Mapping[str, Transfer], needs: Needs, chain: Chain
) -> set[str]:
    """`operations` are those to be decided, and those that will wait for somebody's word whatever they say."""
    stores = chain.stores
    names = {f"stock:{store}" for store, _item in needs.figures if store in stores}
    ends = [(one.args["from"], one.args["to"]) for one in operations if one.kind == "transfer.request"]
    ends += [(transfer["from"], transfer["to"]) for transfer in transfers.values()]
    # Stores that closed too: goods of an old transfer still leave them and arrive.
    for store in {store for pair in ends for store in pair if store in stores}:
        names |= {f"stock:{store}", f"work:{store}", f"reviews:{store}"}
    # Whether somebody must look at it is known only when it is decided; a wish is looked at where nobody signed it.
    return names | {
        f"reviews:{store_of(one.kind, one.args, transfers, stores)}"
        for one in operations
        if isinstance(one, Operation) or KINDS[one.kind]["nature"] == "fact"
    }


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
