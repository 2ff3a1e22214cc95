"""Who may do what where, from roles that begin and end. Pure: the moment is always given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A level (1-5) for a store, for an area, or for the whole chain where both are None; times in ms."""

    level: int
    store_id: int | None
    area_id: int | None
    valid_from: int
    valid_to: int | None

    def holds(self, at: int) -> bool:
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def covers(self, store: int, area: int | None) -> bool:
        """Whether it counts at `store`, which lies in `area`."""
        return store == self.store_id if self.store_id is not None else self.area_id in (None, area)

    def stores(self, areas: Mapping[int, int]) -> Iterable[int]:
        """The stores it covers; `areas` maps every store to its area."""
        return (store for store, area in areas.items() if self.covers(store, area))


def level_at(roles: Sequence[Role], store: int, area: int | None, at: int) -> int:
    """The acting level (2-4, else 0) at one store; the same as `sync.roles.acting_levels` says of all.

    A viewer looks and an administrator has no stock powers (separation of duties), so neither counts here.
    """
    held = (role.level for role in roles if 2 <= role.level <= 4 and role.holds(at) and role.covers(store, area))
    return max(held, default=0)


def administers(roles: Iterable[Role], at: int) -> bool:
    """Whether stores, goods and people are this person's to mind at that moment."""
    return any(role.level == 5 and role.holds(at) for role in roles)


def may_give(
    giver: Sequence[Role], level: int, store: int | None, area: int | None, areas: Mapping[int, int], at: int
) -> bool:
    """Whether roles of this level at this place (a store, an area, or the whole chain) are `giver`'s to give and end.

    A store manager minds those who look and help in their own store; a store manager's role is the area manager's to
    give. `areas` maps open stores to their areas.
    """
    if administers(giver, at):
        return True
    if store is not None:
        own = level_at(giver, store, areas.get(store), at)
        return own >= 4 if level == 3 else own >= 3 and level < 3
    if area is None or level > 3:
        return False
    return any(role.level == 4 and role.holds(at) and role.area_id in (None, area) for role in giver)
