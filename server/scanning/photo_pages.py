from typing import Literal, TypedDict

from server.page_frame import Frame, Problem
from server.scanning.photos.jobs import Answer
from server.visits import Visit, frame


class PhotoCode(TypedDict):
    """`addon` is "" where none stands beside the code."""

    format: str
    text: str
    addon: str


class PhotoPage(TypedDict):
    """`/scan/photo`: the place to send a photo, and what was read in it.

    `outcome` is "" before one was sent, and "busy" where sending it again later may do.
    """

    frame: Frame
    outcome: Literal["", "read", "none", "refused", "busy"]
    codes: list[PhotoCode]
    problem: Problem | None


async def photo_page(visit: Visit, answer: Answer | None = None) -> PhotoPage:
    page = PhotoPage(frame=await frame(visit, "scan"), outcome="", codes=[], problem=visit.problem)
    if answer is None:
        return page
    for code in answer.codes:
        page["codes"].append(PhotoCode(format=code["format"], text=code["text"], addon=code.get("addon", "")))
    page["outcome"] = "read" if page["codes"] else "none"
    if answer.code:
        page["outcome"] = "busy" if answer.code == "photo_busy" else "refused"
    return page
