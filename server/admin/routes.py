from functools import partial
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Response

from server.admin.jobs import jobs_page
from server.admin.pages import admin_home_page
from server.people.sessions import Who
from server.staff_pages import Asked, show


@get("/admin", summary="What of the shop is the reader's to mind")
async def admin_home(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "admin/home.html", admin_home_page)


@get("/admin/jobs", summary="What the hub is doing, and what it has done")
async def admin_jobs(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    fill = partial(jobs_page, housekeeper=request.app.state.housekeeper)
    return await show(request, who, "admin/jobs.html", fill)


routes = [admin_home, admin_jobs]
