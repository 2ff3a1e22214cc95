from typing import Literal, TypedDict, cast

from server.page_frame import Frame
from server.visits import Visit, frame
from sync.forms import one
from sync.tour import tour_of


class TourPage(TypedDict):
    """`/tour?step=…`. `place` counts from 1 in `places`; `next` is 0 on the last. The figures are of no real item.

    `taken` says that the practice item was taken off a moment ago. Who has no stock powers is not shown `adjust`.
    """

    frame: Frame
    part: Literal["scan", "number", "adjust", "offline"]
    place: int
    places: list[int]
    next: int
    taken: bool
    available: int
    on_hand: int
    reserved: int
    coming: int


async def tour_page(visit: Visit) -> TourPage:
    around = await frame(visit, "me")
    asked = tour_of(one(visit.fields, "step"), one(visit.fields, "taken"), around["level"])
    return cast(TourPage, {"frame": around, **asked})
