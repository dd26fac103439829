"""What the renderer does more often than it needs, done once. No byte of a document changes by it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf  # type: ignore[import-untyped]


class _Written(pydyf.Stream):  # type: ignore[misc]
    """A stream as it stands in the file; the renderer compresses each stream once to write it and once for the ID."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = stream.number, stream.generation, stream.free
        self._data: bytes = stream.data

    @property
    def data(self) -> bytes:
        """Its bytes, made when the document was finished."""
        return self._data


def compress_once(pdf: Any) -> None:
    """The last step of a finisher: every compressed stream is made into the bytes that it will be."""
    for place, found in enumerate(pdf.objects):
        if isinstance(found, pydyf.Stream) and found.compress:
            pdf.objects[place] = _Written(found)


@contextmanager
def economical() -> Iterator[None]:
    """Lay out and write without two costs that grow with the square of a document or bring nothing.

    A layout keeps nearly every box that it makes, and looking for unreachable ones costs a third of the time.
    The list of all pages is asked for by every tag and made anew each time: it is kept while no page is added.
    """
    collecting, made_anew = gc.isenabled(), pydyf.PDF.page_references
    known: dict[int, tuple[bytes, ...]] = {}

    def page_references(pdf: Any) -> tuple[bytes, ...]:
        pages = pdf.pages["Kids"]
        if len(pages) not in known:
            known.clear()
            known[len(pages)] = made_anew.fget(pdf)
        return known[len(pages)]

    gc.disable()
    pydyf.PDF.page_references = property(page_references)
    try:
        yield
    finally:
        pydyf.PDF.page_references = made_anew
        if collecting:
            gc.enable()
