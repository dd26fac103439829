"""Cells: every value in its own type, every text as text and nothing else.

A text that a spreadsheet would take for a formula is written as a string and marked so ("quote prefix"), because
a spreadsheet reads a cell again when somebody edits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from assessment.reports.harmless import harmless

MOST_UNITS = 32_767
"""The most UTF-16 units that a cell holds."""
CUT = "… [cut: {total:,} characters, more than a cell holds]"
_TAKEN_FOR_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

DAY, INSTANT, NUMBER, AMOUNT, TEXT, WORD = "day", "instant", "number", "amount", "text", "word"
"""Kinds of columns. A word is a text of few values, coloured where `COLOURS` knows it."""
_PATTERNS = {DAY: "yyyy-mm-dd", INSTANT: "yyyy-mm-dd hh:mm:ss", NUMBER: "#,##0", AMOUNT: "#,##0.0"}
# Tints that stay apart for colour-blind readers; the word always stands in the cell.
COLOURS = {
    "very-high": "#F4B183", "high": "#F8CBAD", "moderate": "#FFE699", "low": "#DDEBF7", "very-low": "#EDEDED",
    "fail": "#F8CBAD", "unknown": "#E4DFEC", "pass": "#DDEBF7",
    "contradicted": "#F8CBAD", "supported": "#BDD7EE", "partly supported": "#DDEBF7", "not assessed": "#E4DFEC",
    "Do now": "#F4B183", "Plan and fund": "#FFE699", "Batch": "#DDEBF7", "Park or accept": "#EDEDED",
    "expired": "#F8CBAD", "invalid": "#F8CBAD", "unused": "#E4DFEC", "overdue": "#F8CBAD", "denied": "#E4DFEC",
}  # fmt: skip


class Cells:
    """Writes values into the sheets of one workbook; counts the texts that had to be cut."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._plain: dict[tuple[str | None, bool], Format] = {}
        self.cut = 0

    def format(self, **properties: Any) -> Format:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
            self._formats[key] = self._book.add_format(base | properties)
        return self._formats[key]

    def put(self, sheet: Worksheet, row: int, column: int, value: Any, kind: str = TEXT) -> None:
        """One value; nothing is an empty cell."""
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_string(row, column, "yes" if value else "no", self.format())
        elif isinstance(value, int | float):
            self._number(sheet, row, column, value, kind)
        elif (instant := _instant(value, kind)) is not None:
            sheet.write_datetime(row, column, instant, self.format(num_format=_PATTERNS[kind], align="left"))
        else:
            self.text(sheet, row, column, value, kind)

    def text(self, sheet: Worksheet, row: int, column: int, value: Any, kind: str = TEXT, **more: Any) -> None:
        """A text, or a list with one entry a line, as a plain string."""
        shown = harmless(_joined(value))
        fitting = fitted(shown)
        self.cut += fitting is not shown
        colour, quoted = COLOURS.get(shown) if kind == WORD else None, shown.startswith(_TAKEN_FOR_A_FORMULA)
        sheet.write_string(row, column, fitting, self._of_text(colour, quoted, more))

    def _of_text(self, colour: str | None, quoted: bool, more: dict[str, Any]) -> Format:
        """The format of a text; looked up rather than made for each of millions of cells."""
        found = None if more else self._plain.get((colour, quoted))
        if found is None:
            properties = {"text_wrap": True, **({"bg_color": colour} if colour else {}), **more}
            found = self.format(**properties, **({"quote_prefix": True} if quoted else {}))
            if not more:
                self._plain[colour, quoted] = found
        return found

    def _number(self, sheet: Worksheet, row: int, column: int, value: float, kind: str) -> None:
        pattern = _PATTERNS.get(kind, _PATTERNS[NUMBER] if isinstance(value, int) else _PATTERNS[AMOUNT])
        if value != value or value in (float("inf"), float("-inf")):
            self.text(sheet, row, column, str(value))
        else:
            sheet.write_number(row, column, value, self.format(num_format=pattern))


def fitted(text: str) -> str:
    """The text itself, or as much of it as a cell holds with a mark that says how long it was."""
    if len(text) * 2 <= MOST_UNITS or _units(text) <= MOST_UNITS:
        return text
    mark = CUT.format(total=len(text))
    kept = text.encode("utf-16-le")[: (MOST_UNITS - _units(mark)) * 2].decode("utf-16-le", errors="ignore")
    return kept + mark


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _joined(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(str(entry) for entry in value)
    return str(value)


def _instant(value: Any, kind: str) -> datetime | date | None:
    """A day or an instant in UTC without its zone; None for what is none."""
    if kind not in (DAY, INSTANT):
        return None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else value
        found = found if isinstance(found, datetime) else datetime(found.year, found.month, found.day)
    except (ValueError, AttributeError):
        return None
    plain = found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    return plain if plain.year >= 1900 else None
