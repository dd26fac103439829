"""What a sheet of the workbook is: which rows, which columns, in which order."""

from __future__ import annotations

import dataclasses

from assessment.reports.workbook.cells import TEXT


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, the SQL expression that fills it, its width in characters, its kind."""

    header: str
    expression: str
    width: int
    kind: str = TEXT


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A list. `source` follows SELECT ... FROM. At most `most` rows are shown; the rest stands in `rest`."""

    name: str
    says: str
    source: str
    order: str
    columns: tuple[Column, ...]
    most: int = 50_000
    rest: str = "the results folder of the workspace"

    @property
    def sql(self) -> str:
        """The shown rows, their cells in the order of the columns."""
        cells = ", ".join(f'{column.expression} AS "{place}"' for place, column in enumerate(self.columns))
        return f"SELECT {cells} FROM {self.source} ORDER BY {self.order} LIMIT {self.most}"

    @property
    def counting(self) -> str:
        """How many rows there are, shown or not."""
        return f"SELECT count(*) FROM {self.source}"

    def at_most(self, rows: int | None) -> Sheet:
        """The same list with no more rows than that."""
        return self if rows is None else dataclasses.replace(self, most=min(rows, self.most))
