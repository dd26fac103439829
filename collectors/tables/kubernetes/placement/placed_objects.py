"""What people place in namespaces: workloads and all that goes with them, with their labels and annotations."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, flag, is_set, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.placement.platform_parts import is_platform_part
from collectors.tables.rbac_names import is_reserved
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, UnseenPart, table

_CONTROLLERS = (
    "apps/DaemonSet", "apps/Deployment", "apps/ReplicaSet", "apps/StatefulSet", "batch/CronJob", "batch/Job",
    "ReplicationController",
)  # fmt: skip
_EXTENSIONS = ("apps.openshift.io/DeploymentConfig", "argoproj.io/Rollout")
_WORKLOADS = frozenset((*_CONTROLLERS, *_EXTENSIONS, "Pod"))
# Quotas and network policies are not among them: they govern the namespace that they stand in, whatever stands there.
KINDS = (
    *_CONTROLLERS, "Pod", "ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount",
    "autoscaling/HorizontalPodAutoscaler", "networking.k8s.io/Ingress", "policy/PodDisruptionBudget",
    "rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/RoleBinding",
)  # fmt: skip
# Made by Kubernetes itself, by Istio and by OpenShift in namespaces, whatever anyone wants.
_MADE = frozenset({
    ("ServiceAccount", "default"), ("Service", "kubernetes"), ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "istio-ca-root-cert"), ("ConfigMap", "openshift-service-ca.crt"), ("ConfigMap", "cluster-info"),
    ("ServiceAccount", "builder"), ("ServiceAccount", "deployer"),
})  # fmt: skip
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
RECOMMENDED = "app.kubernetes.io/"


@table(
    "placed_objects",
    grain="one object that somebody placed in a namespace, unless a controller made it",
    kinds=KINDS,
    where_served=_EXTENSIONS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class PlacedObject(NamedTuple):
    """An object in a namespace. Pods and ReplicaSets of a controller stand in its row."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[
        str | None,
        Column(
            "Namespace; empty where a folder that declares everything does not state it, which the API takes for"
            " default; NULL where a folder that declares only a part does not state it."
        ),
    ]
    api_group: Annotated[str, Column("API group; empty for the core group.")]
    kind: Annotated[str, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    placed_object_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_workload: Annotated[bool | None, Column("Whether pods come of it.")]
    is_made_by_the_cluster: Annotated[
        bool | None, Column("Whether Kubernetes or its platform makes it in a namespace by itself.")
    ]
    is_platform_part: Annotated[
        bool | None, Column("Whether its name or labels are those of a part of the platform, such as CoreDNS.")
    ]
    label_keys: Annotated[list[str] | None, Column("Keys of its labels, sorted.")]
    pod_label_keys: Annotated[
        list[str] | None, Column("Keys of the labels that its pods get, sorted; its own for a bare pod.")
    ]
    annotation_keys: Annotated[list[str] | None, Column("Keys of its annotations, sorted.")]
    has_instance_label: Annotated[bool | None, Column("Whether it carries app.kubernetes.io/instance.")]
    instance_is_in_its_name: Annotated[
        bool | None,
        Column("Whether its name is that instance, or begins or ends with it.", guard="has_instance_label"),
    ]
    is_called_as_its_application: Annotated[
        bool | None, Column("Whether its name is its label app.kubernetes.io/name; false without one.")
    ]
    has_valid_label_values: Annotated[
        bool | None, Column("Whether the API takes every value of its labels and of those of its pods.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PlacedObjects:
    """One row per object that no controller owns."""

    reads: ClassVar[tuple[str, ...]] = (*KINDS, *_EXTENSIONS)

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[PlacedObject] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in one object, unless a controller made it."""
        metadata = section(sighting.object, "metadata")
        owners = sections(metadata, "ownerReferences") or ()
        if not any(flag(owner, "controller") is True for owner in owners):
            self._rows.append(self._row(sighting, metadata))

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {"placed_objects": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the object is its row."""
        return []

    def _row(self, sighting: Sighting, metadata: Section | None) -> PlacedObject:
        """Source: Kubernetes API, ObjectMeta: "an empty namespace is equivalent to the default namespace"."""
        labels, annotations = section(metadata, "labels"), section(metadata, "annotations")
        pods = _pod_labels(sighting, labels)
        kind, is_workload = name_of(sighting.kind), sighting.kind in _WORKLOADS
        unstated = "" if self._cluster.whole else None
        instance = text(labels, RECOMMENDED + "instance")
        application = text(labels, RECOMMENDED + "name", default="")
        return PlacedObject(
            cluster=self._cluster.name,
            namespace=unstated if sighting.namespace is None else sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=kind,
            name=sighting.name,
            placed_object_key=f"{group_of(sighting.kind)}/{surrogate(sighting)}",
            is_workload=is_workload,
            is_made_by_the_cluster=_is_made(kind, sighting),
            is_platform_part=is_platform_part(sighting.name, labels),
            label_keys=_keys(labels),
            pod_label_keys=_keys(pods),
            annotation_keys=_keys(annotations),
            has_instance_label=is_set(labels, RECOMMENDED + "instance"),
            instance_is_in_its_name=None if instance is None else _names(sighting.name, instance),
            is_called_as_its_application=None if application is None else application == sighting.name,
            has_valid_label_values=_are_valid(labels, pods),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )


def _pod_labels(sighting: Sighting, labels: Section | None) -> Section | None:
    if sighting.kind not in _WORKLOADS or sighting.kind == "Pod":
        return labels
    spec = section(sighting.object, "spec")
    if sighting.kind == "batch/CronJob":
        spec = section(section(spec, "jobTemplate"), "spec")
    return section(section(section(spec, "template"), "metadata"), "labels")


def _keys(found: Section | None) -> list[str] | None:
    return None if found is None else sorted(str(key) for key, value in found.items() if value is not None)


def _are_valid(*labels: Section | None) -> bool | None:
    """Source: Kubernetes documentation, "Labels and Selectors", syntax of a value."""
    if any(each is None for each in labels):
        return None
    values = [value for each in labels for value in (each or {}).values() if value is not None]
    return all(isinstance(value, str) and _LABEL_VALUE.fullmatch(value) for value in values)


def _names(name: str, instance: str) -> bool:
    """Source: Helm documentation, "Labels and Annotations": the instance is the release, which names begin with."""
    return name == instance or name.startswith(f"{instance}-") or name.endswith(f"-{instance}")


def _is_made(kind: str, sighting: Sighting) -> bool:
    """Source for roles: Kubernetes documentation, "Using RBAC Authorization": system: names belong to the cluster."""
    if kind in ("Role", "RoleBinding"):
        return is_reserved(sighting.name)
    return (kind, sighting.name) in _MADE or _is_token_of_default(sighting)


def _is_token_of_default(sighting: Sighting) -> bool:
    annotations = section(section(sighting.object, "metadata"), "annotations")
    owner = text(annotations, "kubernetes.io/service-account.name")
    return sighting.kind == "Secret" and owner == "default"


BUILDERS = (PlacedObjects,)
