"""What `oc adm must-gather` and `oc adm inspect` write: typed lists of namespaces, single objects, logs.

    namespaces/<namespace>/<namespace>.yaml                     the Namespace
    namespaces/<namespace>/<group or core>/<plural>.yaml        the list of one namespace
    namespaces/<namespace>/<group or core>/<plural>/<name>.yaml one object that something referred to
    namespaces/<namespace>/pods/<pod>/<pod>.yaml                a pod, and beside it logs and metrics of its containers
    cluster-scoped-resources/<group or core>/<plural>.yaml      the list of a kind that no namespace holds
    cluster-scoped-resources/<group or core>/<plural>/<name>.yaml

A list that was refused is not written. Single objects prove themselves only: nothing says that they are all.

Source: openshift/oc, pkg/cli/admin/inspect (`dirPathForInfo`, `gatherNamespaceData`, `gatherConfigResourceData`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from collectors.evidence.item import WHOLE_CLUSTER
from collectors.kubernetes.dumps.place import Layout, Place, could_be_a_namespace, kind_listed, written_name
from collectors.kubernetes.kinds import is_namespaced

_NAMESPACES, _CLUSTER, _CORE = "namespaces", "cluster-scoped-resources", "core"
_NO_NAMESPACE = "all"  # scripts put a whole further must-gather into namespaces/all
_OF_A_CONTAINER = re.compile(r"(?:^|/)namespaces/[^/]+/pods/[^/]+/([^/]+)/\1/")
_SERVER_VERSION = re.compile(r"v?(\d+\.\d+)")

VERSION_FILE = "cluster-scoped-resources/config.openshift.io/clusteroperators/kube-apiserver.yaml"


def layout_of(paths: Collection[str]) -> Layout | None:
    """The must-gather among these paths; None when there is none."""
    places: dict[str, Place] = {}
    namespaces: set[str] = set()
    for path in paths:
        name, folders = written_name(path), path.split("/")[:-1]
        if name is None:
            continue
        place = _place(name, folders)
        if place is not None:
            places[path] = place
        if len(folders) >= 2 and folders[-2] == _NAMESPACES and folders[-1] == name and could_be_a_namespace(name):
            namespaces.add(name)
    other = frozenset(path for path in paths if _OF_A_CONTAINER.search(path))
    namespaces |= {place.namespace for place in places.values()} - {WHOLE_CLUSTER}
    return Layout(places, frozenset(namespaces), other) if places or namespaces or other else None


def _place(name: str, folders: list[str]) -> Place | None:
    """The place of a list, should the file hold one."""
    if not folders:
        return None
    resource = name if folders[-1] == _CORE else f"{name}.{folders[-1]}"
    kind = kind_listed(resource)
    scoped = is_namespaced(kind) if kind else None
    if len(folders) >= 3 and folders[-3] == _NAMESPACES and scoped is not False:
        namespace = folders[-2]
        return Place(resource, namespace) if could_be_a_namespace(namespace) and namespace != _NO_NAMESPACE else None
    if len(folders) >= 2 and folders[-2] == _CLUSTER and scoped is not True:
        return Place(resource, WHOLE_CLUSTER)
    return None


def server_version(operator: Any) -> str | None:
    """ "1.34" from the ClusterOperator of the API server, VERSION_FILE."""
    status = operator.get("status") if isinstance(operator, Mapping) else None
    versions = status.get("versions") if isinstance(status, Mapping) else None
    for each in versions if isinstance(versions, list) else ():
        if isinstance(each, Mapping) and each.get("name") == "kube-apiserver":
            match = _SERVER_VERSION.match(str(each.get("version", "")))
            return match.group(1) if match else None
    return None
