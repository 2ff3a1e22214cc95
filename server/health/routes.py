"""What the machines around the program ask it; none of it needs a session and none of it tells of the shop's goods."""

import asyncio

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.response import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from server.answers import bytes_answer
from server.database import Database

READY_WITHIN_S = 2.0


@get("/healthz", summary="The process is alive", media_type=MediaType.TEXT)
async def alive() -> str:
    return "alive"


@get("/readyz", summary="The database answers, so requests may come", media_type=MediaType.TEXT)
async def ready(database: NamedDependency[Database]) -> Response[str]:
    """503 while the database does not answer within two seconds."""
    try:
        async with asyncio.timeout(READY_WITHIN_S), database.reading() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError):
        return Response("the database does not answer", status_code=503, media_type=MediaType.TEXT)
    return Response("ready", media_type=MediaType.TEXT)


@get("/metrics", summary="Counters in Prometheus's text format")
async def metrics() -> Response[bytes]:
    return bytes_answer(generate_latest(), {"content-type": CONTENT_TYPE_LATEST})


routes = [alive, ready, metrics]
