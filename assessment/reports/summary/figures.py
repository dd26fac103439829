"""The figures beside the scorecard: what was seen, health, requirements, burn-down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.reports.summary.drawing import ACCENT, Figure, axis, layout, written
from assessment.reports.summary.position import FrameworkStatuses, SeenOfFamily

STATUS_STYLES = {
    "supported": ("#0072B2", ""), "partly supported": ("#56B4E9", "/"), "inherited": ("#A6ACB5", ""),
    "not applicable": ("#E3E6EA", ""), "not assessed": ("#CC79A7", "x"), "documents needed": ("#F0D95B", "."),
    "contradicted": ("#D55E00", "\\"),
}  # fmt: skip
PATTERN = {"fillmode": "overlay", "fgcolor": "#FFFFFF", "fgopacity": 1, "size": 7, "solidity": 0.25}
GRADES = frozenset("ABCDEF")

Row = Mapping[str, Any]


def health(rows: Sequence[Row]) -> Figure:
    """Dimensions or layers of one cluster or of the estate: from the least to the most that health can be."""
    rows = list(reversed(rows))
    names = [f"{written(row['dimension'] or row['layer'])}  {_letter(row['grade'])}" for row in rows]
    known = [(name, row) for name, row in zip(names, rows, strict=True) if row["lower"] is not None]
    says = [f"{row['lower']:.1f} to {row['upper']:.1f}, best estimate {row['best_estimate']:.1f}"
            f"<br>{written(row['grade'])}<br>{100 * (row['coverage'] or 0):.0f} % seen" for _, row in known]
    spread = {
        "type": "bar", "orientation": "h", "name": "from the least to the most", "y": [name for name, _ in known],
        "x": [max(row["upper"] - row["lower"], 0.6) for _, row in known], "base": [row["lower"] for _, row in known],
        "marker": {"color": "#9DC3E6", "line": {"color": ACCENT, "width": 1}}, "hoverinfo": "text", "hovertext": says,
        "width": 0.5, "textposition": "none",
    }  # fmt: skip
    best = {
        "type": "scatter", "mode": "markers", "name": "best estimate", "y": [name for name, _ in known],
        "x": [row["best_estimate"] for _, row in known], "hoverinfo": "text", "hovertext": says,
        "marker": {"symbol": "diamond", "size": 9, "color": ACCENT},
    }  # fmt: skip
    drawn = layout(
        xaxis=axis("Health, 0 to 100", range=[0, 101], tickvals=[0, 50, 60, 70, 80, 90, 100]),
        yaxis={"type": "category", "categoryarray": names, "range": [-0.6, len(names) - 0.4], "automargin": True,
               "fixedrange": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, height=90 + 38 * len(names),
        margin={"t": 30, "b": 50},
    )  # fmt: skip
    return {"data": [spread, best], "layout": drawn}


def _letter(grade: str | None) -> str:
    """The letter that a grade begins with; a question mark where it is not known."""
    return grade[0] if grade and grade[0] in GRADES else "?"


def completeness(seen: Sequence[SeenOfFamily]) -> Figure:
    """Lists by cluster and family: seen to the end, in part, not seen."""
    rows = list(reversed(seen))
    names = [f"{written(row.cluster or 'no cluster', 200)[:40]} · {row.family}" for row in rows]
    parts = (("seen to the end", "complete", "#0072B2", ""), ("seen in part", "partial", "#56B4E9", "/"),
             ("not seen", "unseen", "#D55E00", "x"))  # fmt: skip
    data = []
    for name, field, colour, pattern in parts:
        shares = [100 * getattr(row, field) / max(row.complete + row.partial + row.unseen, 1) for row in rows]
        data.append({
            "type": "bar", "orientation": "h", "name": name, "y": names, "x": [round(share, 3) for share in shares],
            "hoverinfo": "text", "hovertext": [f"{getattr(row, field):,} {name}" for row in rows],
            "marker": {"color": colour, "pattern": {"shape": pattern, **PATTERN}},
        })  # fmt: skip
    drawn = layout(
        barmode="stack", xaxis=axis("Share of the lists, percent", range=[0, 100.5]),
        yaxis={"type": "category", "automargin": True, "fixedrange": True}, height=110 + 30 * len(names),
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 30, "b": 50},
    )  # fmt: skip
    return {"data": data, "layout": drawn}


def requirements(frameworks: Sequence[FrameworkStatuses]) -> Figure:
    """Requirements of each framework by status, now and after the plan."""
    lines = [(f"{written(one.framework)} {when}", dict(counts), one.total)
             for one in reversed(frameworks) for when, counts in (("after the plan", one.expected), ("now", one.now))]
    data = []
    for word in dict.fromkeys([*STATUS_STYLES, *(word for one in frameworks for word, _ in one.now)]):
        colour, pattern = STATUS_STYLES.get(word, ("#666666", ""))
        counts = [held.get(word, 0) for _, held, _ in lines]
        if not any(counts):
            continue
        data.append({
            "type": "bar", "orientation": "h", "name": written(word), "y": [name for name, _, _ in lines],
            "x": [round(100 * count / max(total, 1), 3) for count, (_, _, total) in zip(counts, lines, strict=True)],
            "hoverinfo": "text", "hovertext": [f"{count} {written(word)}" for count in counts],
            "marker": {"color": colour, "line": {"color": "#FFFFFF", "width": 1},
                       "pattern": {"shape": pattern, **PATTERN}},
        })  # fmt: skip
    drawn = layout(
        barmode="stack", xaxis=axis("Share of the requirements, percent", range=[0, 100.5]),
        yaxis={"type": "category", "automargin": True, "fixedrange": True}, height=150 + 34 * len(lines),
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"t": 60, "b": 50},
    )  # fmt: skip
    return {"data": data, "layout": drawn}


def burn_down(quarters: Sequence[Row]) -> Figure:
    """Risk points left today and after each quarter; the page swaps the numbers when another capacity is chosen."""
    when = ["today", *(f"after Q{row['quarter']}" for row in quarters[1:])]
    styles = (("points left", "residual", {"color": "#D55E00", "width": 3}, "circle"),
              ("left at the most", "residual_upper", {"color": "#0072B2", "width": 2, "dash": "dot"}, "square"),
              ("what the planned fixes cannot remove", "floor", {"color": "#5A626C", "width": 2, "dash": "dash"},
               "line-ew"))  # fmt: skip
    data = [
        {"type": "scatter", "mode": "lines+markers", "name": name, "x": when, "y": [row[field] for row in quarters],
         "line": line, "marker": {"symbol": symbol, "size": 8}, "hovertemplate": "%{y:.1f} " + name + "<extra></extra>"}
        for name, field, line, symbol in styles
    ]  # fmt: skip
    drawn = layout(
        xaxis={"type": "category", "fixedrange": True}, yaxis=axis("Risk points", rangemode="tozero"), height=380,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, margin={"t": 50},
    )  # fmt: skip
    return {"data": data, "layout": drawn}
