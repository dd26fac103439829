"""An evidence pack as its reader has it: chapters, pages of text and attached files of one PDF."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pypdf

csv.field_size_limit(1 << 30)
Row = dict[str, str]


class Pack:
    """One PDF. Pages are counted from nought."""

    def __init__(self, file: Path) -> None:
        self._reader = pypdf.PdfReader(file)
        self._text: dict[int, str] = {}

    @cached_property
    def bookmarks(self) -> list[tuple[str, int, bool]]:
        """Title, page, and whether it is a chapter, in order."""
        return list(self._walk(self._reader.outline, True))

    def chapter(self, title: str) -> str:
        """The text of the pages from this chapter's first to the one before the next chapter."""
        chapters = [(name, page) for name, page, is_chapter in self.bookmarks if is_chapter]
        start = next(page for name, page in chapters if name == title)
        after = [page for _, page in chapters if page > start]
        return "\n".join(self.page(number) for number in range(start, min(after, default=len(self._reader.pages))))

    def page(self, number: int) -> str:
        if number not in self._text:
            self._text[number] = self._reader.pages[number].extract_text()
        return self._text[number]

    def sheet(self, requirement: str) -> str:
        """The pages on which the sheet of a requirement stands, to where the next one begins."""
        ids = {row["requirement_id"] for row in self.rows("requirements.csv")}
        begun = ((name.split(" ")[0], page) for name, page, is_chapter in self.bookmarks if not is_chapter)
        pages = [(name, page) for name, page in begun if name in ids]
        (place,) = [number for number, (name, _) in enumerate(pages) if name == requirement]
        first, last = pages[place][1], pages[min(place + 1, len(pages) - 1)][1]
        return "\n".join(self.page(number) for number in range(first, last + 1))

    @cached_property
    def attached(self) -> dict[str, bytes]:
        return {name: contents[0] for name, contents in self._reader.attachments.items()}

    def rows(self, name: str) -> list[Row]:
        """The lines of an attached CSV file."""
        return list(csv.DictReader(io.StringIO(self.attached[name].decode("utf-8-sig"), newline="")))

    def _walk(self, outline: Any, is_chapter: bool) -> Iterator[tuple[str, int, bool]]:
        for entry in outline:
            if isinstance(entry, list):
                yield from self._walk(entry, False)
            else:
                yield entry.title, self._reader.get_destination_page_number(entry), is_chapter


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
