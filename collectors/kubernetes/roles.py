"""The rules of RBAC that open what a survey reads, in the words in which a role says them."""

from __future__ import annotations

from collectors.kubernetes.extensions import EVERY_KIND_OF, EXTENSIONS
from collectors.kubernetes.kinds import KNOWN, KUBELET, group_of, name_of
from collectors.kubernetes.surveyed import PATHS


def rule_that_opens(kind: str, namespace: str | None = None) -> str:
    """The one rule without which this kind stays unseen, on one line, and where it has to stand."""
    if kind == KUBELET:
        return 'rule {apiGroups: [""], resources: ["nodes/configz"], verbs: ["get"]} in a ClusterRole'
    paths = [path for path, evidence in PATHS.items() if evidence == kind]
    if paths:
        quoted = ", ".join(f'"{path}"' for path in paths)
        return f'rule {{nonResourceURLs: [{quoted}], verbs: ["get"]}} in a ClusterRole'
    where = f"in a Role of namespace {namespace}" if namespace else "in a ClusterRole"
    return f'rule {{apiGroups: ["{group_of(kind)}"], resources: ["{resource_of(kind)}"], verbs: ["list"]}} {where}'


def resource_of(kind: str) -> str:
    """The plural that a rule names; "*" for groups whose kinds the client makes up."""
    if group_of(kind) in EVERY_KIND_OF:
        return "*"
    known = KNOWN.get(kind) or EXTENSIONS.get(kind)
    return known.plural if known else name_of(kind).lower()
