"""Stores, areas and people of the demonstration chain, and who is whose neighbour."""

import json
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any, Literal

# Farther than this nobody drives for a box of biscuits: such stores do not lend to each other.
NEIGHBOUR_REACH_M = 100_000
_EARTH_RADIUS_M = 6_371_000

Assortment = Literal["city", "corner"]


@dataclass(frozen=True, slots=True)
class DemoArea:
    key: str
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class DemoStore:
    """`abundance` is how full its shelves are, 1 being usual."""

    code: str
    name_en: str
    name_zh: str
    area: str
    latitude: float
    longitude: float
    time_zone: str
    assortment: Assortment
    abundance: float


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`store` is the code of the store seen first; the role is for `area` where that is set, for the whole chain at
    level 5, for the store otherwise. The password is no secret: the demo prints it when it starts.
    """

    username: str
    name: str
    level: int
    store: str
    area: str | None
    locale: Literal["en", "zh"]
    password: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    store: str
    neighbour: str
    distance_m: int


@dataclass(frozen=True, slots=True)
class DemoChain:
    """`neighbours` are sorted by store, nearest first."""

    name: str
    areas: tuple[DemoArea, ...]
    stores: tuple[DemoStore, ...]
    people: tuple[DemoPerson, ...]
    neighbours: tuple[Neighbour, ...]


@cache
def demo_chain() -> DemoChain:
    raw = json.loads((Path(__file__).parent / "chain.json").read_text("utf-8"))
    stores = tuple(_store(row) for row in raw["stores"])
    return DemoChain(
        name=raw["name"],
        areas=tuple(DemoArea(row["key"], row["en"], row["zh"]) for row in raw["areas"]),
        stores=stores,
        people=tuple(DemoPerson(**{"area": None, **row}) for row in raw["people"]),
        neighbours=tuple(neighbour for store in stores for neighbour in _neighbours_of(store, stores)),
    )


def distance_m(a: DemoStore, b: DemoStore) -> int:
    """As the crow flies, by the haversine formula, to the nearest 100 m."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.longitude - a.longitude) / 2
    chord = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return round(2 * _EARTH_RADIUS_M * asin(sqrt(chord)) / 100) * 100


def _store(row: dict[str, Any]) -> DemoStore:
    return DemoStore(name_en=row.pop("en"), name_zh=row.pop("zh"), **row)


def _neighbours_of(store: DemoStore, stores: tuple[DemoStore, ...]) -> list[Neighbour]:
    near = [
        Neighbour(store.code, other.code, distance)
        for other in stores
        if other is not store and (distance := distance_m(store, other)) <= NEIGHBOUR_REACH_M
    ]
    return sorted(near, key=lambda neighbour: neighbour.distance_m)
