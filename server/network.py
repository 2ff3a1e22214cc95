"""The addresses of this machine, as phones in the same shop would call it."""

import ipaddress
import socket
from contextlib import suppress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def own_addresses() -> list[Address]:
    """Without loopback and link-local ones; the one that leads to other machines first."""
    texts = [text for target in ("192.0.2.1", "2001:db8::1") if (text := _towards(target))]
    # A machine may not know its own name: then what the routes say has to do.
    with suppress(OSError, UnicodeError):
        texts += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)]
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
    return [one for one in dict.fromkeys(addresses) if not (one.is_loopback or one.is_link_local or one.is_unspecified)]


def own_hostname() -> str:
    """In lower case, without characters that a certificate or an address cannot hold."""
    name = socket.gethostname().lower().strip(".")
    kept = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in ".-"))
    return kept.strip("-.") or "localhost"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _towards(target: str) -> str | None:
    """Our end of a route to `target`, an address of documentation: connecting a datagram socket sends nothing."""
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None
