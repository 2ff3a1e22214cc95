"""What becomes of one operation: signature, shape, moment, right, rule. Pure but for the facts it is given."""

import hashlib
import hmac
import traceback
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from server.approvals import rules as approval_rules
from server.approvals.words import ONE_MANAGER, Word
from server.catalogue import rules as goods_rules
from server.counts import rules as count_rules
from server.counts import sessions as session_rules
from server.decisions import Decision, Facts, Happened, Needs, Overtaken
from server.devices import rules as device_rules
from server.inbox.messages import Operation
from server.inbox.tables import NOT_BY_HAND
from server.ledger import rules as ledger_rules
from server.lots import rules as lot_rules
from server.movements import rules as movement_rules
from server.people import rules as people_rules
from server.policies import rules as policy_rules
from server.refusals import Refusal
from server.reviews import rules as review_rules
from server.stores import rules as store_rules
from server.transfers import rules as transfer_rules
from server.unknown_codes import rules as code_rules


class Rule(NamedTuple):
    """`minds` names the noun whose own facts the rule asks for; see `server.inbox.minding`."""

    needs: Callable[[Happened], Needs]
    decide: Callable[[Happened, Facts], Decision]
    minds: str | None = None


_TRANSFER = Rule(transfer_rules.needs, transfer_rules.decide)
_GOODS = Rule(goods_rules.needs, goods_rules.decide, minds="goods")
_CODES = Rule(code_rules.needs, code_rules.decide, minds="unknown_codes")
_COUNTS = Rule(session_rules.needs, session_rules.decide, minds="counts")
_LOTS = Rule(lot_rules.needs, lot_rules.decide, minds="lots")
_STORES = Rule(store_rules.needs, store_rules.decide, minds="stores")
_PEOPLE = Rule(people_rules.needs, people_rules.decide, minds="people")
_DEVICES = Rule(device_rules.needs, device_rules.decide, minds="devices")
RULES: dict[str, Rule] = {
    "stock.adjust": Rule(ledger_rules.needs, ledger_rules.decide),
    "stock.count": Rule(count_rules.needs, count_rules.decide),
    "count.open": _COUNTS,
    "count.close": _COUNTS,
    "stock.move": Rule(movement_rules.needs, movement_rules.decide),
    "review.settle": Rule(review_rules.needs, review_rules.decide, minds="reviews"),
    "transfer.request": _TRANSFER,
    "transfer.approve": _TRANSFER,
    "transfer.unapprove": _TRANSFER,
    "transfer.reject": _TRANSFER,
    "transfer.cancel": _TRANSFER,
    "transfer.expire": _TRANSFER,
    "transfer.dispatch": _TRANSFER,
    "transfer.receive": _TRANSFER,
    "transfer.close": _TRANSFER,
    "person.prefer": Rule(people_rules.needs, people_rules.decide),
    "store.save": _STORES,
    "store.archive": _STORES,
    "store.restore": _STORES,
    "area.save": _STORES,
    "neighbours.save": _STORES,
    "assortment.save": _STORES,
    "person.save": _PEOPLE,
    "person.archive": _PEOPLE,
    "person.restore": _PEOPLE,
    "role.grant": _PEOPLE,
    "role.end": _PEOPLE,
    "device.save": _DEVICES,
    "device.block": _DEVICES,
    "device.unblock": _DEVICES,
    "device.settle": _DEVICES,
    "approval.save": Rule(approval_rules.needs, approval_rules.decide, minds="policies"),
    "policy.save": Rule(policy_rules.needs, policy_rules.decide, minds="policies"),
    "item.add": _GOODS,
    "item.edit": _GOODS,
    "item.archive": _GOODS,
    "item.restore": _GOODS,
    "item.merge": _GOODS,
    "barcode.add": _GOODS,
    "barcode.remove": _GOODS,
    "assortment.range": _GOODS,
    "barcode.teach": _GOODS,
    "code.unknown": _CODES,
    "code.dismiss": _CODES,
    "lot.block": _LOTS,
    "lot.unblock": _LOTS,
}


# Administration: the page on which it is done says what became of it, and it is nobody's work in a store.
_ON_PHONES = (None, "reviews", "unknown_codes", "lots", "counts")
AT_A_DESK = frozenset(kind for kind, rule in RULES.items() if rule.minds not in _ON_PHONES) - {"barcode.teach"}


def is_told(kind: str, client: str) -> bool:
    """Whether a person's phone hears what became of such an operation of theirs.

    What a file brought, or the hub did by itself, is on nobody's phone: it is not the work of whose name it bears.
    """
    return kind != "void" and kind not in AT_A_DESK and client not in NOT_BY_HAND


def minds(kind: str) -> str | None:
    """The noun that an operation of this kind minds; None for work on stock and transfers."""
    rule = RULES.get(kind)
    return rule.minds if rule else None


@dataclass(slots=True)
class Verdict:
    """An operation at its number in an outbox, and what became of it.

    `person` is who signed it, None where nobody provably did. `repeats` marks an id that is booked under another
    number. `stored` is the result of an earlier group, word for word; then nothing else here counts.
    """

    client: str
    op: Operation
    person: int | None = None
    at: int = 0
    # Told by a file; of a moment of its own.
    from_file: bool = False
    placed: bool = False
    # Its phone's clock may have been wrong by more than counts can bear; the device was blocked when it was recorded.
    unsure: bool = False
    doubted: bool = False
    # What a signature covers: canonical text, in UTF-8.
    text: bytes = b""
    content_hash: str = ""
    status: str = "applied"
    review: bool = False
    # For whoever looks at it: units that others moved so near to a count that nobody can say which came first.
    near: int = 0
    word: Word = ONE_MANAGER
    repeats: bool = False
    code: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    now: Mapping[str, Any] | None = None
    decision: Decision | None = None
    traceback: str | None = None
    heads: dict[str, int] = field(default_factory=dict)
    stored: Mapping[str, Any] | None = None
    happened: Happened | None = None
    # The verdict whose id this one repeats.
    first: "Verdict | None" = None

    def effects(self) -> "list[tuple[str, int | None, int, Decision]]":
        """What follows: (operation, person, moment, decision) of itself and of what has effect by it."""
        if self.decision is None:
            return []
        found = [(self.op.id, self.person, self.at, self.decision)]
        accepts, effect = self.decision.accepts, self.decision.effect
        return [*found, (accepts.id, accepts.by, accepts.at, effect)] if accepts and effect else found

    def repeat_first(self) -> None:
        """The same operation again is told what became of it; the same id for something else is refused."""
        if self.first is None:
            return
        # Who withdraws what is booked is told so, whatever number the withdrawal came under.
        if self.content_hash == self.first.content_hash or self.op.kind == "void":
            self.say("already", self.first.code, self.first.params)
            self.now, self.heads = {"status": self.first.status}, self.first.heads
        else:
            self.say("refused", "id_taken")

    def say(self, status: str, code: str | None = None, params: Mapping[str, Any] | None = None) -> None:
        self.status, self.code, self.params = status, code, params or {}

    def result(self) -> dict[str, Any]:
        """As it travels, now and at every repeat."""
        if self.stored is not None:
            return {**self.stored, "n": self.op.n}
        told: dict[str, Any] = {"n": self.op.n, "id": self.op.id, "status": self.status, "heads": self.heads}
        if self.code:
            told |= {"code": self.code, "params": self.params}
        if self.now:
            told["now"] = self.now
        if self.review:
            told["review"] = True
        return told


def signed_by(mac: str | None, text: bytes, secret: bytes | None) -> bool:
    """Whether `mac` says that the holder of `secret` signed this text."""
    if secret is None or mac is None:
        return False
    expected = b64encode(hmac.digest(secret, text, "sha256"))
    return hmac.compare_digest(expected, mac.encode())


def content_hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def effective_at(op: Operation, not_before: int, now: int) -> int:
    """The phone's clock, corrected by what it knew of ours, within what is possible at all.

    Not before the operation ahead of it in the same outbox nor before the hub last saw that outbox empty
    (`not_before`), and not after its arrival.
    """
    return min(max(op.at + (op.offset or 0), not_before), now)


def is_unsure(op: Operation, before: Operation | None, at: int, minutes: int) -> bool:
    """Whether the phone's clock may have been wrong by more than `minutes` when this was recorded.

    It had never heard the hub's, or what it says was not possible (`at` is what we made of it), or it was set back
    since the operation `before` it: less time went by on it than on the clock that nobody can set.
    """
    around = minutes * 60_000
    if op.offset is None:
        return True
    if not around:
        return False
    set_back = 0.0
    if before is not None and op.mono is not None and before.mono is not None:
        set_back = (op.mono - before.mono) - (op.at - before.at)
    return abs(op.at + op.offset - at) > around or set_back > around


def check_shape(verdict: Verdict) -> bool:
    """Whether the operation may go on to its rule; says what is wrong otherwise."""
    if verdict.op.kind == "void":
        verdict.say("void")
        return False
    # What was made of a file's line is sound by its making.
    found = [] if verdict.placed else verdict.op.problems()
    if found:
        verdict.say("refused", found[0]["code"], found[0]["params"])
    elif verdict.person is None or verdict.doubted:
        # Nobody provably did this: kept for somebody who may accept it, without effect.
        verdict.say("review", "signature_invalid" if verdict.person is None else "device_was_blocked")
        verdict.review = True
    return not found and verdict.person is not None and not verdict.doubted


def disown_voids(new: Sequence[Verdict]) -> None:
    """A void that nobody signed fills its slot, and says nothing of the operation whose id it carries: that one may
    come from somebody else's phone. Called once it is known who signed what.
    """
    for void in new:
        if void.op.kind != "void" or void.person is not None or void.repeats:
            continue
        void.say("void")
        void.repeats = True
        heirs = [one for one in new if one.first is void]
        for heir in heirs:
            heir.first = heirs[0]
        if heirs:
            heirs[0].repeats, heirs[0].first = False, None


def needs_of(happened: Happened) -> Needs:
    return RULES[happened.kind].needs(happened)


def decide(verdict: Verdict, happened: Happened, facts: Facts) -> None:
    """Ask the rule, and let the facts follow. A rule that raises parks its operation before anything is written."""
    try:
        decision = RULES[happened.kind].decide(happened, facts)
        if decision.accepts:
            of_its_own = replace(facts, minded=facts.minded.minded)
            decision.effect = RULES[decision.accepts.kind].decide(decision.accepts, of_its_own)
    except Overtaken as overtaken:
        verdict.say("refused", overtaken.code, overtaken.params)
        verdict.now = overtaken.now
    except Refusal as refusal:
        verdict.say("refused", refusal.code, refusal.params)
    except Exception:
        park(verdict, traceback.format_exc())
    else:
        _follow(happened, decision, facts)
        if decision.accepts and decision.effect:
            _follow(decision.accepts, decision.effect, facts)
        verdict.say(decision.status, decision.code, decision.params)
        verdict.review, verdict.near, verdict.word = decision.review, decision.near, decision.word
        if decision.status == "applied":
            verdict.decision = decision


def _follow(happened: Happened, decision: Decision, facts: Facts) -> None:
    if facts.merged:
        goods_rules.carry_on(decision, facts.merged)
    if decision.status == "applied":
        count_rules.settle(happened, decision, facts)
        facts.follow(decision)


def park(verdict: Verdict, trace: str, code: str = "unexpected") -> None:
    """Set aside for the operators; the queue goes on."""
    verdict.say("parked", code)
    verdict.review, verdict.decision, verdict.now, verdict.traceback = False, None, None, trace
