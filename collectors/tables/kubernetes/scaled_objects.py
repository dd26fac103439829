"""ScaledObjects of KEDA: who scales which workload by which events, between which bounds."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, section, sections, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.settings import setting
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "keda.sh"
KIND = f"{GROUP}/ScaledObject"
_BUILT_IN = frozenset({"Deployment", "StatefulSet"})
_PAUSED = f"autoscaling.{GROUP}/paused"
_OWN_SCALERS = frozenset({"cpu", "memory", "cron", "kubernetes-workload"})


@table(
    "scaled_objects",
    grain="one ScaledObject of KEDA",
    kinds=(KIND,),
    relations=(
        Relation(
            "target", "workloads",
            (("namespace", "namespace"), ("target_kind", "kind"), ("target_name", "name")),
            "The workload it scales.", maximum=1,
        ),
        Relation(
            "autoscalers", "autoscalers",
            (("namespace", "namespace"), ("target_kind", "target_kind"), ("target_name", "target_name")),
            "Horizontal autoscalers of the same workload.",
        ),
    ),
    subject=Subject(None, None, "namespace", "name", fixed_group=GROUP, fixed_kind="ScaledObject"),
)
class ScaledObject(NamedTuple):
    """A ScaledObject."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the ScaledObject.")]
    scaled_object_key: Annotated[str, Column("Surrogate key.", identity=True)]
    target_kind: Annotated[str | None, Column("Kind of what it scales; Deployment when unset.")]
    target_name: Annotated[str | None, Column("Name of what it scales.")]
    is_builtin_target: Annotated[bool | None, Column("Whether its target is of a kind that we would see.")]
    min_replicas: Annotated[int | None, Column("Lower bound; unset means 0.")]
    max_replicas: Annotated[int | None, Column("Upper bound; unset means 100.")]
    has_declared_max: Annotated[bool | None, Column("Whether the upper bound is written.")]
    has_fallback: Annotated[bool | None, Column("Whether it says how many replicas run while a source is silent.")]
    asks_outside: Annotated[bool | None, Column("Whether a trigger asks a source outside the cluster's own counts.")]
    trigger_count: Annotated[int | None, Column("Number of its triggers.")]
    is_paused: Annotated[bool | None, Column("Whether an annotation holds it.")]
    has_ready_condition: Annotated[bool | None, Column("Whether KEDA reports on it; a manifest does not show that.")]
    is_ready: Annotated[
        bool | None, Column("Whether KEDA says that it can scale.", guard="has_ready_condition")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ScaledObjects(OneRowPerObject):
    """One row per ScaledObject."""

    reads = (KIND,)
    fills = "scaled_objects"

    def row(self, sighting: Sighting) -> ScaledObject:
        """Source of the defaults: KEDA documentation, "ScaledObject specification"."""
        spec = section(sighting.object, "spec")
        target = section(spec, "scaleTargetRef")
        kind, triggers = text(target, "kind", "Deployment"), sections(spec, "triggers")
        most = setting(spec, "maxReplicaCount", whole_number)
        fallback = section(spec, "fallback")
        annotations = section(section(sighting.object, "metadata"), "annotations")
        types = None if triggers is None else [text(each, "type") for each in triggers]
        return ScaledObject(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            scaled_object_key=surrogate(sighting),
            target_kind=kind,
            target_name=text(target, "name"),
            is_builtin_target=None if kind is None else kind in _BUILT_IN,
            min_replicas=whole_number(spec, "minReplicaCount", 0),
            max_replicas=100 if most[0] is False else most[1],
            has_declared_max=most[0],
            has_fallback=None if fallback is None else bool(fallback),
            asks_outside=None if types is None or None in types else not _OWN_SCALERS.issuperset(types),
            trigger_count=None if triggers is None else len(triggers),
            is_paused=None if annotations is None else any(str(name).startswith(_PAUSED) for name in annotations),
            **_condition(section(sighting.object, "status")),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _condition(status: Section | None) -> dict[str, bool | None]:
    conditions = sections(status, "conditions")
    states = [text(each, "status") for each in conditions or () if text(each, "type") == "Ready"]
    known = {"True": True, "False": False}.get(states[0] or "") if states else None
    return {"has_ready_condition": conditions is None or bool(states), "is_ready": known}


BUILDERS = (ScaledObjects,)
