"""North American coupons inside AI 8110 and AI 8112; twin of gs1_coupons.js.

Each is a row of fields of which some say their own length first (GS1 US, coupon application guidelines)."""

from sync.gs1_dates import day_of
from sync.gs1_digits import all_digits

# A field: digits of which one says its length, and how many more there are than said; or one of these; or a count.
_LENGTH, _ONE_OF, _COUNT, _DAY = "length", "one of", "count", "day"
_PURCHASE = ((_LENGTH, "12345", 0), (_ONE_OF, "012349", 0), (_COUNT, "", 3))
_MAKER = ((_LENGTH, "01234569", 6),)
_COUPON = ((_LENGTH, "0123456", 6), (_COUNT, "", 6), (_LENGTH, "12345", 0), *_PURCHASE)
_OPTIONS = {
    "1": ((_ONE_OF, "0123", 0), *_PURCHASE, *_MAKER),
    "2": (*_PURCHASE, *_MAKER),
    "3": ((_DAY, "", 6),),
    "4": ((_DAY, "", 6),),
    "5": ((_LENGTH, "0123456789", 6),),
    "6": ((_LENGTH, "1234567", 6),),
    "9": ((_ONE_OF, "01256", 0), (_ONE_OF, "012", 0), (_COUNT, "", 1), (_ONE_OF, "01", 0)),
}
_OFFER = ((_ONE_OF, "01", 0), (_LENGTH, "0123456", 6), (_COUNT, "", 6), (_LENGTH, "0123456789", 6))

Fields = tuple[tuple[str, str, int], ...]


def is_coupon(digits: str, today: str) -> bool:
    """AI 8110: a maker, an offer, what is saved and bought, then optional fields in the order of their numbers."""
    at = _after(digits, 0, _COUPON, today) if all_digits(digits) else None
    last, expires = "0", ""
    while at is not None and at < len(digits):
        option = digits[at]
        if option <= last or option not in _OPTIONS:
            return False
        if option == "3":
            expires = digits[at + 1 : at + 7]
        begins_late = option == "4" and expires and _is_before(expires, digits[at + 1 : at + 7], today)
        if begins_late:
            return False
        at, last = _after(digits, at + 1, _OPTIONS[option], today), option
    return at is not None


def _is_before(six: str, other: str, today: str) -> bool:
    return len(other) == 6 and (day_of(six, today, False) or "") < (day_of(other, today, False) or "")


def is_offer(digits: str, today: str) -> bool:
    """AI 8112: a format, who pays, an offer, a serial number and no more."""
    return all_digits(digits) and _after(digits, 0, _OFFER, today) == len(digits)


def _after(digits: str, start: int, fields: Fields, today: str) -> int | None:
    """Where the fields end; None where they do not fit."""
    at = start
    for kind, choices, count in fields:
        said = digits[at : at + 1]
        if choices and (said == "" or said not in choices):
            return None
        if kind == _DAY and day_of(digits[at : at + 6].ljust(6, "0"), today, False) is None:
            return None
        # A maker of length 9 is left out: it is that of the first purchase.
        more = count + int(said) if kind == _LENGTH and not (said == "9" and "78" not in choices) else 0
        at += count if kind in (_COUNT, _DAY) else 1 + more
        if at > len(digits):
            return None
    return at
