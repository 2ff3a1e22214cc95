"""Rows of a workbook: XLSX, and what else its library reads (XLS, XLSB, ODS); the first sheet that shows anything."""

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from lzma import LZMAError
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from server.imports.reading.lines import Reject, Unreadable
from server.imports.reading.rows import ROWS_AT_ONCE, Chunk

ZIP_MARK = b"PK\x03\x04"
OLD_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
# The library holds a whole sheet, some 1.5 times its unpacked size. A million lines of barcode and name fit; a larger
# file streams as CSV.
MOST_UNPACKED_BYTES = 160_000_000
MOST_CELLS = 12_000_000
# Where a cell says it stands: `<c r="AB12"`, with other attributes before.
_PLACE = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SHEETS = ("xl/worksheets/", "xl/sharedStrings", "content.xml")

# What the reading of a packed file says of one that is not as it should be.
_BROKEN_ZIP = (BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, LZMAError, zlib.error)

Cell = object


def is_workbook(head: bytes) -> bool:
    return head.startswith((ZIP_MARK, OLD_MARK))


def workbook_chunks(path: Path) -> Iterator[Chunk]:
    """Every row as text, numbered as the sheet does. Raises `Unreadable`."""
    sheet = _sheet(path)
    size_bytes = path.stat().st_size
    chunk = Chunk([], [], [], 0, 0)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        _take(chunk, number, [cell if isinstance(cell, str) else _text(cell) for cell in cells])
        chunk.read_to = number
        if len(chunk.rows) == ROWS_AT_ONCE:
            chunk.read_bytes = size_bytes * number // sheet.total_height
            yield chunk
            chunk = Chunk([], [], [], number, 0)
    chunk.read_bytes = size_bytes
    yield chunk


def _take(chunk: Chunk, number: int, row: list[str]) -> None:
    if any("\0" in cell for cell in row):
        chunk.broken.append(Reject(number, "nul", {}, [cell.replace("\0", "\ufffd") for cell in row]))
    elif any(row):
        chunk.rows.append(row)
        chunk.numbers.append(number)


def _sheet(path: Path) -> CalamineSheet:
    _look_inside(path)
    try:
        book = CalamineWorkbook.from_path(path)
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        for name in shown or book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                return sheet
    except PasswordError as problem:
        raise Unreadable("file_encrypted") from problem
    except CalamineError as problem:
        raise Unreadable("file_corrupt") from problem
    raise Unreadable("file_empty")


def _look_inside(path: Path) -> None:
    """Refuses, before anything is unpacked, what is no workbook, needs a password or would not fit into memory."""
    with path.open("rb") as handle:
        head = handle.read(8)
        if head == OLD_MARK:
            if _ENCRYPTED in handle.read(1 << 20):
                raise Unreadable("file_encrypted")
            return
    try:
        with ZipFile(path) as packed:
            parts = [part for part in packed.infolist() if part.filename.startswith(_SHEETS)]
            if not parts:
                raise Unreadable("file_not_a_table")
            if any(part.flag_bits & 1 for part in parts):
                raise Unreadable("file_encrypted")
            is_small = sum(part.file_size for part in parts) <= MOST_UNPACKED_BYTES
            if not (is_small and all(_area(packed, part.filename) <= MOST_CELLS for part in parts)):
                raise Unreadable("workbook_too_large")
    except _BROKEN_ZIP as problem:
        raise Unreadable("file_corrupt") from problem


def _area(packed: ZipFile, name: str) -> int:
    """How many cells lie between the corners of a sheet: one stray cell far out makes a small file a huge one."""
    if not name.startswith("xl/worksheets/"):
        return 0
    letters: set[bytes] = set()
    last_row = 0
    rest = b""
    with packed.open(name) as part:
        while block := part.read(1 << 20):
            rest += block
            for found in _PLACE.finditer(rest):
                letters.add(found[1])
                last_row = max(last_row, int(found[2]))
            rest = rest[rest.rfind(b"<") :]
    return last_row * max(map(_column, letters), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case float():
            # As many digits as a spreadsheet shows: 0.1 + 0.2 is 0.3 to whoever wrote it.
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
        case datetime():
            return cell.isoformat(" ")
        case date():
            return cell.isoformat()
    return str(cell)
