"""What stays in the place of a value that was taken out."""

from __future__ import annotations

import dataclasses
import hmac
import re

from collectors.evidence.detect import CREDENTIAL_CLASSES

PREFIX = "~redacted:"
_MARKER = re.compile(r"(?:--?[A-Za-z0-9._-]+=)?~redacted:([a-z-]+):([a-z0-9-]+):length=(\d+):mac=([0-9a-f]{8})")


@dataclasses.dataclass(frozen=True, slots=True)
class Marker:
    """What is known of a replaced value. `length` is in characters, `mac` tells equal values of one
    collection from different ones."""

    why: str
    class_: str
    length: int
    mac: str

    @property
    def is_credential(self) -> bool:
        """Whether the value looked like a credential standing in plain sight."""
        return self.class_ in CREDENTIAL_CLASSES


def marker(text: str) -> Marker | None:
    """The marker that this text is, alone or as the value of a flag ("--token=~redacted:...")."""
    found = _MARKER.fullmatch(text)
    return Marker(found[1], found[2], int(found[3]), found[4]) if found else None


def written(text: str, why: str, class_: str, key: bytes) -> str:
    """The marker of a value, with a hash under `key`, which must never be stored."""
    mac = hmac.digest(key, text.encode(errors="surrogatepass"), "sha256").hex()[:8]
    return f"{PREFIX}{why}:{class_}:length={len(text)}:mac={mac}"
