"""Work packages: what goes into one, what it removes, when it is cut, what it has to wait for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from assessment.roadmap.packages import owners_of, packages_of
from assessment.roadmap.remedy import Remedy
from assessment.roadmap.team import means_of
from assessment.roadmap.weighing import findings_of, risks_of
from assessment.roadmap.work import Package, half_days, shared_out
from collectors.people.context import Owned
from collectors.people.engagement import Engagement
from tests.roadmap.estates import Weakness, remedy, results

TEAM = means_of(Engagement(client="Acme"))


def _packages(
    *weaknesses: Weakness, remedies: Sequence[Remedy] = (), owned: Sequence[Owned] = (), **more: Any
) -> dict[str, Package]:
    known = {one.id: one for one in (remedies or [remedy()])}
    return {one.package_id: one for one in packages_of(results(*weaknesses, **more), known, TEAM, owned)}


def test_a_remedy_is_one_package_over_the_whole_estate() -> None:
    found = _packages(
        Weakness("x.one", failing=("a", "b")), Weakness("x.two", cluster="bank", points=10.0, score=70, failing=("a",))
    )
    package = found["fix-it"]
    assert (package.units, package.findings, package.score) == (3, 3, 70)
    assert package.reduced == Decimal("30.0")
    assert package.clusters == ("bank", "shop") and package.checks == ("x.one", "x.two")
    assert package.effort.likely == Decimal("2.50") and package.days == Decimal("3")


def test_risks_of_one_root_cause_count_once_and_a_quarter() -> None:
    alike = [Weakness("x.one", points=40.0, cause="same"), Weakness("x.two", points=20.0, cause="same")]
    assert _packages(*alike)["fix-it"].reduced == Decimal("45.0")
    apart = [Weakness("x.one", points=40.0, cause="same"), Weakness("x.two", points=20.0, cause="same", cluster="bank")]
    assert _packages(*apart)["fix-it"].reduced == Decimal("60.0")


def test_a_root_cause_shared_by_two_packages_is_not_removed_twice() -> None:
    shared = [
        Weakness("x.one", points=40.0, cause="same"), Weakness("x.two", points=20.0, cause="same", remedy="other"),
    ]  # fmt: skip
    found = _packages(*shared, remedies=[remedy(), remedy("other")])
    assert {name: one.reduced for name, one in found.items()} == {"fix-it": Decimal("40.0"), "other": Decimal("5.0")}
    assert sum(risk.counted for risk in risks_of(results(*shared))) == Decimal("45.0")


def test_what_a_remedy_does_not_reach_stays() -> None:
    assert _packages(Weakness("x.one"), remedies=[remedy(efficacy_percent="60")])["fix-it"].reduced == Decimal("12.0")


def test_what_is_unknown_beside_failures_widens_what_may_be_removed() -> None:
    package = _packages(Weakness("x.one", failing=("a",), unknown=("b", "c"), upper=50.0))["fix-it"]
    assert (package.findings, package.unknowns) == (1, 2)
    assert (package.reduced, package.reduced_upper) == (Decimal("20.0"), Decimal("50.0"))


@pytest.mark.parametrize(
    ("counted_by", "units"), [("subject", 4), ("namespace", 4), ("cluster", 2), ("owner", 2), ("once", 1)]
)
def test_units_of_change_are_counted_as_the_remedy_says(counted_by: str, units: int) -> None:
    owned = [Owned(owner="Till team", namespaces=("a", "b"))]
    weaknesses = [Weakness("x.one", failing=("a", "b")), Weakness("x.two", failing=("a",)),
                  Weakness("x.one", cluster="bank", failing=("a", "c"))]  # fmt: skip
    found = _packages(*weaknesses, remedies=[remedy(counted_by=counted_by)], owned=owned)
    assert found["fix-it"].units == units


def test_an_owner_who_is_named_by_labels_only_is_not_guessed() -> None:
    found = findings_of(results(Weakness("x.one", failing=("a",))))
    by_label = Owned(owner="Somebody", labels={"team": "till"})
    everything = Owned(owner="Platform")
    assert owners_of(found, [by_label, everything]) == {}
    assert owners_of(found, [everything]) == {("shop", "a"): "Platform"}


def test_work_that_would_fill_a_quarter_is_cut_by_cluster() -> None:
    many = tuple(f"n{number:02}" for number in range(20))
    heavy = remedy(effort={"base_days": "1", "per_unit_days": "0.4", "confidence": "high"})
    weaknesses = [Weakness("x.one", failing=many), Weakness("x.one", cluster="bank", failing=many)]
    assert list(_packages(*weaknesses, remedies=[heavy])) == ["fix-it"]
    heavier = remedy(effort={"base_days": "1", "per_unit_days": "0.6", "confidence": "high"})
    found = _packages(*weaknesses, remedies=[heavier])
    assert list(found) == ["fix-it--bank", "fix-it--shop"]
    assert found["fix-it--bank"].title == "Do fix-it (bank)"


def test_what_is_still_too_much_is_cut_by_namespace_and_the_sums_stay() -> None:
    many = tuple(f"n{number:02}" for number in range(40))
    heavy = remedy(effort={"base_days": "2", "per_unit_days": "2", "confidence": "high"})
    found = _packages(Weakness("x.one", failing=many, points=80.3), remedies=[heavy])
    assert list(found) == [f"fix-it--shop--{number}" for number in range(1, 6)]
    assert sum(one.reduced for one in found.values()) == Decimal("80.3")
    assert sum(one.units for one in found.values()) == 40
    most = TEAM.most_days("platform")
    assert all(one.effort.mean <= most for one in found.values())
    assert found["fix-it--shop--2"].title == "Do fix-it (shop, part 2)"
    everywhere = [place for one in found.values() for place in one.places]
    assert len(everywhere) == len(set(everywhere)) == 40


def test_the_cut_does_not_depend_on_the_order_of_rows() -> None:
    many = tuple(f"n{number:02}" for number in range(40))
    heavy = {"fix-it": remedy(effort={"base_days": "2", "per_unit_days": "2", "confidence": "high"})}
    forward = packages_of(results(Weakness("x.one", failing=many)), heavy, TEAM, ())
    backward = packages_of(results(Weakness("x.one", failing=many[::-1])), heavy, TEAM, ())
    assert forward == backward


def test_prerequisites_bind_only_where_they_are_packages_of_the_same_place() -> None:
    after = remedy("after", prerequisites=("fix-it", "never-needed"))
    found = _packages(
        Weakness("x.one", failing=("a",)), Weakness("x.two", failing=("b",), remedy="after"),
        remedies=[remedy(), after],
    )  # fmt: skip
    assert found["after"].depends_on == ("fix-it",)
    elsewhere = _packages(
        Weakness("x.one", cluster="bank"), Weakness("x.two", remedy="after"), remedies=[remedy(), after]
    )
    assert elsewhere["after"].depends_on == ()


def test_what_is_only_unknown_and_may_be_more_than_low_becomes_a_package_that_finds_out() -> None:
    found = _packages(
        Weakness("x.one", failing=(), unknown=("a",), upper=30.0),
        Weakness("x.two", failing=(), unknown=("a",), upper=9.0),
        gaps=[{"cluster": "shop", "table": "workloads", "closed_by": "list pods in shop"},
              {"cluster": "shop", "table": "workloads", "closed_by": "list jobs in shop"},
              {"cluster": "bank", "table": "workloads", "closed_by": "list pods in bank"}],
    )  # fmt: skip
    package = found["find-out--shop"]
    assert list(found) == ["find-out--shop"] and package.kind == "find-out"
    assert package.remedy.steps == ("list jobs in shop", "list pods in shop")
    assert package.checks == ("x.one",)
    assert (package.reduced, package.reduced_upper) == (Decimal(0), Decimal("30.0"))
    assert package.value == 75
    assert package.days <= 1


def test_many_ways_to_find_out_are_counted_and_not_all_listed() -> None:
    gaps = [{"cluster": "shop", "table": "workloads", "closed_by": f"way {number:02}"} for number in range(30)]
    found = _packages(Weakness("x.one", failing=(), unknown=("a",), upper=30.0), gaps=gaps)
    steps = found["find-out--shop"].remedy.steps
    assert len(steps) == 21 and steps[-1] == "10 more stand in gaps.csv."


def test_where_no_gap_says_what_would_help_the_owner_is_asked() -> None:
    found = _packages(Weakness("x.one", failing=(), unknown=("a",), upper=30.0))
    assert "Ask the owner" in found["find-out--shop"].remedy.steps[0]


def test_effort_is_planned_in_half_days_that_sum_to_the_total() -> None:
    assert half_days(Decimal("7.97"), {"platform": 60, "application": 40}) == {"platform": 10, "application": 6}
    assert half_days(Decimal("0.2"), {"platform": 60, "application": 40}) == {"platform": 1}
    assert shared_out(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert shared_out(0, {"a": 0}) == {"a": 0}


def test_nothing_found_is_no_package() -> None:
    assert _packages() == {}
    assert packages_of({}, {}, TEAM, ()) == []
