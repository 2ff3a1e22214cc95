"""What a first day holds, and what of it is left: seen in the shop itself, so nothing can be ticked that is not so."""

from typing import Literal, TypedDict, cast

from sqlalchemy import ColumnElement, and_, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catalogue.tables import items
from server.devices.tables import device_keys
from server.ledger.tables import ledger
from server.people.tables import roles
from server.setup.tables import setup_skips
from server.stores.tables import stores

StepName = Literal["owner", "store", "people", "items", "stock", "phone"]
STEPS: tuple[StepName, ...] = ("owner", "store", "people", "items", "stock", "phone")

# Whoever works in a store or over some; the administrator alone makes no shop.
_STAFF = and_(roles.c.level < 5, (roles.c.store_id.is_not(None)) | (roles.c.area_id.is_not(None)))
_DONE: dict[StepName, ColumnElement[bool]] = {
    "store": exists().where(stores.c.archived_at.is_(None)),
    "people": exists().where(_STAFF),
    "items": exists().where(items.c.archived_at.is_(None)),
    "stock": exists(select(ledger.c.id)),
    "phone": exists().where(device_keys.c.person_id == roles.c.person_id, _STAFF),
}


class SetupStep(TypedDict):
    """`here` marks the step whose page is shown; `later` is left too, but somebody said so."""

    step: StepName
    state: Literal["done", "later", "left"]
    here: bool


async def read_steps(connection: AsyncConnection, here: StepName | None = None) -> list[SetupStep]:
    """All steps in their order, once there is an administrator."""
    answers = (await connection.execute(select(*(done.label(name) for name, done in _DONE.items())))).one()
    skipped = set((await connection.scalars(select(setup_skips.c.step))).all())
    told = []
    for step in STEPS:
        done = step == "owner" or getattr(answers, step)
        state = "done" if done else "later" if step in skipped else "left"
        told.append(cast(SetupStep, {"step": step, "state": state, "here": step == here}))
    return told


def before_anybody() -> list[SetupStep]:
    """The steps as the page shows them that asks for the code."""
    return [SetupStep(step=step, state="left", here=step == "owner") for step in STEPS]


def next_step(steps: list[SetupStep]) -> StepName | None:
    """The first that nobody did or put off; None when there is none."""
    return next((one["step"] for one in steps if one["state"] == "left"), None)


def following(step: StepName) -> StepName | None:
    place = STEPS.index(step) + 1
    return STEPS[place] if place < len(STEPS) else None


async def put_off(connection: AsyncConnection, step: StepName, person_id: int, at_ms: int) -> None:
    await connection.execute(delete(setup_skips).where(setup_skips.c.step == step))
    await connection.execute(insert(setup_skips).values(step=step, person_id=person_id, skipped_at=at_ms))
