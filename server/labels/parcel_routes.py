from asyncio import to_thread
from functools import partial
from importlib import import_module
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response

from server.labels.giving import find_batch, give
from server.labels.pages import LEAST_LEVEL
from server.labels.parcel_pages import count_of, laid_parcels, paper_of, parcel_label_page, transfer_for
from server.page_frame import Problem
from server.people.sessions import Who
from server.refusals import Refusal
from server.staff_pages import Asked, show, show_again, typed_fields, visit_of
from server.visits import Visit
from sync.forms import Fields, one
from sync.operations import is_uuid

TEMPLATE, PATH = "labels/parcels.html", "/labels/parcels"


@get(PATH, summary="Labels of parcels: how many, on which paper, for which transfer")
async def parcels_ask(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    return await show(request, who, TEMPLATE, parcel_label_page)


@post(PATH, summary="Gives out numbers of parcels; the same form sent twice is given the same")
async def parcels_give(request: Asked, who: NamedDependency[Who]) -> Response[Any]:
    fields = await typed_fields(request)
    try:
        async with request.app.state.database.reading() as connection:
            visit = await visit_of(request, connection, who)
            asked, prefix = await _asked(visit, fields), visit.chain.policies.gs1_prefix
        async with request.app.state.database.writing() as connection:
            await give(connection, prefix, asked)
    except Refusal as refusal:
        problem = Problem(code=refusal.code, params=refusal.params)
        return await show_again(request, who, TEMPLATE, parcel_label_page, fields, problem)
    return Redirect(f"{PATH}/{asked['id']}?paper={paper_of(fields)}", status_code=303)


async def _asked(visit: Visit, fields: Fields) -> dict[str, Any]:
    """Of a sound form what is asked for. Raises Refusal."""
    if visit.reader["level"] < LEAST_LEVEL:
        raise Refusal("not_allowed")
    if not visit.chain.policies.gs1_prefix:
        raise Refusal("prefix_missing")
    count, transfer = count_of(fields), await transfer_for(visit, fields)
    if count is None:
        raise Refusal("parcels_many")
    if one(fields, "transfer") and transfer is None:
        raise Refusal("transfer_unknown")
    if not is_uuid(one(fields, "operation_id")):
        raise Refusal("field_missing", field="operation_id")
    whose = {"store_id": visit.store, "person_id": visit.reader["person"], "given_at": visit.now}
    return {"id": one(fields, "operation_id"), "count": count, "transfer_id": transfer and transfer["id"], **whose}


@get(PATH + "/{batch:str}", summary="Labels of parcels as they will be printed")
async def parcels_show(request: Asked, who: NamedDependency[Who], batch: FromPath[str]) -> Response[Any]:
    return await show(request, who, TEMPLATE, partial(parcel_label_page, batch_id=batch))


@get(PATH + "/{batch:str}/labels.pdf", summary="The same as a PDF")
async def parcels_pdf(request: Asked, who: NamedDependency[Who], batch: FromPath[str]) -> Response[Any]:
    async with request.app.state.database.reading() as connection:
        visit = await visit_of(request, connection, who)
        found = await find_batch(connection, batch)
        if found is None or visit.reader["levels"].get(found.store, 0) < LEAST_LEVEL:
            return Redirect(PATH, status_code=303)
        transfer = await transfer_for(visit, {"transfer": [found.transfer]})
        laid = laid_parcels(visit, found, transfer, paper_of(visit.fields))
    # What makes a PDF is loaded with the first one.
    pdf = await to_thread(lambda: import_module("server.labels.pdf").pdf_of(laid))
    headers = {"content-disposition": 'inline; filename="parcels.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


routes = [parcels_ask, parcels_give, parcels_show, parcels_pdf]
