"""What a person sees of their own operations: each is on its way, or told."""

from tests.simulation.years.looked import Looked
from tests.simulation.years.phone import Phone

# A clock may have been wrong by some hours.
JOURNAL_MS = 30 * 86_400_000 - 6 * 3_600_000


def all_in_sight(looked: Looked, phone: Phone) -> None:
    """Waiting, answered and not yet in the rows, or in the rows. What was withdrawn or is nobody's need not be seen."""
    replica = phone.replica
    if replica is None or not replica.complete:
        return
    now = phone.now() + (phone.disk.offset or 0)
    held = replica.live.get(f"user:{phone.person}")
    told = held.rows if held else {}
    for one, row in phone.outbox.journal.items():
        if row["by"] != phone.person or "unreached" in row or "withdrawn" in row:
            continue
        result = row["result"]
        # Withdrawn on the other one of two tabs, it is taken by a void, and nobody's is on nobody's list.
        if result["status"] in ("parked", "void") or result.get("code") in ("signature_invalid", "id_taken"):
            continue
        # What came again after an older backup may have been booked long ago, and be let go already.
        if f"outcome:{one}" in told or row["at"] + (row["offset"] or 0) < now - JOURNAL_MS:
            continue
        looked.hold(7, False, f"{row['kind']} {one} of {phone.person} on {phone.name} is nowhere to be seen: {row}")
    looked.at(7, len(phone.outbox.journal) + len(phone.outbox.operations))
