"""Which annotations may stay: those that set up Kubernetes and the clouds, in their shape."""

from __future__ import annotations

import re

from collectors.evidence.detect import NONE, classify
from collectors.evidence.harmless import is_harmless
from collectors.evidence.secret_names import promises_credential

# Annotation keys (a trailing slash: every key under that prefix) whose values say how something is set up,
# and the signs such a value is made of.
_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:/@,=+*-]{0,300}")
_HASH = re.compile(r"[0-9a-f]{32,64}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,200}")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ONE_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,30}")
_BLOCKS = re.compile(r"[0-9A-Fa-f.:/, ]{0,1000}")
_ACCOUNT = re.compile(r"[a-z][a-z0-9-]{1,40}@[a-z][a-z0-9.-]{1,60}\.iam\.gserviceaccount\.com")

_EXPECTED: dict[str, re.Pattern[str]] = {
    "container.apparmor.security.beta.kubernetes.io/": re.compile(r"[a-z]+/?[\w./-]{0,100}"),
    "container.seccomp.security.alpha.kubernetes.io/": re.compile(r"[a-z]+/?[\w./-]{0,100}"),
    "seccomp.security.alpha.kubernetes.io/pod": re.compile(r"[a-z]+/?[\w./-]{0,100}"),
    "eks.amazonaws.com/role-arn": _ROLE,
    "iam.amazonaws.com/role": _WORDS,
    "azure.workload.identity/client-id": _GUID,
    "azure.workload.identity/tenant-id": _GUID,
    "iam.gke.io/gcp-service-account": _ACCOUNT,
    "kubernetes.io/config.hash": _HASH,
    "kubernetes.io/config.mirror": _HASH,
    "kubernetes.io/config.source": _WORDS,
    "kubernetes.io/config.seen": _WORDS,
    "kubernetes.io/ingress.class": _WORDS,
    "kubernetes.io/service-account.name": _WORDS,
    "kubernetes.io/service-account.uid": _GUID,
    "kubectl.kubernetes.io/default-container": _WORDS,
    "kubectl.kubernetes.io/restartedAt": _WORDS,
    "pv.kubernetes.io/provisioned-by": _WORDS,
    "volume.kubernetes.io/storage-provisioner": _WORDS,
    "volume.beta.kubernetes.io/storage-provisioner": _WORDS,
    "volume.beta.kubernetes.io/storage-class": _WORDS,
    "volume.kubernetes.io/selected-node": _WORDS,
    "kubeadm.alpha.kubernetes.io/cri-socket": _WORDS,
    "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint": _WORDS,
    "kubeadm.kubernetes.io/etcd.advertise-client-urls": _WORDS,
    "meta.helm.sh/release-name": _WORDS,
    "meta.helm.sh/release-namespace": _WORDS,
    "helm.sh/hook": _WORDS,
    "service.beta.kubernetes.io/aws-load-balancer-type": _WORDS,
    "service.beta.kubernetes.io/aws-load-balancer-scheme": _WORDS,
    "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": _WORDS,
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": _ONE_WORD,
    "service.beta.kubernetes.io/load-balancer-source-ranges": _BLOCKS,
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": _ONE_WORD,
    "cloud.google.com/load-balancer-type": _ONE_WORD,
    "networking.gke.io/load-balancer-type": _ONE_WORD,
    "alb.ingress.kubernetes.io/scheme": _WORDS,
    "alb.ingress.kubernetes.io/listen-ports": re.compile(r"[\[\]{}\" :,0-9A-Z]{0,200}"),
    "scheduler.alpha.kubernetes.io/critical-pod": _WORDS,
}
_PREFIXES = tuple(key for key in _EXPECTED if key.endswith("/"))


def may_stay(key: str, value: str) -> bool:
    """Whether an annotation is stored as written: a harmless value, or the expected shape of a known key."""
    if is_harmless(value):
        return not promises_credential(key) or value in ("", "true", "false")
    expected = _EXPECTED.get(key)
    if expected is None and key.startswith(_PREFIXES):
        expected = _EXPECTED[key[: key.index("/") + 1]]
    if expected is None or expected.fullmatch(value) is None:
        return False
    return classify(value) == NONE
