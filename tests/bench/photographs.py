"""Codes in photographs: how many are read, beside each reader alone, and that none is misread."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from pathlib import Path

from PIL import Image, ImageOps

from server.scanning.photos.engine import read_codes
from server.scanning.photos.readers import ask_zbar, ask_zxing
from tests.bench.figures import Figure
from tests.bench.hub import TOP, Databases
from tests.photographs.rendering import RENDERERS
from tests.photographs.spoiling import photograph

PHOTOGRAPHS = TOP.parent / "shared" / "data" / "barcodes"
DEGRADED = 1000
# A busy machine may not make the figure: what counts is what is read, and time has its own tests.
BUDGET_S = 6.0

# The grey picture, and the format and text of its main symbol.
Asked = tuple[Image.Image, str, str]


@dataclass(slots=True)
class Tally:
    right: int = 0
    misread: int = 0
    zbar: int = 0
    zxing: int = 0
    either: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(ours + theirs for ours, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def versus(self) -> str:
        return f"pyzbar alone {self.zbar}, zxing-cpp alone {self.zxing}, either {self.either}"


def taken(asked: Asked) -> Tally:
    """A reader alone is right where it says the text; we are where we say the format too, and else we misread."""
    picture, format_, text = asked
    told = {(code["format"], code["text"]) for code in read_codes(picture, BUDGET_S)}
    by_zbar, by_zxing = ({one.text for one in ask(picture)} for ask in (ask_zbar, ask_zxing))
    return Tally(
        right=(format_, text) in told,
        misread=len(told - {(format_, text)}),
        zbar=text in by_zbar,
        zxing=text in by_zxing,
        either=text in by_zbar | by_zxing,
    )


def tallied(asked: Iterable[Asked]) -> Tally:
    return sum(map(taken, asked), Tally())


@dataclass(frozen=True, slots=True)
class Photographs:
    """Those of a public decoder's tests, where they lie beside the checkout."""

    folder: Path = PHOTOGRAPHS

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        if not (self.folder / "truth.jsonl").is_file():
            why = "the photographs do not lie beside the checkout"
            yield Figure.skipped(name, "of 63", ">= 45", why)
            yield Figure.skipped(f"{name}_misread", "codes", "== 0", why)
            return
        tally = tallied(self._asked())
        yield Figure(name, "of 63", [tally.right], ">= 45", versus=tally.versus)
        yield Figure(f"{name}_misread", "codes", [tally.misread], "== 0")

    def _asked(self) -> Iterator[Asked]:
        for line in (self.folder / "truth.jsonl").read_text().splitlines():
            truth = json.loads(line)
            with Image.open(self.folder / truth["image"]) as picture:
                yield ImageOps.exif_transpose(picture).convert("L"), truth["format"], truth["text"]


@dataclass(frozen=True, slots=True)
class DegradedCodes:
    """Rendered and spoilt by a script from seeds: the same thousand each time."""

    def __call__(self, name: str, databases: Databases) -> Iterator[Figure]:
        # One process a core: a code that nobody can read costs the whole budget.
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            tally = sum(pool.map(_taken_from_seed, range(DEGRADED), chunksize=10), Tally())
        alone = max(tally.zbar, tally.zxing)
        yield Figure(name, "times", [tally.right / alone], ">= 1.1", versus=f"{tally.versus}, both here {tally.right}")
        yield Figure(f"{name}_misread", "codes", [tally.misread], "== 0")


def _taken_from_seed(seed: int) -> Tally:
    kinds = list(RENDERERS)
    picture, label = photograph(seed, kinds[seed % len(kinds)])
    return taken((picture, label.format, label.text))
