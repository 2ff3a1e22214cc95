from collections.abc import Iterable
from typing import Any, TypedDict, cast

from server.admin.pages import AdminFrame, admin_frame
from server.admin.powers import powers_of
from server.approvals.facts import booked_since, how_many_wait
from server.approvals.words import WORKS, Approval, sound
from server.catalogue.goods_forms import price_cents_typed, shown_price
from server.page_frame import Problem
from server.refusals import Refusal
from server.visits import Visit
from sync.forms import Fields, one, stripped, whole
from sync.operations import KINDS, newest, problems

PREVIEWED_DAYS = 30
DAY_MS = 86_400_000
REASONS = KINDS["approval.save"]["args"]["reason"]["of"]
BLANK = {
    "work": WORKS[0],
    "reason": "",
    "store": "",
    "units": "",
    "value": "",
    "percent": "",
    "level": "3",
    "people": "2",
}


class ApprovalRow(TypedDict):
    """A rule in force. `value` spells `cents` as the form does; `may` says whether the reader may take it away."""

    id: str
    work: str
    reason: str
    store: int
    store_name: str
    units: int
    cents: int
    percent: int
    value: str
    level: int
    people: int
    may: bool
    operation_id: str


class Preview(TypedDict):
    """What the rule of the form would have done in the last `days`: of `booked` operations `kept` would have waited."""

    days: int
    booked: int
    kept: int


class ApprovalPage(TypedDict):
    """`/admin/approvals`. `form` holds what is typed of a new rule; `preview` is there once it was asked for, and only
    then can the rule be saved. `waiting` are changes that need another administrator.
    """

    admin: AdminFrame
    operation_id: str
    rule: str
    rows: list[ApprovalRow]
    form: dict[str, str]
    preview: Preview | None
    chain: bool
    stores: list[dict[str, Any]]
    reasons: list[str]
    currency: str
    waiting: int
    problem: Problem | None


async def approval_page(visit: Visit) -> ApprovalPage | None:
    admin = await admin_frame(visit, "approvals")
    if admin is None:
        return None
    chain = (await powers_of(visit)).administers
    stores = sorted(visit.chain.areas) if chain else areas_stores(visit)
    asked = visit.form if visit.form is not None else visit.fields
    form = {**BLANK, **{name: stripped(one(asked, name)) for name in BLANK if name in asked}}
    problem, preview = visit.problem, None
    if problem is None and "work" in visit.fields:
        try:
            preview = await _preview(visit, rule_typed(visit.fields, visit.mint(), visit.chain.areas), stores)
        except Refusal as refusal:
            problem = Problem(code=refusal.code, params=refusal.params)
    names = visit.store_names()
    return ApprovalPage(
        admin=admin,
        operation_id=visit.mint(),
        rule=visit.mint(),
        rows=[_row(visit, one, names, chain or one.store in stores) for one in visit.chain.policies.approvals],
        form=form,
        preview=preview,
        chain=chain,
        stores=[{"id": str(store), "name": names[store]} for store in stores],
        reasons=list(REASONS),
        currency=visit.chain.policies.label_currency,
        waiting=await how_many_wait(visit.connection),
        problem=problem,
    )


def areas_stores(visit: Visit) -> list[int]:
    """Those of whose area the reader is manager."""
    return sorted(store for store, level in visit.reader["levels"].items() if level >= 4)


def rule_typed(fields: Fields, rule: str, stores: Iterable[int]) -> Approval:
    """What the form says. Raises Refusal where it is not a rule there can be."""
    args = args_typed(fields, rule)
    if found := problems("approval.save", newest("approval.save"), args):
        raise Refusal(found[0]["code"], **found[0]["params"])
    whose = (rule, args["work"], args.get("reason", ""), args.get("store", 0))
    limits = (args["units"], args["cents"], args["level"], args["people"], args.get("percent", 0))
    return sound(Approval(*whose, *limits), stores)


def args_typed(fields: Fields, rule: str) -> dict[str, Any]:
    """The arguments of `approval.save`; an empty number is 0. Raises Refusal for money that is not understood."""
    units = stripped(one(fields, "units"))
    args: dict[str, Any] = {"rule": rule, "work": one(fields, "work"), "gone": one(fields, "gone") == "yes"}
    args["units"] = whole(units) if units else 0
    args["cents"] = price_cents_typed(one(fields, "value"))
    args |= {name: whole(one(fields, name)) for name in ("level", "people")}
    if percent := stripped(one(fields, "percent")):
        args["percent"] = whole(percent)
    if reason := one(fields, "reason"):
        args["reason"] = reason
    if store := one(fields, "store"):
        args["store"] = whole(store)
    return args


async def _preview(visit: Visit, rule: Approval, stores: list[int]) -> Preview:
    since = visit.now - PREVIEWED_DAYS * DAY_MS
    asked = [rule.store] if rule.store in stores else stores
    booked = await booked_since(visit.connection, rule.work, asked, since)
    kept = {one.operation for one in booked if rule.fits(*one.told)}
    return Preview(days=PREVIEWED_DAYS, booked=len({one.operation for one in booked}), kept=len(kept))


def _row(visit: Visit, rule: Approval, names: dict[int, str], may: bool) -> ApprovalRow:
    money = shown_price(rule.cents)
    about = {"store_name": names.get(rule.store, ""), "value": money, "may": may, "operation_id": visit.mint()}
    return cast(ApprovalRow, {**rule._asdict(), **about})
