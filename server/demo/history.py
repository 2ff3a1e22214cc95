"""Plays the told transfers by the rules of the house: what was possible then is what happened."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.decisions import Decision, Facts, Happened
from server.demo.catalogue import DemoItem
from server.demo.chain import DemoChain
from server.demo.shop_rows import role_rows
from server.demo.story import Step, Stocks, ToldTale
from server.people.roles import Role
from server.transfers.rules import decide
from sync.projection import Transfer

HOUR_MS = 3_600_000
OPENED_HOURS_AGO = 21 * 24


@dataclass(frozen=True, slots=True)
class Register:
    """Ids by what people call things: areas by English name, stores by code, people by username, items by SKU."""

    areas: Mapping[str, int]
    stores: Mapping[str, int]
    people: Mapping[str, int]
    items: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Played:
    """One operation and what followed from it."""

    operation: Happened
    decision: Decision


def opening_facts(goods: Iterable[DemoItem], stocks: Stocks, chain: DemoChain, ids: Register, now_ms: int) -> Facts:
    """What was true on the morning the chain opened."""
    told_of_an_item = ("sku", "name_en", "name_zh", "unit", "archived")
    area_names = {area.key: area.name_en for area in chain.areas}
    roles: dict[int, list[Role]] = defaultdict(list)
    opened_at = now_ms - OPENED_HOURS_AGO * HOUR_MS
    for row in role_rows(chain, ids.people, ids.stores, ids.areas, opened_at):
        roles[row.pop("person_id")].append(Role(**row))
    return Facts(
        areas={ids.stores[store.code]: ids.areas[area_names[store.area]] for store in chain.stores},
        # No tale has an adjustment.
        items={ids.items[item.sku]: {name: getattr(item, name) for name in told_of_an_item} for item in goods},
        figures={
            (ids.stores[store], ids.items[sku]): [quantity, 0, 0, 0]
            for store, quantities in stocks.items()
            for sku, quantity in quantities.items()
        },
        roles=roles,
    )


def play(told: Iterable[ToldTale], facts: Facts, chain: DemoChain, ids: Register, now_ms: int) -> list[Played]:
    """Every step of every tale in the order they happened; `facts` end as they are now.

    Raises Refusal where a tale breaks a rule.
    """
    names = {person.username: person.name for person in chain.people}
    steps = sorted(
        (
            (step, operation_id, one)
            for one in told
            for step, operation_id in zip(one.tale.steps, one.operation_ids, strict=True)
        ),
        key=lambda told_step: -told_step[0].hours_ago,
    )
    played = []
    for step, operation_id, one in steps:
        happened = Happened(
            id=operation_id,
            kind=f"transfer.{step.kind}",
            args=_args(one, step, facts.transfers.get(one.operation_ids[0]), ids),
            at=now_ms - round(step.hours_ago * HOUR_MS),
            by=ids.people[step.by],
            name=names[step.by],
        )
        decision = decide(happened, facts)
        facts.follow(decision)
        played.append(Played(happened, decision))
    return played


def _args(told: ToldTale, step: Step, transfer: Transfer | None, ids: Register) -> dict[str, Any]:
    if transfer is None:
        lines = [
            {"item": ids.items[sku], "quantity": quantity}
            for sku, quantity in zip(told.skus, step.quantities, strict=True)
        ]
        args = {"from": ids.stores[told.tale.giver], "to": ids.stores[told.tale.taker], "lines": lines}
        return {**args, "note": told.tale.note} if told.tale.note else args
    args = {"transfer": transfer["id"]}
    if step.kind not in ("dispatch", "receive"):
        args["from_state"] = transfer["state"]
    if step.kind == "receive":
        args["lines"] = [
            {"line": number, "received": received, "damaged": damaged}
            for number, (received, damaged) in enumerate(zip(step.quantities, step.damaged, strict=True), start=1)
        ]
    elif step.quantities:
        args["lines"] = [{"line": number, "quantity": one} for number, one in enumerate(step.quantities, start=1)]
    return {**args, "reason": step.reason} if step.reason else args
