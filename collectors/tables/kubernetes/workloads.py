"""Workloads and everything made from their pod specs: who owns each pod, and the forms its pods take.

A workload's rows come from its template and from its pods. Pods that ran to their end add nothing, because they
say what was, except to a Job, whose pods cannot differ from its template. ReplicaSets and Jobs that a controller
made are links of the chain only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import pairs, section
from collectors.tables.identity import UNKNOWN_NAMESPACE
from collectors.tables.kubernetes.pod_rows import Pod
from collectors.tables.kubernetes.workload_parts import PART_TABLES, Values, part_rows
from collectors.tables.kubernetes.workload_rows import TEMPLATE_KINDS_OF_EXTENSIONS, WORKLOAD_KINDS, Workload
from collectors.tables.pod_specs.forms import JOB_LABELS, Form, PodGroup, plain_labels
from collectors.tables.pod_specs.owners import (
    GENERATED_KINDS,
    NODE,
    POD,
    Hashes,
    Owner,
    Seen,
    controller,
    stable_name,
    template_hashes,
    top_owner,
)
from collectors.tables.pod_specs.read_status import is_finished, pod_values
from collectors.tables.pod_specs.read_workload import Shown, not_shown, pod_level, shown
from collectors.tables.schema import ClusterContext, Sighting, UnseenPart

RUNNING = "running"
_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
_Key = tuple[str | None, Owner, int]
_Direct = tuple[str | None, Owner, Hashes]


@dataclass(slots=True)
class _Found:
    """One top owner: its own object if it was seen, and the pods that lead to it."""

    shown: Shown | None = None
    groups: list[PodGroup] = field(default_factory=list)

    def forms(self, owner: Owner) -> list[tuple[Form, int]]:
        """The forms that its rows are made of, each with the number of pods that have it."""
        own = [(self.shown.form, self.shown.form.pods)] if self.shown else []
        of_pods = [form for group in self.groups for form in group.forms.values()]
        kept = [(form, form.pods if owner.kind == "batch/Job" else form.pods - form.finished) for form in of_pods]
        return own + [(form, pods) for form, pods in kept if pods]


class Workloads:
    """Builds workloads, pods and every table of parts: containers, pod_specs, volumes, probes and the others."""

    reads: ClassVar[tuple[str, ...]] = WORKLOAD_KINDS + TEMPLATE_KINDS_OF_EXTENSIONS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._seen: Seen = {}
        self._shown: dict[_Key, Shown] = {}
        self._groups: dict[_Direct, PodGroup] = {}
        self._pods: list[tuple[_Key | _Direct, str, Values, list[str]]] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in a controller or a pod; keeps its template or form, never the whole."""
        metadata = section(sighting.object, "metadata")
        above = controller(metadata)
        if sighting.kind == POD:
            self._observe_pod(sighting, metadata, above)
            return
        owner = Owner(sighting.kind, sighting.name)
        if sighting.kind not in GENERATED_KINDS:
            above = None
        self._seen[sighting.namespace, owner] = above
        if above is None:
            self._shown[sighting.namespace, owner, sighting.declaration] = shown(sighting)

    def _observe_pod(self, sighting: Sighting, metadata: Any, above: Owner | None) -> None:
        key: _Key | _Direct
        if above is None or above.kind == NODE:
            key = (sighting.namespace, Owner(POD, sighting.name), sighting.declaration)
            own = self._shown[key] = shown(sighting)
            own.form.pods = int(self._is_running)
        else:
            key = (sighting.namespace, above, template_hashes(metadata))
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = PodGroup(sighting.refs, plain_labels(metadata))
            group.add(sighting.object, sighting.refs, bool(is_finished(sighting.object)))
        if self._is_running:
            self._pods.append((key, sighting.name, pod_values(sighting.object), sighting.refs))

    def rows(self) -> dict[str, list[Any]]:
        """Rows of all these tables, owners that were seen first."""
        found: dict[str, list[Any]] = {table.name: [] for table in PART_TABLES}
        found["workloads"] = [self._workload(key, each) for key, each in self._workloads.items()]
        for key, each in self._workloads.items():
            forms = each.forms(key[1])
            for table in PART_TABLES:
                found[table.name].extend(part_rows(table, forms, self._place(key), self._cluster))
        found["pods"] = [self._pod(*pod) for pod in self._pods]
        return found

    def unseen(self) -> list[UnseenPart]:
        """A workload known only through its pods has a template that was not shown."""
        if not self._is_running:
            return []
        return [
            UnseenPart(table.name, key[1].kind, key[0], workload_id(key))
            for key, each in self._workloads.items()
            if each.shown is None
            for table in PART_TABLES
        ]

    @property
    def _is_running(self) -> bool:
        return self._cluster.basis == RUNNING

    @cached_property
    def _workloads(self) -> dict[_Key, _Found]:
        """Every top owner; asked for only after the last object was observed."""
        found = {key: _Found(own) for key, own in self._shown.items()}
        for direct, group in self._groups.items():
            found.setdefault(self._top(direct), _Found()).groups.append(group)
        return found

    def _top(self, direct: _Direct) -> _Key:
        namespace, owner, hashes = direct
        return namespace, top_owner(namespace, owner, hashes, self._seen), 0

    def _place(self, key: _Key) -> Values:
        return {
            "cluster": self._cluster.name,
            "namespace": key[0],
            "workload_id": workload_id(key),
            "basis": self._cluster.basis,
        }

    def _workload(self, key: _Key, found: _Found) -> Workload:
        namespace, owner, _ = key
        forms = [form for form, _ in found.forms(owner)]
        values = found.shown.values if found.shown else not_shown(owner.kind) | {"pod_labels": _labels(found, owner)}
        template = [found.shown.form] if found.shown else forms
        return Workload(
            **self._place(key),
            **values,
            **pod_level(template, self._cluster.kubernetes_minor),
            api_group=group_of(owner.kind),
            kind=name_of(owner.kind),
            name=owner.name,
            stable_name=found.shown.stable_name if found.shown else stable_name(owner.kind, owner.name, {}),
            is_shown=found.shown is not None,
            is_system_namespace=namespace in _SYSTEM if namespace or not self._is_running else None,
            pod_count=sum(group.pods for group in found.groups) + (found.shown.form.pods if found.shown else 0),
            evidence_refs=found.shown.refs if found.shown else found.groups[0].first_refs,
        )

    def _pod(self, key: _Key | _Direct, name: str, values: Values, refs: list[str]) -> Pod:
        namespace = key[0]
        owner = key if isinstance(key[2], int) else self._top((namespace, key[1], key[2]))
        return Pod(
            self._cluster.name,
            namespace,
            name,
            f"{UNKNOWN_NAMESPACE if namespace is None else namespace}/Pod/{name}",
            workload_id((namespace, owner[1], int(isinstance(owner[2], int) and owner[2]))),
            **values,
            basis=self._cluster.basis,
            evidence_refs=refs,
        )


def workload_id(key: tuple[str | None, Owner, int]) -> str:
    """ "shop/Deployment.apps/web"; "~2" marks the second manifest of one name."""
    namespace, owner, declaration = key
    group = group_of(owner.kind)
    kind = f"{name_of(owner.kind)}.{group}" if group else owner.kind
    place = UNKNOWN_NAMESPACE if namespace is None else namespace
    return f"{place}/{kind}/{owner.name}" + (f"~{declaration + 1}" if declaration else "")


def _labels(found: _Found, owner: Owner) -> list[str] | None:
    """Labels of the pods, where all of them agree; the name of a Job only where the Job is the owner."""
    dropped = frozenset() if owner.kind == "batch/Job" else JOB_LABELS
    kept = [
        {key: value for key, value in group.labels.items() if key not in dropped}
        for group in found.groups
        if group.labels is not None and group.labels_agree
    ]
    agree = len(kept) == len(found.groups) and all(labels == kept[0] for labels in kept)
    return pairs({"labels": kept[0]}, "labels") if agree else None


BUILDERS = (Workloads,)
