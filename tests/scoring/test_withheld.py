"""Evidence that is withheld never lowers what a risk may be, never raises what it surely is, never betters a grade."""

from __future__ import annotations

from typing import Any

import pytest

from assessment.scoring.grades import LETTERS, NOT_KNOWN
from collectors.people.engagement import Engagement
from tests.checks.example_worlds import Stored, renamed, withholdings, without
from tests.derived.test_workload_exposure import account, admin, ingress, named, node, policy, role, service, web
from tests.scoring.estates import Scored, evidence

SAID = {
    "client": "Acme",
    "tiers": [
        {"tier": "tier-1", "labels": {"team": "till"}}, {"tier": "tier-3", "labels": {"purpose": "trials"}},
        {"tier": "tier-2", "namespaces": ["lab"]},
    ],
    "data_classes": [
        {"data_class": "regulated", "namespaces": ["shop"]}, {"data_class": "public", "labels": {"app": "web"}},
    ],
}  # fmt: skip
ENVIRONMENT = {"environment": "production"}


def in_namespace(obj: dict[str, Any], namespace: str, name: str | None = None, **labels: str) -> dict[str, Any]:
    metadata = {**obj["metadata"], "namespace": namespace, "labels": labels} | ({"name": name} if name else {})
    return {**obj, "metadata": metadata}


SHOP = (
    named("v1", "Namespace", "shop", None), named("v1", "Namespace", "lab", None),
    web(container={"securityContext": {"privileged": True}}), service("LoadBalancer"), ingress(),
    policy("in", "Ingress"), node(), account(), role("*"), admin("ours"),
    *(in_namespace(web(), "shop", f"till-{n}", team="till") for n in range(4)),
    *(in_namespace(web(automountServiceAccountToken=False), "lab", f"try-{n}") for n in range(3)),
    in_namespace(policy(), "lab"), in_namespace(service(), "lab"),
)  # fmt: skip

# Nothing leads in, everything is isolated, and only a label of the namespace says that it matters little.
LAB = (
    {**named("v1", "Namespace", "lab", None), "metadata": {"name": "lab", "labels": {"purpose": "trials"}}},
    *(in_namespace(web(automountServiceAccountToken=False), "lab", f"try-{n}") for n in range(7)),
    in_namespace(policy(), "lab"), in_namespace(service(selector={"app": "none"}), "lab"),
)  # fmt: skip
# One risk stands out, in a check that nearly everything else passes.
SOUND = {"securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "readOnlyRootFilesystem": True,
                             "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}},
         "readinessProbe": {}, "livenessProbe": {}}  # fmt: skip
QUIET = (
    *(in_namespace(web(container=SOUND, automountServiceAccountToken=False), "shop", f"web-{n}") for n in range(8)),
    in_namespace(web(container=SOUND | {"securityContext": {"privileged": True}}), "shop", "odd"),
    policy(), named("v1", "Namespace", "shop", None),
)  # fmt: skip
ESTATES = {"shop": SHOP, "lab": LAB, "quiet": QUIET}


def worlds(estate: str, basis: str) -> list[Stored]:
    whole = evidence(*ESTATES[estate])
    made = [renamed(without(whole, "", None, basis, "gone"), "whole")]
    for kind, namespace, how in withholdings(whole):
        made.append(renamed(without(whole, kind, namespace, basis, how), f"{kind} {how} in {namespace or 'any'}"))
    return made


@pytest.fixture(
    scope="module", params=[(estate, basis) for estate in ESTATES for basis in ("declared", "running")], ids=str
)
def scored(request: pytest.FixtureRequest) -> Scored:
    made = worlds(*request.param)
    names = sorted({item.cluster for world in made for item in world.items if item.cluster})
    return Scored(made, Engagement.model_validate(SAID | {"clusters": dict.fromkeys(names, ENVIRONMENT)}))


def others(scored: Scored) -> list[str]:
    return sorted(set(scored.tables.clusters) - {"whole"})


def test_the_estates_stand_in_contexts_that_matter() -> None:
    said = Engagement.model_validate(SAID)
    shop, lab = (Scored([evidence(*ESTATES[name])], said).rows["c", "pod_security.privilege_escalation"]
                 for name in ("shop", "lab"))  # fmt: skip
    assert (shop["exposure"], shop["privilege"]) == ("reachable from the internet", "privileged")
    assert (lab["exposure"], lab["tier"]) == ("isolated by network policies both ways", "tier-3")


@pytest.mark.parametrize(
    ("column", "direction"), [("upper", 1), ("points_upper", 1), ("lower", -1), ("points_lower", -1)]
)
def test_no_bound_narrows(scored: Scored, column: str, direction: int) -> None:
    wrong = []
    checks = sorted({check for cluster, check in scored.rows})
    for cluster in others(scored):
        for check in checks:
            before = scored.rows.get(("whole", check), {}).get(column, 0)
            after = scored.rows.get((cluster, check), {}).get(column, 0)
            if (after - before) * direction < 0:
                wrong.append(f"{cluster}: {column} of {check} went from {before} to {after}")
    assert not wrong, "\n".join(wrong[:40])


def test_every_estimate_lies_between_its_bounds(scored: Scored) -> None:
    for row in scored.rows.values():
        assert row["points_lower"] <= row["points"] <= row["points_upper"], row["risk_id"]
        assert row["lower"] <= row["score"] <= row["upper"], row["risk_id"]
    for member in scored.members.to_pylist():
        assert member["member_lower"] <= member["member_points"] <= member["member_upper"]


def test_no_lower_grade_gets_better_and_no_upper_one_worse(scored: Scored) -> None:
    wrong = []
    for cluster in others(scored):
        for (where, dimension, layer), before in scored.health.items():
            if where != "whole":
                continue
            after = scored.health[cluster, dimension, layer]
            (low, high), (low_after, high_after) = letters(before.grade), letters(after.grade)
            if low_after < low or high_after > high:
                wrong.append(f"{cluster}: {dimension or layer} went from {before.grade} to {after.grade}")
            if after.lower > before.lower or after.upper < before.upper:
                wrong.append(f"{cluster}: {dimension or layer} went from {before} to {after}")
    assert not wrong, "\n".join(wrong[:40])


def letters(grade: str) -> tuple[str, str]:
    """The lower and the upper letter; not known may be anything."""
    if grade == NOT_KNOWN:
        return LETTERS[-1], LETTERS[0]
    low, _, rest = grade.partition(", up to ")
    return low, rest[:1] or low
