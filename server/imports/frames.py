"""What the reading process says to the one that books: steps, each written with its length before it."""

import asyncio
import struct
from typing import Any, Generic, TypeVar

import msgspec

from server.imports.reading import LINES, Kind, Reject

SomeLine = TypeVar("SomeLine")
_LENGTH = struct.Struct("<I")


class Step(msgspec.Struct, Generic[SomeLine], array_like=True, gc=False):
    """Lines that are booked in one transaction. The same file gives the same steps, wherever the reading begins.

    `fresh` are goods that nobody knew a moment ago, `known` whatever may meet something that stands; `same` counts
    lines that say what stands already, `unsure` those that the rest of the file may have answered otherwise the next
    time. `read_to` is given by the last step of a stretch: every line up to it was given.
    """

    lines: int
    fresh: list[SomeLine]
    known: list[SomeLine]
    same: int
    rejects: list[Reject]
    permille: int
    read_to: int | None
    unsure: int = 0


class End(msgspec.Struct, array_like=True):
    """The file is read; `code` and `params` say why it broke off, as `Unreadable` does."""

    code: str | None
    params: dict[str, int | str]


def framed(said: Step[Any] | End) -> bytes:
    body = _encoder.encode((0 if isinstance(said, End) else 1, said))
    return _LENGTH.pack(len(body)) + body


_encoder = msgspec.msgpack.Encoder()


class Steps(Generic[SomeLine]):
    """Reads them at the other end of the pipe."""

    def __init__(self, kind: Kind, pipe: asyncio.StreamReader) -> None:
        self._pipe = pipe
        self._frame = msgspec.msgpack.Decoder(tuple[int, msgspec.Raw])
        lines: Any = LINES[kind]
        self._step: Any = msgspec.msgpack.Decoder(Step[lines])
        self._end = msgspec.msgpack.Decoder(End)

    async def next(self) -> Step[SomeLine] | End:
        """Raises asyncio.IncompleteReadError where the reader died."""
        [length] = _LENGTH.unpack(await self._pipe.readexactly(_LENGTH.size))
        which, said = self._frame.decode(await self._pipe.readexactly(length))
        step: Step[SomeLine] | End = self._step.decode(said) if which else self._end.decode(said)
        return step
