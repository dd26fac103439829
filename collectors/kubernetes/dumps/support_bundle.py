"""What `kubectl support-bundle` of troubleshoot.sh writes below `cluster-resources`.

    cluster-resources/<plural>.json               the list of a kind that no namespace holds
    cluster-resources/<plural>/<namespace>.json   the list of one namespace
    cluster-resources/<plural>-errors.json        what the API server said instead, by namespace or in a row

The namespaces are those that it was told, or those in which its account may look: that they are all is proven by
namespaces.json only. `custom-resources` are bare arrays, which prove the objects in them.

Source: replicatedhq/troubleshoot, pkg/collect/cluster_resources.go and pkg/constants.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Collection
from typing import Any

from collectors.evidence.item import WHOLE_CLUSTER
from collectors.kubernetes.dumps.place import Layout, Place, could_be_a_namespace, kind_listed
from collectors.kubernetes.kinds import KNOWN, is_namespaced
from collectors.kubernetes.refusals import Refusal, refusal_in

FOLDER = "cluster-resources"
_ERRORS = "-errors.json"
_CALLED = {
    "ingress": "ingresses",
    "network-policy": "networkpolicies",
    "pvcs": "persistentvolumeclaims",
    "pvs": "persistentvolumes",
    "resource-quota": "resourcequotas",
}


def layout_of(paths: Collection[str]) -> Layout | None:
    """The support bundle among these paths; None when there is none."""
    places: dict[str, Place] = {}
    for path in paths:
        parts = path.removesuffix(".gz").split("/")
        name = posixpath.splitext(parts[-1])[0]  # some versions write no ending
        if len(parts) >= 2 and parts[-2] == FOLDER:
            place = _place(name, WHOLE_CLUSTER)
        elif len(parts) >= 3 and parts[-3] == FOLDER and could_be_a_namespace(name):
            place = _place(parts[-2], name)
        else:
            continue
        if place is not None:
            places[path] = place
    namespaces = frozenset(place.namespace for place in places.values()) - {WHOLE_CLUSTER}
    return Layout(places, namespaces) if places else None


def _place(called: str, namespace: str) -> Place | None:
    kind = kind_listed(_CALLED.get(called, called))
    if kind is None or kind not in KNOWN or is_namespaced(kind) is (namespace == WHOLE_CLUSTER):
        return None
    return Place(KNOWN[kind].resource, namespace)


def is_of_errors(path: str) -> bool:
    """Whether this file of a support bundle says what could not be listed."""
    return path.endswith(_ERRORS) and posixpath.basename(posixpath.dirname(path)) == FOLDER


def refusal_told(path: str, told: Any) -> Refusal | None:
    """What the API server said instead of lists; None when the file, parsed, tells of no error."""
    said = list(told.values()) if isinstance(told, dict) else told if isinstance(told, list) else []
    called = posixpath.basename(path).removesuffix(_ERRORS)
    refusal = refusal_in("\n".join(each for each in said if isinstance(each, str)), called)
    return dataclasses.replace(refusal, kind=kind_listed(_CALLED.get(called, called))) if refusal else None
