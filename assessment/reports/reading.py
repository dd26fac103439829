"""Reading results: one DuckDB connection that sees every Parquet file of a results folder as a view."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

REQUIRED = (
    "findings",
    "populations",
    "out_of_scope",
    "requirements",
    "requirement_checks",
    "gaps",
    "coverage",
    "evidence_items",
    "clusters",
    "checks",
    "runs",
)


class Assessed(Protocol):
    """What reports need of a workspace: its results, its tidy tables, and where reports go."""

    @property
    def results(self) -> Path: ...

    @property
    def tables(self) -> Path: ...

    @property
    def reports(self) -> Path: ...


class ResultsMissing(LookupError):  # noqa: N818
    """A results folder lacks what a report is made of; the text says what makes it."""


class Results:
    """The Parquet files of one results folder.

    Every view has the column `file_row_number` beside its own, so that a query can keep the order of the file.
    """

    def __init__(self, folder: Path) -> None:
        import duckdb

        missing = [name for name in REQUIRED if not (folder / f"{name}.parquet").is_file()]
        if missing:
            raise ResultsMissing(f"{folder} has no {', '.join(missing)}: run `kubesurvey assess` first")
        self.folder = folder
        self._connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
        self._connection.execute("SET TimeZone = 'UTC'")
        for file in sorted(folder.glob("*.parquet")):
            self.execute(
                f'CREATE VIEW "{file.stem}" AS SELECT * FROM read_parquet({quoted(str(file))}, file_row_number = true)'
            )

    def has(self, name: str) -> bool:
        """True when the folder holds a result of that name; some come with some workspaces only."""
        return (self.folder / f"{name}.parquet").is_file()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement whose answer nobody reads."""
        self._connection.execute(sql, list(parameters))

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The answer as dictionaries by column name."""
        answer = self._connection.execute(sql, list(parameters))
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def number(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """The one number that the query answers, 0 when there is none."""
        row = self._connection.execute(sql, list(parameters)).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def columns(self, name: str) -> list[tuple[str, str]]:
        """(column, SQL type) of a result in the order of its file."""
        described = self._connection.execute(f'DESCRIBE SELECT * EXCLUDE (file_row_number) FROM "{name}"')
        return [(row[0], row[1]) for row in described.fetchall()]

    def close(self) -> None:
        """Release the memory of the connection."""
        self._connection.close()


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
