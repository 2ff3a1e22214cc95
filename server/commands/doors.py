"""From `--host`, `--cert` and the rest to where the server listens, and what is printed about it."""

from pathlib import Path

import click

from server.certificates import Certificate, authority_bytes, certificate_folder, ensure_certificate, fingerprint
from server.commands.qr_codes import beside, qr_code
from server.health.libraries import missing_libraries
from server.network import in_address, is_loopback, own_addresses, own_hostname
from server.refusals import NotPossible
from server.serving import Doors
from server.settings import Settings
from server.setup.codes import CODE_AGE_MS


def make_certificate(settings: Settings) -> Certificate:
    """The authority and a certificate for this machine's names and addresses as they are now."""
    folder = certificate_folder(settings.data)
    try:
        return ensure_certificate(folder, own_hostname(), own_addresses())
    except OSError as error:
        raise NotPossible(f"The certificate cannot be written to {folder}: {error.strerror}.") from error
    except ValueError as error:
        raise NotPossible(
            f"The certificates in {folder} cannot be read ({error}); move that folder away to have new ones made."
        ) from error


def doors(settings: Settings, host: str, port: int, cert: Path | None, key: Path | None, plain: bool) -> Doors:
    """TLS with the given certificate; else, where other machines can come in, with one of our own; else none."""
    if (cert is None) != (key is None):
        raise NotPossible("TLS needs both: give --cert and --key together.")
    for path in (cert, key):
        if path is not None and not path.is_file():
            raise NotPossible(f"The file {path} does not exist.")
    if cert or plain or is_loopback(host):
        return Doors(host, port, cert, key)
    if port > 65534:
        raise NotPossible("The install page needs the next port: choose a --port below 65535.")
    made = make_certificate(settings)
    for name in made.left_out:
        click.echo(f"The certificate does not cover {name}: the authority vouches for private networks only.")
    return Doors(host, port, made.certificate, made.key, install=True)


def tell(settings: Settings, where: Doors, install_page: bool, code: str | None = None) -> None:
    """Where the server is, for people and for phones. `code` makes the first administrator of an empty database."""
    for sentence in missing_libraries():
        click.echo(sentence)
    host, address = _reached_at(where)
    if where.install:
        page = f"http://{in_address(host)}:{where.port + 1}/certificate" if install_page else None
        _tell_phones(settings, where, address, page)
    if code:
        tell_code(code, f"{address}/setup")
    click.echo(f"Stockhand is at {click.style(address, bold=True)}  (Ctrl-C stops it)")


def tell_code(code: str, page: str) -> None:
    """How an empty hub gets its first administrator."""
    hours = CODE_AGE_MS // 3_600_000
    click.echo(f"There is no administrator yet. Open {click.style(page, bold=True)} and type this code:")
    click.echo(f"\n    {click.style(code, bold=True)}\n")
    click.echo(f"It works once, for {hours} hours, until the hub is started again; `stockhand code` makes another one.")


def _reached_at(where: Doors) -> tuple[str, str]:
    """The host as phones would call it, and the whole address."""
    scheme = "https" if where.certificate else "http"
    host = where.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- only compared
        host = str(next(iter(own_addresses()), "127.0.0.1"))
    return host, f"{scheme}://{in_address(host)}:{where.port}"


def _tell_phones(settings: Settings, where: Doors, address: str, page: str | None) -> None:
    if page:
        click.echo(beside(("1. Trust this hub, once a phone", page), ("2. Open Stockhand", address)))
    else:
        click.echo(f"Port {where.port + 1} is in use, so phones cannot fetch the certificate authority from there;")
        click.echo(f"it is the file {certificate_folder(settings.data) / 'authority.crt'}.")
        click.echo(qr_code(address))
    authority = authority_bytes(certificate_folder(settings.data))
    if authority:
        click.echo(f"The authority's SHA-256 fingerprint is {fingerprint(authority)}.")
