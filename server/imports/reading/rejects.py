"""The file of what was not taken, to be mended and imported again."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from server.imports.reading.lines import Reject
from server.imports.reading.sentences import reason


def rejects_csv(header: Sequence[str], rejects: Iterable[Reject], locale: str) -> Iterator[bytes]:
    """The line, the reason in the reader's language, and the fields as they stood below their header ([] if none)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["line", "reason", *header])
    for reject in rejects:
        writer.writerow([reject.line, reason(reject.code, reject.params, locale), *reject.raw])
    yield text.getvalue().encode("utf-8-sig")
