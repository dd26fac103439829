"""What `kubesurvey diff` prints and writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from assessment import console
from assessment.diff import STATES, Comparison, compare
from assessment.workspace import Workspace

SHOWN = 15
_TELLING = ("regressed", "new", "no longer visible", "fixed")


def show(workspace: Workspace, before: str | None, after: str | None) -> None:
    """Print counts, what moved and the most telling rows; all of them go to reports/diff.csv."""
    found = compare(workspace, before, after)
    typer.echo(console.printable(f"{found.before} -> {found.after}"))
    console.show(_counts(found))
    _show_moves(found)
    _show_rows(found)
    for sentence in found.exceptions:
        typer.echo(console.printable(sentence))
    typer.echo(str(_written(found, workspace.reports)))


def _counts(found: Comparison) -> Any:
    table = console.new_table("dimension", *STATES, title="What changed, by fingerprint", numbers=STATES)
    for dimension, counted in found.counts.items():
        console.add_row(table, dimension, *(counted.get(state, 0) for state in STATES))
    table.add_section()
    console.add_row(table, "all", *(sum(each.get(state, 0) for each in found.counts.values()) for state in STATES))
    return table


def _show_moves(found: Comparison) -> None:
    if found.requirements:
        table = console.new_table("framework", "requirement", "was", "is", title="Requirements that moved")
        for row in found.requirements[:SHOWN]:
            console.add_row(table, *row)
        console.show(table)
        typer.echo(f"{min(len(found.requirements), SHOWN)} of {len(found.requirements)} shown")
    bounds = [row for row in found.health if row[0] is not None]
    if bounds:
        table = console.new_table("dimension", "health was", "health is", title="Health, lower to upper bound")
        for dimension, _, *points in bounds:
            was, now = (f"{points[at]:.1f} to {points[at + 1]:.1f}" for at in (0, 2))
            console.add_row(table, dimension, was, now)
        console.show(table)


def _show_rows(found: Comparison) -> None:
    rows = list(_telling(found))
    if not rows:
        return
    table = console.new_table("state", "check", "subject", "note", title="Most telling first")
    for row in rows[:SHOWN]:
        part = f" {row['subject_part']}" if row["subject_part"] else ""
        place = "/".join(filter(None, (row["cluster"], row["subject_namespace"], row["subject_name"])))
        console.add_row(table, row["state"], row["check_id"], f"{row['subject_kind']} {place}{part}", row["note"])
    console.show(table)
    typer.echo(f"{min(len(rows), SHOWN)} of {len(rows)} shown")


def _telling(found: Comparison) -> Iterator[dict[str, Any]]:
    rows = found.findings.to_pylist()
    for state in _TELLING:
        yield from (row for row in rows if row["state"] == state)


def _written(found: Comparison, folder: Path) -> Path:
    """All rows as CSV, replaced in one step; nothing in it starts a formula."""
    import csv
    import io

    from assessment.reports.documents import put

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(found.findings.column_names)
    for row in found.findings.to_pylist():
        writer.writerow([_plain(value) for value in row.values()])
    return put(text.getvalue().encode(), folder / "diff.csv")


def _plain(value: object) -> str:
    from assessment.reports.export import FORMULA

    text = "" if value is None else str(value)
    return f"'{text}" if re.match(FORMULA, text) else text
