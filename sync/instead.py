"""Who else could lend what one store cannot give; twin of `instead.js`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.lending import Safety, lenders_of
from sync.projection import Transfer, has_ended, is_pushed
from sync.roles import Reader
from sync.shelf import name_in


def missing(transfer: Transfer, offers: Mapping[int, int] | None) -> dict[int, int]:
    """Units by item that the lender will not give: by what it has available while nobody decided (`offers`, None where
    that is not known here), by what was decided afterwards. Nothing once goods are on their way."""
    state = transfer["state"]
    # Nobody needs what was offered from there.
    if is_pushed(transfer) or state not in ("requested", "approved", "rejected"):
        return {}
    if state == "requested" and offers is None:
        return {}
    left = dict(offers or {})
    gaps: dict[int, int] = {}
    for line in transfer["lines"]:
        given = (line["approved"] or 0) if state == "approved" else 0
        if state == "requested":
            given = min(max(left.get(line["item"], 0), 0), line["requested"])
            left[line["item"]] = left.get(line["item"], 0) - given
        if line["requested"] > given:
            gaps[line["item"]] = gaps.get(line["item"], 0) + line["requested"] - given
    return gaps


def instead(
    transfer: Transfer,
    reader: Reader,
    gaps: Mapping[int, int],
    offers: Mapping[int, Sequence[Mapping[str, Any]]],
    safety: Safety,
) -> dict[str, Any] | None:
    """The store that can best spare what is missing: `{store_name, gives, href}`; None where there is none to tell of.

    `offers` are those of the reader's neighbours by item; see `lending.py`. Who is in the asking store is led to a
    request for the rest by `href`; who decides is told of it alone, while it is theirs to decide.
    """
    asks = reader["store"] == transfer["to"]
    if not gaps or not (asks or (reader["store"] == transfer["from"] and transfer["state"] == "requested")):
        return None
    ends = (transfer["from"], transfer["to"])
    needs = [
        {"wanted": units, "offers": [offer for offer in offers[item] if offer["store"] not in ends]}
        for item, units in gaps.items()
    ]
    ranked = lenders_of(needs, safety)
    if not ranked or ranked[0]["gives"] not in ("all", "part"):
        return None
    best = ranked[0]
    lines = "".join(f"&item={item}&quantity={units}" for item, units in gaps.items())
    return {
        "store_name": name_in(reader["locale"], best),
        "gives": best["gives"],
        "href": f"/transfers/new?from={best['store']}{lines}" if asks else "",
    }


def asked_since(transfer: Transfer, papers: Iterable[Transfer], gaps: Mapping[int, int]) -> bool:
    """Whether the same store asked somebody for one of these items afterwards, and it is still open."""
    return any(
        one["to"] == transfer["to"]
        and one["id"] != transfer["id"]
        and one["requested_at"] >= transfer["requested_at"]
        and not has_ended(one["state"])
        and any(line["item"] in gaps for line in one["lines"])
        for one in papers
    )
