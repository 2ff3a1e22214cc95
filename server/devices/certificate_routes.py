"""How a phone comes to trust a hub whose certificate is its own; also answered without TLS, on the next port."""

from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Response

from server.answers import bytes_answer, page_answer
from server.certificates import authority_bytes, certificate_folder, fingerprint
from server.devices.pages import CertificatePage
from server.network import in_address
from server.people.languages import language_of
from server.rendering import Templates


@get("/certificate", summary="How to install the authority, on Android and on iOS, in both languages")
async def certificate_page(request: Request[Any, Any, Any], templates: NamedDependency[Templates]) -> Response[bytes]:
    locale = language_of(request)
    authority = _authority(request)
    host, port = in_address(request.url.hostname or "localhost"), request.app.state.own_tls_port
    page = CertificatePage(locale=locale, address=f"https://{host}:{port}/", fingerprint=fingerprint(authority))
    return page_answer(templates, "devices/certificate.html", page, locale)


@get("/certificate/stockhand.crt", summary="The authority, in the form that phones install")
async def certificate_file(request: Request[Any, Any, Any]) -> Response[bytes]:
    # Never as an attachment: an iPhone offers to install only what it was sent to, not what it saves.
    return bytes_answer(_authority(request), {"content-type": "application/x-x509-ca-cert"})


def _authority(request: Request[Any, Any, Any]) -> bytes:
    """Only where this hub serves with a certificate of its own is there something to trust."""
    data: Path = request.app.state.settings.data
    authority = authority_bytes(certificate_folder(data)) if request.app.state.own_tls_port else None
    if authority is None:
        raise NotFoundException
    return authority


routes = [certificate_page, certificate_file]
