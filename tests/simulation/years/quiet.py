"""Faults off: every queue empties, every cursor reaches head, and everything that was ever done is accounted for."""

from typing import TYPE_CHECKING

from tests.simulation.years.books import Ledgers, true_books
from tests.simulation.years.chain import HOLDERS
from tests.simulation.years.phone import Phone
from tests.simulation.years.replica import Held
from tests.simulation.years.sight import all_in_sight

if TYPE_CHECKING:
    from tests.simulation.years.year import Year

ROUNDS = 6
# A batch with an operation that nobody can read is halved until it is found, all in one round of the engine.
TURNS = 60
UNTRUE = ("settled", "halved", "parked", "came back", "forked")


async def quiet(year: "Year") -> Ledgers:
    await _calm(year)
    for phone in year.phones:
        await _holds_what_a_new_one_would(year, phone)
        all_in_sight(year.looked, phone)
    books = await true_books(year)
    _nothing_lost(year, books)
    _clones_end(year)
    year.looked.count("quiet points")
    return books


async def _calm(year: "Year") -> None:
    """Everybody has a network and is signed in; then a few rounds must do."""
    year.away.clear()
    year.exchange.strays.clear()
    for phone in year.phones:
        phone.schema = 1
        phone.person = phone.person or HOLDERS[phone.name.removesuffix("'")][0]
        phone.session = True
    for number in range(1, ROUNDS + 1):
        for _turn in range(TURNS):
            words = await year.exchange.push(year.phones, 0)
            if not set(words.values()) & set(UNTRUE):
                break
        ends = [await year.exchange.pull(phone, 0) for phone in year.phones]
        empty = not any(phone.outbox.operations for phone in year.phones)
        if empty and all(end == "done" for end in ends) and all([await _at_head(year, one) for one in year.phones]):
            year.looked.at(12)
            year.looked.count("rounds until quiet", number)
            return
    standing = {phone.name: len(phone.outbox.operations) for phone in year.phones}
    year.looked.hold(12, False, f"after {ROUNDS} rounds without faults there still wait {standing}, {ends}")


async def _at_head(year: "Year", phone: Phone) -> bool:
    assert phone.replica is not None
    seen = year.hub.watch.seen
    return all(
        (held.epoch, held.seq) == (seen[name].epoch, seen[name].head) for name, held in phone.replica.live.items()
    )


async def _holds_what_a_new_one_would(year: "Year", phone: Phone) -> None:
    """Rows, checksums and cursors, whatever way they came."""
    fresh: dict[str, Held] = {}
    stranger = Phone(phone.name, phone.device, year.clock, phone.chance)
    stranger.person, stranger.session = phone.person, True
    end = await year.exchange.pull(stranger, 0)
    assert end == "done", end
    assert stranger.replica is not None
    assert phone.replica is not None
    fresh, held = stranger.replica.live, phone.replica.live
    year.looked.hold(3, set(fresh) == set(held), f"{phone.name} holds {sorted(held)}, a new one {sorted(fresh)}")
    for name, bucket in fresh.items():
        mine = held[name]
        same = (mine.epoch, mine.seq, mine.sum, mine.told) == (bucket.epoch, bucket.seq, bucket.sum, bucket.told)
        year.looked.hold(3, same, f"{phone.name}: {name} is {mine.seq} {mine.sum}, the hub's {bucket.seq} {bucket.sum}")
        if mine.rows != bucket.rows:
            differing = {key: (mine.rows.get(key), bucket.rows.get(key)) for key in {*mine.rows, *bucket.rows}}
            wrong = {key: both for key, both in differing.items() if both[0] != both[1]}
            year.looked.hold(3, False, f"{phone.name}: rows of {name} differ: {dict(list(wrong.items())[:3])}")
        year.looked.count("rows compared", len(bucket.rows))


def _nothing_lost(year: "Year", books: Ledgers) -> None:
    """Every operation that was ever saved has one outcome, or the only phone that had it is not that phone any more."""
    somewhere = {one for phone in year.phones for one in phone.outbox.ids()}
    for one, written in year.written.items():
        if one in books.known:
            continue
        lost = one in year.gone and one not in somewhere
        year.looked.hold(
            11, lost, f"{written} {one} has no outcome and is on {'a' if one in somewhere else 'no'} phone"
        )
        year.looked.count("went with a phone or a hub that was restored")
    year.looked.at(11, len(year.written))
    for one in sorted(year.owed & somewhere):
        year.looked.hold(14, one in books.known, f"{one} was settled before the hub went back and is not any more")
    year.owed.clear()


def _clones_end(year: "Year") -> None:
    """Their queues are empty: a closed tab takes nothing along but its journal, and the other one has its own."""
    kept: list[Phone] = []
    for phone in year.phones:
        if phone.name.endswith("'"):
            year.looked.count("tab closed")
            others = {one for other in year.phones if other is not phone for one in other.outbox.ids()}
            year.gone |= phone.outbox.ids() - others
        else:
            kept.append(phone)
    year.phones = kept
