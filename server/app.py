"""A table of contents of the product: which nouns it has, and what stands around all of them."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from secrets import token_hex
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

import server.admin.routes
import server.approvals.routes
import server.catalogue.goods_routes
import server.catalogue.routes
import server.checkup.routes
import server.counts.routes
import server.dashboard.routes
import server.devices.certificate_routes
import server.devices.device_routes
import server.devices.routes
import server.health.routes
import server.help.routes
import server.imports.routes
import server.inbox.routes
import server.inbox.sync_routes
import server.invitations.routes
import server.labels.parcel_routes
import server.labels.routes
import server.ledger.history_routes
import server.lots.routes
import server.people.password_routes
import server.people.routes
import server.people.sign_in_routes
import server.people.staff_routes
import server.policies.routes
import server.releases.routes
import server.reviews.routes
import server.scanning.photo_routes
import server.scanning.routes
import server.setup.routes
import server.snapshots.routes
import server.stores.area_routes
import server.stores.assortment_routes
import server.stores.routes
import server.tour.routes
import server.transfers.routes
import server.unknown_codes.photo_routes
import server.unknown_codes.routes
from server.clock import now_ms
from server.counts.planner import Planner
from server.counts.recounts import Recounts
from server.database import Database
from server.devices.sightings import Sightings
from server.failures import failures
from server.imports.jobs import Imports
from server.imports.starting import Looks
from server.inbox.accept import Door
from server.inbox.housekeeping import Housekeeper
from server.inbox.lane import PushLane
from server.inbox.live import Live
from server.logs import RequestLines
from server.offline_kit import read_locales
from server.people.sessions import NobodyYet, NotSignedIn, Sessions, Who
from server.releases import Release, ReleaseShelf, build_release
from server.rendering import TOP, Templates
from server.scanning.photos.jobs import Photos
from server.security import SYNC_LIMIT_BYTES, Security
from server.settings import Settings
from server.setup.codes import Setup
from server.snapshots.jobs import Snapshots
from server.stores.known_chain import KnownChain
from sync.ids import ordered_id

# What staff see; the phone's worker answers these in the hub's place once it can.
STAFF_PAGES = [
    *server.scanning.routes.routes,
    *server.catalogue.routes.routes,
    *server.transfers.routes.routes,
    *server.inbox.routes.routes,
    *server.reviews.routes.routes,
    *server.counts.routes.routes,
    *server.lots.routes.routes,
    *server.unknown_codes.routes.routes,
    *server.unknown_codes.photo_routes.routes,
    *server.people.routes.routes,
    *server.tour.routes.routes,
    *server.labels.routes.routes,
    *server.checkup.routes.routes,
]

# What the hub alone can answer.
HUB_ALONE = [
    *server.ledger.history_routes.routes,
    *server.labels.parcel_routes.routes,
    *server.dashboard.routes.routes,
    *server.help.routes.routes,
    *server.admin.routes.routes,
    *server.catalogue.goods_routes.routes,
    *server.stores.routes.routes,
    *server.stores.area_routes.routes,
    *server.stores.assortment_routes.routes,
    *server.people.staff_routes.routes,
    *server.devices.device_routes.routes,
    *server.policies.routes.routes,
    *server.approvals.routes.routes,
    *server.imports.routes.routes,
    *server.scanning.photo_routes.routes,
    *server.people.sign_in_routes.routes,
    *server.people.password_routes.routes,
    *server.setup.routes.routes,
    *server.invitations.routes.routes,
    *server.inbox.sync_routes.routes,
    *server.snapshots.routes.routes,
    *server.devices.routes.routes,
    *server.devices.certificate_routes.routes,
    *server.releases.routes.routes,
    *server.health.routes.routes,
]


def create_app(settings: Settings, database: Database, release: Release | None = None) -> Litestar:
    """The whole hub, on a database that is open and up to date. The release is built where none is given."""
    app = every_route()
    furnish(app, settings, database, release or build_release(settings.data))
    return app


def every_route() -> Litestar:
    """The hub's addresses and what answers them, not yet on anybody's books."""
    app = Litestar(
        route_handlers=[*STAFF_PAGES, *HUB_ALONE],
        dependencies=DEPENDENCIES,
        on_startup=[open_door],
        on_shutdown=[close_door],
        exception_handlers=failures(),
        openapi_config=SCHEMA,
        logging_config=None,
        request_max_body_size=SYNC_LIMIT_BYTES,
    )
    # Around the router, so that also an unknown address and a bug are answered with every header and written down.
    app.asgi_handler = RequestLines(Security(PushLane(app.asgi_handler, app.state)))
    return app


def furnish(app: Litestar, settings: Settings, database: Database, release: Release) -> None:
    """Gives the routes all they work with, in place of what they worked with before."""
    live = Live(database)
    database.heard = live.heard
    sessions = Sessions(database)
    sessions.on_end = live.sessions_ended

    def heard(heads: Mapping[str, int]) -> None:
        live.heard(heads)
        recounts.heard(heads)

    door = Door(database, now_ms, heard)
    recounts = Recounts(database, now_ms, door)
    app.state.clear()
    app.state.update(
        {
            "settings": settings,
            "database": database,
            "sessions": sessions,
            "sightings": Sightings(database, now_ms),
            "setup": Setup(database),
            "clock": now_ms,
            "known_chain": KnownChain(),
            "mint": lambda: ordered_id(now_ms(), token_hex(10)),
            "live": live,
            "door": door,
            "imports": Imports(settings, database, door, now_ms, live.heard),
            "housekeeper": Housekeeper(database, now_ms, door),
            "recounts": recounts,
            "planner": Planner(database, now_ms),
            "snapshots": Snapshots(settings, database, now_ms),
            "looks": Looks(),
            "photos": Photos(),
            "release": release,
            "shelf": ReleaseShelf(settings.data / "releases"),
            "templates": _templates(release),
            # The port of TLS with a certificate of our own, which phones must come to trust first.
            "own_tls_port": None,
            # The host that the server listens on, as it was given; None where nobody said.
            "listens_at": None,
        }
    )


@lru_cache(maxsize=1)
def _templates(release: Release) -> Templates:
    """Read, checked and compiled once: those of a release never change."""
    web = TOP / "web"
    return Templates(web, read_locales(web), release.id, release.files)


async def open_door(app: Litestar) -> None:
    # Half a second, spent before the first phone comes and not while it waits.
    import_module("pypinyin")
    app.state.live.open()
    app.state.door.open()
    app.state.housekeeper.open()
    app.state.recounts.open()
    app.state.planner.open()
    app.state.imports.open()
    app.state.snapshots.open()


async def close_door(app: Litestar) -> None:
    await app.state.photos.close()
    await app.state.snapshots.close()
    await app.state.imports.close()
    await app.state.planner.close()
    await app.state.recounts.close()
    await app.state.housekeeper.close()
    await app.state.live.close()
    await app.state.door.close()


async def who_is_asking(request: Request[Who, None, State]) -> Who:
    """For a handler's argument `who`: the signed-in person; NotSignedIn where there is none."""
    who: Who | None = await request.app.state.sessions.who(request.scope)
    if who is None:
        raise NobodyYet if await request.app.state.setup.is_left() else NotSignedIn
    return who


def _of_the_app(name: str) -> Provide:
    def provide(state: State) -> Any:
        return state[name]

    return Provide(provide, sync_to_thread=False)


DEPENDENCIES = {
    "who": Provide(who_is_asking),
    **{name: _of_the_app(name) for name in ("database", "sessions", "templates", "door")},
}

# JSON alone: the usual readers of it load their scripts from elsewhere.
SCHEMA = OpenAPIConfig(
    title="Stockhand",
    version=version("stockhand"),
    path="/schema",
    render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
)
