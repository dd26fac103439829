"""Results that lead to decisions, from verdicts to the plan, opened for the reports that people click through.

Beside the results themselves the connection knows `numbered` (package_id, number: the number that every report
prints), `risk_packages` (risk_id, numbers of the packages that lower it) and `answers` (from the tidy tables).
Results that only some workspaces have are empty where they are absent.
"""

from __future__ import annotations

from assessment.reports.leadership.work import packages
from assessment.reports.reading import Assessed, Results, ResultsMissing, quoted

NEEDED = ("health", "risks", "risk_members", "packages", "plan", "quarters", "requirement_moves")
OPTIONAL = {
    "roadmap": "start_date VARCHAR, proven VARCHAR, dates_hold VARCHAR, capacity_assumed VARCHAR, effort_days DOUBLE,"
    " effort_p80 DOUBLE, cost DOUBLE, currency VARCHAR, notes VARCHAR[]",
    "exceptions": "number BIGINT, check_id VARCHAR, framework VARCHAR, requirement_id VARCHAR, subjects VARCHAR,"
    " reason VARCHAR, owner VARCHAR, approver VARCHAR, compensating_control VARCHAR, until VARCHAR, state VARCHAR,"
    " matched BIGINT, note VARCHAR",
    "exception_matches": "number BIGINT, fingerprint VARCHAR",
    "open_questions": "question_id VARCHAR, dimension VARCHAR, question VARCHAR, ask VARCHAR, state VARCHAR,"
    " day_due BIGINT",
}
ANSWERS = (
    "question_id VARCHAR, dimension VARCHAR, layer VARCHAR, question VARCHAR, choice VARCHAR, standing VARCHAR,"
    " answered_at TIMESTAMP, answered_by_role VARCHAR, attachments BIGINT, signed BOOLEAN, evidence_refs VARCHAR[]"
)


def opened(workspace: Assessed) -> Results:
    """The results of the newest assessed run. Raises ResultsMissing where it was assessed without scores and plan."""
    results = Results(workspace.results)
    missing = [name for name in NEEDED if not _has(results, name)]
    if missing:
        results.close()
        raise ResultsMissing(f"{workspace.results} has no {', '.join(missing)}: run `kubesurvey assess` again")
    for name, declared in OPTIONAL.items():
        if not _has(results, name):
            _empty(results, name, declared)
    answers = workspace.tables / "answers.parquet"
    if answers.is_file():
        results.execute(f"CREATE VIEW answers AS SELECT * FROM read_parquet({quoted(str(answers))})")
    else:
        _empty(results, "answers", ANSWERS)
    _number(results)
    return results


def caveats(results: Results) -> list[str]:
    """What a reader of the plan has to know before trusting it, in sentences."""
    found: list[str] = []
    for row in results.rows("SELECT * FROM roadmap"):
        if row["capacity_assumed"] == "true":
            found.append("The capacity of the team is assumed: engagement.yaml does not name it.")
        if row["proven"] == "false":
            found.append("The plan is good but not proven to be the best one.")
        if row["dates_hold"] == "false":
            found.append("Not every fixed date holds with this team.")
        found += row["notes"] or []
    return found


def _has(results: Results, name: str) -> bool:
    return (results.folder / f"{name}.parquet").is_file()


def _empty(results: Results, name: str, declared: str) -> None:
    results.execute(f"CREATE TABLE {name} ({declared}, file_row_number BIGINT)")


def _number(results: Results) -> None:
    known = packages(results)
    results.execute("CREATE TABLE numbered (package_id VARCHAR, number BIGINT)")
    results.execute(
        "INSERT INTO numbered SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
        [[package.package_id for package in known], [package.number for package in known]],
    )
    results.execute(
        """
        CREATE TABLE risk_packages AS
        SELECT risk_id, list_sort(list(number)) AS numbers
        FROM (SELECT DISTINCT unnest(risks) AS risk_id, number FROM packages JOIN numbered USING (package_id))
        GROUP BY risk_id
        """
    )
