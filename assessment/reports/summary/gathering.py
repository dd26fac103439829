"""What the page shows, read from the results: frozen lists of rows, every text harmless already.

A list that is cut knows how many there are in all.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from assessment.reports.completeness import gap_groups
from assessment.reports.decisions import caveats
from assessment.reports.harmless import harmless
from assessment.reports.leadership.work import Named
from assessment.reports.parts import Listing
from assessment.reports.reading import Results
from assessment.reports.seen import GapGroup
from assessment.reports.summary.position import FrameworkStatuses, SeenOfFamily, seen_by_family, statuses

FINDINGS_SHOWN = 1_000
RISKS_SHOWN = 100
BASE = "x1"

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Summary:
    """Everything on the page. Rows keep the names of the results."""

    run: Row
    clusters: tuple[Row, ...]
    seen: tuple[SeenOfFamily, ...]
    judged: tuple[Row, ...]
    health: tuple[Row, ...]
    packages: tuple[Row, ...]
    scenarios: tuple[Row, ...]
    frameworks: tuple[FrameworkStatuses, ...]
    moves: tuple[Row, ...]
    caveats: tuple[str, ...]
    risks: Listing[Row]
    findings: Listing[Row]
    gaps: Listing[GapGroup]
    gaps_total: int
    exceptions: tuple[Row, ...]
    questions: tuple[Row, ...]

    @property
    def bands(self) -> dict[str, int]:
        """How many of the shown packages each quadrant holds."""
        return {name: sum(row["quadrant"] == name for row in self.packages) for name in QUADRANTS}

    @property
    def currency(self) -> str:
        """What costs are counted in; nothing where no day rate is given."""
        return next((row["currency"] for row in self.packages if row["currency"]), "")

    @property
    def base(self) -> tuple[Row, ...]:
        """Today and the four quarters with the team as it is."""
        return tuple(row for row in self.scenarios if row["scenario"] == BASE)

    @property
    def scenario_names(self) -> tuple[str, ...]:
        """Every capacity that was planned, smallest first."""
        return tuple(sorted({row["scenario"] for row in self.scenarios}, key=lambda name: (len(name), name)))


QUADRANTS = ("Do now", "Plan and fund", "Batch", "Park or accept")

_PACKAGES = """
    WITH bounds AS (
        SELECT package_id, max("lower") AS score_lower, max("upper") AS score_upper
        FROM (SELECT package_id, unnest(risks) AS risk_id FROM packages) JOIN risks USING (risk_id)
        GROUP BY package_id),
    needed AS (
        SELECT p.package_id, list_sort(list(n.number)) AS needs
        FROM (SELECT package_id, unnest(depends_on) AS other FROM packages) AS p
        JOIN numbered AS n ON n.package_id = p.other GROUP BY p.package_id)
    SELECT packages.*, number, plan.quarter, plan.start_date, plan.finish_date, plan.why,
        plan.why_not_earlier, coalesce(needs, []) AS needs,
        least(packages.score, coalesce(score_lower, packages.score)) AS score_lower,
        greatest(packages.score, coalesce(score_upper, packages.score)) AS score_upper
    FROM packages JOIN numbered USING (package_id) LEFT JOIN plan USING (package_id)
    LEFT JOIN bounds USING (package_id) LEFT JOIN needed USING (package_id) ORDER BY number
"""
_FINDINGS = """
    SELECT f.*, c.title, m.member_points, coalesce(p.numbers, []) AS numbers
    FROM (SELECT * FROM findings WHERE verdict <> 'pass') AS f LEFT JOIN checks AS c USING (check_id)
    LEFT JOIN (SELECT fingerprint, risk_id, any_value(member_points) AS member_points,
            any_value(member_upper) AS member_upper
        FROM risk_members GROUP BY ALL) AS m
        ON m.fingerprint = f.fingerprint AND m.risk_id = f.check_id || '@' || f.cluster
    LEFT JOIN risk_packages AS p ON p.risk_id = f.check_id || '@' || f.cluster
    ORDER BY verdict, member_points DESC NULLS LAST, member_upper DESC NULLS LAST, f.check_id, f.cluster,
        f.subject_namespace, f.subject_kind, f.subject_name, f.subject_part, f.fingerprint
    LIMIT {most}
"""
_RISKS = """
    SELECT risks.*, coalesce(numbers, []) AS numbers FROM risks LEFT JOIN risk_packages USING (risk_id)
    ORDER BY score DESC, upper DESC, points DESC, risk_id LIMIT {most}
"""
_JUDGED = """
    SELECT dimension, count_if(verdict = 'pass') AS passed, count_if(verdict = 'fail') AS failed,
        count_if(verdict = 'unknown') AS unknown FROM findings GROUP BY dimension ORDER BY dimension
"""
_HEALTH = "SELECT * FROM health ORDER BY cluster NULLS FIRST, layer NULLS FIRST, dimension"
_SCENARIOS = "SELECT * FROM quarters ORDER BY scenario, quarter"
_MOVES = """
    SELECT m.*, number FROM requirement_moves AS m LEFT JOIN numbered USING (package_id)
    ORDER BY framework, quarter NULLS LAST, m.file_row_number
"""


def gather(results: Results, *, findings_shown: int = FINDINGS_SHOWN) -> Summary:
    """Read it all, once."""
    packages, scenarios = _rows(results, _PACKAGES), _rows(results, _SCENARIOS)
    named = Named({row["package_id"]: row["number"] for row in packages})
    return Summary(
        run=_rows(results, "SELECT * FROM runs")[0],
        clusters=_rows(results, "SELECT * FROM clusters ORDER BY cluster"),
        seen=seen_by_family(results),
        judged=_rows(results, _JUDGED),
        health=_rows(results, _HEALTH),
        packages=tuple(_told(row, named, "why", "why_not_earlier") for row in packages),
        scenarios=tuple(_told(row, named, "note") for row in scenarios),
        frameworks=statuses(results),
        moves=_rows(results, _MOVES),
        caveats=tuple(harmless(named.shown(text)) for text in caveats(results)),
        risks=Listing(_rows(results, _RISKS.format(most=RISKS_SHOWN)), results.number("SELECT count(*) FROM risks")),
        findings=Listing(
            _rows(results, _FINDINGS.format(most=findings_shown)),
            results.number("SELECT count(*) FROM findings WHERE verdict <> 'pass'"),
        ),
        gaps=gap_groups(results),
        gaps_total=results.number("SELECT count(*) FROM gaps"),
        exceptions=_rows(results, "SELECT * FROM exceptions ORDER BY number"),
        questions=_rows(results, "SELECT * FROM open_questions ORDER BY day_due, dimension, question_id"),
    )


def _told(row: Row, named: Named, *texts: str) -> Row:
    """The row with numbers instead of package ids in these texts."""
    return row | {name: named.shown(row[name]) for name in texts}


def _rows(results: Results, sql: str) -> tuple[Row, ...]:
    return tuple({name: shown(value) for name, value in row.items()} for row in results.rows(sql))


def shown(value: Any) -> Any:
    """The value with every text in it made harmless."""
    if isinstance(value, str):
        return harmless(value)
    return [shown(each) for each in value] if isinstance(value, list | tuple) else value
