"""Whether text that people wrote or attached shows a password or a key; it must not become evidence."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from collectors.evidence.detect import NONE, TEMPLATE, classify

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Betrayed(NamedTuple):
    """The kind of credential that was found, and the line, from 1, on which it begins if that is known."""

    kind: str
    line: int | None


def betrayed(body: bytes) -> Betrayed | None:
    """The first credential in this text; None when there is none, or when the bytes are not text."""
    text = _text(body)
    if text is None:
        return None
    for number, line in enumerate(text.splitlines(), start=1):
        kind = classify(line)
        if kind not in (NONE, TEMPLATE):
            return Betrayed(kind, number)
    kind = classify(text)
    return None if kind in (NONE, TEMPLATE) else Betrayed(kind, None)


def _text(body: bytes) -> str | None:
    encoding = next((name for mark, name in _MARKS if body.startswith(mark)), "utf-8")
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
