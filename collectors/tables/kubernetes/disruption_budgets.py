"""PodDisruptionBudgets: how many pods a drain may take at once."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import either, is_set, section, text, whole_number
from collectors.tables.disruption_amounts import amount, leaves_room, replicas_needed
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table
from collectors.tables.selectors import selector_of

GROUP = "policy"
# A manifest that writes apiVersion v1 is refused by every API server; it is judged as the budget it means.
_WRONG_GROUP = "PodDisruptionBudget"


@table(
    "disruption_budgets",
    grain="one PodDisruptionBudget",
    kinds=(f"{GROUP}/PodDisruptionBudget",),
    relations=(
        Relation(
            "selected_workloads", "workload_budgets",
            (("budget_key", "budget_key"), ("namespace", "namespace")), "Workloads whose pods it selects.",
        ),
        Relation(
            "operated_workloads", "operated_workloads", (("namespace", "namespace"),),
            "Objects of its namespace from which operators make pods.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="PodDisruptionBudget"),
)
class DisruptionBudget(NamedTuple):
    """A PodDisruptionBudget."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the budget.")]
    budget_key: Annotated[str, Column("Surrogate key.", identity=True)]
    selects_no_pods: Annotated[
        bool | None, Column("Whether it selects nothing: no selector, or an empty one in policy/v1beta1.")
    ]
    pod_selector: Annotated[
        list[str] | None, Column("What selects its pods; an empty list selects all of the namespace.")
    ]
    has_min_available: Annotated[bool, Column("Whether minAvailable is a count.")]
    min_available: Annotated[int | None, Column("Pods that must stay.", guard="has_min_available")]
    has_min_available_percent: Annotated[bool, Column("Whether minAvailable is a percentage.")]
    min_available_percent: Annotated[
        int | None, Column("Percentage of pods that must stay.", guard="has_min_available_percent")
    ]
    has_max_unavailable: Annotated[bool, Column("Whether maxUnavailable is a count.")]
    max_unavailable: Annotated[int | None, Column("Pods that may go at once.", guard="has_max_unavailable")]
    has_max_unavailable_percent: Annotated[bool, Column("Whether maxUnavailable is a percentage.")]
    max_unavailable_percent: Annotated[
        int | None, Column("Percentage of pods that may go at once.", guard="has_max_unavailable_percent")
    ]
    has_rule: Annotated[bool, Column("Whether it says minAvailable or maxUnavailable at all.")]
    forbids_every_eviction: Annotated[
        bool | None, Column("Whether it allows no eviction whatever the number of pods.")
    ]
    replicas_needed: Annotated[
        int | None, Column("The fewest pods of which one may be evicted; NULL when no number is enough.")
    ]
    leaves_room_for_two_pods: Annotated[
        bool | None, Column("Whether of two healthy pods one may be evicted.")
    ]
    has_declared_unhealthy_policy: Annotated[
        bool | None, Column("Whether it says when unhealthy pods may be evicted.")
    ]
    unhealthy_pod_eviction_policy: Annotated[
        str | None, Column("When unhealthy pods may be evicted; unset means IfHealthyBudget.")
    ]
    has_expected_pods: Annotated[bool, Column("Whether the cluster reports how many pods it expects.")]
    expected_pods: Annotated[int | None, Column("Pods that it expects.", guard="has_expected_pods")]
    desired_healthy: Annotated[
        int | None, Column("Pods that must stay healthy, as the cluster counts.", guard="has_expected_pods")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class DisruptionBudgets(OneRowPerObject):
    """One row per PodDisruptionBudget."""

    reads = (f"{GROUP}/PodDisruptionBudget", _WRONG_GROUP)
    fills = "disruption_budgets"

    def row(self, sighting: Sighting) -> DisruptionBudget:
        """Source: Kubernetes documentation, "Specifying a Disruption Budget for your Application"."""
        spec, status = section(sighting.object, "spec"), section(sighting.object, "status")
        has_selector, selector = selector_of(spec, "selector")
        least, most = amount(spec, "minAvailable"), amount(spec, "maxUnavailable")
        return DisruptionBudget(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            budget_key=surrogate(sighting),
            selects_no_pods=_selects_none(sighting, has_selector, selector),
            pod_selector=selector,
            has_min_available=least.may_be_count,
            min_available=least.count,
            has_min_available_percent=least.may_be_percent,
            min_available_percent=least.percent,
            has_max_unavailable=most.may_be_count,
            max_unavailable=most.count,
            has_max_unavailable_percent=most.may_be_percent,
            max_unavailable_percent=most.percent,
            has_rule=least.is_set or most.is_set,
            forbids_every_eviction=either(least.is_full, most.is_zero),
            replicas_needed=replicas_needed(least, most),
            leaves_room_for_two_pods=leaves_room(least, most, 2),
            has_declared_unhealthy_policy=None if spec is None else is_set(spec, "unhealthyPodEvictionPolicy"),
            unhealthy_pod_eviction_policy=text(spec, "unhealthyPodEvictionPolicy", "IfHealthyBudget"),
            has_expected_pods=status is None or status.get("expectedPods") is not None,
            expected_pods=whole_number(status, "expectedPods"),
            desired_healthy=whole_number(status, "desiredHealthy"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _selects_none(sighting: Sighting, has_selector: bool, selector: list[str] | None) -> bool | None:
    """Source: API reference of PodDisruptionBudgetSpec: null selects nothing, {} all (nothing in v1beta1)."""
    if not has_selector:
        return True
    if sighting.object.get("apiVersion") != "policy/v1beta1":
        return False
    return None if selector is None else not selector


BUILDERS = (DisruptionBudgets,)
