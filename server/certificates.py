"""TLS in a shop without a domain: an authority of our own that phones are told to trust once, and what it signs.

The authority may vouch for private networks and this machine's names only (RFC 5280, 4.2.1.10): a phone that trusts it
gives nobody power over the rest of the web.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.network import Address

AUTHORITY_DAYS = 3650
# Apple's phones refuse what lives longer than 825 days, public authorities sign for 398.
CERTIFICATE_DAYS = 397
RENEWED_BEFORE_DAYS = 30

PRIVATE_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
]
PRIVATE_DOMAINS = ("localhost", "local", "lan", "internal", "home.arpa", "test")


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files to hand to a TLS server. `left_out` are addresses that the authority may not vouch for."""

    certificate: Path
    key: Path
    authority: Path
    left_out: list[str]


def certificate_folder(data: Path) -> Path:
    return data / "certificates"


def ensure_certificate(folder: Path, hostname: str, addresses: Sequence[Address]) -> Certificate:
    """Makes what is missing in `folder`: the authority once, the certificate anew when addresses change or it ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority_file, authority_key_file = folder / "authority.crt", folder / "authority.key"
    if not (authority_file.exists() and authority_key_file.exists()):
        _write_authority(authority_file, authority_key_file, hostname, addresses)
    authority = x509.load_pem_x509_certificate(authority_file.read_bytes())
    names, left_out = _names(authority, hostname, addresses)
    made = Certificate(folder / "server.crt", folder / "server.key", authority_file, left_out)
    if not _still_good(made, authority, names):
        key = _load_key(authority_key_file)
        _write_certificate(made, authority, key, names)
    return made


def authority_bytes(folder: Path) -> bytes | None:
    """The authority's certificate in DER, the form every phone installs; None where there is none."""
    try:
        authority = x509.load_pem_x509_certificate((folder / "authority.crt").read_bytes())
    except FileNotFoundError:
        return None
    return authority.public_bytes(serialization.Encoding.DER)


def fingerprint(der: bytes) -> str:
    """SHA-256 in pairs, as a phone shows it: for comparing by eye."""
    return x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex(":").upper()


def _write_authority(path: Path, key_path: Path, hostname: str, addresses: Sequence[Address]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Stockhand on {hostname}"[:64])])
    own = [ipaddress.ip_network(address) for address in addresses if not _is_private(address)]
    permitted: list[x509.GeneralName] = [x509.IPAddress(network) for network in (*PRIVATE_NETWORKS, *own)]
    permitted += [x509.DNSName(domain) for domain in dict.fromkeys((*PRIVATE_DOMAINS, hostname))]
    builder = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    _write_key(key_path, key)
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _write_certificate(
    made: Certificate,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: list[x509.GeneralName],
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stockhand")])
    authority_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _builder(name, authority.subject, key.public_key(), CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id), critical=False)
    )
    signed = builder.sign(authority_key, hashes.SHA256())
    _write_key(made.key, key)
    pem = serialization.Encoding.PEM
    made.certificate.write_bytes(signed.public_bytes(pem) + authority.public_bytes(pem))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    # A day back, for phones whose clock is slow.
    begins = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _names(
    authority: x509.Certificate, hostname: str, addresses: Sequence[Address]
) -> tuple[list[x509.GeneralName], list[str]]:
    """What the certificate is for, as far as the authority may say it; and what had to be left out."""
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    networks = [ipaddress.ip_network(str(name.value)) for name in permitted if isinstance(name, x509.IPAddress)]
    domains = [name.value for name in permitted if isinstance(name, x509.DNSName)]
    loopback = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
    names: list[x509.GeneralName] = []
    left_out: list[str] = []
    for domain in dict.fromkeys((hostname, f"{hostname.partition('.')[0]}.local", "localhost")):
        fits = any(domain == one or domain.endswith(f".{one}") for one in domains)
        names.append(x509.DNSName(domain)) if fits else left_out.append(domain)
    for address in dict.fromkeys((*addresses, *loopback)):
        fits = any(address in network for network in networks)
        names.append(x509.IPAddress(address)) if fits else left_out.append(str(address))
    return names, left_out


def _still_good(made: Certificate, authority: x509.Certificate, names: list[x509.GeneralName]) -> bool:
    try:
        current = x509.load_pem_x509_certificate(made.certificate.read_bytes())
        _load_key(made.key)
    except (FileNotFoundError, ValueError):
        return False
    held = current.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ends = current.not_valid_after_utc - timedelta(days=RENEWED_BEFORE_DAYS)
    return current.issuer == authority.subject and set(names) <= set(held) and datetime.now(UTC) < ends


def _is_private(address: Address) -> bool:
    return any(address in network for network in PRIVATE_NETWORKS)


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds another kind of key.")
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
