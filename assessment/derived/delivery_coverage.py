"""Which workloads a GitOps tool or Helm applied, and which nobody knows the origin of.

Sources: Argo CD documentation, "Resource Tracking" (by annotation, or by the label app.kubernetes.io/instance that
names the Application); Flux documentation, labels and inventory of Kustomization and HelmRelease.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import either
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table


@table(
    "delivery_coverage",
    grain="one workload whose own object was seen",
    derived_from=("workloads", "workload_origins", "deliveries"),
)
class DeliveryCoverage(NamedTuple):
    """How a workload came to the cluster; what a gap could change is NULL."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    is_by_git_ops: Annotated[bool | None, Column("Whether Argo CD or Flux applied it.")]
    is_by_helm: Annotated[bool | None, Column("Whether Helm marked it as part of a release.")]
    is_owned: Annotated[bool | None, Column("Whether another object made it, such as that of an operator.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workload and of what applied it.")]


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[DeliveryCoverage]:
    """One row for each workload."""
    unseen = Unseen(gaps)
    listed: dict[tuple[str, str], Any] = {}
    applications: dict[str, set[str]] = defaultdict(set)
    unlisted: dict[str, bool] = defaultdict(bool)
    for delivery in tables["deliveries"]:
        unlisted[delivery.cluster] |= delivery.delivered is None and delivery.kind != "HelmRelease"
        listed.update({(delivery.cluster, name): delivery for name in delivery.delivered or ()})
        if delivery.kind == "Application":
            applications[delivery.cluster] |= {delivery.name, f"{delivery.namespace}_{delivery.name}"}
    made = []
    for origin in tables["workload_origins"]:
        hidden = unlisted[origin.cluster] or unseen.near(origin.cluster, "deliveries", None)
        delivery = listed.get((origin.cluster, origin.listed_as))
        applied = either(
            origin.has_argo_mark,
            origin.has_flux_mark,
            None if origin.instance_label is None else origin.instance_label in applications[origin.cluster],
            True if delivery else None if hidden or origin.listed_as is None else False,
        )
        refs = [*origin.evidence_refs, *(delivery.evidence_refs if delivery else ())]
        made.append(
            DeliveryCoverage(
                origin.cluster, origin.namespace, origin.workload_id, applied, origin.has_helm_mark, origin.is_owned,
                origin.basis, refs,
            )
        )  # fmt: skip
    return made


DERIVED_SEEING_GAPS = {"delivery_coverage": rows}
