"""Everything that leadership's reports print, read once from the results. Reports only arrange it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from assessment.maps.architecture import read as architecture_of
from assessment.maps.model import Map
from assessment.reports.leadership import position
from assessment.reports.leadership.asks import decisions, groundwork, to_fund
from assessment.reports.leadership.calendar import entries, quarter_dates
from assessment.reports.leadership.moves import Road, road_of
from assessment.reports.leadership.parts import (
    Accepted,
    CalendarEntry,
    ClusterTrust,
    Decision,
    FrameworkPosition,
    HealthLine,
    Package,
    Quarter,
    Scenario,
    TopRisk,
    short,
)
from assessment.reports.leadership.work import BASE, Named, as_date, decimal, packages, scenarios
from assessment.reports.parts import Listing
from assessment.reports.reading import Assessed, Results, ResultsMissing

NEEDED = ("risks", "packages", "plan", "quarters", "requirement_moves", "health")
LATER_NAMED = 3


@dataclasses.dataclass(frozen=True, slots=True)
class LeadershipFacts:
    """One run as leaders see it. `scenarios` holds x1 first among what the roadmap computed."""

    client: str
    run: str
    as_of: str
    tool_version: str
    manifest_sha256: str | None
    clusters: tuple[tuple[str, str, str], ...]
    packages: tuple[Package, ...]
    funded: tuple[Package, ...]
    groundwork: tuple[Package, ...]
    scenarios: dict[str, Scenario]
    frameworks: tuple[FrameworkPosition, ...]
    roads: tuple[Road, ...]
    dimensions: tuple[HealthLine, ...]
    layers: tuple[HealthLine, ...]
    risks: Listing[TopRisk]
    risks_total: int
    bands: tuple[tuple[str, int, int, int], ...]
    trust: tuple[ClusterTrust, ...]
    grades: tuple[tuple[str, int], ...]
    accepted: tuple[Accepted, ...]
    decisions: tuple[Decision, ...]
    calendar: Listing[CalendarEntry]
    architecture: Map
    start: date
    capacity_is_assumed: bool
    days_at_worst: Decimal
    notes: tuple[str, ...]
    prices: tuple[tuple[str, Decimal], ...]

    @property
    def seal(self) -> str:
        """What every page says about the seal."""
        return "Sealed" if self.manifest_sha256 else "Working copy, not sealed"

    @property
    def base(self) -> Scenario:
        """The plan at today's capacity; without quarters where none was made."""
        return self.scenarios.get(BASE, Scenario(BASE, ()))

    @property
    def today(self) -> Quarter | None:
        """What stands open before anything is done."""
        return next((quarter for quarter in self.base.quarters if quarter.number == 0), None)

    @property
    def planned(self) -> tuple[Package, ...]:
        """Packages that have a quarter."""
        return tuple(package for package in self.packages if package.quarter)

    @property
    def left(self) -> tuple[Package, ...]:
        """Packages that come later than the year."""
        return tuple(package for package in self.packages if package.quarter is None)

    @property
    def left_most(self) -> tuple[Package, ...]:
        """Of those that come later, the few that would remove most."""
        worth = [package for package in self.left if package.points > 0]
        return tuple(sorted(worth, key=lambda package: (-package.points, package.number))[:LATER_NAMED])

    @property
    def waited_for(self) -> dict[int, tuple[Package, ...]]:
        """Numbers of packages with the planned ones that cannot begin before them."""
        found: dict[int, tuple[Package, ...]] = {}
        for package in self.planned:
            for number in package.needs:
                found[number] = (*found.get(number, ()), package)
        return found

    @property
    def currency(self) -> str:
        """The currency of the day rate; empty where none was given."""
        return next((package.currency for package in self.packages if package.cost is not None), "")

    @property
    def judged(self) -> tuple[int, int]:
        """Verdicts in all, and those that are known."""
        return sum(each.judged for each in self.trust), sum(each.known for each in self.trust)

    def quarter(self, number: int) -> tuple[Package, ...]:
        """Packages of one quarter, in the order in which they finish."""
        mine = [package for package in self.packages if package.quarter == number]
        return tuple(sorted(mine, key=lambda package: (package.finish_day or 0, package.number)))

    def by_number(self, numbers: Sequence[int]) -> tuple[Package, ...]:
        """The packages of these numbers."""
        return tuple(self.packages[number - 1] for number in numbers)


def facts(workspace: Assessed, manifest_sha256: str | None = None) -> LeadershipFacts:
    """The facts of the newest assessed run. Raises ResultsMissing where no plan was made."""
    missing = [name for name in NEEDED if not (workspace.results / f"{name}.parquet").is_file()]
    if missing:
        raise ResultsMissing(f"{workspace.results} has no {', '.join(missing)}: run `kubesurvey assess` first")
    results = Results(workspace.results)
    try:
        return _facts(results, workspace.tables, manifest_sha256)
    finally:
        results.close()


def _facts(results: Results, tables: Path, manifest_sha256: str | None) -> LeadershipFacts:
    run = results.rows("SELECT * FROM runs ORDER BY file_row_number DESC LIMIT 1")
    if not run:
        raise ResultsMissing(f"{results.folder} names no run: run `kubesurvey assess` first")
    about = run[0]
    as_of = as_date(about["as_of"]) or date(1970, 1, 1)
    summary = _summary(results)
    dates = quarter_dates(as_date(summary.get("start_date")) or as_of + timedelta(1))
    work = packages(results)
    made = scenarios(results, work, dates)
    named = Named({package.package_id: package.number for package in work})
    base = made.get(BASE, Scenario(BASE, ()))
    clusters = _clusters(results)
    seen, grades = position.trust(results)
    dimensions, layers = position.health(results)
    excused = _accepted(results)
    funded = to_fund(work)
    positions = position.frameworks(results, work)
    return LeadershipFacts(
        client=str(about["client"] or ""),
        run=str(about["run"]),
        as_of=str(about["as_of"]),
        tool_version=str(about["kubesurvey_version"]),
        manifest_sha256=manifest_sha256,
        clusters=clusters,
        packages=work,
        funded=funded,
        groundwork=groundwork(work, funded),
        scenarios=made,
        frameworks=positions,
        roads=tuple(road_of(results, each.framework, each.title, work) for each in positions),
        dimensions=dimensions,
        layers=layers,
        risks=position.top_risks(results, work),
        risks_total=results.number("SELECT count(*) FROM risks"),
        bands=position.bands(results),
        trust=seen,
        grades=grades,
        accepted=excused,
        decisions=decisions(work, made, excused, seen, dates[1][0]),
        calendar=entries(work, base, excused, _questions(results)),
        architecture=architecture_of(tables, results.folder),
        start=dates[1][0],
        capacity_is_assumed=summary.get("capacity_assumed") == "true",
        days_at_worst=decimal(summary.get("effort_p80")),
        notes=tuple(named.shown(note) for note in summary.get("notes") or ()),
        prices=_prices(results),
    )


def _summary(results: Results) -> dict[str, Any]:
    """What the roadmap says of itself: its first day, whether a capacity was assumed."""
    if not (results.folder / "roadmap.parquet").is_file():
        return {}
    return next(iter(results.rows("SELECT * FROM roadmap LIMIT 1")), {})


def _prices(results: Results) -> tuple[tuple[str, Decimal], ...]:
    """Skills with what five more days a quarter of each are worth, the most first; none where it is worth nothing."""
    if not (results.folder / "capacity_prices.parquet").is_file():
        return ()
    rows = results.rows("SELECT skill, gained FROM capacity_prices WHERE gained > 0 ORDER BY gained DESC, skill")
    return tuple((row["skill"], decimal(row["gained"])) for row in rows)


def _clusters(results: Results) -> tuple[tuple[str, str, str], ...]:
    """Name, display name and environment of every surveyed cluster."""
    rows = results.rows("SELECT cluster, display_name, environment FROM clusters ORDER BY cluster")
    return tuple((row["cluster"], row["display_name"] or row["cluster"], row["environment"] or "") for row in rows)


def _accepted(results: Results) -> tuple[Accepted, ...]:
    if not (results.folder / "exceptions.parquet").is_file():
        return ()
    titles = {row["check_id"]: row["title"] for row in results.rows("SELECT check_id, title FROM checks")}
    return tuple(_one_accepted(row, titles) for row in results.rows("SELECT * FROM exceptions ORDER BY number"))


def _one_accepted(row: dict[str, Any], titles: Mapping[str, str]) -> Accepted:
    required = f"{short(row['framework'] or '')} {row['requirement_id']}" if row["requirement_id"] else ""
    named = titles.get(row["check_id"])
    return Accepted(
        what=f"“{named}”" if named else row["check_id"] or required,
        subjects=str(row["subjects"] or ""),
        reason=row["reason"] or "",
        control=row["compensating_control"] or "",
        owner=row["owner"] or "",
        approver=row["approver"] or "",
        until=str(row["until"] or "")[:10],
        state=row["state"] or "",
        matched=row["matched"] or 0,
    )


def _questions(results: Results) -> list[date]:
    """The days on which questions that are still open are due."""
    if not (results.folder / "open_questions.parquet").is_file():
        return []
    rows = results.rows("SELECT * FROM open_questions")
    found = [as_date(row.get("day_due")) for row in rows]
    return [each for each in found if each]
