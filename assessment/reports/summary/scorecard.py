"""The risk x effort scorecard: one mark a work package."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.reports.summary.drawing import INK, Figure, axis, layout, line, written

HIGH_SCORE, MANY_DAYS = 60, 5
# Okabe and Ito's colours stay apart for colour-blind readers; each has a shape or a pattern of its own beside it.
QUARTERS = (
    (1, "Quarter 1", "#D55E00", "circle"), (2, "Quarter 2", "#0072B2", "square"),
    (3, "Quarter 3", "#009E73", "diamond"), (4, "Quarter 4", "#CC79A7", "triangle-up"),
    (None, "Later", "#7A828C", "hexagon"),
)  # fmt: skip
SMALLEST_DAYS, WIDEST_DAYS = 0.25, 32.0
TICKS = (0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280)
LONGEST_LIST = 4

Row = Mapping[str, Any]


def scorecard(packages: Sequence[Row]) -> Figure:
    """Effort to the right, score upwards; one mark a package, its area the points that it removes."""
    most = max((row["risk_reduced"] for row in packages), default=0) or 1
    traces = []
    for quarter, name, colour, shape in QUARTERS:
        mine = [row for row in packages if row["quarter"] == quarter]
        traces += [_marks(mine, f"quarter{quarter or 'later'}", colour, shape, most),
                   _legend(f"{name} ({len(mine)})", f"quarter{quarter or 'later'}", colour, shape)]  # fmt: skip
    widest = max([WIDEST_DAYS, *(row["effort_days"] * 1.4 for row in packages)])
    ticks = [days for days in TICKS if days <= widest]
    drawn = layout(
        xaxis=axis("Effort, person-days (log scale)", type="log", range=[_log10(0.18), _log10(widest)], tickvals=ticks,
                    ticktext=[f"{days:g}" for days in ticks]),
        yaxis=axis("Risk score, 0 to 100", range=[-6, 112], tickvals=[0, 20, 40, 60, 80, 100]),
        shapes=[line(x0=0, x1=1, xref="paper", y0=HIGH_SCORE, y1=HIGH_SCORE),
                line(x0=MANY_DAYS, x1=MANY_DAYS, y0=0, y1=1, yref="paper")],
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 60},
    )  # fmt: skip
    return {"data": traces, "layout": drawn}


def _legend(name: str, group: str, colour: str, shape: str) -> Figure:
    """An entry of the legend, solid whatever the first mark of the quarter is."""
    return {
        "type": "scatter", "mode": "markers", "name": name, "legendgroup": group, "x": [None], "y": [None],
        "marker": {"color": colour, "symbol": shape, "size": 13, "line": {"color": INK, "width": 1}},
    }  # fmt: skip


def _marks(rows: Sequence[Row], group: str, colour: str, shape: str, most: float) -> Figure:
    return {
        "type": "scatter", "mode": "markers", "uid": group, "legendgroup": group, "showlegend": False,
        "x": [max(row["effort_days"], SMALLEST_DAYS) for row in rows], "y": [row["score"] for row in rows],
        "customdata": [row["number"] for row in rows], "text": [_hover(row) for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
        "error_y": _error([row["score_upper"] - row["score"] for row in rows],
                          [row["score"] - row["score_lower"] for row in rows], colour),
        "error_x": _error([row["effort_high"] - row["effort_days"] for row in rows],
                          [row["effort_days"] - row["effort_low"] for row in rows], colour),
        "marker": {
            "color": colour, "opacity": 0.85, "sizemode": "area",
            "line": {"color": INK, "width": [3 if _open(row) else 1 for row in rows]},
            # A package that removes nothing by itself still has a mark; sizemin makes it large enough to be seen.
            "size": [max(row["risk_reduced"], most / 10_000) for row in rows], "sizeref": 2 * most / 40**2,
            "sizemin": 7,
            "symbol": [f"{shape}-open" if _open(row) else shape for row in rows],
        },
    }  # fmt: skip


def _open(row: Row) -> bool:
    """Whether something in the package is not known yet."""
    return bool(row["unknowns"]) or row["kind"] == "find-out"


def _hover(row: Row) -> str:
    moved = [written(text) for text in row["requirements_moved"][:LONGEST_LIST]]
    more = len(row["requirements_moved"]) - len(moved)
    clusters = ", ".join(row["clusters"]) or "no cluster of its own"
    lines = [
        f"<b>#{row['number']} {written(row['title'])}</b>",
        f"Clusters: {written(clusters)}",
        f"Score {row['score']}, between {row['score_lower']} and {row['score_upper']}",
        f"{row['effort_days']:.1f} person-days, between {row['effort_low']:.1f} and {row['effort_high']:.1f}",
        f"Removes {row['risk_reduced']:.1f} risk points, at the most {row['risk_reduced_upper']:.1f}",
        f"{row['findings']} findings, {row['unknowns']} unknown",
        *(moved or ["Moves no requirement by itself"]), *([f"and {more} more requirements"] if more else []),
    ]  # fmt: skip
    return "<br>".join(lines)


def _error(plus: Sequence[float], minus: Sequence[float], colour: str) -> Figure:
    return {
        "type": "data", "symmetric": False, "array": [max(value, 0) for value in plus],
        "arrayminus": [max(value, 0) for value in minus], "visible": False, "color": colour, "thickness": 1,
    }  # fmt: skip


def _log10(value: float) -> float:
    return round(math.log10(value), 4)
