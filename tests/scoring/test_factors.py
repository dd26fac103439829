"""Context as factors: known has one value, not seen has a range, and people's words are read from the top."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assessment.scoring import factors
from assessment.scoring.factors import Factor, bounds
from assessment.scoring.stated import Place, stated
from collectors.people.engagement import Engagement


def values(factor: Factor) -> tuple[str, str, str]:
    return str(factor.lower), str(factor.estimate), str(factor.upper)


@pytest.mark.parametrize(
    ("reachable", "isolated", "expected"),
    [
        (True, True, ("3", "3", "3")), (True, None, ("3", "3", "3")),
        (False, False, ("1", "1", "1")), (False, True, ("0.5", "0.5", "0.5")), (False, None, ("0.5", "1", "1")),
        (None, False, ("1", "1", "3")), (None, True, ("0.5", "1", "3")), (None, None, ("0.5", "1", "3")),
    ],
)  # fmt: skip
def test_exposure(reachable: bool | None, isolated: bool | None, expected: tuple[str, str, str]) -> None:
    assert values(factors.exposure(reachable, isolated)) == expected


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (factors.privilege(True), ("2", "2", "2")), (factors.privilege(None), ("1", "1", "2")),
        (factors.open_way(False, False), ("1", "1", "1")), (factors.loss_occurred(None), ("1", "1", "5")),
        (factors.environment("pre-production"), ("0.5", "0.5", "0.5")),
        (factors.environment(None), ("0.25", "1", "1")), (factors.environment("staging?"), ("0.25", "1", "1")),
        (factors.tier(["tier-1"]), ("1.3", "1.3", "1.3")), (factors.tier([""]), ("0.7", "1", "1.3")),
        (factors.tier(["tier-1", "tier-2"]), ("1", "1", "1.3")), (factors.data_class([""]), ("1", "1", "1.3")),
        (factors.data_class(["confidential", "regulated"]), ("1.15", "1.15", "1.3")),
    ],
)  # fmt: skip
def test_what_is_known_has_one_value_and_what_is_not_has_a_range(
    factor: Factor, expected: tuple[str, str, str]
) -> None:
    assert values(factor) == expected


def test_a_control_that_is_not_known_helps_only_the_lower_bound() -> None:
    factor = factors.control(None)
    assert (f"{factor.lower:.3f}", *values(factor)[1:]) == ("0.333", "1", "1")


def test_evidence_that_is_inferred_or_reported_widens_the_base() -> None:
    observed, inferred, reported = (bounds(3, 4, grade, ()) for grade in "ABC")
    assert observed.lower == observed.estimate == observed.upper
    assert (inferred.lower.chance, inferred.upper.chance) == (Decimal("0.14"), Decimal("0.80"))
    assert inferred.lower.share == inferred.upper.share == Decimal("0.52")
    assert (reported.lower.share, reported.upper.share) == (Decimal("0.27"), Decimal("1.00"))
    assert bounds(5, 5, "C", ()).upper.points == 90


SAID = stated(
    Engagement.model_validate(
        {
            "client": "Acme",
            "clusters": {"west": {"environment": "Production", "tier": "critical"}, "east": {}},
            "tiers": [
                {"tier": "tier-3", "labels": {"purpose": "trials"}},
                {"tier": "tier-2", "namespaces": ["shop"], "clusters": ["west"]},
            ],
            "data_classes": [{"data_class": "regulated", "namespaces": ["shop"]}],
        }
    )
)


SHOP = Place("west", "shop", all_labels=True)


def tiers(**place: Any) -> set[str]:
    return set(SAID.tier(replace(SHOP, **place)))


def test_the_first_entry_that_holds_an_object_decides_then_its_cluster() -> None:
    assert tiers() == {"tier-2"}
    assert tiers(labels=frozenset({"purpose=trials", "app=web"})) == {"tier-3"}
    assert tiers(namespace="bank") == {"tier-1"}
    assert tiers(cluster="east", namespace="bank") == {""}


def test_an_entry_that_may_hold_an_object_leaves_it_open() -> None:
    assert tiers(all_labels=False) == {"tier-3", "tier-2"}
    assert tiers(namespace=None) == {"tier-2", "tier-1"}
    assert tiers(namespace="") == {"tier-1"}


def test_environments_are_the_clusters_and_answers_concern_everybody() -> None:
    assert values(SAID.environment("west")) == ("1", "1", "1")
    assert values(SAID.environment("east")) == ("0.25", "1", "1")
    assert values(SAID.environment("answers")) == ("1", "1", "1")
