from __future__ import annotations

import dataclasses
import math
from decimal import Decimal

import pytest
from lxml import etree

from assessment.reports.leadership import burn_down
from assessment.reports.leadership.facts import LeadershipFacts
from assessment.reports.leadership.parts import Package
from assessment.reports.leadership.scorecard import HIGH_SCORE, SMALL_DAYS, marks, svg


def crowd(found: LeadershipFacts, number: int) -> list[Package]:
    """Many packages in nearly the same place."""
    first = found.packages[0]
    return [
        dataclasses.replace(first, number=at, score=70 + at % 3, days=Decimal(4 + at % 2), points=Decimal(10 + at))
        for at in range(1, number + 1)
    ]


def test_equal_effort_and_score_stand_in_the_same_place_whatever_stands_beside_them(found: LeadershipFacts) -> None:
    one = found.packages[0]
    twin = dataclasses.replace(one, number=99)
    alone, both = marks([one, *found.packages[1:]]), marks([one, twin, *found.packages[1:]])
    before = {mark.number: (mark.x, mark.y) for mark in alone}
    after = {mark.number: (mark.x, mark.y) for mark in both}
    assert after[99] == after[1] == before[1]


def test_labels_move_apart_and_marks_do_not(found: LeadershipFacts) -> None:
    placed = marks(crowd(found, 24))
    labels = [(mark.label_x, mark.label_y) for mark in placed]
    assert len(set(labels)) == len(labels)
    assert len({(mark.x, mark.y) for mark in placed}) == 6
    assert any(mark.leader for mark in placed)


def test_twice_the_effort_is_the_same_step_to_the_right(found: LeadershipFacts) -> None:
    one = found.packages[0]
    placed = {
        mark.number: mark.x
        for mark in marks([dataclasses.replace(one, number=at, days=Decimal(2**at)) for at in (1, 2, 3, 4)])
    }
    steps = [placed[at + 1] - placed[at] for at in (1, 2, 3)]
    assert max(steps) - min(steps) < 1e-6


def test_area_is_risk_removed(found: LeadershipFacts) -> None:
    one = found.packages[0]
    big, small = (dataclasses.replace(one, number=at, points=Decimal(at)) for at in (100, 25))
    radii = {mark.number: mark.radius for mark in marks([big, small])}
    assert radii[100] / radii[25] == pytest.approx(2)


def test_a_package_with_something_unseen_is_hatched(found: LeadershipFacts) -> None:
    hatched = {mark.number for mark in marks(found.packages) if mark.hatched}
    assert hatched == {package.number for package in found.packages if package.unknowns}


def test_the_fixed_lines_are_sixty_and_five_days() -> None:
    assert (HIGH_SCORE, SMALL_DAYS) == (60, 5.0)


def test_the_drawing_is_well_formed_and_holds_nothing_from_outside(found: LeadershipFacts) -> None:
    named = [dataclasses.replace(package, title="<b>&") for package in found.packages]
    drawn = svg(named)
    etree.fromstring(drawn)
    assert "<b>" not in drawn
    assert svg(found.packages) == svg(list(reversed(found.packages)))


def test_no_package_makes_an_empty_scorecard() -> None:
    assert marks([]) == ()


def test_the_burn_down_says_every_residual_and_the_floor(found: LeadershipFacts) -> None:
    drawn = burn_down.svg(found.base, found.scenarios["x2"])
    etree.fromstring(drawn)
    for quarter in found.base.quarters:
        assert f"{quarter.residual:,.0f}" in drawn
    assert f"floor {found.base.quarters[0].floor:,.0f}" in drawn
    assert burn_down.svg(dataclasses.replace(found.base, quarters=()), None) == ""


def test_a_label_beside_its_mark_needs_no_line(found: LeadershipFacts) -> None:
    (mark,) = marks([dataclasses.replace(found.packages[0], points=Decimal(0))])
    assert mark.leader is None
    assert math.hypot(mark.label_x - mark.x, mark.label_y - mark.y) < 15
