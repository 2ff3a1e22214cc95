"""Ids of operations that sort by the moment they were made; twin of `ids.js`.

Ids without order touch another page of every index with each row that is written.
"""


def ordered_id(at: int, noise: str) -> str:
    """The id of a moment (ms since 1970) with 19 random hexadecimal digits: a UUID of version 7 (RFC 9562)."""
    time = f"{at:012x}"
    variant = "89ab"[int(noise[3], 16) % 4]
    return f"{time[:8]}-{time[8:]}-7{noise[:3]}-{variant}{noise[4:7]}-{noise[7:19]}"
