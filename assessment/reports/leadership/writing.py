"""Leadership's reports as files. The same results give the same bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from assessment.maps import drawing
from assessment.maps.lettering import clipped
from assessment.reports.characters import visible
from assessment.reports.documents import as_pdf, environment, put, style
from assessment.reports.leadership import burn_down, scorecard, wording
from assessment.reports.leadership.asks import total_cost, total_days
from assessment.reports.leadership.calendar import checkpoints
from assessment.reports.leadership.facts import LeadershipFacts, facts
from assessment.reports.leadership.moves import Road
from assessment.reports.leadership.parts import QUARTERS, short
from assessment.reports.reading import Assessed
from assessment.reports.wording import shortened

EXECUTIVE, PLAN, ROAD = "executive_roadmap", "ninety_day_plan", "roadmap_page"
SHARED = "evidence_pack"
MAP = Path("maps") / "architecture.json"
CLIENT_IN_HEADER = 60
TITLE_ON_PAGE_ONE = 110
MARK_SIZE = 7.4
# How a grade ends that could be better; the page says it once.
UNSEEN_IS_SOUND = " if what was not seen is sound"
Progress = Callable[[str, int, int | None], None]


def write(workspace: Assessed, progress: Progress | None = None) -> list[Path]:
    """Write every report for leadership into `reports`; the paths, the executive roadmap first.

    Raises ResultsMissing where the run has no plan.
    """
    found = facts(workspace)
    reports: dict[Path, Callable[[], bytes]] = {Path("executive-roadmap.pdf"): lambda: executive_roadmap(found)}
    for number in QUARTERS:
        reports[Path(f"90-day-plan-{number}.pdf")] = lambda number=number: ninety_day_plan(found, number)  # type: ignore[misc]
    for road in found.roads:
        reports[Path(f"roadmap-{road.framework}.pdf")] = lambda road=road: roadmap_page(found, road)  # type: ignore[misc]
    reports[MAP] = found.architecture.as_json
    written = []
    for done, (name, made) in enumerate(reports.items()):
        if progress:
            progress("leadership", done, len(reports))
        written.append(put(made(), workspace.reports / name))
    if progress:
        progress("leadership", len(reports), len(reports))
    return written


def executive_roadmap(found: LeadershipFacts) -> bytes:
    """About ten pages: the answer, how far to trust it, the risks, the plan, the price, the decisions."""
    return as_pdf(executive_html(found), [style(SHARED), style(EXECUTIVE)])


def ninety_day_plan(found: LeadershipFacts, number: int) -> bytes:
    """The plan of one quarter."""
    return as_pdf(plan_html(found, number), [style(SHARED), style(EXECUTIVE), style(PLAN)])


def roadmap_page(found: LeadershipFacts, road: Road) -> bytes:
    """What moves each requirement of one framework, and when."""
    return as_pdf(road_html(found, road), [style(SHARED), style(EXECUTIVE), style(ROAD)])


def executive_html(found: LeadershipFacts) -> str:
    """The executive roadmap before it becomes pages; everything from outside is escaped."""
    pages = drawing.drawings(
        found.architecture, visible, {package.package_id: package.number for package in found.packages}
    )
    return _rendered(
        _environment(EXECUTIVE).get_template("roadmap.html.j2"),
        found,
        document="Executive roadmap",
        scorecard=Markup(scorecard.svg(found.packages)),  # noqa: S704 - numbers and our own words only
        burn_down=Markup(burn_down.svg(found.base, found.scenarios.get("x2"))),  # noqa: S704
        maps=[dataclasses.replace(page, svg=Markup(page.svg)) for page in pages],  # noqa: S704 - escaped where drawn
        map_legend=drawing.legend(),
        fills=scorecard.FILLS,
    )


def plan_html(found: LeadershipFacts, number: int) -> str:
    """One 90-day plan before it becomes pages."""
    quarter = next((one for one in found.base.quarters if one.number == number), None)
    before = next((one for one in found.base.quarters if one.number == number - 1), None)
    return _rendered(
        _environment(PLAN, EXECUTIVE).get_template("plan.html.j2"),
        found,
        document=f"90-day plan, quarter {number}",
        number=number,
        quarter=quarter,
        before=before,
        packages=found.quarter(number),
        checkpoints=checkpoints(quarter.first) if quarter and quarter.first else (),
    )


def road_html(found: LeadershipFacts, road: Road) -> str:
    """The roadmap of one framework before it becomes pages."""
    template = _environment(ROAD, EXECUTIVE).get_template("road.html.j2")
    return _rendered(template, found, document=f"{road.title} roadmap", road=road)


def _rendered(template: Any, found: LeadershipFacts, **more: Any) -> str:
    return visible(template.render(facts=found, header_client=shortened(found.client, CLIENT_IN_HEADER), **more))


def _environment(*folders: str) -> Environment:
    made = environment(*folders, SHARED)
    made.filters.update(
        days=wording.days, counted_days=wording.counted_days, units=wording.units, points=wording.points,
        day=wording.day, short_day=wording.short_day, day_month=wording.day_month,
        quarter=wording.quarter, numbered=wording.numbered, sentence=wording.sentence, fitted=_fitted,
    )  # fmt: skip
    made.globals.update(
        money=wording.money, percent=wording.percent, range_of=wording.range_of, listing_of=wording.listing_of,
        skill_words=wording.SKILLS, grade_words=wording.GRADES, short=short, total_days=total_days,
        total_cost=total_cost, band=wording.band, title_length=TITLE_ON_PAGE_ONE, unseen_is_sound=UNSEEN_IS_SOUND,
    )  # fmt: skip
    return made


def _fitted(text: str, most: float) -> str:
    """As much of the text as fits into so many points in the list of marks."""
    return clipped(visible(text), MARK_SIZE, most)
