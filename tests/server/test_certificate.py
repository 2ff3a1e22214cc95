"""A phone that trusts the shop's authority reaches the hub, and the authority can vouch for nothing else."""

import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from server import certificates
from server.certificates import Certificate, authority_bytes, ensure_certificate, fingerprint
from server.commands.qr_codes import beside, qr_code
from server.network import in_address, is_loopback, own_addresses, own_hostname

LAN = [ipaddress.ip_address("192.168.1.20"), ipaddress.ip_address("fd00::20")]


def greets(made: Certificate, name: str, certificate: Path | None = None) -> str:
    """ "" when a phone that trusts the authority accepts the hub under this name, else why not."""
    phone = ssl.create_default_context(cafile=made.authority)
    hub = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    hub.load_cert_chain(certificate or made.certificate, made.key)
    to_hub, to_phone = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = phone.wrap_bio(to_phone, to_hub, server_hostname=name)
    there = hub.wrap_bio(to_hub, to_phone, server_side=True)
    for _ in range(4):
        for side in (here, there):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
    return ""


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return ensure_certificate(tmp_path / "certificates", "shopbox", LAN)


@pytest.mark.parametrize(
    "name", ["192.168.1.20", "fd00::20", "127.0.0.1", "::1", "localhost", "shopbox", "shopbox.local"]
)
def test_a_phone_that_trusts_the_authority_reaches_the_hub_by(made: Certificate, name: str) -> None:
    assert greets(made, name) == ""


def test_a_phone_refuses_the_hub_under_a_name_it_was_not_made_for(made: Certificate) -> None:
    assert "not valid for" in greets(made, "192.168.1.21")


@pytest.mark.parametrize("name", [x509.DNSName("bank.example"), x509.IPAddress(ipaddress.ip_address("203.0.113.9"))])
def test_a_phone_refuses_what_the_authority_says_of_the_rest_of_the_world(
    made: Certificate, name: x509.GeneralName
) -> None:
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    key = certificates._load_key(made.authority.with_name("authority.key"))
    certificates._write_certificate(made, authority, key, [name])
    assert greets(made, str(name.value)) == "permitted subtree violation"


def test_keys_are_for_their_owner_alone(made: Certificate) -> None:
    for key in (made.key, made.authority.with_name("authority.key")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.key.parent.stat().st_mode) == 0o700


def test_the_same_certificate_is_used_until_something_changes(made: Certificate) -> None:
    folder, before = made.certificate.parent, made.certificate.read_bytes()
    authority = made.authority.read_bytes()
    assert ensure_certificate(folder, "shopbox", LAN[:1]).certificate.read_bytes() == before
    moved = ensure_certificate(folder, "shopbox", [ipaddress.ip_address("10.0.0.5")])
    assert moved.certificate.read_bytes() != before
    assert greets(moved, "10.0.0.5") == ""
    # Phones need not trust anything anew.
    assert moved.authority.read_bytes() == authority


def test_a_certificate_is_renewed_a_month_before_it_ends(made: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made.certificate.read_bytes()
    ends = x509.load_pem_x509_certificate(before).not_valid_after_utc
    assert ends - datetime.now(UTC) < timedelta(days=398)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return ends - timedelta(days=29)

    monkeypatch.setattr(certificates, "datetime", Later)
    assert ensure_certificate(made.certificate.parent, "shopbox", LAN).certificate.read_bytes() != before


def test_a_broken_certificate_is_made_anew(made: Certificate) -> None:
    made.certificate.write_text("not a certificate")
    ensure_certificate(made.certificate.parent, "shopbox", LAN)
    assert greets(made, "192.168.1.20") == ""


def test_a_new_public_address_is_left_out_and_named(made: Certificate) -> None:
    again = ensure_certificate(made.certificate.parent, "otherbox", [ipaddress.ip_address("203.0.113.9")])
    assert again.left_out == ["otherbox", "203.0.113.9"]
    assert greets(again, "otherbox.local") == ""


def test_the_authority_is_given_out_as_phones_install_it(made: Certificate, tmp_path: Path) -> None:
    der = authority_bytes(made.authority.parent)
    assert der is not None
    assert x509.load_der_x509_certificate(der).subject.rfc4514_string() == "CN=Stockhand on shopbox"
    assert len(fingerprint(der).split(":")) == 32
    assert authority_bytes(tmp_path / "nothing") is None


def test_this_machine_knows_its_addresses() -> None:
    assert not any(address.is_loopback or address.is_link_local for address in own_addresses())
    assert own_hostname() == own_hostname().lower()
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert is_loopback("localhost")
    assert not is_loopback("0.0.0.0")
    assert (in_address("fd00::20"), in_address("10.0.0.5")) == ("[fd00::20]", "10.0.0.5")


def test_a_code_on_the_terminal_has_a_quiet_border_and_even_lines() -> None:
    lines = qr_code("https://192.168.1.20:8000").splitlines()
    assert len({len(line) for line in lines}) == 1
    both = beside(("One", "https://192.168.1.20:8000"), ("Two", "http://192.168.1.20:8001/certificate"))
    assert both.splitlines()[0].split() == ["One", "Two"]
    assert both.splitlines()[-1].split() == ["https://192.168.1.20:8000", "http://192.168.1.20:8001/certificate"]
