from typing import TypedDict

from server.page_frame import Locale


class CertificatePage(TypedDict):
    """`/certificate`: how a phone comes to trust this hub. Both languages stand on it, `locale` comes first.

    `address` is where the hub speaks TLS; `fingerprint` is the authority's SHA-256, as a phone shows it.
    """

    locale: Locale
    address: str
    fingerprint: str
