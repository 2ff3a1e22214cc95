from typing import Any, Literal, TypedDict, cast

from server.catalogue.search import item_by_code
from server.inbox.own_work import refusals_on
from server.inbox.rows import item_rows
from server.lots.pages import TakenLot, lots_to_take
from server.page_frame import Frame, Problem
from server.transfers.facts import load_transfers_told
from server.transfers.instead import Instead, other_lender
from server.transfers.rows import State, Step, TransferRow, transfer_rows
from server.visits import Rows, Stock, Visit, frame, may_act
from sync.draft import Draft, Lines, draft_line, draft_of, lenders, takers, with_item
from sync.forms import one, stripped
from sync.papers import direction, timeline, transfer_groups, transfer_lines, unannounced
from sync.parcels import parcel_asked, parcels_of, with_parcel
from sync.projection import Transfer, steps
from sync.shelf import available, search_asked
from sync.spoken import spoken


class TransferGroup(TypedDict):
    """`title` is one of: mine (a step of mine is next), open, ended."""

    title: Literal["mine", "open", "ended"]
    rows: list[TransferRow]


class TransferListPage(TypedDict):
    """`/transfers?q=<number, store or item>`: groups without rows are left out; newest first; ended ones of the last 30
    days, fifty at most."""

    frame: Frame
    q: str
    groups: list[TransferGroup]
    may_request: bool


class Donor(TypedDict):
    """A store that may lend, or take what is sent unasked; `available` and `spare` are of the first line's item,
    `chosen` is the one the form holds.

    `gives` is what of the whole request it can spare beyond its safety stock, `low` where it has nothing but that; ""
    for a store that takes.
    """

    store_id: int
    store_name: str
    available: int
    spare: int
    gives: Literal["", "all", "part", "low", "none"]
    distance_m: int
    chosen: bool


class NewLine(TypedDict):
    """`quantity` is what was typed, word for word. `available` is at the chosen other store."""

    item_id: int
    name: str
    sku: str
    unit: str
    quantity: str
    available: int
    here: int


class TransferNewPage(TypedDict):
    """`/transfers/new?from=<store>&item=<id>&quantity=<n>&…&add=<code or SKU>`: lines in order, `add` appended.

    With `way=push&to=<store>` the reader's store has the goods and proposes to send them; `donors` are then those that
    may take them.
    """

    frame: Frame
    way: Literal["request", "push"]
    operation_id: str
    donors: list[Donor]
    lines: list[NewLine]
    note: str
    add: str
    may: bool
    problem: Problem | None


class TransferLine(TypedDict):
    """`approved` is -1 until decided; `available` is the lender's, -1 where its stock is not on the reader's phone and
    never below 0 elsewhere. `in_parcel` is what the parcel that is received holds of it, -1 where none is named or
    nobody told of it yet. `typed` and its like are the fields of the next step, word for word. `take` names the lots
    that go first, for whoever packs what is still to be sent.
    """

    line: int
    item_id: int
    name: str
    sku: str
    unit: str
    requested: int
    approved: int
    dispatched: int
    received: int
    damaged: int
    lost: int
    returned: int
    available: int
    in_parcel: int
    typed: str
    typed_damaged: str
    typed_returned: str
    take: list[TakenLot]


class Parcel(TypedDict):
    """What is told of a parcel: `sent_at` and `arrived_at` are 0 where nobody did yet; `person_name` received it first,
    and more than one of `arrivals` says that it was counted again."""

    sscc: str
    sent_at: int
    arrived_at: int
    arrivals: int
    person_name: str
    held: list[dict[str, int]]


class TransferEvent(TypedDict):
    """One step of the timeline; `waiting` is one that this phone has not sent yet. `device` names the one it was done
    on, where that is known; `learned_at` is when the hub heard of it, 0 where that was within a minute."""

    kind: str
    at: int
    person_name: str
    store_name: str
    reason: str
    waiting: bool
    device: str
    learned_at: int


class TransferShowPage(TypedDict):
    """`/transfers/<id>`. Where it is `blind`, lines do not say to who receives them what was announced.

    `step` is the next step of this person ("" for none); `may_*` are those behind "…".

    With `?found=1` what a closing wrote off is counted as it turned up; with `?parcel=<SSCC>` that parcel is received,
    and `parcel` is what stands in the field for its label.

    `problem` is why the form just sent was refused; `refusals` are earlier operations of this person on this transfer
    that the hub refused, newest first.
    """

    frame: Frame
    operation_id: str
    id: str
    number: str
    state: State
    decision: str
    from_name: str
    to_name: str
    note: str
    direction: Literal["in", "out", "other"]
    blind: bool
    lines: list[TransferLine]
    parcels: list[Parcel]
    parcel: str
    events: list[TransferEvent]
    step: Step
    may_unapprove: bool
    may_reject: bool
    may_cancel: bool
    may_close: bool
    may_return: bool
    may_find: bool
    reason: str
    problem: Problem | None
    refusals: list[Problem]
    waiting: int
    instead: Instead | None


async def transfer_list_page(visit: Visit) -> TransferListPage:
    q = search_asked(one(visit.fields, "q"))
    groups = transfer_groups(await transfer_rows(visit, ended=True, q=q))
    return TransferListPage(
        frame=await frame(visit, "transfers"),
        q=q,
        groups=cast(list[TransferGroup], groups),
        may_request=may_act(visit),
    )


async def transfer_new_page(visit: Visit) -> TransferNewPage:
    draft = draft_of(visit.fields if visit.form is None else visit.form)
    lines, add, problem = await _with_added(visit, draft)
    rows = await item_rows(visit.connection, [line["item"] for line in lines])
    known = [line for line in lines if line["item"] in rows]
    if len(known) < len(lines):
        problem = Problem(code="item_unknown", params={})
    near = [store for store, _distance_m in visit.neighbours()]
    stock = await visit.stock([visit.store, *near], [line["item"] for line in known])
    wanted = known or [{"item": 0, "quantity": "1"}]
    needs = [{"wanted": line["quantity"], "offers": stock.offers(visit, line["item"])} for line in wanted]
    if draft["way"] == "push":
        donors = takers(needs[0]["offers"], visit.locale, draft["to"])
    else:
        donors = lenders(needs, visit.locale, draft["from"], visit.safety)
    lender = next((donor["store_id"] for donor in donors if donor["chosen"]), 0)
    return TransferNewPage(
        frame=await frame(visit, "transfers"),
        way=draft["way"],
        operation_id=visit.mint(),
        donors=cast(list[Donor], donors),
        lines=[cast(NewLine, _new_line(line, rows, stock, visit, lender)) for line in known],
        note=draft["note"],
        add=add,
        may=may_act(visit),
        problem=visit.problem or problem,
    )


async def transfer_show_page(visit: Visit, transfer: str) -> TransferShowPage | None:
    """None for a transfer that does not exist or touches no store of the reader's roles."""
    paper = (await load_transfers_told(visit.connection, [transfer])).get(transfer)
    if paper is None or not {paper["from"], paper["to"]} & set(visit.reader["stores"]):
        return None
    now_may = steps(paper, visit.reader["levels"], visit.reader["person"])
    offers, stores = await _stock_of_lender(visit, paper), visit.store_names()
    finds = one(visit.fields, "found") if visit.form is None else one(visit.form, "action") == "receive"
    step = "receive" if now_may["may_find"] and finds else now_may["step"]
    blind = step == "receive" and visit.chain.policies.blind_receipts
    return TransferShowPage(
        frame=await frame(visit, "transfers"),
        operation_id=visit.mint(),
        id=transfer,
        number=spoken(transfer),
        state=paper["state"],
        decision=paper["decision"],
        from_name=stores.get(paper["from"], ""),
        to_name=stores.get(paper["to"], ""),
        note=paper["note"],
        direction=cast(Literal["in", "out", "other"], direction(paper, visit.reader)),
        blind=blind,
        lines=cast(list[TransferLine], await _lines_shown(visit, paper, step, offers, blind)),
        parcels=cast(list[Parcel], parcels_of(paper)),
        parcel=parcel_asked(visit.fields, visit.form),
        events=cast(list[TransferEvent], timeline(paper, stores, ())),
        step=cast(Step, step),
        may_unapprove=now_may["may_unapprove"],
        may_reject=now_may["may_reject"],
        may_cancel=now_may["may_cancel"],
        may_close=now_may["may_close"],
        may_return=now_may["may_return"],
        may_find=now_may["may_find"],
        reason=one(visit.form or {}, "reason"),
        problem=visit.problem,
        # What was refused this moment is said once, at the form.
        refusals=[one for one in await refusals_on(visit, transfer) if one != visit.problem],
        waiting=0,
        instead=await other_lender(visit, paper, offers),
    )


async def _with_lots(visit: Visit, paper: Transfer, step: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    packs = step == "dispatch" and paper["from"] == visit.store
    wanted = {line["item_id"]: line["approved"] - line["dispatched"] for line in lines if packs}
    lots = await lots_to_take(visit, wanted) if wanted else {}
    return [{**line, "take": lots.get(line["item_id"], [])} for line in lines]


async def _lines_shown(
    visit: Visit, paper: Transfer, step: str, offers: dict[int, int] | None, blind: bool
) -> list[dict[str, Any]]:
    """Whoever receives blindly is told neither what was announced nor what is in the parcel."""
    lines = await _with_lots(visit, paper, step, transfer_lines(paper, visit.locale, step, offers, visit.form))
    label = "" if blind else parcel_asked(visit.fields, visit.form)
    return with_parcel(unannounced(lines) if blind else lines, paper, label)


async def _with_added(visit: Visit, draft: Draft) -> tuple[Lines, str, Problem | None]:
    add = draft["add"]
    if visit.form is not None or not stripped(add):
        return draft["lines"], add, None
    item = await item_by_code(visit, add)
    if item is None:
        return draft["lines"], add, Problem(code="code_unknown", params={"code": add})
    return with_item(draft["lines"], item), "", None


def _new_line(line: dict[str, Any], rows: Rows, stock: Stock, visit: Visit, lender: int) -> dict[str, Any]:
    item = line["item"]
    here, there = stock.of(visit.store, item), stock.of(lender, item)
    return draft_line(rows[item], line["quantity"], here, there, visit.locale)


async def _stock_of_lender(visit: Visit, paper: Transfer) -> dict[int, int] | None:
    """Available stock by item; a phone knows it of its own store and of neighbours, else None."""
    lender, ids = paper["from"], [line["item"] for line in paper["lines"]]
    if lender != visit.store and lender not in dict(visit.neighbours()):
        return None
    stock = await visit.stock([lender], ids)
    return {item: available(stock.of(lender, item)) for item in ids}
