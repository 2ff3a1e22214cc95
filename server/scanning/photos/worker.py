"""`python -m server.scanning.photos.worker`: the process that reads photographs, which may die without harm.

It says `ready`, then answers each task with a line of JSON. A task is a line of JSON, {bytes, budget_s, what}, and
the photograph's bytes. It ends by itself when nobody asks any more.
"""

import gc
import os
import resource
import select
import sys
import time
import warnings
from contextlib import suppress
from typing import BinaryIO, Literal

import msgspec
from PIL import Image

from server.scanning.photos.engine import read_codes
from server.scanning.photos.goods import goods_picture
from server.scanning.photos.opening import Unseen, open_photograph

# Addresses, not memory in use: libraries reserve a part of it.
MEMORY_BYTES = 2 * 1024**3
IDLE_S = 120
MOST_CODES = 100


class Task(msgspec.Struct):
    bytes: int
    budget_s: float
    what: Literal["codes", "goods"] = "codes"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # The hub answers phones on the same cores.
    os.nice(5)
    warnings.simplefilter("ignore")
    # Decoders that speak to the terminal say nothing that anybody reads, and pipes carry answers only.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    asked = os.fdopen(0, "rb", buffering=0)
    # What is loaded at the first use is loaded in nobody's time.
    read_codes(Image.effect_noise((320, 240), 90), 5)
    _say(answers, b"ready")
    while _is_asked():
        line = _line(asked)
        if not line:
            return
        task = msgspec.json.decode(line, type=Task)
        data = _piece(asked, task.bytes)
        _say(answers, msgspec.json.encode(answer(data, task.budget_s) if task.what == "codes" else pictured(data)))
        gc.collect()


def answer(data: bytes, budget_s: float) -> dict[str, object]:
    """{codes} or {codes, code}: what was read, or which of `sentences.py` says why not."""
    began = time.monotonic()
    try:
        photograph = open_photograph(data)
        left_s = budget_s - (time.monotonic() - began)
        return {"codes": read_codes(photograph, left_s)[:MOST_CODES]}
    except Unseen as unseen:
        return {"codes": [], "code": unseen.code}
    except MemoryError:
        return {"codes": [], "code": "photo_too_many_pixels"}


def pictured(data: bytes) -> dict[str, object]:
    """{codes, picture} or {codes, code}: the photograph made small, or why not; bytes are base64 in JSON."""
    try:
        return {"codes": [], "picture": goods_picture(data)}
    except Unseen as unseen:
        return {"codes": [], "code": unseen.code}
    except MemoryError:
        return {"codes": [], "code": "photo_too_many_pixels"}


def _is_asked() -> bool:
    return bool(select.select([0], [], [], IDLE_S)[0])


def _line(asked: BinaryIO) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        one = asked.read(1)
        if not one:
            return b""
        line += one
    return line


def _piece(asked: BinaryIO, length: int) -> bytes:
    whole = bytearray()
    while len(whole) < length:
        piece = asked.read(min(length - len(whole), 1 << 20))
        if not piece:
            sys.exit(0)
        whole += piece
    return bytes(whole)


def _say(answers: BinaryIO, line: bytes) -> None:
    answers.write(line + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
