"""What a page shows of transfers: rows of lists, and the lines and timeline of one; twin of `papers.js`.

A transfer is the document of `PROTOCOL.md`, a reader what `roles.reader_of` makes, `stores` the names of stores in the
reader's language by id. Waiting work is what this phone has not heard about; the hub never has any.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sync.formats import fold
from sync.forms import Fields
from sync.projection import Transfer, has_ended, steps
from sync.roles import Reader
from sync.shelf import name_in, search_words
from sync.spoken import heard, spoken

Stores = Mapping[int, str]
DAY_MS = 86_400_000
# Where the policy `closed_days` says nothing else.
CLOSED_DAYS = 30
MOST_ENDED = 50
# What the hub hears sooner it heard at once: nobody needs to be told.
AT_ONCE_MS = 60_000


def transfer_row(transfer: Transfer, reader: Reader, stores: Stores, waiting: int) -> dict[str, Any]:
    """One row of a list. `quantity` is the first line's: approved where decided, else requested."""
    near, far = sides(transfer, reader)
    first = transfer["lines"][0]
    return {
        "id": transfer["id"],
        "number": spoken(transfer["id"]),
        "state": transfer["state"],
        "direction": "out" if near == transfer["from"] else "in",
        "store_name": stores.get(near, ""),
        "other_name": stores.get(far, ""),
        "subject": name_in(reader["locale"], first),
        "others": len(transfer["lines"]) - 1,
        "quantity": first["requested"] if first["approved"] is None else first["approved"],
        "unit": first["unit"],
        "at": changed_at(transfer),
        "step": steps(transfer, reader["levels"], reader["person"])["step"],
        "waiting": waiting,
    }


def sides(transfer: Transfer, reader: Reader) -> tuple[int, int]:
    """The reader's side of a transfer and the other: their own store, else the lender of those they follow."""
    lender, borrower = transfer["from"], transfer["to"]
    borrowing = borrower == reader["store"] or (lender != reader["store"] and lender not in reader["work"])
    return (borrower, lender) if borrowing else (lender, borrower)


def changed_at(transfer: Transfer) -> int:
    """When something last happened to it."""
    return int(max((event["at"] for event in transfer["events"]), default=transfer["requested_at"]))


def transfer_groups(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows by what is left to do, newest first: mine, open, and the fifty that ended last."""
    groups: dict[str, list[Mapping[str, Any]]] = {"mine": [], "open": [], "ended": []}
    for row in sorted(rows, key=lambda row: (row["at"], row["id"]), reverse=True):
        if row["step"]:
            groups["mine"].append(row)
        elif not has_ended(row["state"]):
            groups["open"].append(row)
        elif len(groups["ended"]) < MOST_ENDED:
            groups["ended"].append(row)
    return [{"title": title, "rows": kept} for title, kept in groups.items() if kept]


def sought(papers: Sequence[Transfer], q: str, stores: Stores) -> list[Transfer]:
    """Those that somebody searches for by number, store or item; what the list shows where nothing is asked.

    The list shows open ones and the fifty last ended. A whole number finds everything that a phone keeps.
    """
    words, number = search_words(q), heard(q)
    ended = [(changed_at(one), one["id"]) for one in papers if has_ended(one["state"])]
    past = {transfer for _at, transfer in sorted(ended)[:-MOST_ENDED]}
    return [
        one
        for one in papers
        if (number and spoken(one["id"]) == number)
        or (one["id"] not in past and (not words or _is_told(one, stores, words)))
    ]


def _is_told(transfer: Transfer, stores: Stores, words: list[str]) -> bool:
    """Whether each word stands in what a search looks through, folded."""
    number = spoken(transfer["id"])
    ends = (stores.get(transfer[end], "") for end in ("from", "to"))
    goods = (line[name] for line in transfer["lines"] for name in ("sku", "name_en", "name_zh"))
    told = fold(" ".join((number, number.replace("-", ""), *ends, *goods)))
    return all(word in told for word in words)


def inbox_rows(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What waits for a step of the reader, oldest first."""
    return sorted((row for row in rows if row["step"]), key=lambda row: (row["at"], row["id"]))


def held(papers: Iterable[Transfer], reader: Reader, now: int, days: int = CLOSED_DAYS) -> list[Transfer]:
    """Those a phone keeps: they touch a store whose work the reader follows, and did not end so many days ago."""
    return [
        one
        for one in papers
        if (one["from"] in reader["work"] or one["to"] in reader["work"])
        and not (has_ended(one["state"]) and changed_at(one) <= now - days * DAY_MS)
    ]


def transfer_lines(
    transfer: Transfer, locale: str, step: str, offers: Mapping[int, int] | None, fields: Fields | None
) -> list[dict[str, Any]]:
    """Lines with what stands in their fields. `offers` is the lender's available stock by item, None where unknown.

    `fields` is a form that was refused, shown again as it was typed. A new one starts empty, for a quantity that is
    already there hides a shortage; only an approval starts with what was asked.
    """
    typed = _by_line(fields, "quantity")
    damaged = _by_line(fields, "damaged")
    returned = _by_line(fields, "returned")
    lines = []
    for line in transfer["lines"]:
        first = str(line["requested"]) if step == "approve" and fields is None else ""
        lines.append(
            {
                "line": line["line"],
                "item_id": line["item"],
                "name": name_in(locale, line),
                "sku": line["sku"],
                "unit": line["unit"],
                "requested": line["requested"],
                "approved": -1 if line["approved"] is None else line["approved"],
                **{name: line[name] for name in ("dispatched", "received", "damaged", "lost")},
                "returned": line.get("returned", 0),
                "available": -1 if offers is None else max(offers.get(line["item"], 0), 0),
                "typed": typed.get(str(line["line"]), first),
                "typed_damaged": damaged.get(str(line["line"]), ""),
                "typed_returned": returned.get(str(line["line"]), ""),
            }
        )
    return lines


def unannounced(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines as who receives them blindly may see them: nothing of what was asked for, agreed or sent, -1 instead."""
    hidden = dict.fromkeys(("requested", "approved", "dispatched", "available"), -1)
    return [{**line, **hidden} for line in lines]


def timeline(transfer: Transfer, stores: Stores, waiting: Collection[str]) -> list[dict[str, Any]]:
    """What happened to it, oldest first; `waiting` are ids of operations that this phone has not sent yet.

    A row of an older hub, and what waits, name no device and no moment at which the hub learned of it.
    """
    return [
        {
            "kind": event["kind"],
            "at": event["at"],
            "person_name": event["name"],
            "store_name": stores.get(event["store"] or 0, ""),
            "reason": event["reason"],
            "waiting": event["operation"] in waiting,
            "device": event.get("device", ""),
            "learned_at": booked_at if (booked_at := event.get("booked_at", 0)) > event["at"] + AT_ONCE_MS else 0,
        }
        for event in transfer["events"]
    ]


def direction(transfer: Transfer, reader: Reader) -> str:
    """Seen from the reader's own store: `out`, `in`, or `other` where it does not touch it."""
    if transfer["from"] == reader["store"]:
        return "out"
    return "in" if transfer["to"] == reader["store"] else "other"


def _by_line(fields: Fields | None, name: str) -> dict[str, str]:
    return dict(zip(fields.get("line", ()), fields.get(name, ()), strict=False)) if fields else {}
