"""Codes in photographs: read where readers agree, refused where they do not."""

import io
import json
from random import Random

import pytest
from click.testing import CliRunner
from PIL import Image

from server.cli import main
from server.scanning.photos import readers
from server.scanning.photos.engine import read_codes
from server.scanning.photos.opening import ORIENTATION, Unseen, open_photograph
from server.scanning.photos.readings import Reader, Reading, retail_code, upc_e_of
from server.scanning.photos.votes import Votes
from tests.photographs.hostile import corpus, parts_of_a_qr_code
from tests.photographs.rendering import RENDERERS
from tests.photographs.spoiling import photograph

# Of each kind one that neither reader alone reads, where the first few hold one.
SEEDS = dict.fromkeys(RENDERERS, 3)
BOX = (0.0, 0.0, 200.0, 100.0)


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


@pytest.mark.parametrize("kind", list(RENDERERS))
def test_a_code_of_every_format_is_read(kind: str) -> None:
    label = RENDERERS[kind](Random(kind))
    picture = label.picture.resize((label.picture.width // 2, label.picture.height // 2))
    [code] = read_codes(picture, 20)
    assert (code["format"], code["text"]) == (label.format, label.text)


@pytest.mark.parametrize(("kind", "seed"), [("ean_13", 5), ("code_128", 3), ("qr", 0), ("itf", 4), ("databar", 1)])
def test_a_spoilt_code_is_read_that_neither_reader_reads_alone(kind: str, seed: int) -> None:
    picture, label = photograph(seed, kind)
    assert label.text not in {one.text for ask in (readers.ask_zbar, readers.ask_zxing) for one in ask(picture)}
    assert [code["text"] for code in read_codes(picture, 20)] == [label.text]


# A HEIC says by itself how it is turned, not by its notes, and is opened so.
@pytest.mark.parametrize(
    ("kind", "turn"), [("HEIF", 1), *[(kind, turn) for kind in ("JPEG", "PNG", "WEBP") for turn in (1, 3, 6, 8)]]
)
def test_every_kind_of_picture_is_opened_upright(kind: str, turn: int) -> None:
    picture = Image.new("L", (300, 200), 255)
    picture.paste(0, (0, 0, 60, 60))
    notes = Image.Exif()
    notes[ORIENTATION] = turn
    opened = open_photograph(saved(picture, kind, exif=notes))
    corner = {1: (0, 0), 3: (1, 1), 6: (1, 0), 8: (0, 1)}[turn]
    assert opened.size == ((300, 200) if turn in (1, 3) else (200, 300))
    place = tuple(10 if not far else length - 10 for far, length in zip(corner, opened.size, strict=True))
    assert opened.getpixel(place) < 60  # type: ignore[operator, arg-type]


def test_transparent_paper_is_white() -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert open_photograph(saved(clear, "PNG")).getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing", "photo_empty"),
        ("text", "photo_kind"),
        ("a png of 60000 by 60000", "photo_too_many_pixels"),
        ("a moving webp", "photo_moving"),
        ("a moving png", "photo_moving"),
        ("a jpeg with nothing but its name", "photo_kind"),
    ],
)
def test_what_is_no_photograph_is_refused_with_a_reason(name: str, code: str) -> None:
    with pytest.raises(Unseen) as unseen:
        open_photograph(corpus()[name])
    assert unseen.value.code == code


def test_half_a_photograph_is_refused() -> None:
    picture, _ = photograph(1, "ean_13")
    with pytest.raises(Unseen) as unseen:
        open_photograph(saved(picture, "JPEG")[:9000])
    assert unseen.value.code == "photo_broken"


def test_a_part_of_a_qr_code_does_not_stop_the_readers() -> None:
    for part in parts_of_a_qr_code():
        assert list(readers.ask_zbar(open_photograph(part))) == []
        read_codes(open_photograph(part), 20)


def test_without_libzbar_the_other_reader_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "pyzbar", None)
    label = RENDERERS["ean_13"](Random(5))
    [code] = read_codes(label.picture, 20)
    assert (code["text"], code["readers"]) == (label.text, ["zxing-cpp"])


Vote = tuple[str, str, Reader, int]


def votes_of(*seen: Vote) -> list[str]:
    votes = Votes()
    for format_, text, reader, view in seen:
        votes.take(Reading(format_, text, reader, BOX), view)
    return [code["text"] for code in votes.codes()]


def test_readers_that_disagree_about_a_symbol_are_refused() -> None:
    one, other = "4198716008901", "4198116008907"
    agreed: list[Vote] = [("EAN-13", one, "pyzbar", 1), ("EAN-13", one, "zxing-cpp", 1)]
    assert votes_of(*agreed) == [one]
    assert votes_of(*agreed, ("EAN-13", other, "zxing-cpp", 2)) == []


def test_what_one_reader_alone_saw_once_is_not_believed() -> None:
    assert votes_of(("EAN-13", "4198716008901", "pyzbar", 1)) == []
    assert votes_of(("Code 39", "ABC", "pyzbar", 1), ("Code 39", "ABC", "pyzbar", 2)) == []


def test_a_part_of_a_two_of_five_is_no_code() -> None:
    assert votes_of(("ITF", "21673613", "pyzbar", 1), ("ITF", "21673613", "zxing-cpp", 1)) == []
    whole: tuple[Vote, ...] = ("ITF", "2167361334", "scan-lines", 2), ("ITF", "2167361334", "pyzbar", 2)
    assert votes_of(("ITF", "21673613", "pyzbar", 1), *whole) == ["2167361334"]


def test_a_upc_is_told_as_it_is_printed() -> None:
    assert retail_code("0882428015268", is_upc_e=False) == ("UPC-A", "882428015268")
    assert retail_code("0049000006582", is_upc_e=True) == ("UPC-E", "04965802")
    assert upc_e_of("882428015268") is None


def test_the_command_prints_a_line_an_image(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("photographs")
    label = RENDERERS["upc_e"](Random(1))
    label.picture.save(folder / "one.png")
    (folder / "none.jpg").write_bytes(b"")
    images = [str(folder / name) for name in ("one.png", "none.jpg", "away.jpg")]
    told = [json.loads(line) for line in CliRunner().invoke(main, ["decode", *images]).output.splitlines()]
    assert [line["image"] for line in told] == images
    [code] = told[0]["codes"]
    assert (code["format"], code["text"], len(code["gtin"])) == ("UPC-E", label.text, 14)
    assert code["readers"] == ["pyzbar", "zxing-cpp"]
    assert told[1] == {"image": images[1], "codes": [], "error": "The file is empty."}
    assert told[2]["error"] == "The file cannot be read: No such file or directory."
