"""Routes that more than one Ingress of the same class claims: which of them is served is the controller's choice.

Source: Kubernetes documentation, "Ingress", name based virtual hosting and path types: nothing says who wins. Canaries
of ingress-nginx repeat a route on purpose and are left out by their annotation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from collectors.tables.schema import ClusterContext, Column, table


@table(
    "ingress_clashes",
    grain="one route of one Ingress that another Ingress claims too",
    derived_from=("ingresses", "ingress_backends"),
    part="route",
)
class IngressClash(NamedTuple):
    """A route with two owners."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the Ingress.")]
    ingress_key: Annotated[str, Column("Surrogate key of the Ingress; the other one may be in any namespace.")]
    route: Annotated[str, Column("Host and path.")]
    clashes: Annotated[bool | None, Column("Whether another Ingress surely claims the same route of the same class.")]
    others: Annotated[list[str], Column("The other Ingresses.")]
    evidence_refs: Annotated[list[str], Column("Evidence of the Ingress and of the others.")]


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[IngressClash]:
    """Every claim of a route that stands beside another claim of it."""
    owners = {(row.cluster, row.ingress_key): row for row in tables["ingresses"]}
    claims: dict[tuple[str, str], list[Any]] = defaultdict(list)
    unread: dict[str, list[Any]] = defaultdict(list)
    for backend in tables["ingress_backends"]:
        if backend.route is None:
            unread[backend.cluster].append(backend)
        elif backend.path_type != "":
            claims[backend.cluster, backend.route].append(backend)
    made = [row for (cluster, _), claimed in claims.items() for row in _beside([*claimed, *unread[cluster]], owners)]
    return [*made, *(row for claimed in unread.values() for row in _beside(claimed, owners))]


def _beside(claimed: list[Any], owners: Mapping[tuple[str, str], Any]) -> list[IngressClash]:
    found: dict[str, IngressClash] = {}
    if len({each.ingress_key for each in claimed}) < 2:
        return []
    for mine in claimed:
        own = owners[mine.cluster, mine.ingress_key]
        rivals = [(owners[each.cluster, each.ingress_key], _same(mine, each, owners)) for each in claimed]
        rivals = [(each, same) for each, same in rivals if each.ingress_key != own.ingress_key and same is not False]
        if not rivals or own.is_canary:
            continue
        sure = any(same for _, same in rivals) and own.is_canary is False
        found[own.ingress_key] = IngressClash(
            cluster=own.cluster,
            namespace=own.namespace,
            ingress_key=own.ingress_key,
            route=mine.route or "?",
            clashes=True if sure else None,
            others=sorted({each.ingress_key for each, _ in rivals}),
            evidence_refs=_refs(own, *(each for each, _ in rivals)),
        )
    return list(found.values())


def _refs(*ingresses: Any) -> list[str]:
    return list(dict.fromkeys(ref for each in ingresses for ref in each.evidence_refs))


def _same(mine: Any, other: Any, owners: Mapping[tuple[str, str], Any]) -> bool | None:
    one, two = owners[mine.cluster, mine.ingress_key], owners[other.cluster, other.ingress_key]
    if two.is_canary or (None not in (mine.path_type, other.path_type) and mine.path_type != other.path_type):
        return False
    classes = _same_class(one, two)
    if classes is False:
        return False
    unread = None in (classes, mine.path_type, other.path_type, two.is_canary, mine.route, other.route)
    return None if unread or "?" in mine.route else True


def _same_class(one: Any, two: Any) -> bool | None:
    """Of two that name none the default class serves both; one that names none may be served by any class."""
    if one.has_class is False and two.has_class is False:
        return True
    if not (one.has_class and two.has_class) or None in (one.class_name, two.class_name):
        return None
    return bool(one.class_name == two.class_name)


DERIVED = {"ingress_clashes": rows}
