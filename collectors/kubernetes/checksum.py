"""The checksum that every POSIX system computes with `cksum`: a CRC of 32 bits that runs the other way round."""

from __future__ import annotations

import zlib

_CHUNK_BYTES = 1 << 20
_ALL_ONES = 0xFFFFFFFF
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def posix_checksum(content: bytes) -> str:
    """What `cksum <file` prints: the sum and the number of bytes."""
    length = len(content)
    tail = length.to_bytes((length.bit_length() + 7) // 8, "little")
    mirrored = _ALL_ONES
    for start in range(0, length, _CHUNK_BYTES):
        mirrored = zlib.crc32(content[start : start + _CHUNK_BYTES].translate(_REVERSED), mirrored)
    mirrored = zlib.crc32(tail.translate(_REVERSED), mirrored)
    return f"{int(f'{mirrored:032b}'[::-1], 2)} {length}"
