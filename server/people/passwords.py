"""Passwords as argon2id hashes, with the parameters of RFC 9106's second recommendation."""

import unicodedata

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.refusals import Refusal

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

_hasher = PasswordHasher()
# Somebody who is not here costs as much time as somebody who is: today's parameters, and nothing that anybody knows.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$RlNviqzxWD2P3kPK9ykzCQ$IVl/9/nk4tAYruvOU2XqIBQek97mJJybrsPQN26JwLE"
# Kept for whoever has no password yet; nothing that a stranger can measure tells them from somebody who is not here.
NO_PASSWORD = NOBODYS_HASH
# Each takes 64 MiB and tens of milliseconds of a core: two at once, so that sign-ins never starve the door.
_two_at_once = anyio.CapacityLimiter(2)


def check_password(password: str) -> None:
    """Refusal `password_short(least)` or `text_too_long(limit)` for what nobody should choose."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal("password_short", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Refusal("text_too_long", limit=LONGEST_PASSWORD)


async def hash_password(password: str) -> str:
    return await anyio.to_thread.run_sync(_hasher.hash, _same_keys(password), limiter=_two_at_once)


async def is_right(password_hash: str, password: str) -> bool:
    return await anyio.to_thread.run_sync(_verify, password_hash, _same_keys(password), limiter=_two_at_once)


def needs_new_hash(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _same_keys(password: str) -> str:
    # A phone and a keyboard may write the same letter as different code points.
    return unicodedata.normalize("NFKC", password[: LONGEST_PASSWORD + 1])
