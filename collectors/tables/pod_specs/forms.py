"""The forms that the pods of one workload take: its template's, and whatever differs from it in its pods.

Thousands of pods of one controller are equal but for what scheduling and admission add. A form is kept once, cut
down to the fields that tables are made of, and found again by the bytes of those fields.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from collectors.tables.as_written import Section, required, section
from collectors.tables.pod_specs.volumes import TOKEN_VOLUME

_FIELDS = (
    "containers",
    "initContainers",
    "ephemeralContainers",
    "volumes",
    "securityContext",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "hostUsers",
    "shareProcessNamespace",
    "serviceAccountName",
    "serviceAccount",
    "automountServiceAccountToken",
    "os",
    "nodeSelector",
    "resources",
    "imagePullSecrets",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "priorityClassName",
    "topologySpreadConstraints",
    "hostAliases",
    "dnsPolicy",
    "dnsConfig",
    "runtimeClassName",
    "tolerations",
)
_PROFILES = ("seccomp.security.alpha.", "container.seccomp.", "container.apparmor.")
_TOKEN_VOLUME = re.compile(TOKEN_VOLUME.encode() + rb"[a-z0-9]{5}\b")
# Labels that controllers and admission add to each pod; no template has them.
GENERATED_LABELS = frozenset(
    (
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-completion-index",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
    )
)
# Labels that all pods of one Job have, and its template too once the API server has seen it.
JOB_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
JOB_LABELS = frozenset((*JOB_NAME_LABELS, "controller-uid", "batch.kubernetes.io/controller-uid"))


@dataclass(slots=True)
class Form:
    """One form of a pod spec: cut-down spec and annotations (None: not readable), and where it was seen."""

    spec: Section | None
    annotations: Section | None
    refs: list[str]
    from_template: bool = False
    claim_templates: list[Section | None] | None = field(default_factory=list)
    pods: int = 0
    finished: int = 0


def cut_down(spec: Section | None) -> Section | None:
    """The fields of a pod spec that rows are made of."""
    if spec is None:
        return None
    kept: dict[str, Any] = {name: spec[name] for name in _FIELDS if name in spec}
    affinity = spec.get("affinity")
    if affinity is not None:
        kept["podAntiAffinity"] = affinity.get("podAntiAffinity") if isinstance(affinity, dict) else False
    return kept


def profile_annotations(metadata: Section | None) -> Section | None:
    """The annotations that set security profiles."""
    found = section(metadata, "annotations")
    if not found:
        return found
    return {key: value for key, value in found.items() if key.startswith(_PROFILES)}


def fingerprint(spec: Section | None, annotations: Section | None, refs: list[str]) -> bytes:
    """Bytes that are equal for pods that give equal rows; the random name of the token volume is left out."""
    try:
        whole = orjson.dumps((spec, annotations))
    except TypeError:  # nested beyond what orjson writes: such a pod is a form of its own
        return " ".join(refs).encode()
    return _TOKEN_VOLUME.sub(TOKEN_VOLUME.encode(), whole) if TOKEN_VOLUME.encode() in whole else whole


@dataclass(slots=True)
class PodGroup:
    """The pods that name one direct owner."""

    first_refs: list[str]
    labels: Section | None
    labels_agree: bool = True
    pods: int = 0
    forms: dict[bytes, Form] = field(default_factory=dict)

    def add(self, obj: Section, refs: list[str], finished: bool) -> None:
        """Take in one pod."""
        metadata = section(obj, "metadata")
        spec, annotations = cut_down(required(obj, "spec")), profile_annotations(metadata)
        self.labels_agree = self.labels_agree and plain_labels(metadata) == self.labels
        self.pods += 1
        key = fingerprint(spec, annotations, refs)
        form = self.forms.get(key)
        if form is None:
            form = self.forms[key] = Form(spec, annotations, refs)
        form.pods += 1
        form.finished += finished


def plain_labels(metadata: Section | None) -> Section | None:
    """A pod's labels without those that no template has."""
    labels = section(metadata, "labels")
    if labels is None:
        return None
    return {key: value for key, value in labels.items() if key not in GENERATED_LABELS}
