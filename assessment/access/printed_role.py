"""What `kubesurvey permissions` prints for Kubernetes: the role, and in its comments all that a reviewer asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assessment import __version__
from assessment.access.cluster_role import (
    NAME,
    cluster_role,
    comment,
    full_rules,
    kinds_of_cluster,
    namespaced_rules,
    role,
)
from collectors.kubernetes.surveyed import PATHS
from collectors.people.engagement import Engagement

_READERS = "kubesurvey-readers"


def whole_cluster(engagement: Engagement | None = None, *, with_secrets: bool = False, kubelets: bool = False) -> str:
    """One ClusterRole under the comments that say what it is for, what it cannot do and how it is bound."""
    rules = full_rules(with_secrets=with_secrets, kubelets=kubelets)
    head = [*_head(with_secrets), "#", *_how_to_bind_everywhere(), *_in_the_clouds(engagement)]
    return "\n".join(head) + "\n" + cluster_role(rules)


def each_namespace(clusters_of: Mapping[str, Sequence[str]], *, with_secrets: bool = False) -> str:
    """One Role for each namespace; `clusters_of` names the clusters, where they are known, that each is meant for."""
    rules = namespaced_rules(with_secrets=with_secrets)
    parts = ["\n".join([*_head(with_secrets), "#", *_beyond_roles()]) + "\n"]
    for namespace, clusters in clusters_of.items():
        parts.append("\n".join(_how_to_bind_in(namespace, clusters)) + "\n" + role(rules, namespace))
    return "---\n".join([parts[0] + parts[1], *parts[2:]])


def namespaces_of(engagement: Engagement | None, named: Iterable[str] = ()) -> dict[str, list[str]]:
    """The namespaces to print a Role for, sorted: those named, else those of engagement.yaml with their clusters."""
    found: dict[str, list[str]] = {namespace: [] for namespace in sorted(set(named))}
    if found or engagement is None:
        return found
    for cluster, known in engagement.clusters.items():
        access = getattr(known, "access", None)
        for namespace in getattr(access, "namespaces", None) or ():
            found.setdefault(namespace, []).append(cluster)
    return dict(sorted(found.items()))


def _head(with_secrets: bool) -> list[str]:
    secrets = (
        "Secrets are listed: type, names of keys, sizes and public certificates are kept, every value is dropped in "
        "memory before anything is written."
        if with_secrets
        else "Secrets are not in it. `kubesurvey permissions --with-secrets` adds them, in a rule of their own."
    )
    said = (
        f"Made by kubesurvey {__version__}: all that a survey reads of a running cluster, and nothing beyond.",
        "It can list the kinds below, always whole lists. In a cluster that does not serve one of them its rule "
        "opens nothing, and it is not asked for.",
        "It cannot change anything. It cannot get or watch single objects, read logs, exec, attach, forward ports or "
        "use a proxy.",
        secrets,
        "ConfigMaps are listed: values that look like credentials are replaced before anything is written.",
        "Not in it, because Kubernetes gives it to everybody who is signed in (system:basic-user): asking what one may "
        "do oneself (selfsubjectaccessreviews, selfsubjectrulesreviews). `kubesurvey preflight` asks that.",
    )
    return [line for text in said for line in comment(text)]


def _how_to_bind_everywhere() -> list[str]:
    binding = f"kubectl create clusterrolebinding {NAME} --clusterrole={NAME}"
    return [
        "# To apply it:     kubesurvey permissions WORKSPACE | kubectl apply -f -",
        f"# To bind it:      {binding} --user=USER",
        "#   or --group=GROUP, or --serviceaccount=NAMESPACE:NAME (`kubectl create token` gives a token)",
        f"# To take it back: kubectl delete clusterrolebinding,clusterrole {NAME}",
    ]


def _in_the_clouds(engagement: Engagement | None) -> list[str]:
    """How a cloud's own identities come to hold the role, where engagement.yaml names clusters there."""
    managed = set()
    for cluster in engagement.clusters.values() if engagement else ():
        managed |= {cluster.managed, cluster.cloud.provider if cluster.cloud else None}
    lines: list[str] = []
    if "eks" in managed:
        lines += ["#", *_ON_EKS]
    if "aks" in managed:
        lines += ["#", *_ON_AKS]
    return lines


_TO_GROUP = f"kubectl create clusterrolebinding {NAME} --clusterrole={NAME}"

_ON_EKS = (
    "# On EKS an access entry maps an IAM role to a group of Kubernetes; no access policy is associated with it:",
    "#   aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE_ARN --kubernetes-groups " + _READERS,
    f"#   {_TO_GROUP} --group={_READERS}",
)

_ON_AKS = (
    "# On AKS with Microsoft Entra ID the group's object id is its name in Kubernetes; whoever signs in also needs",
    "# the Azure role `Azure Kubernetes Service Cluster User Role`, which gives the address and no rights inside:",
    f"#   {_TO_GROUP} --group=OBJECT_ID_OF_GROUP",
    "# Azure's own reader roles are not enough: they leave out roles, bindings and custom resources.",
)


def _beyond_roles() -> list[str]:
    resources, paths = ", ".join(kinds_of_cluster()), ", ".join(PATHS)
    return comment(
        f"A Role cannot open what belongs to the whole cluster. What stays unseen with these alone: {resources}; "
        f"and the paths {paths}."
    )


def _how_to_bind_in(namespace: str, clusters: Sequence[str]) -> list[str]:
    where = f", in {', '.join(clusters)}" if clusters else ""
    return [
        *comment(f"Namespace {namespace}{where}. To bind it:"),
        f"#   kubectl create rolebinding {NAME} --role={NAME} --namespace={namespace} --user=USER",
    ]
