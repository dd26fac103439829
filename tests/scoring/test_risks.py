"""Risks of small estates: what is counted, in which context, and that the stored working leads to the stored number."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from assessment.scoring.points import group_risk, member_risk
from assessment.scoring.risks import RISK_MEMBERS, RISKS
from collectors.people.engagement import Engagement
from tests.checks.example_worlds import without
from tests.derived.test_workload_exposure import named, service, web
from tests.scoring.estates import CHECKS, Scored, evidence
from tests.scoring.test_withheld import in_namespace

CHECK, PROBE = "pod_security.privilege_escalation", "reliability.readiness_probe"
USED = [check for check in CHECKS if check.check_id in (CHECK, PROBE)]
SAFE = {"securityContext": {"allowPrivilegeEscalation": False}}
SAID = {
    "client": "Acme", "clusters": {"c": {"environment": "production", "tier": "tier-2"}},
    "data_classes": [{"data_class": "internal", "namespaces": ["shop"]}],
}  # fmt: skip
PUBLIC = {**service("LoadBalancer"), "metadata": {"name": "web", "namespace": "shop"}}


def workloads(failing: int, passing: int = 0) -> list[dict[str, Any]]:
    made = [in_namespace(web(), "shop", f"bad-{n}") for n in range(failing)]
    return made + [in_namespace(web(container=SAFE), "shop", f"good-{n}") for n in range(passing)]


def scored(*objects: dict[str, Any], said: dict[str, Any] = SAID) -> Scored:
    return Scored([evidence(*objects)], Engagement.model_validate(said), USED)


def risk(*objects: dict[str, Any], **options: Any) -> dict[str, Any]:
    return scored(*objects, **options).rows["c", CHECK]


def test_a_risk_counts_what_fails_what_is_open_and_what_applies() -> None:
    row = risk(*workloads(3, 5))
    assert (row["failing"], row["unknown"], row["applicable"]) == (3, 0, 8)
    assert row["risk_id"] == f"{CHECK}@c"
    assert len(row["fingerprints"]) == 3


def test_everything_known_of_an_observed_weakness_is_one_number() -> None:
    """Internal, plain, production, tier-2: only the evidence's worth (a folder only declares) leaves a range."""
    row = risk(*workloads(1))
    working = json.loads(row["working"])["worst"]
    assert [factor["lower"] == factor["upper"] for factor in working["factors"]] == [True] * 8
    assert row["evidence_grade"] == "B"
    assert row["lower"] < row["score"] < row["upper"]


def test_nothing_failing_is_no_risk_yet_but_may_become_one() -> None:
    row = risk(web(container={"securityContext": {"allowPrivilegeEscalation": "~redacted:x"}}))
    assert (row["failing"], row["unknown"], row["score"], row["lower"]) == (0, 1, 0, 0)
    assert row["upper"] > 0
    assert row["band"] == "very-low"


def test_a_check_that_passes_everywhere_is_no_risk() -> None:
    assert ("c", CHECK) not in scored(*workloads(0, 3)).rows


def test_what_the_internet_reaches_weighs_more_in_security_and_the_same_elsewhere() -> None:
    inside, outside = scored(*workloads(1)), scored(*workloads(1), PUBLIC)
    assert outside.rows["c", CHECK]["points"] > inside.rows["c", CHECK]["points"]
    assert outside.rows["c", PROBE]["points"] == inside.rows["c", PROBE]["points"]


def test_development_and_tier_3_weigh_less() -> None:
    there = risk(*workloads(1), said=SAID | {"clusters": {"c": {"environment": "development", "tier": "tier-3"}}})
    assert there["points"] < risk(*workloads(1))["points"]
    assert (there["environment"], there["tier"]) == ("development", "tier-3")


def test_what_nobody_stated_is_flagged_and_widens_the_range() -> None:
    silent, said = risk(*workloads(1), said={"client": "Acme"}), risk(*workloads(1))
    assert silent["points"] == said["points"]
    assert (silent["lower"] < said["lower"], silent["upper"] > said["upper"]) == (True, True)
    assert (silent["environment"], silent["tier"]) == ("not stated: taken as production", "not stated")


def test_passing_workloads_never_dilute_below_the_worst_one() -> None:
    alone, among = risk(*workloads(1)), risk(*workloads(1, 30))
    assert alone["points"] <= among["points"] <= alone["points"] * 1.02


def test_another_check_does_not_change_a_risk() -> None:
    only = [check for check in CHECKS if check.check_id == CHECK]
    objects, said = evidence(*workloads(3, 3)), Engagement.model_validate(SAID)
    assert Scored([objects], said, only).rows["c", CHECK] == Scored([objects], said).rows["c", CHECK]


def test_a_gap_may_hide_any_number_of_failing_workloads() -> None:
    whole = evidence(*workloads(1, 9))
    hidden = without(whole, "apps/Deployment", None, "running", "partial")
    seen = without(whole, "", None, "running", "gone")
    working = [json.loads(Scored([each], checks=USED).rows["c", CHECK]["working"]) for each in (seen, hidden)]
    assert [each["population_hidden"] for each in working] == [False, True]
    upper = [(each["upper"]["spread"], each["upper"]["share"]) for each in working]
    assert upper == [("0.000000", "0.100000"), ("1", "1")]
    assert working[1]["lower"]["share"] == "0"


def test_every_member_has_a_row_with_its_own_factors() -> None:
    found = scored(*workloads(2), PUBLIC, in_namespace(web(), "lab", "bad"))
    mine = [row for row in found.members.to_pylist() if row["risk_id"] == f"{CHECK}@c"]
    assert [row["verdict"] for row in mine] == ["fail"] * 3
    assert len({row["member_points"] for row in mine}) == 2
    assert (mine[0]["base_likelihood"], mine[0]["base_impact"]) == (0.8, 0.52)


def test_the_tables_have_the_columns_that_others_rely_on() -> None:
    found = scored(*workloads(1))
    assert found.risks.schema.names == list(RISKS)
    assert found.members.schema.names == list(RISK_MEMBERS)
    assert [field.type for field in found.members.schema] == list(RISK_MEMBERS.values())


def test_nothing_judged_gives_empty_tables() -> None:
    found = Scored([evidence(named("v1", "ConfigMap", "x"))], checks=[])
    assert (found.risks.num_rows, found.members.num_rows, found.health) == (0, 0, {})


@pytest.mark.parametrize("which", ["lower", "estimate", "upper"])
def test_the_stored_working_multiplies_to_the_stored_points(which: str) -> None:
    found = scored(*workloads(3, 5), PUBLIC, said={"client": "Acme"})
    columns = {"lower": "points_lower", "estimate": "points", "upper": "points_upper"}
    for row in found.rows.values():
        working = json.loads(row["working"])
        steps = working[which]
        if Decimal(steps["worst"]):
            again = min(Decimal(100), Decimal(steps["worst"]) * (
                1 + Decimal(steps["spread"]) / 2 + Decimal(steps["share"]) / 2))  # fmt: skip
            assert abs(again - Decimal(str(row[columns[which]]))) <= Decimal("0.05")
        product = {"odds": Decimal(1), "loss": Decimal(1)}
        for factor in working["worst"]["factors"]:
            product[factor["acts_on"]] *= Decimal(factor[which])
        off = {"lower": -1, "estimate": 0, "upper": 1}[which]
        likelihood = min(5, max(1, working["likelihood"] + off))
        member = member_risk(likelihood, working["impact"], product["odds"], product["loss"])
        assert str(member.points) == working["worst"][which]["points"]


def test_the_same_estate_in_another_order_has_the_same_risks() -> None:
    objects = [*workloads(3, 5), PUBLIC]
    one, other = scored(*objects), scored(*reversed(objects))
    assert one.risks.equals(other.risks)
    assert one.members.equals(other.members)


def test_group_points_need_no_order() -> None:
    members = [(Decimal("12.345678"), 3), (Decimal("0.1"), 700), (Decimal("99"), 1)]
    assert group_risk(members, 704, 900) == group_risk(members[::-1], 704, 900)


def test_no_text_of_factors_stands_twice_in_their_dictionary() -> None:
    """A page of Parquet would otherwise end in whatever lay in memory."""
    objects = [*workloads(3), in_namespace(web(), "till", "other")]
    factors = Scored([evidence(*objects)], Engagement.model_validate(SAID), CHECKS).members["factors"].combine_chunks()
    texts = factors.dictionary.to_pylist()
    assert texts == sorted(set(texts)) and len(texts) > 1
