"""Trying a name and a password, not too often; the count is in the database, so it outlives a restart."""

import ipaddress
import unicodedata
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.database import Database
from server.devices.cookies import fingerprint
from server.devices.keys import find_device, find_key, is_blocked
from server.health import figures
from server.people.passwords import NO_PASSWORD, NOBODYS_HASH, hash_password, is_right, needs_new_hash
from server.people.tables import failed_sign_ins, people
from server.refusals import Refusal

WINDOW_MS = 15 * 60_000
# A whole shop may stand behind one address; a person forgets only so many passwords.
LIMITS = {"person": 8, "device": 8, "address": 60, "setup": 8}
LONGEST_USERNAME = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody typed, and from where. `device_token` is the long-lived cookie, if the browser has one."""

    username: str
    password: str
    address: str
    device_token: str | None
    at_ms: int


async def sign_in(database: Database, attempt: Attempt) -> int:
    """The person's id, or a Refusal: `wrong_credentials`, whatever was wrong, or `too_many_attempts(minutes)`."""
    username = folded(attempt.username)
    async with database.reading() as connection:
        if await is_blocked(connection, attempt.device_token):
            raise Refusal("device_blocked")
        person = await _find_person(connection, username, attempt.at_ms)
        known_here = await _worked_here(connection, attempt.device_token, person[0] if person else 0)
    # Strangers who guess at somebody's password do not lock them out of the phone they work with.
    device = fingerprint(attempt.device_token or "")
    who = f"device:{device}:{username}" if known_here else f"person:{username}"
    tried = [who, f"address:{network(attempt.address)}"]
    try:
        ids = await count_attempt(database, tried, attempt.at_ms)
    except Refusal:
        figures.SIGN_INS.labels("too_many").inc()
        raise
    right = await is_right(person[1] if person else NOBODYS_HASH, attempt.password)
    if person is None or not right:
        figures.SIGN_INS.labels("wrong").inc()
        raise Refusal("wrong_credentials")
    better_hash = await hash_password(attempt.password) if needs_new_hash(person[1]) else None
    async with database.writing() as connection:
        if not await _is_still_right(connection, person[0], person[1]):
            raise Refusal("wrong_credentials")
        await _settle(connection, person[0], better_hash, tried[0], ids)
    figures.SIGN_INS.labels("right").inc()
    return person[0]


async def count_attempt(database: Database, tried: list[str], at_ms: int) -> list[int]:
    """Counts before anything is judged, so that many at once do not slip under a limit; answers the counted rows.

    `tried` names what is limited, as "person:ada"; Refusal `too_many_attempts(minutes)` where it was tried too often.
    """
    async with database.writing() as connection:
        ids = await _count(connection, tried, at_ms)
    async with database.reading() as connection:
        wait_ms = max([await _wait_ms(connection, one, at_ms) for one in tried])
    if wait_ms > 0:
        async with database.writing() as connection:
            await connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.id.in_(ids)))
        raise Refusal("too_many_attempts", minutes=-(-wait_ms // 60_000))
    return ids


def folded(username: str) -> str:
    """As usernames are stored: a phone's keyboard likes to begin with a capital."""
    text = unicodedata.normalize("NFKC", username).strip().lower()[:LONGEST_USERNAME]
    return "".join(letter for letter in text if letter.isprintable())


def network(address: str) -> str:
    """Whom to count an attempt against: an IPv4 address, or the 64 bits of IPv6 that one household holds."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


async def _find_person(connection: AsyncConnection, username: str, at_ms: int) -> tuple[int, str] | None:
    """Id and hash; a one-time password that is too old is as good as none."""
    query = select(people.c.id, people.c.password_hash, people.c.password_expires_at).where(
        people.c.username == username, people.c.archived_at.is_(None)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    over = row.password_expires_at is not None and row.password_expires_at <= at_ms
    return row.id, NOBODYS_HASH if over else row.password_hash


async def _is_still_right(connection: AsyncConnection, person_id: int, password_hash: str) -> bool:
    """Uses a one-time password up; False where somebody else has come in with it in the same moment."""
    query = select(people.c.password_hash, people.c.password_expires_at).where(people.c.id == person_id)
    row = (await connection.execute(query.with_for_update(key_share=True))).one()
    if row.password_expires_at is None:
        # Whoever rehashed or changed it meanwhile has let this one in too: it was right when it was tried.
        return bool(row.password_hash != NO_PASSWORD)
    if row.password_hash != password_hash:
        return False
    used_up = update(people).where(people.c.id == person_id)
    await connection.execute(used_up.values(password_hash=NO_PASSWORD, password_expires_at=None))
    return True


async def _worked_here(connection: AsyncConnection, device_token: str | None, person_id: int) -> bool:
    device_id = await find_device(connection, device_token)
    return device_id is not None and await find_key(connection, device_id, person_id) is not None


async def _count(connection: AsyncConnection, tried: list[str], at_ms: int) -> list[int]:
    await connection.execute(delete(failed_sign_ins).where(failed_sign_ins.c.at < at_ms - 2 * WINDOW_MS))
    return [await _insert(connection, one, at_ms) for one in tried]


async def _insert(connection: AsyncConnection, tried: str, at_ms: int) -> int:
    statement = insert(failed_sign_ins).values(tried=tried, at=at_ms).returning(failed_sign_ins.c.id)
    result = await connection.execute(statement)
    return int(result.scalar_one())


async def _wait_ms(connection: AsyncConnection, tried: str, at_ms: int) -> int:
    """How long until another attempt is free; 0 when this one (already counted) is within the limit."""
    limit = LIMITS[tried.partition(":")[0]]
    query = (
        select(failed_sign_ins.c.at)
        .where(failed_sign_ins.c.tried == tried, failed_sign_ins.c.at > at_ms - WINDOW_MS)
        .order_by(failed_sign_ins.c.at.desc(), failed_sign_ins.c.id.desc())
        .limit(limit + 1)
    )
    times = list((await connection.scalars(query)).all())
    return times[limit] + WINDOW_MS - at_ms if len(times) > limit else 0


async def _settle(
    connection: AsyncConnection, person_id: int, better_hash: str | None, tried: str, ids: list[int]
) -> None:
    """Whoever knows the password has no failures behind them; the address keeps those of others."""
    await connection.execute(
        delete(failed_sign_ins).where((failed_sign_ins.c.tried == tried) | failed_sign_ins.c.id.in_(ids))
    )
    if better_hash:
        better = update(people).where(people.c.id == person_id, people.c.password_hash != NO_PASSWORD)
        await connection.execute(better.values(password_hash=better_hash))
