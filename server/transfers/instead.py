from typing import Literal, TypedDict, cast

from server.transfers.facts import Transfer, load_transfers
from server.transfers.followed import open_ids
from server.visits import Visit, may_act
from sync.instead import asked_since, instead, missing
from sync.papers import held


class Instead(TypedDict):
    """Another store that can spare what the lender cannot give; `href` leads to a request, "" for who decides."""

    store_name: str
    gives: Literal["all", "part"]
    href: str


async def other_lender(visit: Visit, paper: Transfer, offers: dict[int, int] | None) -> Instead | None:
    """`offers` is the lender's available stock by item, None where unknown."""
    gaps = missing(paper, offers)
    if not gaps or not may_act(visit):
        return None
    stock = await visit.stock([store for store, _distance_m in visit.neighbours()], list(gaps))
    by_item = {item: stock.offers(visit, item) for item in gaps}
    found = instead(paper, visit.reader, gaps, by_item, visit.safety)
    if found is None:
        return None
    papers = held((await load_transfers(visit.connection, await open_ids(visit))).values(), visit.reader, visit.now)
    return None if asked_since(paper, papers, gaps) else cast(Instead, found)
