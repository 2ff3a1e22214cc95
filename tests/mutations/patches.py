"""Small changes to the shipped code that the ordinary tests must not let pass: what each does, where, who catches it.

A patch is a diff whose lines are found by their text alone, so that it fits as long as the lines themselves stand:

    What goes wrong, in a sentence.
    caught by: tests/server/test_door.py tests/sw/outbox.test.js
    on: PostgreSQL
    --- server/inbox/group.py
    @@
     a line that stays
    -a line that goes
    +a line that comes
"""

from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent / "patches"


class Misfit(Exception):  # noqa: N818 -- says what no longer fits
    """The lines that a patch is about are not there, or more than once."""


@dataclass(frozen=True)
class Hunk:
    path: str
    old: str
    new: str

    def applied(self, text: str) -> str:
        """The file's text, changed; raises `Misfit`."""
        times = text.count(self.old)
        if times != 1:
            raise Misfit(f"{self.path} has these lines {times} times:\n{self.old}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mutation:
    """`tests` are files of the ordinary suite; `on` the only database that can show it, "" for any."""

    name: str
    what: str
    tests: tuple[str, ...]
    on: str
    hunks: tuple[Hunk, ...]

    @property
    def on_phones(self) -> bool:
        return any(hunk.path.startswith("sw/") for hunk in self.hunks)

    def changed(self, top: Path) -> dict[str, str]:
        """The new text of each file that it touches, by path; raises `Misfit`."""
        texts: dict[str, str] = {}
        for hunk in self.hunks:
            before = texts.get(hunk.path) or (top / hunk.path).read_text("utf-8")
            texts[hunk.path] = hunk.applied(before)
        return texts


def mutations() -> list[Mutation]:
    return [read(path) for path in sorted(FOLDER.glob("*.patch"))]


def read(path: Path) -> Mutation:
    head, *parts = path.read_text("utf-8").split("\n--- ")
    told = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    return Mutation(
        path.stem.replace("_", " "),
        head.splitlines()[0],
        tuple(told["caught by"].split()),
        told.get("on", ""),
        tuple(hunk for part in parts for hunk in _hunks(part)),
    )


def _hunks(part: str) -> list[Hunk]:
    path, *texts = part.split("\n@@\n")
    return [Hunk(path.strip(), _side(text, "-"), _side(text, "+")) for text in texts]


def _side(text: str, sign: str) -> str:
    return "".join(f"{line[1:]}\n" for line in text.splitlines() if line[:1] in (" ", sign))
