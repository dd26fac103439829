"""Where a survey stands: what was asked, what came back, what is still missing and who could mend it."""

from __future__ import annotations

import typer

from assessment import console
from assessment.workspace import Workspace
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.people import engagement


def show(workspace: Workspace) -> None:
    """Print it. Reads evidence and results, changes nothing."""
    client = engagement.read(workspace.engagement_file).client
    typer.echo(console.printable(f"{client}: {workspace.path}"))
    run = Evidence(workspace.evidence).newest()
    if run is None:
        typer.echo(f"Nothing yet. Next: kubesurvey collect {workspace.path} --from PATH --cluster NAME")
        return
    typer.echo(f"Run {run.name}, as of {run.record.as_of}")
    _show_sources(run)
    for sentence in run.torn():
        typer.echo(console.printable(f"Torn: {sentence}"))
    _show_gaps(workspace, run)


def _show_sources(run: Run) -> None:
    items = run.items()
    numbers = ("items", "objects", "complete", "not complete", "gaps")
    table = console.new_table("source", *numbers, title="What was seen", numbers=numbers)
    for source, cluster in sorted({(item.source, item.cluster or "") for item in items}):
        console.add_row(table, f"{source} {cluster}", *_counted(items, source, cluster))
    console.show(table)


def _counted(items: list[Item], source: str, cluster: str) -> tuple[int, ...]:
    mine = [item for item in items if item.source == source and (item.cluster or "") == cluster]
    complete = sum(item.outcome == "complete" for item in mine)
    documents = [item.documents for item in mine if item.documents]
    objects, gaps = sum(each.objects for each in documents), sum(each.gaps for each in documents)
    return len(mine), objects, complete, len(mine) - complete, gaps


def _show_gaps(workspace: Workspace, run: Run) -> None:
    if not (workspace.results / "gaps.parquet").exists():
        typer.echo(f"Not assessed yet: kubesurvey assess {workspace.path}")
        return
    gaps = workspace.result("gaps")
    each = ((str(reason), str(closed_by), 1) for reason, closed_by in
            zip(gaps["reason"], gaps["closed_by"], strict=True))
    console.show(console.gap_table(each, len(gaps)))
    assessed = set(workspace.result("runs")["run"])
    if run.name not in assessed:
        typer.echo(f"These gaps are those of an earlier run: kubesurvey assess {workspace.path}")
