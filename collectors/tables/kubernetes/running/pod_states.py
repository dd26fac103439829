"""Pods as their status describes them: placed, started, ready, restarted, killed or evicted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, NamedTuple

from collectors.tables.as_written import Section, both, either, opposite, section, sections, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.pod_specs.owners import controller
from collectors.tables.running_status import condition_of, is_new, is_of_late, is_reported, since_long
from collectors.tables.schema import Column, Sighting, Subject, table

_STATUSES = ("initContainerStatuses", "containerStatuses")
# Reasons of a container that waits, as the kubelet gives them. Source: kubernetes/pkg/kubelet/images and kuberuntime.
_LOOPING = ("CrashLoopBackOff",)
_NOT_PULLED = (
    "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
    "RegistryUnavailable", "SignatureValidationFailed",
)  # fmt: skip
_NOT_CREATED = (
    "CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreCreateHookError",
    "PreStartHookError", "PostStartHookError",
)  # fmt: skip


@table(
    "pod_states",
    grain="one pod that reports its status",
    kinds=("Pod",),
    subject=Subject(None, None, "namespace", "name", fixed_kind="Pod"),
)
class PodState(NamedTuple):
    """What a pod reports of itself."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    name: Annotated[str, Column("Name of the pod.")]
    pod_state_key: Annotated[str, Column("Surrogate key.", identity=True)]
    phase: Annotated[str | None, Column("Pending, Running, Succeeded, Failed or Unknown.")]
    is_new: Annotated[bool | None, Column("Whether it was created in the last fifteen minutes.")]
    is_leaving: Annotated[bool | None, Column("Whether its deletion was asked for.")]
    is_of_job: Annotated[bool | None, Column("Whether a Job made it.")]
    is_placeholder: Annotated[
        bool | None, Column("Whether its priority is negative: it keeps room for others and may wait.")
    ]
    is_unready_for_long: Annotated[
        bool | None, Column("Whether it has not been Ready for fifteen minutes; NULL when it does not say.")
    ]
    waits_for_a_node: Annotated[
        bool | None, Column("Whether the scheduler has found no node for it for fifteen minutes.")
    ]
    is_evicted: Annotated[bool | None, Column("Whether its node put it out.")]
    is_crash_looping: Annotated[bool | None, Column("Whether a container waits for its next try after crashes.")]
    lacks_an_image: Annotated[bool | None, Column("Whether a container waits because its image cannot be had.")]
    lacks_a_container: Annotated[
        bool | None, Column("Whether a container waits because it cannot be made or started as configured.")
    ]
    was_killed_for_memory: Annotated[
        bool | None, Column("Whether a container was last ended for memory, in the last seven days.")
    ]
    restarts_of_late: Annotated[
        int | None, Column("Most restarts of one container, among those that restarted in the last seven days.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PodStates(OneRowPerObject):
    """One row per pod that reports its status."""

    reads: ClassVar[tuple[str, ...]] = ("Pod",)
    fills = "pod_states"

    def observe(self, sighting: Sighting) -> None:
        """A pod of a manifest that nobody applied has no state."""
        if is_reported(sighting, self.cluster.basis):
            super().observe(sighting)

    def row(self, sighting: Sighting) -> PodState:
        """Source: Kubernetes documentation, "Pod Lifecycle"; API reference of PodStatus and ContainerStatus."""
        metadata, spec, status = (section(sighting.object, name) for name in ("metadata", "spec", "status"))
        as_of = self.cluster.as_of
        phase, containers = text(status, "phase"), _containers(status)
        above, priority = controller(metadata), whole_number(spec, "priority", 0)
        waiting = None if containers is None else [section(section(each, "state"), "waiting") for each in containers]
        return PodState(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            name=sighting.name,
            pod_state_key=surrogate(sighting),
            phase=phase,
            is_new=is_new(metadata, as_of),
            is_leaving=None if metadata is None else metadata.get("deletionTimestamp") is not None,
            is_of_job=None if metadata is None else above is not None and above.kind == "batch/Job",
            is_placeholder=None if priority is None else priority < 0,
            is_unready_for_long=_is_unready(status, containers, as_of),
            waits_for_a_node=_waits_for_a_node(status, as_of),
            is_evicted=both(_is(phase, "Failed"), _is(text(status or None, "reason", ""), "Evicted")),
            is_crash_looping=_waits(waiting, _LOOPING),
            lacks_an_image=_waits(waiting, _NOT_PULLED),
            lacks_a_container=_waits(waiting, _NOT_CREATED),
            was_killed_for_memory=_killed(containers, as_of),
            restarts_of_late=_restarts(containers, as_of),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _containers(status: Section | None) -> list[Section] | None:
    """Statuses of the containers, init containers first; a pod with no status at all says nothing of them."""
    found: list[Section] = []
    for name in _STATUSES if status else ("",):
        statuses = sections(status or None, name)
        if statuses is None:
            return None
        for each in statuses:
            if each is None:
                return None
            found.append(each)
    return found


def _is(value: str | None, wanted: str) -> bool | None:
    return None if value is None else value == wanted


def _waits(waiting: list[Section | None] | None, reasons: tuple[str, ...]) -> bool | None:
    if waiting is None:
        return None
    said = (text(each, "reason", "") for each in waiting)
    return either(*(None if reason is None else reason in reasons for reason in said))


def _waits_for_a_node(status: Section | None, as_of: datetime | None) -> bool | None:
    """A pod that is held back by a gate has another reason than Unschedulable."""
    placed = condition_of(status or None, "PodScheduled")
    stands = (_is(text(placed, "status", ""), "False"), _is(text(placed, "reason", ""), "Unschedulable"))
    return both(*stands, since_long(placed, "lastTransitionTime", as_of))


def _is_unready(status: Section | None, containers: list[Section] | None, as_of: datetime | None) -> bool | None:
    """Where no Ready condition is reported, a container that is not ready tells the same."""
    ready = condition_of(status or None, "Ready")
    if ready == {}:
        return True if any(each.get("ready") is False for each in containers or ()) else None
    said = text(ready, "status")
    if said not in ("True", "False", "Unknown"):
        return None
    return both(opposite(said == "True"), since_long(ready, "lastTransitionTime", as_of))


def _killed(containers: list[Section] | None, as_of: datetime | None) -> bool | None:
    if containers is None:
        return None
    ends = [section(section(each, place), "terminated") for each in containers for place in ("state", "lastState")]
    return either(
        *(both(_is(text(end, "reason", ""), "OOMKilled"), is_of_late(end, "finishedAt", as_of)) for end in ends)
    )


def _restarts(containers: list[Section] | None, as_of: datetime | None) -> int | None:
    if containers is None:
        return None
    most = 0
    for each in containers:
        count = whole_number(each, "restartCount", 0)
        lately = is_of_late(section(section(each, "lastState"), "terminated"), "finishedAt", as_of)
        if count is None or (count and lately is None):
            return None
        most = max(most, count if lately else 0)
    return most


BUILDERS = (PodStates,)
