"""Both ends asked about the same strings."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sync.gs1 import read, what_is
from sync.gs1_told import told_of
from tests.house import TOP
from tests.sync.gs1_strings import Strings


@dataclass(frozen=True, slots=True)
class Compared:
    """`differing` are codes with what either end says of them; `forms` are those that were met."""

    differing: list[tuple[Any, ...]]
    forms: set[str]


def compared(seed: int, count: int, today: str) -> Compared:
    strings = Strings(seed)
    # As they would travel: two halves of a character that meet are that character.
    codes = json.loads(json.dumps([strings.next() for _ in range(count)]))
    with TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "codes.json", Path(folder) / "answers.json"
        asked.write_text(json.dumps({"today": today, "codes": codes}), "ascii")
        subprocess.run(["node", str(TOP / "tests/sync/gs1_batch.js"), str(asked), str(answered)], check=True)
        told = json.loads(answered.read_text("utf-8"))
    read_here: list[Any] = [read(code, today) for code in codes]
    meant_here: list[Any] = [what_is(code) for code in codes]
    here = zip(read_here, meant_here, [told_of(code, today) for code in codes], strict=True)
    there = zip(told["readings"], told["meanings"], told["shown"], strict=True)
    differing: list[tuple[Any, ...]] = [each for each in zip(codes, here, there, strict=True) if each[1] != each[2]]
    # What a code means and what it reads as name the same item.
    both = zip(codes, read_here, meant_here, strict=True)
    differing += [each for each in both if each[1]["gtin"] != each[2].get("gtin")]
    return Compared(differing, {one["form"] for one in read_here})
