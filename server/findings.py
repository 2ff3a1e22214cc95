"""What `stockhand doctor` says: each noun proves its own part of the books (`doctor.py` in its folder)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be; `what` is a sentence for an operator."""

    check: str
    what: str
