"""The clinic's two clusters: what is declared in them, which lists the assessor asked for, and which were refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from collectors.kubernetes.kinds import KnownKind
from collectors.kubernetes.roles import rules_that_list
from collectors.kubernetes.surveyed import SURVEYED
from tests.samples import clinic, clinic_around, harbour
from tests.samples.clinic import Object, thing
from tests.samples.clinic_around import RBAC

ASSESSOR = "surveyor"
_ASKED = """
ConfigMap Namespace Node PersistentVolumeClaim Pod ReplicationController Service ServiceAccount
apps/DaemonSet apps/Deployment apps/ReplicaSet apps/StatefulSet batch/CronJob batch/Job
networking.k8s.io/Ingress networking.k8s.io/NetworkPolicy policy/PodDisruptionBudget
rbac.authorization.k8s.io/ClusterRole rbac.authorization.k8s.io/ClusterRoleBinding
rbac.authorization.k8s.io/RoleBinding storage.k8s.io/StorageClass
"""
_ASKED_OF_LAKESIDE = """
LimitRange ResourceQuota autoscaling/HorizontalPodAutoscaler rbac.authorization.k8s.io/Role
scheduling.k8s.io/PriorityClass
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of the clinic.

    `minor` is the control plane that plays it, `emulated` the version whose API that one serves, `version` what the
    provider calls it. `asked` are the kinds in the lists that were saved, `refused` those that may not be listed.
    """

    workloads: Callable[[], Iterator[Object]]
    surroundings: Callable[[], Iterator[Object]]
    minor: str
    emulated: str
    version: str
    addresses: str
    asked: str
    refused: str

    def lists(self) -> Iterator[KnownKind]:
        """Every list that was asked for, Secrets on purpose not among them."""
        return (SURVEYED[kind] for kind in sorted(self.asked.split()))

    def access(self) -> Iterator[Object]:
        """What the clinic gave to the assessor: a role to list what was asked for, without what it held back."""
        given = set(self.asked.split()) - set(self.refused.split())
        rules = [{"apiGroups": [rule.group], "resources": list(rule.resources), "verbs": [rule.verb]}
                 for rule in rules_that_list(given)]  # fmt: skip
        yield thing(RBAC, "ClusterRole", None, ASSESSOR, rules=rules)
        yield thing(RBAC, "ClusterRoleBinding", None, ASSESSOR,
                    roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ASSESSOR},
                    subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": ASSESSOR}])  # fmt: skip


CLUSTERS = {
    "lakeside": Cluster(
        clinic.workloads, clinic_around.surroundings, "1.36", "1.35", "v1.35.0-eks-0a1b2c3", "10.96.0.0/12",
        asked=_ASKED + _ASKED_OF_LAKESIDE, refused="rbac.authorization.k8s.io/RoleBinding"),
    "harbour": Cluster(
        harbour.workloads, harbour.surroundings, "1.34", "1.32", "v1.32.7", "10.0.0.0/16",
        asked=_ASKED,
        refused="ConfigMap networking.k8s.io/NetworkPolicy policy/PodDisruptionBudget"
                " rbac.authorization.k8s.io/RoleBinding"),
}  # fmt: skip
