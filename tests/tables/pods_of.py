"""Small workloads and pods for tests of what is made from them."""

from __future__ import annotations

from typing import Any

from collectors.tables.kubernetes.workloads import Workloads
from collectors.tables.schema import ClusterContext
from tests.tables.rows_of import DECLARED, build

Object = dict[str, Any]


def deployment(spec: Object | None = None, *, name: str = "web", kind: str = "Deployment", **more: Any) -> Object:
    """A Deployment (or another apps/v1 kind) with one container unless `spec` says otherwise."""
    template = {"metadata": {"labels": {"app": name}, **more.pop("template_metadata", {})}, "spec": _pod_spec(spec)}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": template, **more},
    }


def pod(name: str, owner: Object | None = None, spec: Object | None = None, **more: Any) -> Object:
    """A pod; `owner` is an owner reference without `controller`."""
    metadata: Object = {"name": name, "namespace": "shop", **more.pop("metadata", {})}
    if owner is not None:
        metadata["ownerReferences"] = [{**owner, "controller": True}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": _pod_spec(spec), **more}


def owned(obj: Object, owner: Object) -> Object:
    """The object with a controller."""
    reference = {**owner, "controller": True}
    return {**obj, "metadata": {**obj["metadata"], "ownerReferences": [reference]}}


def container(
    values: Object | None = None, pod_values: Object | None = None, cluster: ClusterContext = DECLARED
) -> Any:
    """The row of the only container of a Deployment."""
    spec = {"containers": [{"name": "main", **(values or {})}], **(pod_values or {})}
    (row,) = build(Workloads, deployment(spec), cluster=cluster)["containers"]
    return row


def reference(kind: str, name: str) -> Object:
    """An owner reference, without `controller`."""
    versions = {"Job": "batch/v1", "CronJob": "batch/v1", "Node": "v1", "Rollout": "argoproj.io/v1alpha1"}
    return {"apiVersion": versions.get(kind, "apps/v1"), "kind": kind, "name": name}


def _pod_spec(spec: Object | None) -> Object:
    return {"containers": [{"name": "main", "image": "registry.example/web:1.0"}], **(spec or {})}
