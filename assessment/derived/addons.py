"""Which workloads are parts of the platform, told by their images, and whether they fit the cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple

import yaml

from collectors.resources import data
from collectors.tables.schema import ClusterContext, Column, table

_VERSION = re.compile(r"v?1\.(\d{1,3})(?:\.|$|-)")


@table(
    "workload_addons",
    grain="one workload and one image of it that an add-on runs, or that is not known",
    derived_from=("workloads", "containers", "clusters"),
    part="product",
)
class WorkloadAddon(NamedTuple):
    """An add-on of the cluster. Every cell is NULL where the image is not known."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("The workload.", owner="workloads")]
    product: Annotated[str | None, Column("Name of the product.")]
    role: Annotated[str | None, Column("What it is for: network, dns, ingress, node autoscaler, ...")]
    serves_others: Annotated[bool | None, Column("Whether pods or clients wait while it is away.")]
    is_retired: Annotated[bool | None, Column("Whether its makers mend it no more.")]
    follows_cluster: Annotated[bool | None, Column("Whether it is made for one minor version of Kubernetes.")]
    fits_cluster: Annotated[
        bool | None,
        Column("Whether its version goes with that of the API server; NULL where a version is not known."),
    ]
    evidence_refs: Annotated[list[str], Column("Places of the container.")]


@dataclass(frozen=True, slots=True)
class _Product:
    product: str
    role: str
    images: tuple[str, ...]
    serves: bool
    retired: bool
    follows: str


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[WorkloadAddon]:
    """One row for each workload and product."""
    minors = {each.cluster: each.kubernetes_minor for each in tables["clusters"]}
    seen: set[tuple[str, str, str | None, str | None]] = set()
    found = []
    for container in tables["containers"]:
        product = _known(container.image_repository) if container.image_repository else None
        if container.image_repository is not None and product is None:
            continue
        key = (container.cluster, container.workload_id, product.product if product else None, container.image_tag)
        if key not in seen:
            seen.add(key)
            found.append(_row(container, product, minors.get(container.cluster)))
    return found


def _row(container: Any, product: _Product | None, minor: int | None) -> WorkloadAddon:
    return WorkloadAddon(
        cluster=container.cluster,
        namespace=container.namespace,
        workload_id=container.workload_id,
        product=product.product if product else None,
        role=product.role if product else None,
        serves_others=product.serves if product else None,
        is_retired=product.retired if product else None,
        follows_cluster=bool(product.follows) if product else None,
        fits_cluster=_fits(product, container, minor) if product else None,
        evidence_refs=container.evidence_refs,
    )


def _fits(product: _Product, container: Any, minor: int | None) -> bool | None:
    """Source: Kubernetes documentation, "Version Skew Policy", kube-proxy; Cluster Autoscaler, README, "Releases"."""
    if not product.follows:
        return True
    version = _VERSION.match(container.image_tag or "") if container.has_image_tag else None
    if version is None or minor is None:
        return None
    own = int(version.group(1))
    if product.follows == "minor":
        return own == minor
    return own <= minor and (own >= minor - 2 or 25 <= own >= minor - 3)


@cache
def _known(repository: str) -> _Product | None:
    parts = repository.split("/")
    ends: Sequence[str] = ["/".join(parts[-2:]), parts[-1]]
    return next((found for end in ends if (found := _products().get(end))), None)


@cache
def _products() -> Mapping[str, _Product]:
    """The end of a repository's path -> the product that it holds."""
    written: dict[str, Any] = yaml.safe_load(data("lifecycles", "addons.yaml").read_text())
    found = {}
    for each in written["addons"]:
        product = _Product(
            each["product"], each["role"], tuple(each["images"]), each.get("serves", False),
            "retired_on" in each, each.get("follows", ""),
        )  # fmt: skip
        found.update(dict.fromkeys(product.images, product))
    return found


DERIVED = {"workload_addons": rows}
