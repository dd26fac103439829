"""The two files: one for browsers without any script, one for paper. The same facts, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from assessment.reports.characters import visible
from assessment.reports.coverage.grids import Found, grids
from assessment.reports.coverage.parts import Coverage
from assessment.reports.coverage.trust import trust_pages
from assessment.reports.documents import as_pdf, environment, put, style
from assessment.reports.harmless import harmless
from assessment.reports.reading import Assessed, Results, ResultsMissing
from assessment.reports.within import EVERYTHING, narrow
from assessment.reports.wording import TRIED, status

FOLDER = "coverage"
NAME = "threat-coverage"
SCOPE = "in_scope"
"""Good practice and threats are counted in what engagement.yaml calls in scope."""
LEGEND = tuple(status(word) for word in TRIED)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write(workspace: Assessed) -> list[Path]:
    """Write both files into the reports of the workspace. Raises ResultsMissing where nothing was assessed."""
    found = gather(workspace)
    folder = workspace.reports
    return [
        put(screen(found).encode(), folder / f"{NAME}.html"),
        put(as_pdf(paper(found), [style("evidence_pack"), style(FOLDER, "print.css")]), folder / f"{NAME}.pdf"),
    ]


def gather(workspace: Assessed) -> Coverage:
    """Everything on the pages, read once."""
    results = Results(workspace.results)
    try:
        if not results.has("scope_checks"):
            raise ResultsMissing(f"{workspace.results} has no scope_checks: run `kubesurvey assess` again")
        return _gathered(results)
    finally:
        results.close()


def _gathered(results: Results) -> Coverage:
    run = next(iter(results.rows("SELECT * FROM runs ORDER BY file_row_number DESC LIMIT 1")), {})
    clusters = results.rows("SELECT coalesce(display_name, cluster) AS name FROM clusters ORDER BY file_row_number")
    holds = results.rows("SELECT holds FROM scopes WHERE scope = ? LIMIT 1", [SCOPE]) if results.has("scopes") else []
    found = Found(results, SCOPE)
    drawn = grids(results, found)
    narrow(results, SCOPE)
    return Coverage(
        client=str(run.get("client") or ""),
        run=str(run.get("run") or ""),
        as_of=str(run.get("as_of") or ""),
        tool_version=str(run.get("kubesurvey_version") or ""),
        clusters=tuple(row["name"] for row in clusters),
        holds=holds[0]["holds"] if holds else EVERYTHING,
        grids=drawn,
        components=trust_pages(results, found, drawn),
    )


def screen(found: Coverage) -> str:
    """The page for browsers: no script, nothing asked of any network."""
    page = environment(FOLDER).get_template("screen.html.j2")
    own = Markup(style(FOLDER, "screen.css"))  # noqa: S704 - ours
    return harmless(page.render(c=found, statuses=LEGEND, policy=POLICY, style=own))


def paper(found: Coverage) -> str:
    """The pages for paper, before they are laid out."""
    page = environment(FOLDER).get_template("print.html.j2")
    return visible(page.render(c=found, statuses=LEGEND))
