from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from server.admin.pages import admin_home_page
from server.people.sessions import Who
from server.staff_pages import Asked, show


@get("/admin", summary="What of the shop is the reader's to mind")
async def admin_home(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "admin/home.html", admin_home_page)


routes = [admin_home]
