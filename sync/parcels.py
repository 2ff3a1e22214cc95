"""Parcels of a transfer, by the SSCC on their labels; twin of `parcels.js`.

A parcel is what the entries of a transfer's timeline say of it, in whatever order they came: a receipt may be known
before its dispatch, and two people may have received the same one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.forms import Fields, one
from sync.gs1 import sscc_of
from sync.projection import Transfer


def parcel_asked(query: Fields, form: Fields | None) -> str:
    """The label of the parcel that a page is about: what its form named, word for word, else its address."""
    return one(query if form is None else form, "parcel")


def parcels_of(transfer: Transfer) -> list[dict[str, Any]]:
    """Its parcels in the order of their labels. `sent_at` and `arrived_at` are 0 where nobody has told of it yet, and
    `arrivals` counts the receipts: more than one says that somebody counted it again.
    """
    found: dict[str, dict[str, Any]] = {}
    for event in transfer["events"]:
        sscc = event.get("parcel", "")
        if sscc:
            nothing = {"sscc": sscc, "sent_at": 0, "arrived_at": 0, "arrivals": 0, "person_name": "", "held": []}
            _tell(found.setdefault(sscc, nothing), event)
    return [found[sscc] for sscc in sorted(found)]


def has_parcel(transfer: Transfer, sscc: str) -> bool:
    """Whether it was sent or received in a parcel with this label."""
    return any(event.get("parcel", "") == sscc for event in transfer["events"])


def with_parcel(lines: Sequence[dict[str, Any]], transfer: Transfer, label: str) -> list[dict[str, Any]]:
    """A page's lines, each with what the parcel holds of it: -1 where no parcel is asked for or nobody told what is in
    it.
    """
    sscc, units = sscc_of(label), dict[int, int]()
    for parcel in parcels_of(transfer):
        for line in parcel["held"] if parcel["sscc"] == sscc else ():
            units[line["line"]] = units.get(line["line"], 0) + line["quantity"]
    return [{**line, "in_parcel": units.get(line["line"], 0) if units else -1} for line in lines]


def _tell(parcel: dict[str, Any], event: Mapping[str, Any]) -> None:
    if event["kind"] == "dispatch":
        parcel["sent_at"] = parcel["sent_at"] or event["at"]
        parcel["held"] = [*parcel["held"], *event.get("held", ())]
    else:
        parcel["arrived_at"] = parcel["arrived_at"] or event["at"]
        parcel["person_name"] = parcel["person_name"] or event["name"]
        parcel["arrivals"] += 1
