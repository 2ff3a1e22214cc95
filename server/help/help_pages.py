"""The pages of the help, for whoever is signed in: the hub's alone, for a phone has no room for what is seldom read."""

from typing import TypedDict

from server.help.drawing import NAMES, Drawing, Step, drawing, steps
from server.page_frame import Frame
from server.visits import Visit, frame


class HelpPage(TypedDict):
    frame: Frame
    names: list[str]
    titles: list[str]


class ProcessPage(TypedDict):
    """One process: its drawing, and the same as a list of steps."""

    frame: Frame
    name: str
    drawing: Drawing
    steps: list[Step]


async def help_page(visit: Visit) -> HelpPage:
    titles = [drawing(name, visit.locale)["title"] for name in NAMES]
    return HelpPage(frame=await frame(visit, "me"), names=list(NAMES), titles=titles)


async def process_page(visit: Visit, name: str) -> ProcessPage | None:
    if name not in NAMES:
        return None
    return ProcessPage(
        frame=await frame(visit, "me"),
        name=name,
        drawing=drawing(name, visit.locale),
        steps=steps(name, visit.locale),
    )
