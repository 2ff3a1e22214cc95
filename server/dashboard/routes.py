from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from server.dashboard.board_pages import store_board_page
from server.people.sessions import Who
from server.staff_pages import Asked, show


@get("/store", summary="How the reader's store does: counts, transfers, late receipts, stock-outs, adjustments")
async def store_board(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "dashboard/store.html", store_board_page)


routes = [store_board]
