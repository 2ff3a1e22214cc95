"""Changes the shipped code for the worse, one mutation at a time, and says which ordinary tests noticed.

`python -m tests.mutations` tries all of them, with a NAME those whose names contain it. Fails where one survives.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.mutations.patches import Misfit, Mutation, mutations
from tests.mutations.trial import SEEDS, Trial, try_out, unchanged_code_survives


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="a part of a mutation's name")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="with how many seeds of the simulation each is tried")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        if not unchanged_code_survives(Path(folder), chosen.seeds):
            print("a seed of the simulation ends badly where nothing is changed")
            return 1
    tried = [mutation for mutation in mutations() if chosen.name in mutation.name]
    survived = [mutation.name for mutation in tried if not _told(mutation, chosen.seeds)]
    print(f"{len(tried) - len(survived)} of {len(tried)} mutations were caught")
    for name in survived:
        print(f"survived: {name}")
    return 1 if survived or not tried else 0


def _told(mutation: Mutation, seeds: int) -> bool:
    print(f"{mutation.name}: {mutation.what}", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
            trial = try_out(mutation, Path(folder), seeds)
    except Misfit as misfit:
        print(f"  no longer fits: {misfit}", flush=True)
        return False
    for line in lines(trial):
        print(f"  {line}", flush=True)
    return bool(trial.caught)


def lines(trial: Trial) -> list[str]:
    return [*(f"caught by {name}" for name in trial.caught), f"caught by {trial.seeds_caught} of {trial.seeds} seeds"]


if __name__ == "__main__":
    sys.exit(main())
