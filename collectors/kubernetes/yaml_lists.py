"""Long YAML lists, as `kubectl get -o yaml` prints them, one item at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from collectors.kubernetes.plain_yaml import Chunk

_WORTH_IT_BYTES = 64 * 1024
_ITEMS = re.compile(rb"^items:[ \t\r]*\n(?=- )", re.MULTILINE)
_NEXT_KEY = re.compile(rb"^[^ \t\r\n#\-]", re.MULTILINE)
_ITEM = re.compile(rb"^- ", re.MULTILINE)
_ANCHOR = re.compile(rb"[:\-\[,{][ \t]+&[A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Apart:
    """A list without its items, and each item as a sequence of one."""

    head: Chunk
    items: Iterator[Chunk]


def list_apart(chunk: Chunk) -> Apart | None:
    """The list of a long document taken apart by its indentation; None when it does not look like one.

    kubectl indents nothing at the top: `items:` and every `- ` stand at the start of a line, and no line of a
    value can. A document with anchors is left whole, because an item could refer to another.
    """
    if len(chunk.text) < _WORTH_IT_BYTES:
        return None
    opening = _ITEMS.search(chunk.text)
    if opening is None or _ANCHOR.search(chunk.text):
        return None
    after = _NEXT_KEY.search(chunk.text, opening.end())
    end = after.start() if after else len(chunk.text)
    head = chunk.text[: opening.start()] + b"items: []\n" + chunk.text[end:]
    return Apart(Chunk(head, chunk.line), _items(chunk, opening.end(), end))


def _items(chunk: Chunk, start: int, end: int) -> Iterator[Chunk]:
    text = chunk.text
    line = chunk.line + text.count(b"\n", 0, start)
    starts = [match.start() for match in _ITEM.finditer(text, start, end)]
    for first, last in zip(starts, [*starts[1:], end], strict=True):
        yield Chunk(text[first:last], line)
        line += text.count(b"\n", first, last)
