"""HorizontalPodAutoscalers: who scales which workload between which bounds."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, items, section, sections, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "autoscaling"
KINDS = (f"{GROUP}/HorizontalPodAutoscaler",)
SCALABLE_KINDS = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})


@table(
    "autoscalers",
    grain="one HorizontalPodAutoscaler",
    kinds=KINDS,
    relations=(
        Relation(
            "target", "workloads",
            (("namespace", "namespace"), ("target_kind", "kind"), ("target_name", "name")),
            "The workload it scales.", maximum=1,
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="HorizontalPodAutoscaler"),
)
class Autoscaler(NamedTuple):
    """A HorizontalPodAutoscaler."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the autoscaler.")]
    autoscaler_key: Annotated[str, Column("Surrogate key.", identity=True)]
    target_kind: Annotated[str | None, Column("Kind of what it scales.")]
    target_name: Annotated[str | None, Column("Name of what it scales.")]
    is_builtin_target: Annotated[bool | None, Column("Whether its target is of a kind that we would see.")]
    min_replicas: Annotated[int | None, Column("Lower bound; unset means 1.")]
    max_replicas: Annotated[int | None, Column("Upper bound.")]
    metric_count: Annotated[
        int | None, Column("Number of metrics it follows; unset means CPU alone, counted as 1.")
    ]
    is_scaling_active: Annotated[
        bool | None, Column("Whether the cluster reports that it computes its metrics.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Autoscalers(OneRowPerObject):
    """One row per HorizontalPodAutoscaler."""

    reads = KINDS
    fills = "autoscalers"

    def row(self, sighting: Sighting) -> Autoscaler:
        """Source of the defaults: API reference of HorizontalPodAutoscalerSpec, minReplicas and metrics."""
        spec = section(sighting.object, "spec")
        target = section(spec, "scaleTargetRef")
        kind = text(target, "kind")
        metrics = items(spec, "metrics")
        return Autoscaler(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            autoscaler_key=surrogate(sighting),
            target_kind=kind,
            target_name=text(target, "name"),
            is_builtin_target=None if kind is None else kind in SCALABLE_KINDS,
            min_replicas=whole_number(spec, "minReplicas", default=1),
            max_replicas=whole_number(spec, "maxReplicas"),
            metric_count=None if metrics is None else max(len(metrics), 1),
            is_scaling_active=_is_scaling(section(sighting.object, "status")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _is_scaling(status: Section | None) -> bool | None:
    for condition in sections(status, "conditions") or ():
        if text(condition, "type") == "ScalingActive":
            return {"True": True, "False": False}.get(text(condition, "status") or "")
    return None


BUILDERS = (Autoscalers,)
