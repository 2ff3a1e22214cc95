"""A table of contents of the product: which nouns it has, and what stands around all of them."""

import asyncio

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

import server.devices.routes
import server.health.routes
import server.people.sign_in_routes
from server import __version__
from server.database import Database
from server.failures import failures
from server.logs import RequestLines
from server.people.sessions import NotSignedIn, Sessions, Who
from server.rendering import Templates
from server.security import SYNC_LIMIT_BYTES, Security
from server.settings import Settings

ROUTES = [
    *server.people.sign_in_routes.routes,
    *server.devices.routes.routes,
    *server.health.routes.routes,
]


def create_app(settings: Settings, database: Database) -> Litestar:
    """The whole hub on a database that is open and up to date. `app.state.stopping` is set when it has to end."""
    state = State(
        {
            "settings": settings,
            "database": database,
            "sessions": Sessions(database),
            "stopping": asyncio.Event(),
        }
    )
    app = Litestar(
        route_handlers=ROUTES,
        state=state,
        dependencies=DEPENDENCIES,
        exception_handlers=failures(),
        openapi_config=SCHEMA,
        logging_config=None,
        request_max_body_size=SYNC_LIMIT_BYTES,
    )
    # Around the router, so that also an unknown address and a bug are answered with every header and written down.
    app.asgi_handler = RequestLines(Security(app.asgi_handler))
    return app


async def who_is_asking(request: Request[Who, None, State]) -> Who:
    """For a handler's argument `who`: the signed-in person; NotSignedIn where there is none."""
    who: Who | None = await request.app.state.sessions.who(request.scope)
    if who is None:
        raise NotSignedIn
    return who


def open_database(state: State) -> Database:
    database: Database = state.database
    return database


def open_sessions(state: State) -> Sessions:
    sessions: Sessions = state.sessions
    return sessions


def release_templates(state: State) -> Templates:
    templates: Templates = state.templates
    return templates


DEPENDENCIES = {
    "who": Provide(who_is_asking),
    "database": Provide(open_database, sync_to_thread=False),
    "sessions": Provide(open_sessions, sync_to_thread=False),
    "templates": Provide(release_templates, sync_to_thread=False),
}

# JSON alone: the usual readers of it load their scripts from elsewhere.
SCHEMA = OpenAPIConfig(
    title="Stockhand",
    version=__version__,
    path="/schema",
    render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
)
