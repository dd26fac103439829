"""The whole roadmap from result tables: what its tables hold and what they agree on."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from assessment.roadmap.plan import roadmap_of
from collectors.people.engagement import Engagement
from collectors.people.team import MustDo, Team
from tests.roadmap.estates import Weakness, remedy, results

AS_OF = "2026-11-21T17:00:00Z"
REMEDIES = {
    "fix-it": remedy(), "after": remedy("after", prerequisites=("fix-it",), elapsed_days="55"),
    "large": remedy("large", effort={"base_days": "40", "per_unit_days": "0", "confidence": "low"}),
}  # fmt: skip
ESTATE = results(
    Weakness("x.one", points=30.0, score=62, failing=("a", "b")), Weakness("x.two", points=12.5, remedy="after"),
    Weakness("x.three", points=50.0, remedy="large"),
    Weakness("x.four", failing=(), unknown=("a",), upper=40.0),
)  # fmt: skip
TABLES = ["capacity_prices", "packages", "plan", "quarters", "requirement_moves", "roadmap"]


def _roadmap(estate: dict[str, pa.Table], **said: Any) -> dict[str, list[dict[str, Any]]]:
    engagement = Engagement(client="Acme", **said)
    found = roadmap_of(estate, engagement, AS_OF, remedies=REMEDIES)
    assert sorted(found) == TABLES
    return {name: table.to_pylist() for name, table in found.items()}


@pytest.fixture(scope="module")
def roadmap() -> dict[str, list[dict[str, Any]]]:
    team = Team(capacity={"platform": "20"}, day_rate="1000", currency="EUR")
    return _roadmap(ESTATE, team=team)


def test_packages_and_plan_have_one_row_each_in_the_order_of_ids(roadmap: dict[str, list[dict[str, Any]]]) -> None:
    names = ["after", "find-out--shop", "fix-it", "large"]
    assert [row["package_id"] for row in roadmap["packages"]] == names
    assert [row["package_id"] for row in roadmap["plan"]] == names


def test_a_package_tells_what_it_takes_and_gives(roadmap: dict[str, list[dict[str, Any]]]) -> None:
    package = next(row for row in roadmap["packages"] if row["package_id"] == "fix-it")
    assert package["skills"] == ["platform=2.5"] and package["effort_days"] == 2.5 and package["cost"] == 2500.0
    assert (package["risk_reduced"], package["score"], package["quadrant"]) == (30.0, 62, "Do now")
    assert (package["kind"], package["must"], package["currency"], package["size"]) == ("fix", "false", "EUR", "M")
    assert package["risks"] == ["x.one@shop"]


def test_the_plan_keeps_order_and_says_dates(roadmap: dict[str, list[dict[str, Any]]]) -> None:
    plan = {row["package_id"]: row for row in roadmap["plan"]}
    assert {name: row["quarter"] for name, row in plan.items()} == {
        "fix-it": 1, "after": 2, "large": None, "find-out--shop": 1,
    }  # fmt: skip
    assert plan["fix-it"]["finish_date"] < plan["after"]["start_date"]
    assert plan["find-out--shop"]["start_date"] == "2026-11-23" and plan["large"]["start_date"] is None
    assert plan["large"]["why"] == (
        "Later: it needs 47 platform days at once and no quarter has more than 16."
    )
    assert plan["fix-it"]["why_not_earlier"] is None
    assert plan["after"]["why_not_earlier"].startswith("Quarter 1 is not possible")


def test_residual_risk_falls_to_the_floor_and_never_below(roadmap: dict[str, list[dict[str, Any]]]) -> None:
    quarters = [row for row in roadmap["quarters"] if row["scenario"] == "x1"]
    assert [row["residual"] for row in quarters] == [92.5, 62.5, 50.0, 50.0, 50.0]
    assert [row["residual_upper"] for row in quarters] == [132.5, 102.5, 90.0, 90.0, 90.0]
    assert {row["floor"] for row in roadmap["quarters"]} == {0.0}
    assert quarters[1]["capacity"] == ["application=0.0", "platform=16.0", "security=0.0", "sre=0.0"]
    assert quarters[1]["packages"] == ["find-out--shop", "fix-it"] and quarters[0]["packages"] == []
    assert quarters[1]["effort_days"] == 3.0 and quarters[1]["cost"] == 3000.0
    assert {row["scenario"] for row in roadmap["quarters"]} == {"x1", "x0.75", "x1.25", "x1.5", "x2", "x3"}
    assert all(row["residual"] <= row["residual_upper"] for row in roadmap["quarters"])
    assert next(r for r in roadmap["quarters"] if (r["scenario"], r["quarter"]) == ("x3", 4))["residual"] == 0.0


def test_finding_out_lowers_no_risk(roadmap: dict[str, list[dict[str, Any]]]) -> None:
    package = next(row for row in roadmap["packages"] if row["kind"] == "find-out")
    assert package["risk_reduced"] == 0.0 and package["risk_reduced_upper"] == 40.0
    planned = next(row for row in roadmap["plan"] if row["package_id"] == package["package_id"])
    assert planned["why"] == (
        "Quarter 1: it removes no risk, but up to 40.0 points may be there, and 0.5 days would tell."
    )


def test_the_summary_says_what_the_plan_rests_on(roadmap: dict[str, list[dict[str, Any]]]) -> None:
    (row,) = roadmap["roadmap"]
    assert row["solver"].startswith("HiGHS ") and len(row["model_sha256"]) == 64
    assert (row["proven"], row["dates_hold"], row["capacity_assumed"]) == ("true", "true", "false")
    assert row["baseline"] == 92.5 and row["removable"] == 92.5 and row["floor"] == 0.0
    assert row["area_avoided"] == row["area_without_dates"] == 30.0 * 3.5 + 12.5 * 2.5
    assert row["greedy_area"] <= row["area_avoided"]
    assert row["effort_p80"] > row["effort_days"] == 5.0


def test_an_assumed_team_is_called_assumed() -> None:
    (row,) = _roadmap(ESTATE)["roadmap"]
    assert row["capacity_assumed"] == "true" and row["cost"] is None


def test_a_date_that_cannot_hold_is_reported_with_its_chain() -> None:
    must = MustDo(remedy="after", by="2027-01-10", reason="The contract says so.")
    found = _roadmap(ESTATE, must_do=(must,))
    (row,) = found["roadmap"]
    assert row["dates_hold"] == "false"
    assert row["notes"][0].startswith("after after fix-it cannot finish by working day")
    assert "from fix-it on, the chain takes 65 working days" in row["notes"][0]
    plan = {one["package_id"]: one for one in found["plan"]}
    assert plan["after"]["misses_date"] == "true" and plan["after"]["quarter"] == 2
    package = next(one for one in found["packages"] if one["package_id"] == "after")
    assert (package["due"], package["due_why"], package["must"]) == ("2027-01-10", "The contract says so.", "true")
    assert {one["feasible"] for one in found["quarters"]} == {"false"}
    assert found["capacity_prices"] == []


def test_a_date_for_a_remedy_that_nothing_calls_for_is_a_note() -> None:
    must = MustDo(remedy="unheard-of", by="2027-01-10", reason="Somebody said so.")
    (row,) = _roadmap(ESTATE, must_do=(must,))["roadmap"]
    assert row["dates_hold"] == "true" and "unheard-of by 2027-01-10" in row["notes"][0]


def test_a_clients_own_check_with_a_remedy_of_its_own_gets_a_plain_package() -> None:
    found = _roadmap(results(Weakness("own.check", remedy="our-own-work")))
    (package,) = found["packages"]
    assert (package["package_id"], package["title"]) == ("our-own-work", "own.check holds")
    assert (package["confidence"], package["steps"]) == ("low", ["fix it"])


def test_no_results_at_all_give_empty_tables_and_a_summary() -> None:
    found = _roadmap({})
    assert found["packages"] == found["plan"] == found["requirement_moves"] == []
    assert [row["residual"] for row in found["quarters"] if row["scenario"] == "x1"] == [0.0] * 5
    assert found["roadmap"][0]["proven"] == "true"


def test_one_package_is_planned() -> None:
    found = _roadmap(results(Weakness("x.one")))
    assert [row["quarter"] for row in found["plan"]] == [1]


def test_rows_in_another_order_give_the_same_tables() -> None:
    def backward(table: pa.Table) -> pa.Table:
        return table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64()))

    shuffled = {name: backward(table) for name, table in ESTATE.items()}
    assert _roadmap(shuffled) == _roadmap(ESTATE)
