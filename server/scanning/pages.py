from typing import Literal, TypedDict

from server.catalogue.pages import ItemCard, StoreStock, look_at
from server.catalogue.search import item_by_code
from server.page_frame import Frame
from server.visits import Visit, frame
from sync.forms import one, stripped

BEST_OTHERS = 3


class HomePage(TypedDict):
    """`/` and `/?code=…`: the scan page; `outcome` is "" until something was scanned.

    `elsewhere` holds the three best other stores of the found item, `coming` is as on the item's page.
    """

    frame: Frame
    code: str
    outcome: Literal["", "found", "unknown"]
    card: ItemCard | None
    elsewhere: list[StoreStock]
    coming: int


async def home_page(visit: Visit) -> HomePage:
    code = one(visit.fields, "code")
    item = await item_by_code(visit, code) if stripped(code) else None
    seen = None if item is None else await look_at(visit, item)
    page = HomePage(frame=await frame(visit, "scan"), code=code, outcome="", card=None, elsewhere=[], coming=0)
    if seen:
        page["outcome"], page["card"], page["elsewhere"] = "found", seen[0], seen[1][:BEST_OTHERS]
    elif stripped(code):
        page["outcome"] = "unknown"
    return page
