"""What every figure shares. Figures are plain data: what is drawn, and nothing that a browser has to work out.

Plotly reads markup in texts; every text from outside is escaped for it (`written`).
"""

from __future__ import annotations

import textwrap
from typing import Any

INK, GRID, ACCENT = "#1A212B", "#D9DEE5", "#14375E"
LONGEST_TITLE = 160

Figure = dict[str, Any]


def written(text: object, width: int = 60) -> str:
    """A text as Plotly is to draw it: its markup escaped, long lines broken, too long ones cut with a mark."""
    whole = str(text)
    short = whole if len(whole) <= LONGEST_TITLE else whole[: LONGEST_TITLE - 1] + "…"
    lines = textwrap.wrap(short, width) or [""]
    return "<br>".join(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for line in lines)


def layout(**own: Any) -> Figure:
    margin = {"l": 60, "r": 16, "t": 40, "b": 60} | own.pop("margin", {})
    return {
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK}, "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF", "hoverlabel": {"align": "left", "bgcolor": "#FFFFFF", "font": {"color": INK}},
        "dragmode": False, "margin": margin, **own,
    }  # fmt: skip


def axis(title: str, **own: Any) -> Figure:
    return {"title": {"text": title}, "gridcolor": GRID, "zeroline": False, "fixedrange": True, **own}


def line(**place: Any) -> Figure:
    return {"type": "line", "line": {"color": ACCENT, "width": 1.5, "dash": "dash"}, "layer": "below", **place}
