"""What `assess` and `demo` print at the end: health with its bounds, the worst risks, the plan, the gaps, the paths."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from assessment import console
from assessment.workspace import Workspace

if TYPE_CHECKING:
    from assessment.pipeline import Outcome

SHOWN = 5
RESULTS = ("findings", "requirements", "risks", "plan", "gaps")
_LATER = "later"


def show(workspace: Workspace, outcome: Outcome, written: Sequence[Path]) -> None:
    """Print it; every list says how much of it is shown."""
    console.show_outcome(outcome, _health(workspace))
    _show_risks(workspace)
    _show_plan(workspace)
    if outcome.gaps:
        console.show(console.gap_table(outcome.gaps, outcome.gap_count))
    for path in [*(workspace.results / f"{name}.parquet" for name in RESULTS), *written]:
        typer.echo(str(path))
    typer.echo(f"Run {outcome.run}: {outcome.gap_count:,} gaps. Nothing that could not be seen was passed.")


def _health(workspace: Workspace) -> list[console.Health]:
    frame = workspace.result("health")
    estate = frame[frame["cluster"].isna() & frame["layer"].isna()]
    columns = (estate[name] for name in ("dimension", "lower", "upper", "grade"))
    return [(_text(row[0]), *row[1:]) for row in zip(*columns, strict=True)]


def _show_risks(workspace: Workspace) -> None:
    risks = workspace.result("risks")
    worst = risks.sort_values(["score", "upper", "points", "risk_id"], ascending=[False, False, False, True])
    rows = worst[worst["failing"] > 0].to_dict("records")
    if not rows:
        return
    title = f"Worst risks: {min(SHOWN, len(rows))} of {len(rows)}; score 0 to 100, with its bounds"
    table = console.new_table("risk", "what fails to hold", "score", "bounds", title=title, numbers=["score", "bounds"])
    for row in rows[:SHOWN]:
        console.add_row(table, row["risk_id"], row["title"], row["score"], f"{row['lower']} to {row['upper']}")
    console.show(table)


def _show_plan(workspace: Workspace) -> None:
    packages = workspace.result("packages").set_index("package_id")
    plan = workspace.result("plan")
    if plan.empty:
        return
    residual = workspace.result("quarters").query("scenario == 'x1'").set_index("quarter")["residual"]
    numbers = ("days", "risk left")
    table = console.new_table("quarter", "packages", *numbers, title=_plan_title(packages, residual), numbers=numbers)
    quarters = plan["quarter"].fillna(0).astype(int)
    for quarter in (1, 2, 3, 4, 0):
        ids = list(plan.loc[quarters == quarter, "package_id"])
        days = float(packages.loc[ids, "effort_days"].sum()) if ids else 0.0
        left = f"{residual[quarter]:,.0f}" if quarter else ""
        console.add_row(table, quarter or _LATER, _named(packages, ids), f"{days:g}", left)
    console.show(table)


def _plan_title(packages: Any, residual: Any) -> str:
    return (f"The plan: {len(packages)} packages against {residual[0]:,.0f} risk points; what is done, and what is "
            "left after each quarter")


def _named(packages: Any, ids: list[str]) -> str:
    """The packages of a quarter, those that remove most risk first."""
    ordered = packages.loc[ids].sort_values(["risk_reduced", "title"], ascending=[False, True])
    titles = list(dict.fromkeys(ordered["title"]))
    more = f"; and {len(titles) - SHOWN} more" if len(titles) > SHOWN else ""
    return "; ".join(titles[:SHOWN]) + more


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
