"""Messages between phones and hub, and what befalls them on the way."""

from dataclasses import dataclass
from typing import Any

from server.people.sessions import Who
from tests.simulation.years.answers import Answers
from tests.simulation.years.chance import Chance
from tests.simulation.years.cut import Cut
from tests.simulation.years.hub import NOBODY, Answer, Hub, Letter
from tests.simulation.years.looked import Looked
from tests.simulation.years.phone import Batch, Phone

# What may befall a message where the weather is rough, and how often.
FATES = {
    "request lost": 4,
    "response lost": 6,
    "message doubled": 4,
    "message reordered": 3,
    "message repeated later": 4,
    "phone killed before it stored the answer": 2,
}
LOST = ("response lost", "phone killed before it stored the answer")
ANSWERS_AT_MOST = 400
ROWS_AT_MOST = 4000
STRAYS_AT_MOST = 30


@dataclass
class Posted:
    phone: Phone
    batch: Batch
    letter: Letter
    fate: str = ""
    answer: Answer = NOBODY


class Exchange:
    """`strays` are messages that arrive once more, or late."""

    def __init__(self, hub: Hub, looked: Looked, chance: Chance) -> None:
        self.hub = hub
        self.looked = looked
        self.chance = chance
        self.answers = Answers(looked)
        self.cut = Cut(looked)
        self.strays: list[Letter] = []

    async def push(self, phones: list[Phone], roughness: float, cut: str = "", chosen: str = "") -> dict[str, str]:
        """One push of each phone that has something to say; one word for each, by the phone's name. `chosen` is the
        fate of the first one.
        """
        posted = [one for phone in phones if (one := self._post(phone, roughness))]
        if posted and chosen:
            self._meets(posted[0], chosen)
        come: list[tuple[Letter, Posted | None]] = [
            (one.letter, one) for one in posted if one.fate not in ("request lost", "message reordered")
        ]
        come += [(one.letter, one) for one in posted if one.fate == "message doubled"]
        come += [(self.strays.pop(0), None) for _ in range(min(len(self.strays), self.chance.whole(0, 2)))]
        come = self.chance.shuffled(come)
        if not come:
            return {}
        self.looked.count("pushed", len(come))
        answers = await self.hub.push([letter for letter, _one in come], cut)
        for (letter, one), answer in zip(come, answers, strict=True):
            self.answers.compare(letter, answer)
            if one and answer[0]:
                one.answer = answer
        return {one.phone.name: await self._hear(one) for one in self.chance.shuffled(posted)}

    def _post(self, phone: Phone, roughness: float) -> Posted | None:
        batch = phone.batch()
        if batch is None or phone.person is None:
            return None
        if not phone.session:
            self.looked.count("asked to sign in")
            return None
        posted = Posted(phone, batch, phone.letter(batch))
        if self.chance.happens(roughness):
            self._meets(posted, self.chance.weighed(FATES))
        return posted

    def _meets(self, posted: Posted, fate: str) -> None:
        self.looked.count(fate)
        posted.fate = fate
        if fate in ("message reordered", "message repeated later") and len(self.strays) < STRAYS_AT_MOST:
            self.strays.append(posted.letter)

    async def _hear(self, one: Posted) -> str:
        if one.answer == NOBODY or one.fate in LOST:
            return "unanswered"
        word = one.phone.hears(one.batch, one.answer)
        if word == "park":
            return await self._park(one)
        return self._counted(word)

    def _counted(self, word: str) -> str:
        self.looked.count(f"push {word}")
        return word

    async def _park(self, one: Posted) -> str:
        """A void is offered for the slot; the operation itself stays on the phone, parked. Where another operation has
        the slot, all is renumbered first.
        """
        void = one.phone.void_of(one.batch)
        letter = one.phone.letter(void)
        [answer] = await self.hub.push([letter])
        self.answers.compare(letter, answer)
        if answer[0] == 409:
            return self._counted(one.phone.hears(void, answer))
        if answer[0] != 200:
            return "unanswered"
        one.phone.park(one.batch, one.answer[1]["code"])
        self.looked.count("parked on the phone")
        return "parked"

    async def pull(self, phone: Phone, roughness: float, meanwhile: Phone | None = None) -> str:
        """All answers of one pull. `meanwhile` pushes in the middle of the reading of one of them."""
        replica = phone.replica
        if replica is None:
            return "nobody"
        if not phone.session:
            self.looked.count("asked to sign in")
            return "sign-in"
        before = [row["id"] for row in phone.outbox.unreached() if row["by"] == phone.person]
        session = self.cut.begin(replica, self.hub.watch.seen)
        # Now and then so few rows fit an answer that a pull takes many, and may end between two of them.
        rows = ROWS_AT_MOST if roughness == 0 or self.chance.happens(0.8) else self.chance.whole(20, 90)
        for _asked in range(ANSWERS_AT_MOST):
            fate = self.chance.weighed(FATES) if self.chance.happens(roughness) else ""
            if fate == "request lost":
                return "unanswered"
            sent, body = phone.question()
            allowed = await self.cut.allowed(self.hub, replica.person)
            status, told = await self.hub.pull(self._who(phone), body, rows, self._interrupt(meanwhile))
            self.looked.count("pulled")
            if status == 426:
                self.looked.count("too old to pull")
                return "schema"
            if fate in LOST:
                return "unanswered"
            if phone.wants_journal(told):
                self.looked.count("journal asked for by a pull")
                return "came back"
            session.answered(sent, told, self.hub.watch.seen)
            replica.take(told, sent)
            phone.reach(before, not told["more"])
            if not told["more"] and not replica.doubted:
                session.done(replica, allowed, self.hub.clock(), phone.device)
                return "done"
        self.looked.hold(13, False, f"{phone.name} asked {ANSWERS_AT_MOST} times and is still not done")
        return "never"

    def _interrupt(self, other: Phone | None) -> Any:
        if other is None:
            return None

        async def meanwhile() -> None:
            self.looked.count("written while somebody read")
            await self.push([other], 0)

        return meanwhile

    def _who(self, phone: Phone) -> Who:
        assert phone.person is not None
        return Who(phone.person, "", "en", None, phone.device, phone.name)
