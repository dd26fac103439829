"""Health: bounds from what was not seen, letters capped by open risks, layers on their foundations."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessment.scoring.grades import Open, foundation, grade, letter
from assessment.scoring.health import DIMENSIONS, Count, Health, OpenRisk, Weighed, health

CHECK = Weighed("a.b", "security", "container", 4, 4)


def rows(
    *counts: Count, risks: tuple[OpenRisk, ...] = (), checks: tuple[Weighed, ...] = (CHECK,)
) -> dict[tuple[str | None, str | None, str | None], Health]:
    found = health(checks, counts, risks, ["c"])
    return {(row.cluster, row.dimension, row.layer): row for row in found}


def security(*counts: Count, risks: tuple[OpenRisk, ...] = ()) -> Health:
    return rows(*counts, risks=risks)["c", "security", None]


def numbers(row: Health) -> list[float]:
    return [float(number) for number in (row.lower, row.best_estimate, row.upper, row.coverage)]


def test_namespaces_count_alike_however_crowded() -> None:
    row = security(Count("a.b", "c", "crowded", 900, 0, 0), Count("a.b", "c", "small", 0, 1, 0))
    assert numbers(row) == [50, 50, 50, 1]


def test_what_is_open_counts_nothing_in_lower_and_all_in_upper() -> None:
    row = security(Count("a.b", "c", "shop", 2, 1, 1))
    assert numbers(row) == [50, 66.7, 75, 0.75]


def test_a_namespace_with_something_unseen_counts_nothing_to_all() -> None:
    row = security(Count("a.b", "c", "shop", 5, 0, 1, unseen=True), Count("a.b", "c", "bank", 5, 0, 0))
    assert numbers(row)[::2] == [50, 100]


def test_a_gap_of_the_whole_cluster_leaves_everything_open() -> None:
    row = security(Count("a.b", "c", None, 0, 0, 1, unseen=True, everywhere=True), Count("a.b", "c", "x", 9, 0, 0))
    assert numbers(row) == [0, 50, 100, 0]


def test_every_dimension_and_layer_has_a_row_and_one_without_subjects_no_grade() -> None:
    found = rows(Count("a.b", "c", "shop", 1, 0, 0))
    assert {name for _, name, _ in found if name} == set(DIMENSIONS)
    empty = found["c", "cicd", None]
    assert (numbers(empty), empty.grade) == ([0, 50, 100, 0], "not known")
    assert found[None, "cicd", None].grade == "not known"


def test_a_dimension_that_one_cluster_shows_is_known_for_the_estate() -> None:
    found = health([CHECK], [Count("a.b", "c", "shop", 1, 0, 0)], clusters=["c", "d"])
    grades = {row.cluster: row.grade for row in found if row.dimension == "security"}
    assert grades == {"c": "A", "d": "not known", None: "A"}


@pytest.mark.parametrize(
    ("points", "worst", "expected"),
    [("95", 0, "A"), ("90", 0, "A"), ("89.9", 0, "B"), ("0", 0, "F"), ("95", 59, "A"), ("95", 60, "B"), ("95", 80, "E"),
     ("72", 60, "C"), ("40", 80, "F")],
)  # fmt: skip
def test_an_open_risk_caps_a_letter(points: str, worst: int, expected: str) -> None:
    assert letter(Decimal(points), worst) == expected


def test_the_lower_letter_fears_the_worst_and_the_upper_one_believes_only_what_is_proven() -> None:
    assert grade(Decimal(92), Decimal(98), Open(lower=40, upper=85)) == "E, up to A if what was not seen is sound"
    assert grade(Decimal(92), Decimal(98), Open(lower=82, upper=85)) == "E"


def test_a_risk_caps_its_own_dimension_and_layer_in_its_cluster_and_the_estate() -> None:
    risk = OpenRisk("a.b", "c", 81, 90)
    found = rows(Count("a.b", "c", "shop", 99, 1, 0), Count("a.b", "d", "shop", 9, 0, 0), risks=(risk,))
    assert found["c", "security", None].grade == found["c", None, "container"].grade == "E"
    assert found[None, "security", None].grade == "E"
    assert found["d", "security", None].grade == "A"


def test_a_layer_stands_on_the_worst_below_it() -> None:
    grades = {"cloud": "B", "cluster": "D, up to B if what was not seen is sound", "container": "A"}
    assert foundation("code", grades) == (grades["cluster"], f"the cluster layer has {grades['cluster']}")
    assert foundation("cluster", grades) == ("B", "the cloud layer has B")
    assert foundation("cloud", grades) == (None, "stands on the provider")


def test_a_layer_that_was_not_seen_leaves_the_foundation_open() -> None:
    assert foundation("container", {"cluster": "C"}) == (
        "not known", "the cloud layer was not seen; the cluster layer has C",
    )  # fmt: skip
    assert foundation("cluster", {}) == ("not known", "the cloud layer was not seen")
    layers = rows(Count("a.b", "c", "shop", 1, 0, 0))
    assert layers["c", None, "container"].foundation == "not known"
    assert layers["c", "security", None].foundation is None


def test_a_layer_of_which_nothing_could_be_judged_is_no_foundation() -> None:
    cluster = Weighed("a.c", "security", "cluster", 3, 3)
    counts = (Count("a.c", "c", None, 0, 0, 1, unseen=True, everywhere=True), Count("a.b", "c", "shop", 1, 0, 0))
    found = rows(*counts, checks=(CHECK, cluster))
    assert found["c", None, "container"].foundation == "not known"


def test_nothing_judged_has_no_health() -> None:
    assert health([CHECK], [], clusters=["c"]) == []
