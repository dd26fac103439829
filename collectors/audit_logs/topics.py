"""Which objects are worth a row: those that decide who may do what, and the ways into running pods."""

from __future__ import annotations

from collectors.audit_logs.event import Reference

RIGHTS, ADMISSION, NETWORK = "rights", "admission", "network"
CHANGING = frozenset({"create", "update", "patch", "delete", "deletecollection"})
READING = frozenset({"get", "list", "watch"})
# A list and a get are what AKS leaves out of its category kube-audit-admin.
LEFT_OUT = frozenset({"get", "list"})

_OF_GROUP = {
    "rbac.authorization.k8s.io": RIGHTS,
    "admissionregistration.k8s.io": ADMISSION,
    "kyverno.io": ADMISSION,
    "policies.kyverno.io": ADMISSION,
    "constraints.gatekeeper.sh": ADMISSION,
    "templates.gatekeeper.sh": ADMISSION,
    "policy.networking.k8s.io": NETWORK,
}
_NETWORK_GROUPS = frozenset({"networking.k8s.io", "extensions", "cilium.io", "crd.projectcalico.org",
                             "projectcalico.org"})  # fmt: skip
_SESSIONS = frozenset({"exec", "attach", "portforward", "ephemeralcontainers"})
_HARMLESS = ("/healthz", "/livez", "/readyz", "/version", "/openapi", "/.well-known/openid-configuration",
             "/openid/v1/jwks")  # fmt: skip
_NAMED_PATHS = (*_HARMLESS, "/api", "/apis", "/metrics", "/logs", "/debug")


def topic_of(about: Reference) -> str | None:
    """Rights, admission or network, when a change of this object is one of what protects the cluster."""
    topic = _OF_GROUP.get(about.apiGroup)
    if topic is None and about.apiGroup in _NETWORK_GROUPS:
        return NETWORK if about.resource.endswith("networkpolicies") else None
    if topic is None and about.resource == "configmaps" and about.name == "aws-auth":
        return RIGHTS if about.namespace == "kube-system" else None
    return topic


def session_of(about: Reference) -> str | None:
    """The way into a pod that this request opens: exec, attach, portforward, ephemeralcontainers or proxy."""
    if about.resource == "pods" and about.subresource in _SESSIONS:
        return about.subresource
    return "proxy" if about.resource == "nodes" and about.subresource == "proxy" else None


def is_secret(about: Reference) -> bool:
    """Is it a Secret, or a list of them?"""
    return about.resource == "secrets" and not about.apiGroup and not about.subresource


def path_of(uri: str) -> tuple[str, bool]:
    """What an anonymous caller asked for outside the resources, and whether it is health, version or discovery.

    Only known paths are told by name: what a stranger types into an address may be anything, a password too.
    """
    path = uri.partition("?")[0].rstrip("/") or "/"
    known = next((each for each in _NAMED_PATHS if path == each or path.startswith(f"{each}/")), None)
    if known in _HARMLESS:
        return known, True
    if known in ("/api", "/apis"):
        return known, path.count("/") <= (2 if known == "/api" else 3)
    return known or ("/" if path == "/" else "another path"), False
