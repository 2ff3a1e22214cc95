"""Codes on a terminal for a phone to read: black on white whatever the terminal's own colours are."""

import click
import segno

# Black and white of the 256 colours, which no theme changes.
BLACK, WHITE = 16, 231
HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def qr_code(text: str) -> str:
    return "\n".join(_paint(line) for line in _lines(text))


def beside(*titled: tuple[str, str]) -> str:
    """Codes next to each other, each below its title and above its text: `(title, text)`."""
    codes = [_lines(text) for _, text in titled]
    widths = [max(len(title), len(text), len(lines[0])) for (title, text), lines in zip(titled, codes, strict=True)]
    rows = ["   ".join(title.ljust(width) for (title, _), width in zip(titled, widths, strict=True))]
    for place in range(max(map(len, codes))):
        parts = []
        for lines, width in zip(codes, widths, strict=True):
            line = _paint(lines[place]) if place < len(lines) else " " * len(lines[0])
            parts.append(line + " " * (width - len(lines[0])))
        rows.append("   ".join(parts))
    rows.append("   ".join(text.ljust(width) for (_, text), width in zip(titled, widths, strict=True)))
    return "\n".join(row.rstrip() for row in rows)


def _lines(text: str) -> list[str]:
    """Two modules a character, one above the other."""
    matrix = [[bool(dark) for dark in row] for row in segno.make(text, error="l", micro=False).matrix_iter(border=2)]
    matrix += [[False] * len(matrix[0])] * (len(matrix) % 2)
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    return ["".join(HALVES[one] for one in zip(upper, lower, strict=True)) for upper, lower in pairs]


def _paint(line: str) -> str:
    return click.style(line, fg=BLACK, bg=WHITE)
