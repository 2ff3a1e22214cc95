"""Where a phone finds this hub, seen from the page that an administrator has open."""

from dataclasses import dataclass

from server.network import in_address, is_loopback, own_addresses
from server.staff_pages import Asked


@dataclass(frozen=True, slots=True)
class PhoneAddress:
    """`hub` is scheme, host and port. `trust` is the plain page that makes a phone trust a hub with a certificate of
    its own, "" where phones trust it already; `reachable` is false where only this machine can come in.
    """

    hub: str
    trust: str
    reachable: bool


def phone_address(request: Asked) -> PhoneAddress:
    """The address the page was asked at; where that is this machine's own name for itself, one that others can use."""
    host, port = request.url.hostname or "localhost", request.url.port
    open_to_all = request.app.state.listens_at in ("0.0.0.0", "::")  # noqa: S104 -- only compared
    if is_loopback(host) and open_to_all:
        host = str(next(iter(own_addresses()), host))
    place = in_address(host) + (f":{port}" if port else "")
    own_tls_port = request.app.state.own_tls_port
    trust = f"http://{in_address(host)}:{own_tls_port + 1}/certificate" if own_tls_port else ""
    return PhoneAddress(f"{request.url.scheme}://{place}", trust, not is_loopback(host))
