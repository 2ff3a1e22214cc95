"""Barcodes that belong to nobody: numbers GS1 keeps for use inside a company, so the demo never names a real product.

GS1 General Specifications, section 1.4: prefixes 040-049 of GTIN-13 and 000-099 of GTIN-8 are restricted circulation
numbers within a company.
"""

from sync.gs1 import check_digit, expand_upc_e


def restricted_gtin_13(number: int) -> str:
    """`number` below 10**10: its ten digits follow the prefix 04, so codes run from 040 to 049."""
    body = f"04{number:010d}"
    return body + check_digit(body)


def case_gtin_14(gtin_13: str, indicator: int) -> str:
    """The code on a case of these: `indicator` 1-8 tells one packing from another."""
    body = f"{indicator}{gtin_13[:12]}"
    return body + check_digit(body)


def restricted_gtin_8(number: int) -> str:
    """The first code from `number` on (below 10**6) that nobody can take for a UPC-E, which also begins with 0."""
    while True:
        body = f"0{number:06d}"
        code = body + check_digit(body)
        if expand_upc_e(code) is None:
            return code
        number += 1
