import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream

from server.admin.powers import powers_of
from server.imports.downloads import export_download, rejects_download
from server.imports.facts import file_of, load_import
from server.imports.pages import exports_of, import_list_page, import_show_page, kind_in, kinds_of
from server.imports.reading import Unreadable, open_table
from server.imports.starting import ImportNewPage, Plan, import_new_page, plan_of
from server.imports.uploads import Draft, UploadRefused, drop_draft, find_draft, take_upload
from server.page_frame import Problem
from server.people.sessions import Who
from server.security import UPLOAD_LIMIT_BYTES
from server.staff_pages import Asked, show, show_again, typed_fields, visit_of
from server.visits import Visit
from sync.forms import one


@get("/admin/imports", summary="Files that came in, and the place to bring one")
async def import_list(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, "imports/list.html", import_list_page)


@post("/admin/imports", summary="Brings a file", request_max_body_size=UPLOAD_LIMIT_BYTES)
async def import_bring(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    """Streams the file to the disk; nothing of it is read before its sender may bring one."""
    async with request.app.state.database.reading() as connection:
        powers = await powers_of(await visit_of(request, connection, who))
    if not kinds_of(powers):
        return await show(request, who, "imports/list.html", import_list_page)
    try:
        draft = await take_upload(request, request.app.state.settings.data, who.person_id)
    except UploadRefused as refused:
        problem = Problem(code=refused.code, params={})
        return await show_again(request, who, "imports/list.html", import_list_page, {}, problem)
    return Redirect(f"/admin/imports/new/{draft.id}", status_code=303)


@get("/admin/imports/new/{draft:str}", summary="What a file seems to say; `?kind=`, `?c0=sku` choose otherwise")
async def import_new(request: Asked, who: NamedDependency[Who], draft: FromPath[str]) -> Response[Any]:
    found = find_draft(request.app.state.settings.data, draft, who.person_id)
    return await show(request, who, "imports/new.html", _new_page(request, found))


@post("/admin/imports/new/{draft:str}", summary="Starts the import of a file, or puts the file away")
async def import_begin(request: Asked, who: NamedDependency[Who], draft: FromPath[str]) -> Response[Any]:
    data = request.app.state.settings.data
    found = find_draft(data, draft, who.person_id)
    fill = _new_page(request, found)
    if found is None:
        return await show(request, who, "imports/new.html", fill)
    fields = await typed_fields(request)
    if one(fields, "do") == "drop":
        drop_draft(data, draft)
        return Redirect("/admin/imports", status_code=303)
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        plan = await plan_of(visit, *found, request.app.state.looks, fields, who)
    if not isinstance(plan, Plan):
        return await show_again(request, who, "imports/new.html", fill, fields, plan)
    number = await _begun(request, *found, plan, who)
    drop_draft(data, draft)
    return Redirect(f"/admin/imports/{number}", status_code=303)


@get("/admin/imports/{number:int}", summary="How far an import is, and what became of it")
async def import_show(request: Asked, who: NamedDependency[Who], number: FromPath[int]) -> Response[Any]:
    return await show(request, who, "imports/show.html", partial(import_show_page, number=number))


@post("/admin/imports/{number:int}", summary="Stops an import, or lets it go on")
async def import_steer(request: Asked, who: NamedDependency[Who], number: FromPath[int]) -> Response[Any]:
    fill = partial(import_show_page, number=number)
    fields = await typed_fields(request)
    async with request.app.state.database.reading() as connection:
        page = await fill(await visit_of(request, connection, who))
    if page is None:
        return await show(request, who, "imports/show.html", fill)
    if one(fields, "do") == "stop" and page["may_stop"]:
        await request.app.state.imports.stop(number)
    elif one(fields, "do") == "go_on" and page["may_go_on"]:
        await request.app.state.imports.go_on(number)
    return Redirect(f"/admin/imports/{number}", status_code=303)


@get("/admin/imports/{number:int}/rejects.csv", summary="The lines that stayed out, each with its reason")
async def import_rejects(request: Asked, who: NamedDependency[Who], number: FromPath[int]) -> Response[Any] | Stream:
    state = request.app.state
    async with state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        page = await import_show_page(visit, number)
        one_import = await load_import(connection, number)
    if page is None or one_import is None:
        raise NotFoundException
    header = await asyncio.to_thread(_header_of, file_of(state.settings.data, number), one_import.columns.has_header)
    return rejects_download(state.database, number, header, visit.locale)


@get("/admin/exports/{name:str}", summary="Our own list of a kind, as a file that can be brought again")
async def export(request: Asked, who: NamedDependency[Who], name: FromPath[str]) -> Response[Any] | Stream:
    database = request.app.state.database
    async with database.reading() as connection:
        powers = await powers_of(await visit_of(request, connection, who))
    kind = kind_in(name.removesuffix(".csv"), exports_of(powers))
    if kind is None or not name.endswith(".csv"):
        raise NotFoundException
    return export_download(database, kind, None if powers.administers else powers.stores)


def _header_of(path: Path, has_header: bool) -> list[str]:
    """What stands above the file's columns; nothing where the file is gone or has no such line."""
    try:
        return open_table(path).head[0] if has_header else []
    except (Unreadable, OSError):
        return []


def _new_page(request: Asked, found: tuple[Draft, Path] | None) -> Any:
    async def fill(visit: Visit) -> ImportNewPage | None:
        return None if found is None else await import_new_page(visit, *found, request.app.state.looks)

    return fill


async def _begun(request: Asked, draft: Draft, path: Path, plan: Plan, who: Who) -> int:
    number: int = await request.app.state.imports.begin(
        plan.kind, path, draft.file_name, plan.columns, plan.options, who.person_id
    )
    return number


routes = [import_list, import_bring, import_new, import_begin, import_show, import_steer, import_rejects, export]
