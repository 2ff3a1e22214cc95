"""What a phone may send, taken apart. Whatever is not sound in its frame is refused as a whole, before the books."""

from typing import Annotated, Any

import msgspec

from sync.operations import KINDS, LARGEST, LIMITS, is_uuid, problems

Whole = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
Code = Annotated[str, msgspec.Meta(max_length=40)]
# A day ahead of the year 3000 is nobody's clock.
Moment = Annotated[int, msgspec.Meta(ge=0, le=32_503_680_000_000)]


class Malformed(Exception):  # noqa: N818 -- answered, not a fault of the program
    """The message cannot be read; `at` is the index of the bad operation where one is to blame."""

    def __init__(self, code: str, at: int | None = None) -> None:
        super().__init__(code)
        self.answer: dict[str, Any] = {"code": code} if at is None else {"code": code, "at": at}


class Operation(msgspec.Struct, frozen=True):
    """An operation as it came; see `sync/PROTOCOL.md` for its fields."""

    n: Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
    id: str
    kind: Code
    v: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    args: dict[str, Any]
    at: Moment
    mono: float | None
    offset: Whole | None
    by: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    mac: Annotated[str, msgspec.Meta(max_length=88)] | None
    dep: str | None = None
    blobs: Annotated[list[str], msgspec.Meta(max_length=20)] | None = None

    def signed_text(self) -> bytes:
        """The canonical text of what a signature covers, in UTF-8; `sync.operations.signing_text` ten times as fast."""
        return _canonical.encode(
            {"id": self.id, "kind": self.kind, "v": self.v, "args": self.args, "at": self.at, "by": self.by}
        )

    def problems(self) -> list[dict[str, Any]]:
        return problems(self.kind, self.v, self.args)

    @property
    def is_fact(self) -> bool:
        return self.kind in KINDS and KINDS[self.kind]["nature"] == "fact"


class Health(msgspec.Struct, frozen=True):
    """What a phone says of itself: work that waits, since when, how old its catalogue is, which release it runs, and
    whether it can keep what it is given.

    `said_at` is when it looked, in the hub's clock as far as it knows that; releases before it was asked say nothing.
    `through` is the last number it has given out, and `earlier` are clients whose rows went on under this one: by both
    the hub knows what it is still owed when a phone comes back without its outbox.
    """

    waiting: Count
    oldest_at: Moment | None = None
    said_at: Moment | None = None
    catalogue_at: Moment | None = None
    release: Code | None = None
    storage: Code | None = None
    through: Count | None = None
    earlier: Annotated[list[Code], msgspec.Meta(max_length=100)] = []


class Push(msgspec.Struct, frozen=True):
    protocol: int
    client: str
    ops: list[Operation]
    health: Health | None = None


class Cursor(msgspec.Struct, frozen=True):
    epoch: Code
    seq: Count
    sum: Annotated[str, msgspec.Meta(max_length=17)]
    # Of one who begins anew and is not done: the floor when they began.
    floor: Count = 0


class Pull(msgspec.Struct, frozen=True):
    schema: int
    cursors: Annotated[dict[Annotated[str, msgspec.Meta(max_length=60)], Cursor], msgspec.Meta(max_length=1000)]
    client: str | None = None
    health: Health | None = None
    # Formats of snapshots that the phone unpacks.
    packed: Annotated[list[Count], msgspec.Meta(max_length=20)] | None = None
    # The phone has no room for the stock of other stores.
    lean: bool = False


_canonical = msgspec.json.Encoder(order="sorted")
_push = msgspec.json.Decoder(Push)
_pull = msgspec.json.Decoder(Pull)
_frame = msgspec.json.Decoder(dict[str, msgspec.Raw])
_rows = msgspec.json.Decoder(list[msgspec.Raw])
_operation = msgspec.json.Decoder(Operation)
# The last one is what a message raises that is all opening brackets.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_push(body: bytes) -> Push:
    """Raises `Malformed` naming the first operation to blame, so that a phone can set it aside and send the rest."""
    if len(body) > LIMITS["bytes"]:
        raise Malformed("too_large")
    try:
        push = _push.decode(body)
    except _UNREADABLE as error:
        raise Malformed("malformed", _blame(body)) from error
    if push.protocol != 1 or not is_uuid(push.client):
        raise Malformed("malformed")
    if len(push.ops) > LIMITS["operations"]:
        raise Malformed("too_large")
    for index, op in enumerate(push.ops):
        if not is_uuid(op.id) or not _text(op.kind) or not _sound(op.args) or not _is_uuid_if_any(op.dep):
            raise Malformed("malformed", index)
        if index and op.n != push.ops[index - 1].n + 1:
            raise Malformed("malformed", index)
    return push


def read_pull(body: bytes) -> Pull:
    """Raises `Malformed`."""
    try:
        pull = _pull.decode(body)
    except _UNREADABLE as error:
        raise Malformed("malformed") from error
    if not _is_uuid_if_any(pull.client):
        raise Malformed("malformed")
    return pull


def _blame(body: bytes) -> int | None:
    """Which operation cannot be read; None where the frame itself is broken."""
    try:
        rows = _rows.decode(_frame.decode(body)["ops"])
    except (*_UNREADABLE, KeyError):
        return None
    for index, row in enumerate(rows):
        try:
            _operation.decode(row)
        except _UNREADABLE:
            return index
    return None


def _is_uuid_if_any(value: str | None) -> bool:
    return value is None or is_uuid(value)


def _sound(value: object, depth: int = 0) -> bool:
    """Texts, whole numbers, lists and records only: what cannot be written the same way twice cannot be signed."""
    if depth > 6:
        return False
    if isinstance(value, dict):
        return all(_text(name) and _sound(one, depth + 1) for name, one in value.items())
    if isinstance(value, list):
        return all(_sound(one, depth + 1) for one in value)
    if isinstance(value, str):
        return _text(value)
    return value is None or isinstance(value, bool) or (isinstance(value, int) and -LARGEST <= value <= LARGEST)


def _text(value: str) -> bool:
    # PostgreSQL keeps no NUL, and half a surrogate pair has no UTF-8.
    return ("\0" not in value and value.isprintable()) or not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
