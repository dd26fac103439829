"""What an identity is, told from its name: the API server knows no more."""

from __future__ import annotations

from hashlib import sha256

from collectors.evidence.detect import NONE, TEMPLATE, kind_of

PERSON, SERVICE_ACCOUNT, NODE = "person", "service account", "node"
CONTROL_PLANE, ANONYMOUS = "control plane", "anonymous"
MASTERS, UNAUTHENTICATED = "system:masters", "system:unauthenticated"
NOBODY = "(not signed in)"

_PREFIXES = (
    ("system:serviceaccount:", SERVICE_ACCOUNT),
    ("system:node:", NODE),
    ("system:bootstrap:", NODE),
    ("eks:", CONTROL_PLANE),
)
# Names that components of the control plane sign in with; any other name that begins with system: is taken for a
# person's, since whoever signs certificates can give a person such a name.
_COMPONENTS = frozenset({
    "system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy",
    "system:cloud-controller-manager", "system:addon-manager", "system:konnectivity-server", "system:aggregator",
    "system:kube-apiserver", "aksService", "nodeclient",
})  # fmt: skip
_LONGEST = 253


def kind_of_identity(name: str) -> str:
    """Service account, node, control plane or anonymous; everybody else counts as a person."""
    if name in ("", "system:anonymous"):
        return ANONYMOUS
    if name in _COMPONENTS:
        return CONTROL_PLANE
    return next((kind for prefix, kind in _PREFIXES if name.startswith(prefix)), PERSON)


def kept(name: str) -> str:
    """A name as it is stored: bounded, and without what looks like a credential that somebody typed as a name."""
    name = name.encode("utf-8", "replace").decode()  # half a surrogate pair is no text that can be written
    if len(name) > 11 and kind_of(name) not in (NONE, TEMPLATE):
        return "(looks like a credential)"
    if len(name) <= _LONGEST:
        return name
    return f"{name[:200]}~{sha256(name.encode()).hexdigest()[:12]}"
