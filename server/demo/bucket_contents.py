"""Which rows of the demonstration lie in which bucket, as PROTOCOL.md lists them."""

from collections.abc import Iterable
from typing import Any

from server.demo.book_rows import Books
from server.demo.history import Register


def bucket_contents(ids: Register, ranging: Iterable[dict[str, Any]], books: Books) -> dict[str, list[str]]:
    """Keys by bucket name; a bucket may be empty. `ranging` are rows of assortment_items."""
    contents: dict[str, list[str]] = {
        "chain": [*_keys("area", ids.areas.values()), *_keys("store", ids.stores.values()), "policy"],
        **{f"user:{person}": ["me"] for person in ids.people.values()},
        **{f"{kind}:{store}": [] for kind in ("stock", "work") for store in ids.stores.values()},
    }
    for row in ranging:
        contents.setdefault(f"catalogue:{row['assortment_id']}", []).append(str(row["item_id"]))
    for store, item in sorted(books.balances.figures()):
        contents[f"stock:{store}"].append(str(item))
    for document in books.documents:
        for side in ("from", "to"):
            contents[f"work:{document[side]}"].append(f"transfer:{document['id']}")
    for row in books.outcomes:
        contents[f"user:{row['person_id']}"].append(f"outcome:{row['operation_id']}")
    return contents


def _keys(kind: str, ids: Iterable[int]) -> list[str]:
    return [f"{kind}:{one}" for one in ids]
