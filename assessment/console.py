"""What the command line shows: progress on a terminal, and the short tables at the end."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.table import Table

Progress = Callable[[str, int, int | None], None]
"""Called as progress(stage, done, total); total is None while it is not known."""

SHOWN = 5
PIPED_WIDTH = 110


class Outcome(Protocol):
    """What `assess` hands back, as far as this page shows it."""

    @property
    def verdicts(self) -> Sequence[tuple[str, int, int, int]]:
        """dimension, passed, failed, unknown"""

    @property
    def gaps(self) -> Sequence[tuple[str, str, int]]:
        """reason, what would close it, how many gaps"""

    @property
    def gap_count(self) -> int:
        """All gaps, listed above or not."""


Health = tuple[str | None, float, float, str]
"""dimension (None: all), lower and upper bound (0-100), grade of the lower bound"""


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Progress bars on stderr while the block runs; silent when quiet or when either stream is piped."""
    if quiet or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_literal(stage))
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


def show_outcome(outcome: Outcome, health: Iterable[Health]) -> None:
    """Verdicts per dimension with health between its bounds."""
    show(_verdicts(outcome, {row[0]: row for row in health}))


def show(table: Table) -> None:
    """Print a table; a pipe gets a fixed width, so that the same results give the same text."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False).print(table)


def new_table(*columns: str, title: str | None = None, numbers: Iterable[str] = ()) -> Table:
    """An empty table in the house style; the columns named in `numbers` are set to the right."""
    from rich import box
    from rich.table import Table

    right = set(numbers)
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def add_row(table: Table, *cells: object) -> None:
    """Add a row. Cells may hold text from outside: nothing in them is markup, control characters go."""
    table.add_row(
        *(_literal("" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in cells)
    )


def printable(text: str) -> str:
    """The text without control characters, which could rewrite what a terminal shows."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _verdicts(outcome: Outcome, health: dict[str | None, Health]) -> Table:
    numbers = ("passed", "failed", "unknown", "health")
    table = new_table("dimension", *numbers, "grade", title="Verdicts", numbers=numbers)
    for dimension, passed, failed, unknown in outcome.verdicts:
        add_row(table, dimension, passed, failed, unknown, *_bounds(health.get(dimension)))
    totals = [sum(column) for column in list(zip(*outcome.verdicts, strict=True))[1:]] or [0, 0, 0]
    table.add_section()
    add_row(table, "all", *totals, *_bounds(health.get(None)))
    return table


def _bounds(health: Health | None) -> tuple[str, str]:
    if health is None:
        return "", ""
    _, lower, upper, grade = health
    return (f"{lower:.1f}" if lower == upper else f"{lower:.1f} to {upper:.1f}"), grade


def gap_table(gaps: Iterable[tuple[str, str, int]], total: int) -> Table:
    """The gaps that one answer would close most of; the same question in many namespaces is one row."""
    counted: Counter[tuple[str, str]] = Counter()
    for reason, closed_by, count in gaps:
        counted[reason, re.sub(r" -n \S+", " -A", closed_by)] += count
    top = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))[:SHOWN]
    title = f"What could not be seen: {sum(count for _, count in top):,} of {total:,} gaps"
    table = new_table("gaps", "why", "what would close them", title=title, numbers=["gaps"])
    for (reason, closed_by), count in top:
        add_row(table, count, reason, closed_by)
    return table


def _literal(text: str) -> str:
    from rich.markup import escape

    return escape(printable(text))
