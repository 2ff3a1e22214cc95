"""Everything that happens by chance, from one seed: the same seed gives the same year again, on any machine."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar
from uuid import UUID

Thing = TypeVar("Thing")


class Chance:
    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._random = Random(seed)
        self.next = self._random.random

    def branch(self, name: str) -> "Chance":
        """Another stream that this one does not disturb."""
        return Chance(f"{self.seed}/{name}")

    def happens(self, probability: float) -> bool:
        return self.next() < probability

    def whole(self, least: int, most: int) -> int:
        """From `least` to `most`, both included."""
        return least + int(self.next() * (most - least + 1))

    def pick(self, things: Sequence[Thing]) -> Thing:
        return things[int(self.next() * len(things))]

    def some(self, things: Sequence[Thing], share: float) -> list[Thing]:
        return [thing for thing in things if self.next() < share]

    def shuffled(self, things: Sequence[Thing]) -> list[Thing]:
        listed = list(things)
        self._random.shuffle(listed)
        return listed

    def weighed(self, weights: Mapping[str, float]) -> str:
        """One of the names, as often as its weight says."""
        left = self.next() * sum(weights.values())
        for name, weight in weights.items():
            left -= weight
            if left < 0:
                return name
        return next(iter(weights))

    def uuid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128), version=4))
