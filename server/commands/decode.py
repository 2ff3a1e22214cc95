"""`stockhand decode`: the codes of photographs, one line of JSON a photograph."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import click

from server.scanning.photos.jobs import BUDGET_S, Answer, Photos
from server.scanning.photos.sentences import SENTENCES

# A little over what is read, so that a larger one is known by its size.
LONGEST_READ_BYTES = 26 * 1024 * 1024


@click.command(epilog="Example: stockhand decode shelf.jpg delivery.heic")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option(
    "--budget",
    default=BUDGET_S,
    show_default=True,
    type=click.FloatRange(0.1, 60),
    help="Seconds that one image may take.",
)
def decode(images: tuple[str, ...], budget: float) -> None:
    """Read the barcodes in photographs: JPEG, PNG, WebP or HEIC.

    Prints a line of JSON for each IMAGE, in their order: {"image", "codes": [{"format", "text", "gtin", "addon",
    "readers"}], "error"}; `gtin`, `addon` and `error` only where there is one. Readers that disagree about a code are
    a code not read. An image that cannot be read has its reason in `error`, and the others are read all the same.
    """
    asyncio.run(_decode(images, budget))


async def _decode(images: Iterable[str], budget_s: float) -> None:
    photos = Photos()
    try:
        for image in images:
            line: dict[str, object] = {"image": image, "codes": []}
            try:
                answer = await photos.read(_content(image), budget_s)
            except OSError as error:
                line["error"] = f"The file cannot be read: {error.strerror}."
            else:
                line |= _told(answer)
            click.echo(json.dumps(line, ensure_ascii=False))
    finally:
        await photos.close()


def _told(answer: Answer) -> dict[str, object]:
    told: dict[str, object] = {"codes": answer.codes}
    if answer.code:
        told["error"] = SENTENCES[answer.code]
    return told


def _content(image: str) -> bytes:
    with Path(image).open("rb") as file:
        return file.read(LONGEST_READ_BYTES)
