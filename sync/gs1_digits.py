"""Check digits and check characters, and the lengths in which a GTIN is printed; twin of gs1_digits.js."""

_DIGITS = frozenset("0123456789")
# The 82 characters an element string may hold, in the order of their values (General Specifications 7.11).
CHARACTERS_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CHECK_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)


def check_digit(payload: str) -> str:
    """The digit that belongs after `payload`: modulo 10, weights 3, 1 from the right (General Specifications 7.9)."""
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(payload)))
    return str(-weighted % 10)


def check_digit_fits(digits: str) -> bool:
    """True for ASCII digits only, of which the last is the check digit of the others."""
    return len(digits) > 1 and all_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def all_digits(text: str) -> bool:
    """True for at least one digit and nothing but ASCII digits."""
    return text != "" and all(character in _DIGITS for character in text)


def gtin_of(digits: str) -> str | None:
    """GTIN-8, UPC-A, EAN-13 or ITF-14 digits as 14; None for another length, a wrong check digit or only zeros."""
    if len(digits) not in (8, 12, 13, 14) or not check_digit_fits(digits) or not digits.strip("0"):
        return None
    return digits.rjust(14, "0")


def expand_upc_e(digits: str) -> str | None:
    """The 12 digits of UPC-A behind a UPC-E of number system, six digits and check digit; None when they do not fit.

    A number that another last digit would have shortened further was never printed so, and is refused too.
    """
    if len(digits) != 8 or not all_digits(digits) or digits[0] not in "01":
        return None
    body, last = digits[1:7], digits[6]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3" and body[2] > "2":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4" and body[3] > "0":
        middle = body[:4] + "00000" + body[4]
    elif last > "4" and body[4] > "0":
        middle = body[:5] + "0000" + last
    else:
        return None
    expanded = digits[0] + middle + digits[7]
    return expanded if check_digit_fits(expanded) else None


def check_pair(payload: str) -> str | None:
    """The two characters that belong after a model number (General Specifications 7.9.5); None beyond 23 of the 82."""
    values = [CHARACTERS_82.find(character) for character in payload]
    if len(values) > len(_PRIMES) or min(values, default=0) < 0:
        return None
    weighted = sum(value * _PRIMES[place] for place, value in enumerate(reversed(values))) % 1021
    return _CHECK_CHARACTERS[weighted // 32] + _CHECK_CHARACTERS[weighted % 32]
