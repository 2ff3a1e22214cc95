from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.help.drawing import NAMES, source
from server.help.help_pages import help_page, process_page
from server.people.sessions import Who
from server.staff_pages import Asked, show
from server.visits import Visit

ENDING = ".bpmn"


@get("/help", summary="What there is to read of how the shop works")
async def help_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "help/list.html", help_page)


@get("/help/processes/{name:str}", summary="A process, drawn; with `.bpmn` after its name the file itself")
async def help_process(request: Asked, who: NamedDependency[Who], name: FromPath[str]) -> Response[Any]:
    if name.endswith(ENDING):
        return _file(name.removesuffix(ENDING))

    async def fill(visit: Visit) -> Any:
        return await process_page(visit, name)

    return await show(request, who, "help/process.html", fill)


def _file(name: str) -> Response[Any]:
    if name not in NAMES:
        raise NotFoundException
    named = {"Content-Disposition": f'attachment; filename="{name}{ENDING}"'}
    return Response(source(name), media_type="application/xml; charset=utf-8", headers=named)


routes = [help_list, help_process]
