"""Codes in photographs: how many are read, beside each reader alone, and that none is misread."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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

    def take(self, picture: Image.Image, format_: str, text: str) -> None:
        """A reader alone is right where it says the text; we are where we say the format too and nothing else."""
        told = {(code["format"], code["text"]) for code in read_codes(picture, BUDGET_S)}
        self.right += (format_, text) in told
        self.misread += len(told - {(format_, text)})
        by_zbar, by_zxing = ({one.text for one in ask(picture)} for ask in (ask_zbar, ask_zxing))
        self.zbar += text in by_zbar
        self.zxing += text in by_zxing
        self.either += text in by_zbar | by_zxing

    @property
    def versus(self) -> str:
        return f"pyzbar alone {self.zbar}, zxing-cpp alone {self.zxing}, either {self.either}"


def tallied(asked: Iterable[Asked]) -> Tally:
    tally = Tally()
    for picture, format_, text in asked:
        tally.take(picture, format_, text)
    return tally


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
        kinds = list(RENDERERS)
        tally = tallied(_degraded(kinds))
        alone = max(tally.zbar, tally.zxing)
        yield Figure(name, "times", [tally.right / alone], ">= 1.1", versus=f"{tally.versus}, both here {tally.right}")
        yield Figure(f"{name}_misread", "codes", [tally.misread], "== 0")


def _degraded(kinds: list[str]) -> Iterator[Asked]:
    for seed in range(DEGRADED):
        picture, label = photograph(seed, kinds[seed % len(kinds)])
        yield picture, label.format, label.text
