from typing import TypedDict

from server.page_frame import Frame
from server.visits import Visit, frame


class CheckupPage(TypedDict):
    """`/checkup`. Its lines are filled by `web/scripts/checkup.js`."""

    frame: Frame


async def checkup_page(visit: Visit) -> CheckupPage:
    return CheckupPage(frame=await frame(visit, "me"))
