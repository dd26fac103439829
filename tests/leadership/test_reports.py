from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from assessment.reports.leadership import write
from assessment.reports.leadership.facts import LeadershipFacts, facts
from assessment.reports.leadership.wording import units
from assessment.reports.leadership.writing import executive_html, executive_roadmap, plan_html, road_html
from assessment.reports.reading import ResultsMissing
from assessment.workspace import Workspace
from tests.leadership.conftest import pages_of, squeezed
from tests.leadership.made_up_plan import make
from tests.reports.made_up_results import LONG, MARKUP, RIGHT_TO_LEFT

WRITE = """
import sys
from pathlib import Path
from assessment.reports.leadership import write
from assessment.workspace import Workspace
write(Workspace(Path(sys.argv[1])))
"""


def test_every_report_is_written_the_executive_roadmap_first(written: dict[str, Path]) -> None:
    assert list(written) == [
        "executive-roadmap.pdf", *(f"90-day-plan-{number}.pdf" for number in (1, 2, 3, 4)),
        "roadmap-hipaa.pdf", "architecture.json",
    ]  # fmt: skip


def test_the_first_page_names_three_things_what_they_cost_and_what_happens_if_not(
    texts: dict[str, list[str]], found: LeadershipFacts
) -> None:
    first = texts["executive-roadmap.pdf"][0]
    assert "Thethreethingstofund" in first
    for package in found.funded:
        assert squeezed(package.title) in first
        assert squeezed(f"{package.days} days").replace(".0", "") in first
        assert squeezed(f"EUR {package.cost:,.0f}") in first
        assert squeezed(package.if_not) in first
    assert "1December2026" in first
    assert "Whatweaskyoutodecide" in first


def test_the_three_things_are_the_planned_work_that_removes_most(found: LeadershipFacts) -> None:
    best = sorted((package for package in found.planned if not package.finds_out), key=lambda one: -one.points)[:3]
    assert list(found.funded) == best


def test_status_counts_sum_to_the_total_and_say_what_is_left_out(
    texts: dict[str, list[str]], found: LeadershipFacts
) -> None:
    for framework in found.frameworks:
        assert sum(number for _, number in framework.counts) == framework.total
    page = next(page for page in texts["executive-roadmap.pdf"] if "Wherewestand" in page)
    hipaa = found.frameworks[0]
    assert squeezed(f"All requirements {hipaa.total}") in page
    assert squeezed(f"{hipaa.sections} sections and {hipaa.parts} parts") in page


def test_a_road_holds_every_requirement_once(found: LeadershipFacts, texts: dict[str, list[str]]) -> None:
    road = found.roads[0]
    moved = [line.requirement_id for line in road.lines]
    rest = [each for group in road.unmoved for each in group.ids]
    assert len(moved) + len(rest) == len(set(moved + rest)) == road.total == found.frameworks[0].total
    text = "".join(texts["roadmap-hipaa.pdf"])
    assert all(squeezed(each) in text for each in moved + rest)


def test_every_package_has_one_number_in_every_report(found: LeadershipFacts, texts: dict[str, list[str]]) -> None:
    assert [package.number for package in found.packages] == list(range(1, len(found.packages) + 1))
    for package in found.planned:
        named = squeezed(f"#{package.number} {package.title}")
        assert named in "".join(texts["executive-roadmap.pdf"])
        assert named in "".join(texts[f"90-day-plan-{package.quarter}.pdf"])


def test_ids_of_packages_in_reasons_become_their_numbers(found: LeadershipFacts) -> None:
    assert all("isolate-namespaces" not in package.why for package in found.packages)
    assert any("#1 comes first" in package.why for package in found.packages)


def test_a_quarter_without_packages_says_so_on_one_page(texts: dict[str, list[str]]) -> None:
    (page,) = texts["90-day-plan-4.pdf"]
    assert "Nothingisplannedinquarter4" in page


def test_a_plan_names_its_steps_its_checks_and_what_stops_it(
    texts: dict[str, list[str]], found: LeadershipFacts
) -> None:
    text = "".join(texts["90-day-plan-1.pdf"])
    for package in found.quarter(1):
        for told in (*package.steps, *package.checks, *package.stop_conditions, *package.done_when):
            assert squeezed(told) in text
    for told in ("Day 30", "30 December 2026", "Day 90", "28 February 2027"):
        assert squeezed(told) in text


def test_exceptions_decisions_and_dates_are_listed(texts: dict[str, list[str]]) -> None:
    text = "".join(texts["executive-roadmap.pdf"])
    for told in ("A. Tanabe", "2027-03-01", "expired exception", "Calendar", "28 May 2027", "3 open questions are due"):
        assert squeezed(told) in text


def test_no_report_says_that_a_duty_is_met(texts: dict[str, list[str]]) -> None:
    for pages in texts.values():
        assert not re.search(r"\bcompliant|certified|incompliance", "".join(pages), re.IGNORECASE)


def test_every_page_says_that_the_copy_is_not_sealed(texts: dict[str, list[str]]) -> None:
    assert all("Workingcopy,notsealed" in page for pages in texts.values() for page in pages)


def test_without_a_day_rate_money_is_left_out_and_days_stay(tmp_path: Path) -> None:
    unpriced = facts(make(tmp_path, rate=None))
    text = executive_html(unpriced)
    assert "EUR" not in text
    assert "No day rate was given" in text
    assert "days</span>" in text


def test_a_date_that_cannot_be_kept_stands_on_the_first_page_with_its_chain(tmp_path: Path) -> None:
    late = facts(make(tmp_path, feasible=False))
    first = pages_of(executive_roadmap(late))[0]
    assert "Afixeddatecannotbekept" in first
    assert "cannotfinishbytheendofquarter2" in first
    assert "19platformdays" in first
    assert late.decisions[0].ask.startswith("Choose:")


def test_less_capacity_names_what_it_costs(texts: dict[str, list[str]]) -> None:
    page = next(page for page in texts["executive-roadmap.pdf"] if "Whatitbrings,whatitcosts" in page)
    assert "Threequartersx0.75" in page
    assert "Afixeddatecannotbekept" in page
    assert "Doubledx2" in page


def test_without_any_package_every_report_is_still_written(tmp_path: Path) -> None:
    nothing = make(tmp_path, packages=0)
    reports = {path.name: path for path in write(nothing)}
    assert "Nothingtofund" in pages_of(reports["executive-roadmap.pdf"].read_bytes())[0]
    assert len(pages_of(reports["90-day-plan-2.pdf"].read_bytes())) == 1


@pytest.mark.parametrize("missing", ["packages", "quarters", "risks"])
def test_results_without_a_plan_are_refused_with_what_makes_one(tmp_path: Path, missing: str) -> None:
    unplanned = make(tmp_path)
    (unplanned.results / f"{missing}.parquet").unlink()
    with pytest.raises(ResultsMissing, match=f"{missing}.*kubesurvey assess"):
        write(unplanned)
    assert not unplanned.reports.exists()


def test_results_without_exceptions_or_questions_are_no_error(tmp_path: Path) -> None:
    older = make(tmp_path)
    for name in ("exceptions", "open_questions", "roadmap"):
        (older.results / f"{name}.parquet").unlink()
    assert facts(older).accepted == ()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> LeadershipFacts:
    return facts(make(tmp_path_factory.mktemp("hostile"), name=MARKUP + RIGHT_TO_LEFT + LONG, client=LONG + MARKUP))


def test_hostile_text_is_escaped_everywhere(hostile: LeadershipFacts) -> None:
    for text in (executive_html(hostile), plan_html(hostile, 1), road_html(hostile, hostile.roads[0])):
        assert "<script" not in text
        assert "<img" not in text
        assert "\u202e" not in text
        assert "{{" not in text or "{{ 7*7 }}" in text


def test_long_names_wrap_and_are_shown_in_full(hostile: LeadershipFacts) -> None:
    text = "".join(pages_of(executive_roadmap(hostile)))
    assert LONG in text
    assert RIGHT_TO_LEFT.replace("\u202e", "[U+202E]") in text


def test_nothing_of_a_hostile_page_leaves_the_paper(hostile: LeadershipFacts) -> None:
    reader = PdfReader(io.BytesIO(executive_roadmap(hostile)))
    for page in reader.pages:
        right = float(page.mediabox.right)
        places: list[float] = []

        def at(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
            places.append(cm[4] + tm[4] * cm[0])  # noqa: B023 - read before the next page

        page.extract_text(visitor_text=at)
        assert max(places) < right


def test_headings_skip_no_level_and_rows_are_of_one_length(found: LeadershipFacts) -> None:
    from lxml import html as parser

    for text in (executive_html(found), plan_html(found, 1), plan_html(found, 4), road_html(found, found.roads[0])):
        tree = parser.fromstring(text)
        level = 0
        for heading in tree.iter("h1", "h2", "h3", "h4"):
            assert int(heading.tag[1]) <= level + 1
            level = int(heading.tag[1])
        for table in tree.iter("table"):
            assert len({len(row) for row in table.iter("tr")}) == 1
        assert all(not len(link) for link in tree.iter("a"))
        assert all(image.find("title") is not None or image.find("{*}title") is not None for image in tree.iter("svg"))


def test_time_zone_hash_seed_and_day_change_no_byte(tmp_path: Path) -> None:
    first = digests(make(tmp_path / "a"), TZ="Pacific/Auckland", PYTHONHASHSEED="1")
    second = digests(make(tmp_path / "b"), TZ="America/Denver", PYTHONHASHSEED="77777")
    assert len(first) == 7
    assert first == second


def digests(workspace: Workspace, **environment: str) -> dict[str, str]:
    subprocess.run(
        [sys.executable, "-c", WRITE, str(workspace.path)],
        check=True,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
    )
    files = sorted(path for path in workspace.reports.rglob("*") if path.is_file())
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_work_that_only_looks_is_never_said_to_remove_risk(found: LeadershipFacts) -> None:
    (looking,) = [package for package in found.packages if package.finds_out]
    assert looking not in found.funded
    assert looking.reason.startswith("Looks where nobody could look")
    assert "removes" not in looking.reason


def test_decisions_stand_in_the_order_in_which_they_have_to_be_taken(found: LeadershipFacts) -> None:
    days = [decision.when for decision in found.decisions if decision.when]
    assert days == sorted(days)


def test_the_price_of_the_whole_plan_stands_beside_that_of_the_three_things(found: LeadershipFacts) -> None:
    plan = next(decision.ask for decision in found.decisions if decision.ask.startswith("Fund the plan"))
    assert "at the least the three above with their groundwork" in plan
    assert ",." not in plan + "".join(decision.because for decision in found.decisions)


def test_an_accepted_risk_is_named_by_what_its_check_asks_and_not_by_an_id(found: LeadershipFacts) -> None:
    assert not any(re.search(r"\w\.\w+_\w", decision.ask) for decision in found.decisions)


def test_what_comes_later_is_counted_with_its_days_and_the_largest_are_named(found: LeadershipFacts) -> None:
    text = executive_html(found)
    if found.left:
        assert f"{len(found.left)} package" in text
        assert all(f"#{package.number} {package.title}" in text for package in found.left_most)


def test_units_are_counted_as_people_say_them() -> None:
    told = [units(1, "cluster"), units(3, "node pool"), units(2, "role or binding"), units(9, "access")]
    assert told == ["1 cluster", "3 node pools", "2 roles or bindings", "9 accesses"]
