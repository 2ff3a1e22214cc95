from typing import Literal, TypedDict
from urllib.parse import quote

from server.catalogue.pages import ItemCard, StoreStock, look_at, told_here
from server.catalogue.search import item_by_code
from server.lots.pages import BlockedLot, LotRow, warned
from server.page_frame import Frame
from server.transfers.rows import TransferRow, numbered_rows, parcel_rows
from server.unknown_codes.pages import times_kept
from server.visits import Visit, frame
from sync.forms import one, stripped
from sync.gs1 import sscc_of
from sync.gs1_told import Told

BEST_OTHERS = 3


class HomePage(TypedDict):
    """`/` and `/?code=…`: the scan page; `outcome` is "" until something was scanned.

    `told` is what the code says of these very goods; None where it says no more than which item they are. `query`
    takes the code along to the item's page, and is "" where it tells nothing.
    `elsewhere` holds the three best other stores of the found item, `coming` is as on the item's page. `kept` is how
    often an unknown code was scanned that the store keeps. `papers` are the transfers that are spoken of by it,
    where it is no item's, or that a parcel with this label belongs to; the outcome is `paper` then. `parcel` is the
    SSCC of that label, "" where it is none. `stop` and `first` are as on the item's page.
    """

    frame: Frame
    code: str
    outcome: Literal["", "found", "unknown", "paper"]
    card: ItemCard | None
    told: Told | None
    query: str
    elsewhere: list[StoreStock]
    coming: int
    kept: int
    papers: list[TransferRow]
    stop: BlockedLot | None
    first: LotRow | None
    parcel: str


async def home_page(visit: Visit) -> HomePage:
    code = one(visit.fields, "code")
    item = await item_by_code(visit, code) if stripped(code) else None
    parcel = "" if item else sscc_of(code) or ""
    seen = None if item is None else await look_at(visit, item)
    page = HomePage(
        frame=await frame(visit, "scan"),
        code=code,
        outcome="",
        card=None,
        told=None,
        query="",
        elsewhere=[],
        coming=0,
        kept=0,
        papers=[] if seen else await (parcel_rows(visit, parcel) if parcel else numbered_rows(visit, code)),
        parcel=parcel,
        stop=None,
        first=None,
    )
    if seen:
        page["outcome"], page["card"], page["elsewhere"] = "found", seen[0], seen[1][:BEST_OTHERS]
    elif page["papers"]:
        page["outcome"] = "paper"
    elif stripped(code):
        page["outcome"], page["kept"] = "unknown", await times_kept(visit, code)
    page["told"] = told_here(visit, code)
    if item is not None and seen:
        page["stop"], page["first"] = await warned(visit, seen[0]["id"], page["told"])
    # The same letters stay as they are on a phone.
    page["query"] = "?code=" + quote(code, safe="!'()*-._~") if page["told"] else ""
    return page
