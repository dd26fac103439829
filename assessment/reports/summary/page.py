"""The page: one file with everything in it. The same results give the same bytes.

Its content security policy names each script by its hash and allows nothing else: no address, no other script,
no form. Should a text ever escape its escaping, it still could not run.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

from assessment.reports.decisions import opened
from assessment.reports.documents import environment, put, style
from assessment.reports.harmless import harmless
from assessment.reports.reading import Assessed
from assessment.reports.summary import figures
from assessment.reports.summary.gathering import BASE, FINDINGS_SHOWN, QUADRANTS, Summary, gather
from assessment.reports.summary.scorecard import scorecard
from assessment.reports.wording import TRIED, status

FOLDER = "summary"
NAME = "summary.html"
ESTATE = "estate"
_IN_A_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write(workspace: Assessed, *, findings_shown: int = FINDINGS_SHOWN) -> Path:
    """Write the page into the reports of the workspace. Raises ResultsMissing where there is no plan yet."""
    results = opened(workspace)
    try:
        summary = gather(results, findings_shown=findings_shown)
    finally:
        results.close()
    return put(html(summary).encode(), workspace.reports / NAME)


def html(summary: Summary) -> str:
    """The page as text."""
    templates = environment(FOLDER)
    templates.filters.update(harmless=harmless)
    scripts = [plotly(), style(FOLDER, "script.js")]
    template = templates.get_template("page.html.j2")
    return template.render(
        s=summary,
        policy=_policy(scripts),
        scripts=[Markup(text) for text in scripts],  # noqa: S704 - ours and Plotly's, named by their hashes
        style=Markup(style(FOLDER, "style.css")),  # noqa: S704 - ours
        data=Markup(in_a_script(_data(summary))),  # noqa: S704 - escaped for where it stands
        quadrants=QUADRANTS,
        base=BASE,
        estate=ESTATE,
        statuses=[status(word) for word in TRIED],
    )


def plotly() -> str:
    """The script of Plotly, as its package carries it. Raises ValueError if it could end its own element."""
    text = (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8").replace("\r\n", "\n")
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("plotly.min.js holds the end of a script element and cannot be put into a page")
    return text


def in_a_script(value: Any) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element or opens a comment."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return text.translate({ord(character): escaped for character, escaped in _IN_A_SCRIPT.items()})


def _policy(scripts: list[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _data(summary: Summary) -> dict[str, Any]:
    """What the script of the page reads: figures, packages by number, scenarios."""
    return {
        "figures": {
            "completeness": figures.completeness(summary.seen),
            "scorecard": scorecard(summary.packages),
            "requirements": figures.requirements(summary.frameworks),
            "burn-down": figures.burn_down(summary.base),
        },
        "health": {
            name: {
                "dimensions": figures.health([row for row in rows if row["dimension"]]),
                "layers": figures.health([row for row in rows if row["layer"]]),
            }
            for name, rows in _health_by_cluster(summary).items()
        },
        "packages": {row["package_id"]: [row["number"], row["title"]] for row in summary.packages},
        "scenarios": {name: _scenario(summary, name) for name in summary.scenario_names},
    }


def _health_by_cluster(summary: Summary) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in summary.health:
        found.setdefault(ESTATE if row["cluster"] is None else f"cluster {row['cluster']}", []).append(row)
    return found


def _scenario(summary: Summary, name: str) -> list[dict[str, Any]]:
    wanted = ("quarter", "residual", "residual_upper", "floor", "effort_days", "cost", "packages", "note", "feasible")
    return [{key: row[key] for key in wanted} for row in summary.scenarios if row["scenario"] == name]
