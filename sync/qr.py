"""A QR code (ISO/IEC 18004) of a short text such as an address, as rows of dark and light; twin of `qr.js`.

Byte mode, error correction M, versions 1 to 6, which hold 106 bytes: what a label has room for and nothing beyond.
"""

from collections.abc import Callable

# By version: bytes of text and head together in one block, blocks, bytes that correct a block.
_SIZES = ((16, 1, 10), (28, 1, 16), (44, 1, 26), (32, 2, 18), (43, 2, 24), (27, 4, 16))
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
_FINDER_LIKE = ("10111010000", "00001011101")
Grid = list[list[int]]


def qr_rows(text: str) -> list[str] | None:
    """One text of `1` (dark) and `0` a row, without the quiet zone of 4 modules; None where the text does not fit."""
    content = text.encode()
    version = next((place + 1 for place, size in enumerate(_SIZES) if len(content) + 2 <= size[0] * size[1]), 0)
    if not version:
        return None
    bits = "".join(f"{byte:08b}" for byte in _codewords(content, version))
    drawn = [_masked(version, bits, mask) for mask in range(8)]
    return min(drawn, key=_penalty)


def _codewords(content: bytes, version: int) -> list[int]:
    length, blocks, correcting = _SIZES[version - 1]
    # Mode 4 (bytes), how many, the bytes, four bits of end: written half a byte off.
    halves = [4, len(content) >> 4, len(content) & 15]
    halves += [half for byte in content for half in (byte >> 4, byte & 15)] + [0]
    data = [halves[place] << 4 | halves[place + 1] for place in range(0, len(halves), 2)]
    data += [(0xEC, 0x11)[place % 2] for place in range(length * blocks - len(data))]
    parts = [data[place * length : (place + 1) * length] for place in range(blocks)]
    corrections = [_correction(part, correcting) for part in parts]
    return [part[place] for place in range(length) for part in parts] + [
        part[place] for place in range(correcting) for part in corrections
    ]


def _correction(data: list[int], count: int) -> list[int]:
    """The remainder of the bytes divided by the generator of Reed and Solomon, over the field of 256 elements."""
    generator = [1]
    root = 1
    for _ in range(count):
        shifted = [*generator, 0]
        for place, factor in enumerate(generator):
            shifted[place + 1] ^= _times(factor, root)
        generator, root = shifted, _times(root, 2)
    rest = [*data, *[0] * count]
    for place in range(len(data)):
        factor = rest[place]
        for step, part in enumerate(generator):
            rest[place + step] ^= _times(part, factor)
    return rest[len(data) :]


def _times(one: int, other: int) -> int:
    product = 0
    for bit in range(7, -1, -1):
        product = product << 1 ^ (product >> 7) * 0x11D
        product ^= (other >> bit & 1) * one
    return product


def _masked(version: int, bits: str, mask: int) -> list[str]:
    """The whole symbol with one mask. In the empty grid 2 marks what the bits fill."""
    grid = _empty(version)
    _format(grid, mask)
    size, place = len(grid), 0
    for pair, right in enumerate([*range(size - 1, 6, -2), 5, 3, 1]):
        rows = range(size - 1, -1, -1) if pair % 2 == 0 else range(size)
        for row in rows:
            for column in (right, right - 1):
                if grid[row][column] == 2:
                    # What no bit is left for stays light before the mask.
                    bit = place < len(bits) and bits[place] == "1"
                    grid[row][column] = int(bit != _MASKS[mask](row, column))
                    place += 1
    return ["".join(map(str, row)) for row in grid]


def _empty(version: int) -> Grid:
    size = 17 + 4 * version
    grid = [[2] * size for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        _finder(grid, top, left)
    for place in range(8, size - 8):
        grid[6][place] = grid[place][6] = 1 - place % 2
    if version > 1:
        for row in range(-2, 3):
            for column in range(-2, 3):
                grid[size - 7 + row][size - 7 + column] = int(max(abs(row), abs(column)) != 1)
    return grid


def _finder(grid: Grid, top: int, left: int) -> None:
    for row in range(-1, 8):
        for column in range(-1, 8):
            if 0 <= top + row < len(grid) and 0 <= left + column < len(grid):
                ring = max(abs(row - 3), abs(column - 3))
                grid[top + row][left + column] = int(ring not in (2, 4))


def _format(grid: Grid, mask: int) -> None:
    """Level M (00) and the mask, with a BCH code, beside the finders; and the one module that is always dark."""
    rest = mask << 10
    for bit in range(14, 9, -1):
        if rest >> bit & 1:
            rest ^= 0x537 << bit - 10
    pattern = (mask << 10 | rest) ^ 0x5412
    size = len(grid)
    around = [0, 1, 2, 3, 4, 5, 7, 8]
    for bit in range(15):
        dark = pattern >> bit & 1
        if bit < 8:
            grid[around[bit]][8] = grid[8][size - 1 - bit] = dark
        else:
            grid[8][around[14 - bit]] = grid[size - 15 + bit][8] = dark
    grid[size - 8][8] = 1


def _penalty(rows: list[str]) -> int:
    """How hard a symbol would be to read, by the four features of the standard; the mask with the least is taken."""
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    points = sum(_runs(line) for line in [*rows, *columns])
    for row in range(len(rows) - 1):
        for column in range(len(rows) - 1):
            square = rows[row][column : column + 2] + rows[row + 1][column : column + 2]
            points += 3 if square in ("0000", "1111") else 0
    share = "".join(rows).count("1") * 100
    whole = len(rows) * len(rows)
    # Every full step of five percent away from half dark.
    return points + abs(2 * share - 100 * whole) // (10 * whole) * 10


def _runs(line: str) -> int:
    points, length = 0, 0
    for place, module in enumerate(line):
        length = length + 1 if place > 0 and module == line[place - 1] else 1
        if length >= 5:
            points += 3 if length == 5 else 1
        if line[place : place + 11] in _FINDER_LIKE:
            points += 40
    return points
