"""What a page says of one's own operations, waiting or answered; twin of `journal.js`.

An operation here is `{id, kind, args, at, status, code, params, booked_at, settled?}`: the row `outcome:` of a user
bucket, or one still on the phone with status `waiting`; `settled`, `{accepted, by, at, note?}`, is what somebody said
of its review. A book is what they speak of: `{items, transfers, stores}`, rows of items and documents of transfers by
id, and names of stores in the reader's language by id; any may be missing from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.operations import newest, problems
from sync.roles import Reader
from sync.shelf import name_in
from sync.spoken import spoken
from sync.unknown_codes import KINDS as OF_CODES
from sync.unknown_codes import shown_code

Operation = Mapping[str, Any]
Book = Mapping[str, Mapping[Any, Any]]
SETTLED_ROWS = 30
RECENT_ROWS = 5
UNDO_MS = 60_000
KEPT_MS = 30 * 86_400_000
NOT_DONE = ("refused", "review", "parked")
OF_GOODS = ("stock.adjust", "stock.count", "stock.move")
AMOUNTS = ("quantity", "received", "damaged", "delta")


def readable_only(operation: Operation) -> Operation:
    """The same without its arguments where their shape is wrong: no page may trip over what the hub refused."""
    kind, args = operation["kind"], operation["args"]
    return operation if not problems(kind, newest(kind), args) else {**operation, "args": {}}


def mentioned(operations: Iterable[Operation]) -> dict[str, list[Any]]:
    """Ids of the items and transfers that operations speak of, ascending: what a book must hold."""
    items: set[int] = set()
    transfers: set[str] = set()
    for operation in operations:
        args = operation["args"]
        items |= {line["item"] for line in args.get("lines", ()) if "item" in line}
        items |= {one for one in (args.get("item"), (operation["params"] or {}).get("item")) if isinstance(one, int)}
        if "transfer" in args:
            transfers.add(args["transfer"])
    return {"items": sorted(items), "transfers": sorted(transfers)}


def newest_first(operations: Iterable[Operation], now: int) -> list[Operation]:
    """Answered ones of thirty days, without those that were withdrawn."""
    kept = [one for one in operations if one["kind"] != "void" and one["booked_at"] > now - KEPT_MS]
    return sorted(kept, key=lambda one: (one["at"], one["id"]), reverse=True)


def told(operation: Operation, book: Book, reader: Reader) -> dict[str, Any]:
    """One operation as a line: what about, how many, what became of it. `quantity` is 0 where there is none to tell."""
    about = _about_transfer if operation["kind"].startswith("transfer.") else _about_item
    return {
        "id": operation["id"],
        "kind": operation["kind"],
        "status": operation["status"],
        "at": operation["at"],
        **about(operation, book, reader),
        "reason": operation["args"].get("reason") or "",
        "problem": readable({"code": operation["code"], "params": operation["params"]}, book, reader["locale"])
        if operation["code"]
        else None,
        "settled": {"note": "", **settled} if (settled := operation.get("settled")) else None,
    }


def readable(problem: Mapping[str, Any], book: Book, locale: str) -> dict[str, Any]:
    """A problem whose item has its name instead of its number, for a sentence."""
    params = dict(problem["params"] or {})
    if isinstance(params.get("item"), int):
        params["item"] = _item_name(params["item"], book, locale)
    return {"code": problem["code"], "params": params}


def concerns_item(operation: Operation, item: int, store: int) -> bool:
    """Whether it adjusted or counted this item in this store."""
    args = operation["args"]
    return bool(
        operation["kind"] in ("stock.adjust", "stock.count") and (args.get("item"), args.get("store")) == (item, store)
    )


def undo_of(operation: Operation, own: Iterable[Operation], now: int) -> dict[str, Any] | None:
    """What takes back an adjustment of the last minute, `{delta, reason, lot}`: an entry of its own that ends it.

    None for any other operation, for one without effect, and where one of the person's `own` did it already.
    """
    args = operation["args"]
    if operation["kind"] != "stock.adjust" or operation["status"] not in ("waiting", "applied") or not args:
        return None
    if args.get("undoes") or not now - UNDO_MS < operation["at"]:
        return None
    if any(one["kind"] == "stock.adjust" and one["args"].get("undoes") == operation["id"] for one in own):
        return None
    return {"delta": -args["delta"], "reason": args["reason"], "lot": args.get("lot") or ""}


def concerns_transfer(operation: Operation, transfer: str) -> bool:
    """Whether it requested this transfer or did something to it."""
    asked = operation["id"] if operation["kind"] == "transfer.request" else operation["args"].get("transfer")
    return bool(asked == transfer)


def stands_out(operation: Operation, transfer: str) -> bool:
    """Whether its author is told beside this transfer that it had no effect: it was refused, or waits for a word."""
    waits = operation["status"] == "review" and not operation.get("settled")
    return concerns_transfer(operation, transfer) and (operation["status"] == "refused" or waits)


def outbox_lists(waiting: Sequence[Operation], answered: Sequence[Operation], now: int) -> dict[str, list[Operation]]:
    """`waiting` as they will be sent; newest first all that had no effect, and the thirty newest that had."""
    done = newest_first(answered, now)
    return {
        "waiting": [one for one in waiting if one["kind"] != "void"],
        "refused": [one for one in done if not _had_effect(one)],
        "settled": [one for one in done if _had_effect(one)][:SETTLED_ROWS],
    }


def _had_effect(operation: Operation) -> bool:
    """At once, or since somebody accepted it."""
    return operation["status"] not in NOT_DONE or bool((operation.get("settled") or {}).get("accepted"))


def _about_item(operation: Operation, book: Book, reader: Reader) -> dict[str, Any]:
    args = operation["args"]
    if operation["kind"] in OF_CODES and args:
        return _about_code(operation, book, reader)
    if operation["kind"].startswith(("item.", "barcode.")) and "item" in args:
        # Minded by an administrator, where items are minded.
        subject = _item_name(args["item"], book, reader["locale"])
        return {"subject": subject, "quantity": 0, "unit": "each", "href": f"/admin/items/{args['item']}"}
    if operation["kind"] == "review.settle" and args:
        return {"subject": "", "quantity": 0, "unit": "each", "href": "/reviews"}
    if operation["kind"] not in OF_GOODS or not args:
        pages = {"count": "/counts", "policy": "/admin/policies", "approval": "/admin/approvals"}
        about = pages.get(operation["kind"].split(".")[0], "/me")
        store = book["stores"].get(args.get("store"), "")
        return {"subject": store, "quantity": 0, "unit": "each", "href": about if args else "/outbox"}
    # A movement goes by the name of its first goods.
    item = args["lines"][0]["item"] if operation["kind"] == "stock.move" else args["item"]
    row = book["items"].get(item)
    figures = {"quantity": args.get("delta", args.get("counted")), "unit": row["unit"] if row else "each"}
    if operation["kind"] == "stock.move":
        figures = _amount(args, _units(args, None, book))
    return {"subject": _item_name(item, book, reader["locale"]), **figures, "href": f"/items/{item}"}


def _about_code(operation: Operation, book: Book, reader: Reader) -> dict[str, Any]:
    args = operation["args"]
    about = {"subject": shown_code(args["code"]), "quantity": 0, "unit": "each", "href": "/unknown-codes"}
    if operation["kind"] != "barcode.teach":
        return about
    named = f"{about['subject']} → {_item_name(args['item'], book, reader['locale'])}"
    return {**about, "subject": named, "href": f"/items/{args['item']}"}


def _about_transfer(operation: Operation, book: Book, reader: Reader) -> dict[str, Any]:
    args = operation["args"]
    if not args:
        return {"subject": "", "quantity": 0, "unit": "each", "href": "/outbox"}
    asks = operation["kind"] == "transfer.request"
    transfer = args if asks else book["transfers"].get(args["transfer"])
    other = 0
    if transfer:
        other = transfer["from"] if transfer["to"] == reader["store"] else transfer["to"]
    paper = operation["id"] if asks else args["transfer"]
    href = f"/transfers/{paper}"
    if asks and operation["status"] in NOT_DONE:
        # There is no such transfer; what was refused may be corrected and sent again.
        href = _asked_again(args) if operation["status"] == "refused" else "/outbox"
    amount = _amount(args, _units(args, transfer, book))
    named = [name for name in (book["stores"].get(other, ""), spoken(paper)) if name]
    return {"subject": " · ".join(named), **amount, "href": href}


def _units(args: Mapping[str, Any], transfer: Mapping[str, Any] | None, book: Book) -> set[str]:
    told = args.get("lines", ())
    by_line = {line.get("line"): line.get("unit", "") for line in transfer["lines"]} if transfer else {}
    by_item = {item: row["unit"] for item, row in book["items"].items()}
    return {by_item.get(line["item"], "") if "item" in line else by_line.get(line["line"], "") for line in told}


def _amount(args: Mapping[str, Any], units: set[str]) -> dict[str, Any]:
    """The sum of the lines where all are counted in one unit."""
    if len(units) != 1 or "" in units:
        return {"quantity": 0, "unit": "each"}
    counted = [line[name] for line in args["lines"] for name in AMOUNTS if name in line]
    return {"quantity": sum(counted), "unit": next(iter(units))}


def _asked_again(args: Mapping[str, Any]) -> str:
    lines = "".join(f"&item={line['item']}&quantity={line['quantity']}" for line in args["lines"])
    other = f"way=push&to={args['to']}" if args.get("push") else f"from={args['from']}"
    return f"/transfers/new?{other}{lines}"


def _item_name(item: int, book: Book, locale: str) -> str:
    known = book["items"].get(item)
    return name_in(locale, known) if known else f"#{item}"
