"""What redaction knows about the fields of Kubernetes itself: those that can hold no secret are passed by."""

from __future__ import annotations

from typing import Any

_GROUPS = frozenset(
    (
        "apps",
        "autoscaling",
        "batch",
        "extensions",
        "policy",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "metrics.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
    )
)

# Identity, scheduling, resources, references to other objects by name, certificates that are public.
PASSED_BY = frozenset(
    (
        *("apiVersion", "kind", "uid", "name", "namespace", "generateName", "resourceVersion", "labels"),
        *("managedFields", "ownerReferences", "finalizers", "creationTimestamp", "selfLink"),
        *(
            "affinity",
            "tolerations",
            "nodeSelector",
            "topologySpreadConstraints",
            "nodeName",
            "schedulerName",
        ),
        *("resources", "securityContext", "ports", "podIPs", "podIP", "hostIP", "hostIPs", "selector"),
        *(
            "imagePullPolicy",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "dnsPolicy",
            "restartPolicy",
        ),
        *("image", "imageID", "containerID", "mountPath", "volumeMounts", "images", "nodeInfo", "capacity"),
        *("allocatable", "addresses", "volumesAttached", "volumesInUse", "phase", "qosClass", "startTime"),
        *("lastTransitionTime", "lastProbeTime", "lastUpdateTime", "lastHeartbeatTime", "startedAt"),
        *("finishedAt", "type", "reason", "serviceAccountName", "serviceAccount", "priorityClassName"),
        *(
            "caBundle",
            "rules",
            "roleRef",
            "subjects",
            "involvedObject",
            "regarding",
            "clusterIPs",
            "clusterIP",
        ),
        *("imagePullSecrets", "secretKeyRef", "configMapKeyRef", "fieldRef", "secretRef", "configMapRef"),
    )
)

# ConfigMap values that say how a cluster is set up, by ConfigMap and key.
KEPT_CONFIGURATION = frozenset(
    (
        ("aws-auth", "mapRoles"),
        ("aws-auth", "mapUsers"),
        ("aws-auth", "mapAccounts"),
        ("kubeadm-config", "ClusterConfiguration"),
        ("kubelet-config", "kubelet"),
        ("kube-proxy", "config.conf"),
        ("kube-proxy-config", "config"),
        ("coredns", "Corefile"),
    )
)


def is_builtin(api_version: Any) -> bool:
    """Whether the group of this apiVersion is one of Kubernetes itself."""
    group, slash, _ = str(api_version).partition("/")
    return group in _GROUPS if slash else group in ("v1", "None")
