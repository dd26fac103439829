"""Products that are known by the images of their containers, and the jobs that they do for a cluster.

The list, with its sources and the day on which it was read, is data/products/products.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple

import yaml

from collectors.resources import data
from collectors.tables.schema import ClusterContext, Column, Relation, table


@table(
    "products",
    grain="one workload and one job that it does for its cluster, by the image of a container",
    derived_from=("workloads", "containers"),
    part="product",
    relations=(
        Relation("workload", "workloads", (("workload_id", "workload_id"),), "The workload.", minimum=1, maximum=1),
        Relation("pods", "pods", (("workload_id", "workload_id"),), "Its pods."),
    ),
)
class Product(NamedTuple):
    """A recognised product; a container whose image is not known may be any."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    role: Annotated[
        str | None,
        Column(
            "What it does: logs, node-metrics, object-metrics, metrics, events, runtime-sensor, benchmark, gitops,"
            " backup, volume-driver, etcd or data-store."
        ),
    ]
    product: Annotated[str | None, Column("Name of the product.")]
    workload_kind: Annotated[str | None, Column("Kind of the workload.")]
    workload_name: Annotated[str | None, Column("Name of the workload.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the container.")]


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[Product]:
    """One row for each job of each workload that has one, or may have."""
    workloads = {(each.cluster, each.workload_id): each for each in tables["workloads"]}
    found: dict[tuple[str, str, str | None], Product] = {}
    for container in tables["containers"]:
        if container.container_type not in ("main", "sidecar", None):
            continue
        jobs = jobs_of(container.image_repository or "")
        if container.image_repository is None or (container.container_type is None and jobs):
            jobs = ((None, None),)
        for role, product in jobs:
            key = (container.cluster, container.workload_id, role)
            if key not in found:
                found[key] = _row(container, workloads.get(key[:2]), role, product)
    return list(found.values())


@cache
def jobs_of(repository: str) -> tuple[tuple[str | None, str | None], ...]:
    """(role, product) of an image, known by the last segments of its repository."""
    parts = repository.split("/")
    ends = ["/".join(parts[start:]) for start in range(len(parts))]
    return tuple({role: product for end in ends for role, product in _known().get(end, ())}.items())


@cache
def _known() -> Mapping[str, list[tuple[str, str]]]:
    """End of a repository -> the jobs that images of that name do."""
    read: dict[str, Any] = yaml.safe_load(data("products", "products.yaml").read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, str]]] = {}
    for role, products in read["roles"].items():
        for product, images in products.items():
            for image in images:
                found.setdefault(image, []).append((role, product))
    return found


def _row(container: Any, workload: Any, role: str | None, product: str | None) -> Product:
    return Product(
        cluster=container.cluster,
        namespace=container.namespace,
        workload_id=container.workload_id,
        role=role,
        product=product,
        workload_kind=None if workload is None else workload.kind,
        workload_name=None if workload is None else workload.name,
        basis=container.basis,
        evidence_refs=container.evidence_refs,
    )


DERIVED = {"products": rows}
