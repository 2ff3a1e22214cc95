"""Random calls of the functions both ends decide by: sound work, and work gone wrong."""

from collections.abc import Callable
from random import Random
from typing import Any

from sync.journal import readable_only
from sync.operations import KINDS, STATES
from sync.projection import Transfer, transfer_after
from sync.roles import reader_of
from sync.unknown_codes import code_after, kept_code
from tests.sync.hostile_shapes import NUMBERS, Shapes, call, uuid
from tests.sync.twin_calls import Call

ITEMS = {
    str(item): {
        "sku": f"S-{item}",
        "name_en": f"Item {item}",
        "name_zh": "" if item % 2 else f"{item}号",
        "unit": ("each", "g", "ml")[item % 3],
    }
    for item in range(1, 7)
}
LOOKUP = {int(item): named for item, named in ITEMS.items()}
STORES = {"1": "Ghent", "2": "Antwerp", "3": "莱顿"}


def hostile_calls(seed: int, count: int) -> list[Call]:
    """`count` calls; the same seed makes the same ones."""
    return Hostile(Random(seed)).calls(count)


class Hostile(Shapes):
    def __init__(self, dice: Random) -> None:
        super().__init__(dice)
        self.makers: list[Callable[[], Call]] = [
            self.shape,
            self.canonical,
            self.checksum,
            self.number,
            self.form,
            self.step_on,
            self.page,
            self.said,
            self.listed,
            self.drafted,
            self.coded,
        ]

    def calls(self, count: int) -> list[Call]:
        return [self.dice.choice(self.makers)() for _ in range(count)]

    def quantity(self) -> int:
        return self.dice.choice([0, 1, 2, 3, 50])

    def operation(self, transfer: Transfer | None) -> dict[str, Any]:
        """An operation of sound shape on the transfer, whatever its state; a request where there is none."""
        kind = (
            self.dice.choice(
                ["approve", "unapprove", "reject", "cancel", "dispatch", "dispatch", "receive", "receive", "close"]
            )
            if transfer
            else "request"
        )
        if transfer is None:
            chosen = self.dice.sample(range(1, 7), self.dice.choice([1, 2, 3]))
            args: dict[str, Any] = {
                "from": 2,
                "to": self.dice.choice([1, 3]),
                "lines": [{"item": item, "quantity": self.quantity() + 1} for item in chosen],
                "note": self.dice.choice(["", "soon"]),
            }
        else:
            numbers = [line["line"] for line in transfer["lines"] if self.dice.random() < 0.8] or [1]
            what = ("received", "damaged") if kind == "receive" else ("quantity",)
            args = {
                "transfer": transfer["id"],
                "reason": "so",
                "lines": [{"line": number, **{name: self.quantity() for name in what}} for number in numbers],
            }
        if transfer and kind in ("dispatch", "receive") and self.dice.random() < 0.4:
            args["parcel"] = self.dice.choice(["106141412345678908", "106141412345678915", ""])
        at = self.dice.randrange(1000, 1010)
        return {
            "id": uuid(self.dice.randrange(10_000)),
            "kind": f"transfer.{kind}",
            "args": args,
            "at": at,
            "by": self.dice.choice([1, 2, 3]),
            "name": self.dice.choice(["Ada", "Bo", "蔡"]),
        }

    def transfer(self) -> Transfer:
        made = transfer_after(None, self.operation(None), LOOKUP)
        for _ in range(self.dice.randrange(6)):
            made = transfer_after(made, self.operation(made), LOOKUP)
        return made

    def step_on(self) -> Call:
        before = self.dice.choice([None, self.transfer()])
        op = self.operation(before)
        asked = self.dice.randrange(4)
        if asked == 0:
            return call("projection", "transfer_after", before, op, ITEMS)
        if asked == 1:
            return call("projection", "stock_effects", before, transfer_after(before, op, LOOKUP))
        if asked == 2:
            return call(
                "projection",
                "state_of",
                self.dice.choice(["requested", "approved", "rejected", "cancelled", "closed"]),
                self.transfer()["lines"],
            )
        levels = {str(store): self.dice.choice([2, 3, 4]) for store in (1, 2, 3) if self.dice.random() < 0.6}
        return call("projection", "steps", self.transfer(), levels, self.dice.choice([1, 2, 3]))

    def me(self) -> dict[str, Any]:
        roles = [
            {
                "level": self.dice.randint(1, 5),
                "stores": sorted(self.dice.sample([1, 2, 3, 4], self.dice.randint(1, 3))),
                "from": self.dice.choice([0, 900, 2000]),
                "to": self.dice.choice([None, None, 1000, 1500]),
            }
            for _ in range(self.dice.randrange(4))
        ]
        return {
            "id": self.dice.choice([1, 2, 3]),
            "username": "a",
            "name": "Ada",
            "locale": self.dice.choice(["en", "zh"]),
            "store": self.dice.choice([None, 1, 2, 3]),
            "roles": roles,
        }

    def page(self) -> Call:
        me, paper = self.me(), self.transfer()
        reader = reader_of(me, 1000)
        fields = (
            {"line": ["1", "2"], "quantity": [self.text()], "damaged": ["", "1"]} if self.dice.random() < 0.4 else None
        )
        offers = {str(item): self.dice.choice(NUMBERS) for item in range(1, 5)} if self.dice.random() < 0.7 else None
        return self.dice.choice(
            [
                call("roles", "reader_of", me, 1000),
                call("papers", "transfer_row", paper, reader, STORES, self.dice.randrange(3)),
                call("papers", "sides", paper, reader),
                call(
                    "papers",
                    "sought",
                    [paper, self.transfer()],
                    self.dice.choice([self.text(), "1", "", "00O-00L"]),
                    STORES,
                ),
                call("spoken", "spoken", f"{self.dice.getrandbits(128):032x}"),
                call("spoken", "heard", self.dice.choice([self.text(), f"{self.dice.getrandbits(24):06x}"])),
                call("papers", "direction", paper, reader),
                call("parcels", "parcels_of", paper),
                call("gs1", "sscc_of", self.dice.choice([self.text(), "(00)106141412345678908", "106141412345678915"])),
                call("papers", "held", [paper, self.transfer()], reader, 1005 + 30 * 86_400_000),
                call(
                    "papers",
                    "transfer_lines",
                    paper,
                    reader["locale"],
                    self.dice.choice(["approve", "receive", ""]),
                    offers,
                    fields,
                ),
                call("papers", "timeline", paper, STORES, [event["operation"] for event in paper["events"][:2]]),
            ]
        )

    def outcome(self) -> dict[str, Any]:
        kind = self.dice.choice([*KINDS, "stock.eat"])
        code = self.dice.choice([None, "state_changed", "item_archived"])
        params = self.dice.choice([{}, {"item": self.dice.randrange(9)}, {"state": "short"}])
        status = self.dice.choice(["waiting", "applied", "review", "refused", "already", "parked", "void"])
        at, booked_at = self.dice.randrange(5), 1000 + self.dice.randrange(3)
        return {
            "id": uuid(self.dice.randrange(20)),
            "kind": kind,
            "args": self.args(kind),
            "at": at,
            "status": status,
            "code": code,
            "params": params,
            "booked_at": booked_at,
        }

    def said(self) -> Call:
        outcome = self.outcome()
        if self.dice.random() < 0.3:
            return call("journal", "readable_only", outcome)
        plain = [dict(readable_only(self.outcome())) for _ in range(4)]
        paper = self.transfer()
        book = {"items": ITEMS, "transfers": {uuid(number): paper for number in range(2)}, "stores": STORES}
        reader = reader_of(self.me(), 1000)
        return self.dice.choice(
            [
                call("journal", "told", plain[0], book, reader),
                call("journal", "told", plain[1], book, reader),
                call("journal", "mentioned", plain),
                call("journal", "newest_first", plain, 1001 + 30 * 86_400_000),
                call("journal", "outbox_lists", plain[:2], plain[2:], 1001 + 30 * 86_400_000),
                call("journal", "concerns_transfer", plain[0], uuid(1)),
                call("journal", "concerns_item", plain[0], 1, 1),
            ]
        )

    def offer(self, store: int) -> dict[str, Any]:
        named = {
            "store": store,
            "name_en": f"Store {store}",
            "name_zh": self.dice.choice(["", "店"]),
            "distance_m": self.dice.choice([10, 20, 30]),
        }
        return {
            **named,
            "on_hand": self.dice.choice([-5, 0, 1, 2, 3, 7, 100, 999_999]),
            "reserved": self.dice.choice([0, 0, 1, 9]),
        }

    def listed(self) -> Call:
        offers = [self.offer(store) for store in self.dice.sample(range(1, 9), self.dice.randrange(6))]
        safety = {"units": self.dice.choice([0, 2, 7]), "percent": self.dice.choice([0, 10, 33, 100])}
        stocked = {"1": offers, "2": [{**offer, "on_hand": 3} for offer in offers]}
        wants = [self.text(), "1", "3", "100", "-4"]
        stock = [[{**offer, "on_hand": self.dice.randrange(9)} for offer in offers] for _ in range(2)]
        needs = [
            {"wanted": self.dice.choice(wants), "offers": each} for each in [offers, *stock][: self.dice.choice([1, 3])]
        ]
        rows = [
            {
                "id": uuid(self.dice.randrange(99)),
                "at": self.dice.randrange(4),
                "step": self.dice.choice(["", "", "approve"]),
                "state": self.dice.choice(STATES),
            }
            for _ in range(self.dice.choice([0, 5, 120]))
        ]
        return self.dice.choice(
            [
                call("shelf", "elsewhere", offers, "zh", safety),
                call("instead", "missing", self.transfer(), {"1": self.dice.randrange(-2, 9), "2": 1}),
                call(
                    "instead", "instead", self.transfer(), reader_of(self.me(), 1000), {"1": 2, "2": 1}, stocked, safety
                ),
                call("instead", "asked_since", self.transfer(), [self.transfer(), self.transfer()], {"1": 2}),
                call("draft", "lenders", needs, "en", self.dice.randrange(9), safety),
                call("shelf", "page_window", self.text(), self.dice.choice([0, 1, 50, 51, 10_000])),
                call("papers", "transfer_groups", rows),
                call("papers", "inbox_rows", rows),
            ]
        )

    def drafted(self) -> Call:
        fields = {
            name: [self.field(name) for _ in range(self.dice.choice([0, 1, 3]))]
            for name in ("item", "quantity", "from", "note", "add")
            if self.dice.random() < 0.9
        }
        if self.dice.random() < 0.5:
            return call("draft", "draft_of", fields)
        return call(
            "draft",
            "with_item",
            [{"item": 5, "quantity": self.text()}, {"item": 6, "quantity": "1"}],
            self.dice.choice([5, 6, 7]),
        )

    def code(self) -> str:
        """What a camera, a scale or a hostile page may hand over."""
        marks = ("]C1", "]d2", "\x1d", "]]C1", "(01)", "01", "https://id.example/01/", " ")
        body = self.dice.choice(["04006381333931", "4006381333931", "4006381333932", "2123456012347", self.text()])
        more = "".join(chr(self.dice.choice([0x41, 0x202E, 0x85, 0x1F, 0xFFFF, 0x1FFFE, 0x2F00])) for _ in range(3))
        return self.dice.choice([body, self.dice.choice(marks) + body, body + more, more * 40 + body])

    def coded(self) -> Call:
        code = self.code()
        told = {"store": 1, "code": code}
        op = {"id": uuid(self.dice.randrange(5)), "at": self.dice.randrange(9)}
        before = code_after(None, {**op, "args": told})
        op["args"] = {**told, "times": self.dice.randrange(3), "before": [self.code()], "shelf": self.text()[:20]}
        fields = {"code": [code], "after": [self.code(), self.code()], "times": [self.text()], "shelf": [self.text()]}
        return self.dice.choice(
            [
                call("unknown_codes", "kept_code", code),
                call("unknown_codes", "shown_code", kept_code(code)),
                call("unknown_codes", "match_address", kept_code(code)),
                call("unknown_codes", "code_doubt", code),
                call("unknown_codes", "code_after", self.dice.choice([None, before]), op),
                call("unknown_codes", "code_row", before, None, 0),
                call("unknown_codes", "code_form", fields, 1),
                call("unknown_codes", "teach_form", {"action": ["teach"], "item": [self.text()]}, 1, code),
            ]
        )
