"""Rollouts: how many pods a controller was asked for, and how many stand, in their newest form."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, both, flag, is_set, opposite, section, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import controller
from collectors.tables.running_status import condition_of, holds, is_new, is_reported, since_long
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET = (
    f"apps/{kind}" for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
)
KINDS = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, "ReplicationController")


@table(
    "rollouts",
    grain="one controller of pods that reports its status",
    kinds=KINDS,
    relations=(
        Relation(
            "above",
            "rollouts",
            (("namespace", "namespace"), ("controller_kind", "kind"), ("controller_name", "name")),
            "The controller that made it.",
            when="has_controller",
            maximum=1,
        ),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class Rollout(NamedTuple):
    """How far a Deployment, StatefulSet, DaemonSet, ReplicaSet or ReplicationController has come."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group.")]
    kind: Annotated[str, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    rollout_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_controller: Annotated[bool | None, Column("Whether another object made it.")]
    controller_kind: Annotated[str | None, Column("Kind of that object.", guard="has_controller")]
    controller_name: Annotated[str | None, Column("Name of that object.", guard="has_controller")]
    is_new: Annotated[bool | None, Column("Whether it was created in the last fifteen minutes.")]
    is_moving: Annotated[
        bool | None, Column("Whether a Deployment is on its way and has got further in the last fifteen minutes.")
    ]
    desired_pods: Annotated[
        int | None, Column("Pods asked for: spec.replicas, 1 when unset; of a DaemonSet the nodes it is for.")
    ]
    available_pods: Annotated[
        int | None, Column("Pods that have been ready for long enough; of a StatefulSet those that are ready.")
    ]
    has_updates: Annotated[bool | None, Column("Whether its kind moves pods to a newer form by itself.")]
    updated_pods: Annotated[int | None, Column("Pods in the newest form.", guard="has_updates")]
    is_observed: Annotated[bool | None, Column("Whether its controller has seen the newest version of its spec.")]
    is_stuck: Annotated[
        bool | None, Column("Whether a Deployment has given up on its update: ProgressDeadlineExceeded.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class Rollouts(OneRowPerObject):
    """One row per controller of pods that reports its status."""

    reads: ClassVar[tuple[str, ...]] = KINDS
    fills = "rollouts"

    def observe(self, sighting: Sighting) -> None:
        """A manifest that nobody applied has not rolled out."""
        if is_reported(sighting, self.cluster.basis):
            super().observe(sighting)

    def row(self, sighting: Sighting) -> Rollout:
        """Source: API reference of DeploymentStatus, StatefulSetStatus, DaemonSetStatus, ReplicaSetStatus."""
        metadata, spec, status = (section(sighting.object, name) for name in ("metadata", "spec", "status"))
        kind, above = sighting.kind, controller(metadata)
        reported = status or None
        updates = _updates(kind, spec)
        return Rollout(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(kind),
            kind=name_of(kind),
            name=sighting.name,
            rollout_key=surrogate(sighting),
            has_controller=None if metadata is None else above is not None,
            controller_kind=name_of(above.kind) if above else None,
            controller_name=above.name if above else None,
            is_new=is_new(metadata, self.cluster.as_of),
            is_moving=_is_moving(reported, self.cluster.as_of) if kind == DEPLOYMENT else False,
            desired_pods=_desired(kind, spec, reported),
            available_pods=whole_number(reported, _AVAILABLE.get(kind, "availableReplicas"), 0),
            has_updates=updates,
            updated_pods=whole_number(reported, _UPDATED.get(kind, "updatedReplicas"), 0) if updates else None,
            is_observed=_is_observed(metadata, reported),
            is_stuck=_is_stuck(reported) if kind == DEPLOYMENT else False,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


_AVAILABLE = {STATEFUL_SET: "readyReplicas", DAEMON_SET: "numberAvailable"}
_UPDATED = {DAEMON_SET: "updatedNumberScheduled"}


def _desired(kind: str, spec: Section | None, status: Section | None) -> int | None:
    if kind == DAEMON_SET:
        return whole_number(status, "desiredNumberScheduled")
    return whole_number(spec, "replicas", 1)


def _updates(kind: str, spec: Section | None) -> bool | None:
    """A paused Deployment, one that waits for its pods to be deleted, and a canary partition hold back by order."""
    if kind == DEPLOYMENT:
        paused = flag(spec, "paused", False)
        return None if paused is None else not paused
    if kind not in (STATEFUL_SET, DAEMON_SET):
        return False
    strategy = section(spec, "updateStrategy")
    chosen = text(strategy, "type", "RollingUpdate")
    partition = whole_number(section(strategy, "rollingUpdate"), "partition", 0)
    return both(None if chosen is None else chosen == "RollingUpdate", None if partition is None else partition == 0)


def _is_observed(metadata: Section | None, status: Section | None) -> bool | None:
    """An object that does not count its versions cannot be behind."""
    if not is_set(metadata, "generation"):
        return None if status is None else True
    asked, seen = whole_number(metadata, "generation"), whole_number(status, "observedGeneration", 0)
    return None if asked is None or seen is None else seen >= asked


def _is_stuck(status: Section | None) -> bool | None:
    progress = condition_of(status, "Progressing")
    stands, reason = text(progress, "status", ""), text(progress, "reason", "")
    return both(
        None if stands is None else stands == "False",
        None if reason is None else reason == "ProgressDeadlineExceeded",
    )


def _is_moving(status: Section | None, as_of: datetime | None) -> bool | None:
    """Source: Kubernetes documentation, "Deployments", progressing and complete."""
    progress = condition_of(status, "Progressing")
    reason, long = text(progress, "reason", ""), since_long(progress, "lastUpdateTime", as_of)
    return both(holds(progress), None if reason is None else reason != "NewReplicaSetAvailable", opposite(long))


BUILDERS = (Rollouts,)
