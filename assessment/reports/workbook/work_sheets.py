"""Sheets of what to do: risks, packages, the plan, capacity, health."""

from __future__ import annotations

from assessment.reports.workbook.cells import AMOUNT, DAY, NUMBER, WORD
from assessment.reports.workbook.listing import Column, Sheet

REGISTER = Sheet(
    "Register",
    "One row a risk: one check in one cluster where something fails or could not be judged.",
    """risks LEFT JOIN risk_packages USING (risk_id)
       LEFT JOIN (SELECT risk_id, count(DISTINCT fingerprint) AS excepted
           FROM (SELECT risk_id, unnest(fingerprints) AS fingerprint FROM risks)
           JOIN exception_matches USING (fingerprint) JOIN exceptions USING (number)
           WHERE state = 'live' GROUP BY risk_id) USING (risk_id)""",
    "score DESC, upper DESC, points DESC, risk_id",
    (
        Column("Risk", "risk_id", 34),
        Column("Title", "title", 48),
        Column("Cluster", "cluster", 16),
        Column("Environment", "environment", 14),
        Column("Layer", "layer", 11),
        Column("Dimension", "dimension", 18),
        Column("Band", "band", 11, WORD),
        Column("Score (0-100)", "score", 9, NUMBER),
        Column("Score at the least", '"lower"', 10, NUMBER),
        Column("Score at the most", '"upper"', 10, NUMBER),
        Column("Risk points", "points", 9, AMOUNT),
        Column("Points at the least", "points_lower", 10, AMOUNT),
        Column("Points at the most", "points_upper", 10, AMOUNT),
        Column("Failing", "failing", 9, NUMBER),
        Column("Unknown", "unknown", 9, NUMBER),
        Column("Applicable", "applicable", 10, NUMBER),
        Column("Under a live exception", "coalesce(excepted, 0)", 11, NUMBER),
        Column("Likelihood (1-5)", "likelihood", 10, NUMBER),
        Column("Impact (1-5)", "impact", 9, NUMBER),
        Column("Exposure", "exposure", 24),
        Column("Privilege", "privilege", 24),
        Column("Service tier", "tier", 18),
        Column("Data", "data_class", 18),
        Column("Evidence grade", "evidence_grade", 10),
        Column("Remedy", "remedy", 26),
        Column("Packages (#)", "numbers", 10),
        Column("Root cause", "root_cause", 24),
        Column("Why it matters", "why", 60),
    ),
)

PACKAGES = Sheet(
    "Packages",
    "One row a work package: a remedy with everything that it mends.",
    "packages JOIN numbered USING (package_id) LEFT JOIN (SELECT package_id, quarter FROM plan) USING (package_id)",
    "number",
    (
        Column("#", "number", 6, NUMBER),
        Column("Package", "package_id", 28),
        Column("Title", "title", 42),
        Column("Kind", "kind", 10),
        Column("What is different afterwards", "outcome", 50),
        Column("Quadrant", "quadrant", 16, WORD),
        Column("Quarter", "coalesce(quarter::VARCHAR, 'later')", 9),
        Column("Score (0-100)", "score", 9, NUMBER),
        Column("Risk points removed", "risk_reduced", 10, AMOUNT),
        Column("Removed at the most", "risk_reduced_upper", 10, AMOUNT),
        Column("Effort, person-days", "effort_days", 10, AMOUNT),
        Column("Effort low", "effort_low", 9, AMOUNT),
        Column("Effort likely", "effort_likely", 9, AMOUNT),
        Column("Effort high", "effort_high", 9, AMOUNT),
        Column("Size", "size", 7),
        Column("Confidence", "confidence", 11),
        Column("Cost", "cost", 11, AMOUNT),
        Column("Currency", "currency", 9),
        Column("Owner", "owner_role", 22),
        Column("Skills, days", "skills", 20),
        Column("Elapsed working days", "elapsed_days", 10, NUMBER),
        Column("Units", "units", 8, NUMBER),
        Column("Unit", "unit", 14),
        Column("Findings", "findings", 9, NUMBER),
        Column("Unknowns", "unknowns", 9, NUMBER),
        Column("Must", "must", 8),
        Column("Due", "due", 12, DAY),
        Column("Needs first", "depends_on", 26),
        Column("Requirements moved", "requirements_moved", 46),
        Column("Checks", "checks", 36),
        Column("Clusters", "clusters", 18),
        Column("Dimensions", "dimensions", 18),
        Column("Steps", "steps", 60),
        Column("Done when", "done_when", 50),
        Column("Risks", "risks", 44),
        Column("Remedy", "remedy", 26),
    ),
)

PLAN = Sheet(
    "Plan",
    "One row a package in the order of the plan for four quarters; `later` is what does not fit.",
    """plan AS p JOIN numbered USING (package_id)
       LEFT JOIN (SELECT package_id, title, owner_role, effort_days, risk_reduced FROM packages) USING (package_id)""",
    "p.quarter NULLS LAST, start_day, number",
    (
        Column("Quarter", "coalesce(p.quarter::VARCHAR, 'later')", 9),
        Column("#", "number", 6, NUMBER),
        Column("Package", "package_id", 28),
        Column("Title", "title", 42),
        Column("Owner", "owner_role", 22),
        Column("Effort, person-days", "effort_days", 10, AMOUNT),
        Column("Risk points removed", "risk_reduced", 10, AMOUNT),
        Column("Start", "start_date", 12, DAY),
        Column("Finish", "finish_date", 12, DAY),
        Column("First working day", "start_day", 9, NUMBER),
        Column("Last working day", "finish_day", 9, NUMBER),
        Column("Why then", "why", 60),
        Column("Why not earlier", "why_not_earlier", 60),
        Column("Needs first", "p.depends_on", 28),
    ),
)

SCENARIOS = Sheet(
    "Capacity",
    "One row a quarter and capacity (x1 is the team as it is); quarter 0 is today.",
    "quarters",
    "(scenario = 'x1') DESC, try_cast(ltrim(scenario, 'x') AS DOUBLE), scenario, quarter",
    (
        Column("Capacity", "scenario", 10),
        Column("Quarter", "quarter", 9, NUMBER),
        Column("Risk points left", "residual", 11, AMOUNT),
        Column("Left at the most", "residual_upper", 11, AMOUNT),
        Column("Floor", "floor", 9, AMOUNT),
        Column("Effort, person-days", "effort_days", 10, AMOUNT),
        Column("Cost", "cost", 11, AMOUNT),
        Column("Used, days", "used", 20),
        Column("Available, days", "capacity", 20),
        Column("Packages", "packages", 34),
        Column("Feasible", "feasible", 10),
        Column("Note", "note", 60),
    ),
)

HEALTH = Sheet(
    "Health",
    "One row a dimension or a layer, of each cluster and of the estate. The grade is that of the lower bound.",
    "health",
    "cluster NULLS FIRST, layer NULLS FIRST, dimension",
    (
        Column("Cluster", "coalesce(cluster, 'estate')", 18),
        Column("Dimension", "dimension", 20),
        Column("Layer", "layer", 12),
        Column("At the least", '"lower"', 10, AMOUNT),
        Column("Best estimate", "best_estimate", 10, AMOUNT),
        Column("At the most", '"upper"', 10, AMOUNT),
        Column("Share seen, percent", "100 * coverage", 10, AMOUNT),
        Column("Grade", "grade", 34),
        Column("Grade it stands on", "foundation", 11),
        Column("Why", "foundation_why", 50),
    ),
)
