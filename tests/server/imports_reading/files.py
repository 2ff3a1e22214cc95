"""Files as other programs write them, made for a test."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from server.imports.reading import Batch, Kind, match_columns, open_table, read_lines

_CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="{0}/{1}" Target="{2}"/></Relationships>'
)
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(path: Path, kind: Kind = "items", after: int = 0) -> Batch[Any]:
    """The whole file as one batch, with the columns it seems to have."""
    table = open_table(path)
    whole: Batch[Any] = Batch([], [], 0, 0)
    for batch in read_lines(kind, table, match_columns(kind, table.head), after=after):
        whole.lines += batch.lines
        whole.rejects += batch.rejects
        whole.read_to, whole.read_bytes = batch.read_to, batch.read_bytes
    return whole


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, rows: Sequence[Sequence[str | int | float]], parts: Mapping[str, str] | None = None) -> Path:
    """An XLSX with one sheet; text stands in its cells."""
    path = folder / "file.xlsx"
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", _CONTENT_TYPES)
        packed.writestr("_rels/.rels", _RELATIONS.format(_RELATION, "officeDocument", "xl/workbook.xml"))
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATION}"><sheets>'
            '<sheet name="Goods" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels", _RELATIONS.format(_RELATION, "worksheet", "worksheets/sheet1.xml")
        )
        packed.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_SHEETS}"><sheetData>{cells}</sheetData></worksheet>'
        )
        for name, text in (parts or {}).items():
            packed.writestr(name, text)
    return path


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        text = value.replace("&", "&amp;").replace("<", "&lt;")
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{value}</v></c>"
