"""The pages of labels as a PDF, for printers that a browser does not reach: the same places, the letters embedded."""

import logging
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from typing import Any

from fpdf import FPDF
from fpdf.enums import TextMode

from sync.label_text import MM

# Chinese and Latin letters; a printer in a shop has neither. Only those that a label uses get into the file.
FONT = "pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf"
_POINTS_A_MM = 72 / 25.4
# A letter that the font does not have is printed as an empty box, and told to nobody else.
logging.getLogger("fpdf").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def pdf_of(laid: Mapping[str, Any]) -> bytes:
    """Of what `sync.labels.drawn` laid out. Takes a while: a thread's work."""
    wide, high = laid["wide"] / MM, laid["high"] / MM
    pdf = FPDF(unit="mm", format=(wide, high))
    pdf.set_auto_page_break(False)
    pdf.set_title("Stockhand")
    with as_file(files(FONT[0]).joinpath(FONT[1])) as font:
        pdf.add_font("label", "", str(font))
    for sheet in laid["sheets"]:
        pdf.add_page()
        for place in sheet:
            face = laid["faces"][place["face"]]
            _boxes(pdf, face["boxes"], place)
            _texts(pdf, face["texts"], place)
    return bytes(pdf.output())


def _boxes(pdf: FPDF, boxes: Sequence[Sequence[int]], place: Mapping[str, int]) -> None:
    for x, y, wide, high in boxes:
        pdf.rect((place["x"] + x) / MM, (place["y"] + y) / MM, wide / MM, high / MM, style="F")


def _texts(pdf: FPDF, texts: Sequence[Mapping[str, Any]], place: Mapping[str, int]) -> None:
    for line in texts:
        pdf.set_font("label", size=line["size"] / 100 * _POINTS_A_MM)
        width = pdf.get_string_width(line["text"])
        x = place["x"] / MM + line["x"] / 100 - {"start": 0, "middle": width / 2, "end": width}[line["anchor"]]
        # The font comes in one weight: what is strong gets an outline of its own colour.
        mode = TextMode.FILL_STROKE if line["strong"] else TextMode.FILL
        with pdf.local_context(text_mode=mode, line_width=line["size"] / 100 / 40):
            pdf.text(x, place["y"] / MM + line["y"] / 100, line["text"])
