"""GS1 Digital Link addresses (URI Syntax, release 1.6); twin of gs1_links.js.

The standard asks for 14 digits of a GTIN and for numbers as names. What older releases allowed is still read: 8, 12 or
13 digits (said in an error), and names such as `gtin` and `lot`."""

import re

from sync.gs1_digits import all_digits
from sync.gs1_elements import Apart, Elements, Error
from sync.gs1_identifiers import TABLE, identifier_of

# An authority of any kind (a name, an address, a port), then the path, the query and what a browser keeps to itself.
_ADDRESS = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://([^\x00-\x20\x7f\"<>\\^`{|}/?#_~@!$&'()*+,;=%]+)(/[^?#]*)(?:\?([^#]*))?(?:#.*)?",
    re.DOTALL,
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")


def in_link(text: str) -> Apart | None:
    """The elements of an address, its key first; None for an address without a key in its path."""
    address = _ADDRESS.fullmatch(text)
    if address is None:
        return None
    path = address[2].split("/")[1:]
    errors: list[Error] = []
    if len(path) > 2 and path[-1] == "":
        path.pop()
        errors.append({"ai": "", "code": "link_form"})
    elements = _in_path(path)
    if elements is None:
        return None
    key, *qualifiers = (ai for ai, _value in elements)
    if qualifiers and not _may_follow(key, qualifiers):
        errors.append({"ai": qualifiers[0], "code": "link_order"})
    elements[0] = (key, _whole_gtin(key, elements[0][1], errors))
    _add_query(elements, errors, address[3] or "")
    return elements, errors


def _in_path(path: list[str]) -> Elements | None:
    """The key is the rightmost one: what stands before it is the publisher's own path."""
    elements: Elements = []
    for place in range(len(path) - 2, -1, -2):
        ai = TABLE["names"].get(path[place], path[place])
        known = identifier_of(ai)
        if known is None:
            return None
        elements.insert(0, (ai, _decoded(path[place + 1])))
        if known.key is not None:
            return elements
    return None


def _may_follow(key: str, qualifiers: list[str]) -> bool:
    known = identifier_of(key)
    chains = (known.key or ()) if known else ()
    return any([ai for ai in chain if ai in qualifiers] == qualifiers for chain in chains)


def _whole_gtin(key: str, value: str, errors: list[Error]) -> str:
    if key != "01" or len(value) not in (8, 12, 13) or not all_digits(value):
        return value
    errors.append({"ai": key, "code": "link_gtin"})
    return value.rjust(14, "0")


def _add_query(elements: Elements, errors: list[Error], query: str) -> None:
    """Adds the attributes; what is no number is the publisher's own."""
    key, *qualifiers = (ai for ai, _value in elements)
    for pair in query.split("&"):
        ai, equals, value = pair.partition("=")
        if not equals or not all_digits(ai):
            continue
        known = identifier_of(ai)
        if known is None:
            errors.append({"ai": ai, "code": "unknown_ai"})
            continue
        belongs = any(_may_follow(key, [*qualifiers[:at], ai, *qualifiers[at:]]) for at in range(len(qualifiers) + 1))
        if any(ai == other for other, _value in elements):
            errors.append({"ai": ai, "code": "repeated"})
            continue
        if belongs:
            errors.append({"ai": ai, "code": "link_path"})
        elif not known.attribute:
            errors.append({"ai": ai, "code": "link_attribute"})
        said = _decoded(value.replace("+", " "))
        elements.append((ai, said.rjust(14, "0") if ai == "01" and len(said) in (8, 12, 13) else said))


def _decoded(value: str) -> str:
    """Each escape is one character: values hold none beyond ASCII."""
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), value)
