"""What `kubectl cluster-info dump --output-directory` writes: nodes, and seven lists for each namespace it was told.

Source: kubectl 1.36, pkg/cmd/clusterinfo. It asks for whole lists, prints each with its type, and stops at the first
one that it is refused, so that every list in the folder is an answer and whatever came later is not there. Which
namespaces it was told (`-A`, `--namespaces`, or kube-system and the current one) is not written down.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from collectors.evidence.item import WHOLE_CLUSTER
from collectors.kubernetes.dumps.place import Layout, Place, could_be_a_namespace, written_name

_IN_A_NAMESPACE = {
    "events": "events",
    "replication-controllers": "replicationcontrollers",
    "services": "services",
    "daemonsets": "daemonsets.apps",
    "deployments": "deployments.apps",
    "replicasets": "replicasets.apps",
    "pods": "pods",
}
_OF_THIS_DUMP_ALONE = "replication-controllers"  # nobody else writes it with a dash
_LOGS = "logs.txt"


def layout_of(paths: Collection[str]) -> Layout | None:
    """The dump among these paths; None when there is none."""
    roots = {_root(path) for path in paths if written_name(path) == _OF_THIS_DUMP_ALONE and _namespace(path)}
    if not roots:
        return None
    places: dict[str, Place] = {}
    for path in paths:
        name = written_name(path)
        namespace = _namespace(path)
        if name == "nodes" and posixpath.dirname(path) in roots:
            places[path] = Place("nodes", WHOLE_CLUSTER)
        elif name in _IN_A_NAMESPACE and namespace and _root(path) in roots:
            places[path] = Place(_IN_A_NAMESPACE[name], namespace)
    namespaces = frozenset(place.namespace for place in places.values()) - {WHOLE_CLUSTER}
    logs = (path for path in paths if posixpath.basename(path) == _LOGS)
    return Layout(places, namespaces, frozenset(path for path in logs if _root(posixpath.dirname(path)) in roots))


def _root(path: str) -> str:
    """The folder of the dump, for a file in the folder of a namespace."""
    return posixpath.dirname(posixpath.dirname(path))


def _namespace(path: str) -> str:
    name = posixpath.basename(posixpath.dirname(path))
    return name if could_be_a_namespace(name) else ""
