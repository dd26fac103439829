"""How Deployments, StatefulSets and DaemonSets replace their pods on a change, and what is kept of the past."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, both, flag, is_set, section, text, whole_number
from collectors.tables.disruption_amounts import amount
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.workloads import workload_id
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import Owner
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

DEPLOYMENT, STATEFUL_SET, DAEMON_SET = (f"apps/{kind}" for kind in ("Deployment", "StatefulSet", "DaemonSet"))
OPENSHIFT = "apps.openshift.io/DeploymentConfig"
KINDS = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
_ROLLING = ("RollingUpdate", "Rolling")
# What each kind does where nothing is written. Source: the API reference of its spec and strategy.
_HISTORY = 10
_PROGRESS_DEADLINE = 600


@table(
    "update_settings",
    grain="one Deployment, StatefulSet or DaemonSet",
    kinds=KINDS,
    where_served=(OPENSHIFT,),
    relations=(
        Relation("workload", "workloads", (("workload_id", "workload_id"),), "The workload itself.", maximum=1),
        Relation("volumes", "volumes", (("workload_id", "workload_id"),), "The volumes of its pods."),
    ),
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class UpdateSettings(NamedTuple):
    """What its kind does not have holds the value that means: none."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group.")]
    kind: Annotated[str, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    update_settings_key: Annotated[str, Column("Surrogate key.", identity=True)]
    workload_id: Annotated[str, Column("The workload that it is.")]
    update_strategy: Annotated[
        str | None, Column("RollingUpdate, Recreate or OnDelete; unset means RollingUpdate, or Rolling in OpenShift.")
    ]
    updates_gradually: Annotated[bool | None, Column("Whether it replaces pods a few at a time.")]
    may_stop_all_pods: Annotated[
        bool | None, Column("Whether a rolling update may take all old pods away at once: maxUnavailable of 100%.")
    ]
    cannot_move: Annotated[
        bool | None, Column("Whether it may neither add nor take away a pod, which the API server refuses.")
    ]
    revision_history_limit: Annotated[int | None, Column("Old revisions that are kept to go back to; 10 when unset.")]
    min_ready_seconds: Annotated[int | None, Column("Seconds that a new pod must stay ready to count; 0 when unset.")]
    has_progress_deadline: Annotated[bool, Column("Whether its kind gives up on a stuck update: Deployments do.")]
    progress_deadline_seconds: Annotated[
        int | None, Column("Seconds after which an update is stuck; 600 when unset.", guard="has_progress_deadline")
    ]
    is_paused: Annotated[bool | None, Column("Whether changes are held back; false when unset.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class UpdateSettingsRows(OneRowPerObject):
    """One row per object that replaces pods."""

    reads = (*KINDS, OPENSHIFT)
    fills = "update_settings"

    def row(self, sighting: Sighting) -> UpdateSettings:
        """Source: API reference of DeploymentSpec, StatefulSetSpec, DaemonSetSpec and their strategies."""
        spec = section(sighting.object, "spec")
        counted = sighting.kind == DEPLOYMENT
        chosen = _strategy(sighting.kind, spec)
        return UpdateSettings(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            update_settings_key=surrogate(sighting),
            workload_id=workload_id(
                (sighting.namespace, Owner(sighting.kind, sighting.name), sighting.declaration)
            ),
            **chosen,
            revision_history_limit=whole_number(spec, "revisionHistoryLimit", _HISTORY),
            min_ready_seconds=whole_number(spec, "minReadySeconds", 0),
            has_progress_deadline=counted,
            progress_deadline_seconds=whole_number(spec, "progressDeadlineSeconds", _PROGRESS_DEADLINE)
            if counted
            else None,
            is_paused=flag(spec, "paused", False),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _strategy(kind: str, spec: Section | None) -> dict[str, Any]:
    is_deployment = kind in (DEPLOYMENT, OPENSHIFT)
    strategy = section(spec, "strategy" if is_deployment else "updateStrategy")
    chosen = text(strategy, "type", "Rolling" if kind == OPENSHIFT else "RollingUpdate")
    rolling = None if chosen is None else chosen in _ROLLING
    settings = section(strategy, "rollingParams" if kind == OPENSHIFT else "rollingUpdate")
    going, coming = amount(settings, "maxUnavailable"), amount(settings, "maxSurge")
    moves_none = both(is_set(settings, "maxUnavailable"), going.is_zero)
    adds_none = coming.is_zero if is_set(settings, "maxSurge") else not is_deployment
    return {
        "update_strategy": chosen,
        "updates_gradually": rolling,
        "may_stop_all_pods": both(rolling, None if settings is None else going.is_full),
        "cannot_move": both(rolling, None if settings is None else both(moves_none, adds_none)),
    }


BUILDERS = (UpdateSettingsRows,)
