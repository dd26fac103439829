"""Whether the selector of a controller matches the pods that it makes.

Source: Kubernetes documentation, "Deployments", selector: it must match the labels of the template, or the API server
refuses the object; apps/v1 requires one, older interfaces and ReplicationControllers take the labels of the template.
"""

from __future__ import annotations

from typing import Any

from collectors.tables.as_written import Section, pairs, section
from collectors.tables.schema import Sighting
from collectors.tables.selectors import equalities, labels_of, matches, requirements

_REQUIRING = "apps/v1"
_BY_EXPRESSION = ("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "argoproj.io/Rollout")
_BY_LABELS = ("ReplicationController", "apps.openshift.io/DeploymentConfig")


def selects_own_pods(sighting: Sighting, template: Section | None) -> tuple[bool | None, bool | None]:
    """Whether people write a selector for this kind, and whether it matches the template.

    `template` is the template's metadata.
    """
    if sighting.kind not in (*_BY_EXPRESSION, *_BY_LABELS):
        return False, None
    spec = section(sighting.object, "spec")
    labels = labels_of(pairs(template, "labels"))
    if spec is None or labels is None:
        return True, None
    written: Any = spec.get("selector")
    if not written:
        return True, sighting.object.get("apiVersion") != _REQUIRING
    if sighting.kind in _BY_LABELS:
        return True, matches(equalities(spec, "selector"), labels)
    return True, matches(requirements(written), labels)
