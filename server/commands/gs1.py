"""`stockhand gs1`: what codes mean, as this hub and every phone read them."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from server.clock import now_ms
from sync.gs1 import read
from sync.gs1_elements import SEPARATOR

# As a shell, a log or a manual writes the separator that no keyboard has; `{GS}` and `^` are understood anyway.
WRITTEN = ("\\x1d", "\\x1D", "\\u001d", "\\u001D", "\\035")


@click.command(
    # A code may begin with a dash.
    context_settings={"ignore_unknown_options": True},
    epilog="Example: stockhand gs1 '(01)09506000134352(17)271231(10)ABC' '010950600013435210ABC{GS}17271231'",
)
@click.argument("codes", metavar="[CODE]...", nargs=-1)
def gs1(codes: tuple[str, ...]) -> None:
    """Print what each CODE means, one JSON line a code; without a CODE, each line of the standard input is one.

    A CODE is what a scanner sends, with or without its symbology identifier (]C1…), what is printed in brackets under
    the bars, a Digital Link, or plain digits. The separator FNC1 may be written as the character itself, \\x1d, {GS},
    {FNC1} or ^.
    """
    today = datetime.fromtimestamp(now_ms() / 1000, UTC).date().isoformat()
    for code in codes or _lines():
        said = code
        for form in WRITTEN:
            said = said.replace(form, SEPARATOR)
        click.echo(json.dumps({"code": code, **read(said, today)}))


def _lines() -> Iterator[str]:
    # A line ends where the terminal ends it: Python would end one at a separator too.
    for line in sys.stdin.buffer:
        code = line.rstrip(b"\r\n").decode("utf-8", "replace")
        if code:
            yield code
