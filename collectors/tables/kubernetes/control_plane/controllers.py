"""Controller managers and schedulers: how each is set up, by its command line and the documented defaults."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.control_plane.addresses import is_loopback
from collectors.tables.control_plane.command_line import CommandLine
from collectors.tables.control_plane.find import Component, Place
from collectors.tables.kubernetes.control_plane.api_server import KINDS, SUBJECT
from collectors.tables.schema import ClusterContext, Column, Sighting, table


@table(
    "controller_manager_settings", grain="one container that runs a controller manager", kinds=KINDS, subject=SUBJECT
)
class ControllerManagerSettings(NamedTuple):
    """Effective settings of kube-controller-manager."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the object, such as Pod for a static pod.")]
    name: Annotated[str, Column("Name of the object.")]
    container: Annotated[str, Column("Name of the container.")]
    component_id: Annotated[str, Column("Surrogate key.", identity=True)]
    has_finished_pods_kept: Annotated[bool | None, Column("Whether --terminated-pod-gc-threshold is set.")]
    finished_pods_kept: Annotated[
        int | None,
        Column("Finished pods that stay before the oldest go; none go at 0.", guard="has_finished_pods_kept"),
    ]
    profiling: Annotated[bool | None, Column("--profiling; true when unset.")]
    gives_controllers_own_identity: Annotated[
        bool | None, Column("Whether each controller has a ServiceAccount of its own; false when unset.")
    ]
    has_token_key: Annotated[bool | None, Column("Whether a key is named that tokens are signed with.")]
    has_root_ca: Annotated[bool | None, Column("Whether pods are given the authority of the API server.")]
    renews_kubelet_certificates: Annotated[
        bool | None, Column("Feature gate RotateKubeletServerCertificate; true when unset.")
    ]
    listens_on_loopback: Annotated[
        bool | None, Column("Whether only its own machine reaches its port; false when unset.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table("scheduler_settings", grain="one container that runs a scheduler", kinds=KINDS, subject=SUBJECT)
class SchedulerSettings(NamedTuple):
    """Effective settings of kube-scheduler. What its configuration file says is not seen."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the object, such as Pod for a static pod.")]
    name: Annotated[str, Column("Name of the object.")]
    container: Annotated[str, Column("Name of the container.")]
    component_id: Annotated[str, Column("Surrogate key.", identity=True)]
    profiling: Annotated[bool | None, Column("--profiling; true when unset, NULL where a file says it.")]
    listens_on_loopback: Annotated[
        bool | None, Column("Whether only its own machine reaches its port; false when unset.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


def controller_manager(
    cluster: ClusterContext, sighting: Sighting, found: Component, place: Place
) -> ControllerManagerSettings:
    """Source: the reference of kube-controller-manager, flags and their defaults."""
    line = found.line
    kept = "terminated-pod-gc-threshold"
    return ControllerManagerSettings(
        cluster.name,
        sighting.namespace,
        *place,
        has_finished_pods_kept=line.is_set(kept),
        finished_pods_kept=line.number(kept),
        profiling=line.flag("profiling", True),
        gives_controllers_own_identity=line.flag("use-service-account-credentials", False),
        has_token_key=line.names("service-account-private-key-file"),
        has_root_ca=line.names("root-ca-file"),
        renews_kubelet_certificates=line.gate("RotateKubeletServerCertificate", True),
        listens_on_loopback=_loopback(line),
        basis=cluster.basis,
        evidence_refs=sighting.refs,
    )


def scheduler(cluster: ClusterContext, sighting: Sighting, found: Component, place: Place) -> SchedulerSettings:
    """Source: the reference of kube-scheduler; beside --config its flag --profiling counts for nothing."""
    line = found.line
    in_file = line.names("config")
    return SchedulerSettings(
        cluster.name,
        sighting.namespace,
        *place,
        profiling=None if in_file is not False else line.flag("profiling", True),
        listens_on_loopback=_loopback(line),
        basis=cluster.basis,
        evidence_refs=sighting.refs,
    )


def _loopback(line: CommandLine) -> bool | None:
    """Port 0 serves nobody at all."""
    port = line.number("secure-port", 1)
    if port == 0:
        return True
    return is_loopback(line.text("bind-address", "0.0.0.0"))  # noqa: S104 - the default is what is judged
