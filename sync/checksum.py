"""The order-free checksum of a bucket; twin of `checksum.js`."""

from zlib import crc32

MASK = 0xFFFFFFFF


def row_sum(key: str, version: int) -> tuple[int, int]:
    """Two lanes of 32 bits for one live row; a bucket's sum is the XOR of its rows'."""
    return _mix(crc32(f"{key}@{version}".encode())), _mix(crc32(f"{version}#{key}".encode()))


def shown(a: int, b: int) -> str:
    """The sum as it travels: `"0123abcd-4567ef89"`."""
    return f"{a:08x}-{b:08x}"


def _mix(h: int) -> int:
    # The finalizer of MurmurHash3: a CRC alone is linear, so two rows that swapped versions would cancel out.
    h ^= h >> 16
    h = h * 0x85EBCA6B & MASK
    h ^= h >> 13
    h = h * 0xC2B2AE35 & MASK
    return h ^ h >> 16
