from typing import TypedDict, cast

from server.page_frame import Frame, Locale, Problem
from server.visits import Visit, frame
from sync.roles import store_choices


class StoreChoice(TypedDict):
    id: int
    name: str
    chosen: bool


class MePage(TypedDict):
    """`/me`: language, store, sign-out. `waiting` operations guard the sign-out on the phone.

    `minds` is whether administration has something for this person.
    """

    frame: Frame
    operation_id: str
    username: str
    stores: list[StoreChoice]
    waiting: int
    minds: bool
    problem: Problem | None


class SignInPage(TypedDict):
    """`/sign-in`, from the network only. `username` is kept when refused; `next` is where to go after."""

    locale: Locale
    username: str
    next: str
    problem: Problem | None


class WelcomePage(TypedDict):
    """`/welcome`: after sign-in, the page that tells the worker who is here before any staff page."""

    locale: Locale
    person_id: int
    person_name: str
    next: str


class GoodbyePage(TypedDict):
    """`/goodbye`: after sign-out, the page that tells the worker that nobody is here."""

    locale: Locale


async def me_page(visit: Visit) -> MePage:
    stores = [visit.chain.stores[store] for store in visit.chain.areas]
    return MePage(
        frame=await frame(visit, "me"),
        operation_id=visit.mint(),
        username=visit.username,
        stores=cast(list[StoreChoice], store_choices(stores, visit.reader)),
        waiting=0,
        minds=visit.reader["minds"],
        problem=visit.problem,
    )
