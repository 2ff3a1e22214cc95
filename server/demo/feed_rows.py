"""The buckets that phones pull, filled with everything the demonstration has. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid5

from server.demo.book_rows import Books
from server.demo.history import Register
from sync.checksum import row_sum

Row = dict[str, Any]

# A row's first version; its place in the bucket is another number.
FIRST_VERSION = 1


def bucket_rows(contents: Mapping[str, list[str]], installation: UUID) -> list[Row]:
    """`contents` are the keys by bucket name. Two demonstrations never share an epoch: `installation` is one's own."""
    rows = []
    for name, keys in contents.items():
        sum_a = sum_b = 0
        for key in keys:
            a, b = row_sum(key, FIRST_VERSION)
            sum_a, sum_b = sum_a ^ a, sum_b ^ b
        epoch = str(uuid5(installation, name))
        rows.append({"name": name, "epoch": epoch, "head": len(keys), "floor": 0, "sum_a": sum_a, "sum_b": sum_b})
    return rows


def feed_rows(contents: Mapping[str, list[str]], buckets: Mapping[str, int]) -> list[Row]:
    """`buckets` gives a bucket's id by its name."""
    return [
        {"bucket_id": buckets[name], "key": key, "seq": seq, "version": FIRST_VERSION, "gone": False}
        for name, keys in contents.items()
        for seq, key in enumerate(keys, start=1)
    ]


def bucket_contents(ids: Register, ranging: Iterable[Row], books: Books) -> dict[str, list[str]]:
    """Keys by bucket name, as PROTOCOL.md lists them; `ranging` are rows of assortment_items."""
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
