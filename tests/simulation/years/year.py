"""Months of a chain in virtual time, from one seed: rounds of work and faults, and quiet points where all agrees."""

from dataclasses import dataclass
from hashlib import sha256

from msgspec import json

from server.settings import Settings
from tests.simulation.years.books import Ledgers
from tests.simulation.years.chain import HOLDERS, device_of, open_chain
from tests.simulation.years.chance import Chance
from tests.simulation.years.clock import Clock
from tests.simulation.years.events import EVENTS, befall
from tests.simulation.years.exchange import Exchange
from tests.simulation.years.hub import Hub
from tests.simulation.years.looked import Looked
from tests.simulation.years.outbox import Row
from tests.simulation.years.phone import Disk, Phone
from tests.simulation.years.quiet import quiet
from tests.simulation.years.sight import all_in_sight
from tests.simulation.years.staff import act

AT_A_DESK = "a desk"
JO_STAYS_MS = 20 * 86_400_000
# A round is some minutes, now and then hours or a night: two months or so in five thousand operations.
ROUND_MS = {"minutes": 9, "hours": 5, "a night": 6}
WEATHER = {"fine": 5, "rough": 4, "awful": 2}
ROUGHNESS = {"fine": 0.0, "rough": 0.25, "awful": 0.7}


@dataclass(frozen=True)
class Written:
    """An operation as somebody saved it; `by` is who did it, whatever it claims."""

    by: int
    kind: str
    phone: str
    poison: bool = False
    forged: bool = False


class Year:
    """`written` is every operation that was ever saved, `away` until when phones have no network."""

    def __init__(self, settings: Settings, seed: str) -> None:
        self.chance = Chance(seed)
        self.clock = Clock()
        self.began_at = self.clock()
        self.looked = Looked()
        self.hub = Hub(settings, self.clock, self.looked, self.chance.branch("hub"))
        self.exchange = Exchange(self.hub, self.looked, self.chance.branch("exchange"))
        self.phones: list[Phone] = []
        self.away: dict[str, int] = {}
        self.kept: dict[str, Disk] = {}
        self.kept_at: int | None = None
        self.written: dict[str, Written] = {}
        # Whose only copy is nowhere any more: on a phone before it was restored, or at a desk before the hub was.
        self.gone: set[str] = set()
        self.desk_device = device_of("eve")
        self.round = 0
        self.cut = ""
        # What was settled before the hub went back, and has to come again.
        self.owed: set[str] = set()
        self._trace = sha256()

    async def open(self) -> None:
        await self.hub.start()
        await open_chain(self.hub.database, self.clock() + JO_STAYS_MS)
        for name, staff in HOLDERS.items():
            phone = Phone(name, device_of(name), self.clock, self.chance.branch(name))
            phone.person, phone.session = staff[0], True
            phone.skew_ms = self.chance.whole(-120_000, 120_000)
            self.phones.append(phone)

    async def close(self) -> None:
        await self.hub.stop()

    async def live(self, operations: int, quiet_after: int) -> Ledgers:
        """Until so many operations were saved, quiet points between them; the books at the last one."""
        next_quiet = quiet_after
        while True:
            await self.one_round()
            if len(self.written) < min(next_quiet, operations):
                continue
            books = await quiet(self)
            self._trace.update(json.encode(sorted((str(place), units) for place, units in books.on_hand.items())))
            next_quiet += quiet_after
            if len(self.written) >= operations:
                return books

    async def one_round(self) -> None:
        self.round += 1
        self._time_passes()
        for event in (self.chance.weighed(EVENTS), self.chance.weighed(EVENTS)):
            if event != "nothing":
                await befall(self, event)
        roughness = ROUGHNESS[self.chance.weighed(WEATHER)]
        for phone in self.phones:
            self._sign_in_sometimes(phone)
            if phone.chance.happens(0.5):
                for _deed in range(phone.chance.whole(1, 8)):
                    self.works(phone)
        near = [phone for phone in self.phones if self.away.get(phone.name, 0) <= self.clock()]
        cut, self.cut = self.cut, ""
        words = await self.exchange.push(self.chance.some(near, 0.7), roughness, cut)
        self._note(words)
        for phone in self.chance.some(near, 0.25):
            other = self.chance.pick(near) if self.chance.happens(0.1) else None
            self._note({phone.name: await self.exchange.pull(phone, roughness, other)})
        if self.round % 8 == 0:
            for phone in self.phones:
                all_in_sight(self.looked, phone)

    def _time_passes(self) -> None:
        length = self.chance.weighed(ROUND_MS)
        if length == "minutes":
            self.clock.goes_on(self.chance.whole(1_000, 1_200_000))
        else:
            self.clock.goes_on(self.chance.whole(1, 4 if length == "hours" else 30) * 3_600_000)

    def _sign_in_sometimes(self, phone: Phone) -> None:
        if phone.session or not self.chance.happens(0.3):
            return
        staff = HOLDERS[phone.name.removesuffix("'")]
        phone.person = phone.person or self.chance.pick(staff)
        phone.session = True

    def works(self, phone: Phone) -> None:
        """Whoever holds it does one thing, if there is anything to see."""
        done = act(phone, phone.chance)
        if done:
            name, operation = done
            if name != "withdraw":
                self.wrote(phone, operation, name)
            self.looked.count(name)

    def wrote(self, phone: Phone, operation: Row, name: str = "") -> None:
        assert phone.person is not None
        kind: str = operation["kind"]
        about = Written(phone.person, kind, phone.name, poison=name == "poison", forged=name == "forge")
        self.written[operation["id"]] = about

    def posted(self, operation: str, person: int, kind: str) -> None:
        self.written[operation] = Written(person, kind, AT_A_DESK)

    async def hub_goes_back(self) -> None:
        """To the last backup, if there is one younger than what phones keep in their journals."""
        if self.kept_at is None or self.clock() - self.kept_at > 25 * 86_400_000:
            return
        self.owed |= {one for phone in self.phones for one in phone.outbox.journal}
        self.gone |= {one for one, written in self.written.items() if written.phone == AT_A_DESK}
        await self.hub.go_back()
        self.exchange.answers.forget()
        for phone in self.phones:
            # Sessions ended with the restoration.
            phone.session = phone.session and self.chance.happens(0.5)
        self.looked.count("hub restored")

    def _note(self, words: dict[str, str]) -> None:
        self._trace.update(json.encode([self.clock(), sorted(words.items()), len(self.written)]))

    @property
    def trace(self) -> str:
        """The same for the same seed: what happened, in which order."""
        return self._trace.hexdigest()
