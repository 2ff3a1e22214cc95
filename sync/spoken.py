"""The short number of a transfer, to be said over the phone and written on a box; twin of `spoken.js`.

It is made of the transfer's id alone, so a phone without a network gives the number that everybody else will see: six
characters of Crockford's base 32 (no I, L, O and U) hold the last thirty bits of the id, which are random. One of 100
open papers of a store shares its number with another once in 217,000 such stores, one of 1,000 once in 2,150. Where
two do, a search finds both.
"""

from sync.formats import fold

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT = {"O": "0", "I": "1", "L": "1"}
HALF = 3


def spoken(transfer: str) -> str:
    """`4K7-Q2M` of a UUID."""
    bits = int(transfer[-8:], 16)
    said = "".join(LETTERS[bits >> shift & 31] for shift in (25, 20, 15, 10, 5, 0))
    return f"{said[:HALF]}-{said[HALF:]}"


def id_end(number: str) -> str:
    """The last seven digits of every id with that number: what a search through many ids can compare."""
    bits = 0
    for letter in number.replace("-", ""):
        bits = bits << 5 | LETTERS.index(letter)
    return f"{bits & 0xFFFFFFF:07x}"


def heard(typed: str) -> str:
    """The number that somebody meant, in any case and width, with a dash or without, O for 0, I or L for 1; else ""."""
    plain = "".join(MEANT.get(letter, letter) for letter in fold(typed).upper() if letter not in " -\u2013")
    known = len(plain) == 2 * HALF and all(letter in LETTERS for letter in plain)
    return f"{plain[:HALF]}-{plain[HALF:]}" if known else ""
