"""Reads what other programs wrote: any CSV or workbook becomes typed lines of a kind, or rejects that say why.

Pure but for the file itself, and of constant memory. How a file is read, step by step:

    table = open_table(path)                         # raises Unreadable(code, **params)
    columns = match_columns("items", table.head)     # a guess to show and change: Columns(fields={0: "barcodes", …})
    absent = missing_fields("items", columns)        # [] or what no column was found for, ("sku", "barcodes") = either
    for batch in read_lines("items", table, columns, after=0):
        batch.lines, batch.rejects, batch.read_to, batch.read_bytes

Kinds are `KINDS`; the fields of each are `FIELDS[kind]`, its line is `LINES[kind]` (msgspec structs: `ItemLine`,
`StoreLine`, `PersonLine`, `StockLine`, `MovementLine`; a value is None where the file does not say it).
`batch_decoder(kind)` decodes what `msgspec.msgpack.encode(batch)` of another process wrote. A reading that goes on
after an interruption is given `after=read_to`: earlier lines are read again for their duplicates, not given again.

Sentences: `reason(code, params, locale)` of a reject or of `Unreadable`, `field_name(field, locale)` of a column.
Rejects: `rejects_csv(header, rejects, locale)`, exports: `export_csv(kind, rows)`, both iterators of bytes to send or
to write. `export_csv` takes mappings with the fields of `EXPORTED[kind]`, and what it writes is read back the same.
Goods: `spell(rows)` makes `(folded, sort_en, sort_zh)` of many `(sku, name_en, name_zh, brand)` at once,
`gtin_in(code)` the 14 digits of any form, `printed(gtin)` the short form, `tidy(name)` a name as all doors keep it.
"""

from server.imports.reading.codes import gtin_in, printed
from server.imports.reading.columns import Columns, check_columns, match_columns, missing_fields
from server.imports.reading.exports import EXPORTED, export_csv
from server.imports.reading.lines import (
    FIELDS,
    KINDS,
    LINES,
    Batch,
    ItemLine,
    Kind,
    MovementLine,
    PersonLine,
    Reject,
    StockLine,
    StoreLine,
    Unreadable,
    batch_decoder,
)
from server.imports.reading.names import tidy
from server.imports.reading.reading import read_lines
from server.imports.reading.rejects import rejects_csv
from server.imports.reading.sentences import field_name, reason
from server.imports.reading.spelling import spell
from server.imports.reading.table import Table, open_table

__all__ = [
    "EXPORTED",
    "FIELDS",
    "KINDS",
    "LINES",
    "Batch",
    "Columns",
    "ItemLine",
    "Kind",
    "MovementLine",
    "PersonLine",
    "Reject",
    "StockLine",
    "StoreLine",
    "Table",
    "Unreadable",
    "batch_decoder",
    "check_columns",
    "export_csv",
    "field_name",
    "gtin_in",
    "match_columns",
    "missing_fields",
    "open_table",
    "printed",
    "read_lines",
    "reason",
    "rejects_csv",
    "spell",
    "tidy",
]
