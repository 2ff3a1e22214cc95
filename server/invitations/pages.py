from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.pages import AdminFrame, admin_frame
from server.invitations.addresses import PhoneAddress
from server.invitations.inviting import has_own_password, may_invite
from server.invitations.qr import QrCode, qr_code
from server.invitations.tables import invitations
from server.page_frame import Locale, Problem
from server.people.operator import OPERATOR
from server.people.tables import people
from server.visits import Visit


class InvitePage(TypedDict):
    """`/admin/invite/<person>`. `code` is the invitation that was made a moment ago, shown once and never again.

    `trust` is the code that comes first where phones do not trust this hub yet. `open_until` is when an earlier
    invitation runs out, 0 for none; `came` says that they have worked here and know a password.
    """

    admin: AdminFrame
    person_id: int
    name: str
    username: str
    code: QrCode | None
    trust: QrCode | None
    reachable: bool
    open_until: int
    came: bool


class ArrivalState(TypedDict):
    """`/admin/invite/<person>/arrival`: whether the phone is in; asked again and again while the code is shown."""

    person_id: int
    name: str
    came: bool


class InvitationPage(TypedDict):
    """`/invite/<token>`, on the phone. `chooses` a password, or types the one they have."""

    locale: Locale
    name: str
    username: str
    store_name: str
    level: int
    made_by: str
    chooses: bool
    problem: Problem | None


class InvitationOverPage(TypedDict):
    """410: the link was used, replaced, or is too old; which of them is nobody's business."""

    locale: Locale


async def invite_page(visit: Visit, person_id: int, address: PhoneAddress, token: str) -> InvitePage | None:
    """None for somebody who is not the reader's to invite."""
    admin = await admin_frame(visit, "people")
    if admin is None or not await is_theirs(visit, person_id):
        return None
    query = select(people.c.name, people.c.username, has_own_password().label("came")).where(people.c.id == person_id)
    row = (await visit.connection.execute(query)).one()
    return InvitePage(
        admin=admin,
        person_id=person_id,
        name=row.name,
        username=row.username,
        code=qr_code(f"{address.hub}/invite/{token}") if token else None,
        trust=qr_code(address.trust) if address.trust else None,
        reachable=address.reachable,
        open_until=await _open_until(visit, person_id),
        came=bool(row.came),
    )


async def is_theirs(visit: Visit, person_id: int) -> bool:
    """Whether the person is here and the reader's to invite; in the name of commands nobody comes in."""
    here = select(people.c.id).where(people.c.id == person_id, people.c.archived_at.is_(None))
    here = here.where(people.c.username != OPERATOR)
    if await visit.connection.scalar(here) is None:
        return False
    return await may_invite(visit.connection, visit.reader["person"], person_id, visit.chain.areas, visit.now)


async def arrival_state(visit: Visit, person_id: int) -> ArrivalState | None:
    """None for somebody who is not the reader's to invite."""
    if not await is_theirs(visit, person_id):
        return None
    name = await visit.connection.scalar(select(people.c.name).where(people.c.id == person_id))
    return ArrivalState(person_id=person_id, name=name or "", came=await _accepted(visit.connection, person_id))


async def _accepted(connection: AsyncConnection, person_id: int) -> bool:
    """Whether the newest invitation brought a phone in."""
    query = (
        select(invitations.c.device_id)
        .where(invitations.c.person_id == person_id)
        .order_by(invitations.c.made_at.desc())
        .limit(1)
    )
    return await connection.scalar(query) is not None


async def _open_until(visit: Visit, person_id: int) -> int:
    living = (invitations.c.person_id == person_id) & invitations.c.ended_at.is_(None)
    query = select(invitations.c.expires_at).where(living, invitations.c.expires_at > visit.now)
    return await visit.connection.scalar(query) or 0
