"""What the tables show of an estate's architecture: control planes, ways in, zones, pools, platform, services."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from assessment.maps.model import Element, Support

Row = Mapping[str, Any]
Rows = Sequence[Row]
Tables = Mapping[str, Rows]

ROWS = ("control plane", "way in", "zone", "node pool", "platform", "services")
"""Kinds of elements, from the top of the picture to its bottom."""
POOL_LABELS = ("eks.amazonaws.com/nodegroup", "kubernetes.azure.com/agentpool", "agentpool",
               "cloud.google.com/gke-nodepool", "karpenter.sh/nodepool")  # fmt: skip
PLATFORM_NAMESPACES = frozenset(
    [
        "argocd",
        "calico-system",
        "cert-manager",
        "external-dns",
        "external-secrets",
        "flux-system",
        "gatekeeper-system",
        "ingress-nginx",
        "istio-system",
        "karpenter",
        "keda",
        "kyverno",
        "linkerd",
        "logging",
        "metallb-system",
        "monitoring",
        "observability",
        "prometheus",
        "tigera",
        "traefik",
        "velero",
    ]
)
WITHOUT_REPLICAS = ("DaemonSet", "Job", "CronJob", "Pod", "Node")
# table -> what people call its rows, for those whose absence would leave a hole in the picture
MISSED = {
    "nodes": ("zone", "nodes"), "services": ("way in", "services"), "workloads": ("services", "workloads"),
    "eks_clusters": ("control plane", "the EKS cluster"), "eks_node_groups": ("node pool", "EKS node groups"),
    "aks_clusters": ("control plane", "the AKS cluster"), "aks_agent_pools": ("node pool", "AKS node pools"),
}  # fmt: skip


def sightings(tables: Tables, gaps: Rows, cluster: str) -> Iterator[Element]:
    """Everything of one cluster, a hole in the picture where something could not be seen."""
    mine = {name: [row for row in rows if row["cluster"] == cluster] for name, rows in tables.items()}
    yield _control_plane(mine, cluster)
    yield from _ways_in(mine, cluster)
    yield from _zones(mine, cluster)
    yield from _pools(mine, cluster)
    yield from _platform(mine, cluster)
    yield from _services(mine, cluster)
    yield from _holes(mine, gaps, cluster)


def _element(
    cluster: str, kind: str, name: str, lines: Sequence[str], refs: Sequence[str] = (), **more: Any
) -> Element:
    told = tuple(line for line in lines if line)
    return Element(
        f"{cluster}/{kind}/{name}", cluster, kind, name, "seen", told, told, evidence=tuple(refs)[:3], **more
    )


def _control_plane(mine: Tables, cluster: str) -> Element:
    """The cloud's word where there is one; else what the API server said."""
    for table, provider, ends in (
        ("eks_clusters", "EKS", "standard_support_ends"), ("aks_clusters", "AKS", "standard_support_ends_at"),
    ):  # fmt: skip
        for row in mine.get(table, ()):
            version = row["kubernetes_version"] or "version not known"
            lines = [_support(row.get(ends)), _doors(row)]
            return _element(
                cluster, "control plane", f"{provider} {version}", lines, row["evidence_refs"] or (), layer="cloud"
            )
    minor = next((row["kubernetes_minor"] for row in mine.get("clusters", ()) if row["kubernetes_minor"]), None)
    name = f"Kubernetes 1.{minor}" if minor else "Kubernetes, version not known"
    return _element(cluster, "control plane", name, ["nobody told who runs it"])


def support_of(tables: Tables, cluster: str) -> Support:
    """What the cloud's calendars say of the version of a cluster."""
    for table, provider, ends, longer in (
        ("eks_clusters", "EKS", "standard_support_ends", "extended_support_ends"),
        ("aks_clusters", "AKS", "standard_support_ends_at", "long_term_support_ends_at"),
    ):
        for row in tables.get(table, ()):
            if row["cluster"] == cluster:
                label = f"{provider} {row['kubernetes_version'] or 'version not known'}"
                return Support(cluster, label, _day(row.get(ends)), _day(row.get(longer)))
    return Support(cluster, "version or provider not known", None, None)


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else None


def _support(ends: Any) -> str:
    return (
        f"standard support to {str(ends)[:10]}"
        if ends is not None and str(ends) != "NaT"
        else "end of support not known"
    )


def _doors(row: Row) -> str:
    """How far the API can be reached, for the provider that says so."""
    public = row.get("endpoint_is_public")
    if public is None and row.get("is_private") is not None:
        public = not row["is_private"]
    if public is None:
        return "reach of the API not known"
    if not public:
        return "API private"
    everybody = row.get("widest_public_ipv4") == 0 or row.get("has_authorized_ranges") is False
    return "API open to everybody" if everybody else "API on the internet, for some"


def _ways_in(mine: Tables, cluster: str) -> Iterator[Element]:
    for row in mine.get("services", ()):
        if row["service_type"] == "LoadBalancer":
            inside = row.get("has_internal_load_balancer")
            says = "reach not known" if inside is None else "inside the network" if inside else "open to the internet"
            name = f"{row['namespace'] or '?'}/{row['name']}"
            yield _element(cluster, "way in", name, ["load balancer", says], row["evidence_refs"] or ())
    named = Counter(row["namespace"] or "?" for row in mine.get("ingresses", ()))
    if named:
        lines = [f"{sum(named.values())} in {len(named)} namespaces" if len(named) > 1 else f"in {min(named)}"]
        yield _element(cluster, "way in", "Ingresses", lines)


def _zones(mine: Tables, cluster: str) -> Iterator[Element]:
    nodes: dict[str, list[Row]] = defaultdict(list)
    for row in mine.get("nodes", ()):
        nodes[_zone(row)].append(row)
    for zone, rows in sorted(nodes.items()):
        number = len(rows)
        minors = sorted({row["kubelet_version"] or "version not known" for row in rows})
        more = f" and {len(minors) - 1} more" if len(minors) > 1 else ""
        ready = sum(row["is_ready"] is True for row in rows)
        lines = [f"{number} node{'s' if number > 1 else ''}, {ready} ready", minors[0] + more]
        yield _element(cluster, "zone", zone, lines, rows[0]["evidence_refs"] or (), zone=zone)


def _zone(row: Row) -> str:
    """Azure writes zone 0 on machines that stand in no zone."""
    azure = any(label.startswith("kubernetes.azure.com/") for label in row["labels"] or ())
    if row["zone"] is None:
        return "zone not known"
    return "no zone" if azure and row["zone"] == "0" else str(row["zone"])


def _pools(mine: Tables, cluster: str) -> Iterator[Element]:
    found: dict[str, Element] = {}
    for row in mine.get("eks_node_groups", ()):
        lines = [_size(row["desired_nodes"], row["minimum_nodes"], row["maximum_nodes"]), _spread(row["zones"])]
        found[row["name"]] = _element(
            cluster, "node pool", row["name"], lines, row["evidence_refs"] or (), layer="cloud"
        )
    for row in mine.get("aks_agent_pools", ()):
        bounds = (row["min_count"], row["max_count"]) if row["is_autoscaled"] else (None, None)
        lines = [_size(row["node_count"], *bounds), _spread(row["zones"])]
        found[row["name"]] = _element(
            cluster, "node pool", row["name"], lines, row["evidence_refs"] or (), layer="cloud"
        )
    named = Counter(filter(None, (pool_of(row) for row in mine.get("nodes", ()))))
    for name, number in named.items():
        if name not in found:
            found[name] = _element(cluster, "node pool", name, [f"{number} node{'s' if number > 1 else ''}"])
    yield from (element for _, element in sorted(found.items()))


def pool_of(row: Row) -> str | None:
    """The pool that a node belongs to, from the labels that clouds and Karpenter give."""
    labels = dict(label.partition("=")[::2] for label in row["labels"] or ())
    return next((labels[key] for key in POOL_LABELS if key in labels), None)


def _size(now: Any, least: Any, most: Any) -> str:
    count = "number not known" if now is None else f"{int(now)} node{'s' if now != 1 else ''}"
    return (
        f"{count}, {int(least)} to {int(most)}"
        if least is not None and most is not None and least != most
        else f"{count}, fixed"
    )


def _spread(zones: Sequence[str] | None) -> str:
    if zones is None:
        return "zones not known"
    return {0: "in no zone", 1: "one zone"}.get(len(zones), f"{len(zones)} zones")


def is_platform(row: Row) -> bool:
    """Whether the services stand on this workload: it lives where platforms live."""
    return bool(row["is_system_namespace"]) or (row["namespace"] or "") in PLATFORM_NAMESPACES


def _platform(mine: Tables, cluster: str) -> Iterator[Element]:
    for row in mine.get("workloads", ()):
        if is_platform(row) and row["kind"] not in WITHOUT_REPLICAS:
            number = row["desired_replicas"]
            lines = ["replicas not known" if number is None else f"{int(number)} replica{'s' if number != 1 else ''}"]
            yield _element(
                cluster, "platform", f"{row['namespace'] or '?'}/{row['name']}", lines, row["evidence_refs"] or ()
            )


def _services(mine: Tables, cluster: str) -> Iterator[Element]:
    """What the cluster is for, one card a namespace."""
    spaces: dict[str, list[Row]] = defaultdict(list)
    for row in mine.get("workloads", ()):
        if not is_platform(row):
            spaces[row["namespace"] or "?"].append(row)
    for space, rows in sorted(spaces.items()):
        single = sum(row["desired_replicas"] == 1 for row in rows)
        lines = [f"{len(rows)} workload{'s' if len(rows) > 1 else ''}", f"{single} on one replica" if single else ""]
        yield _element(cluster, "services", space, lines)


def _holes(mine: Tables, gaps: Rows, cluster: str) -> Iterator[Element]:
    """One hatched card for each table that nobody could fill here."""
    missing = {row["table"]: row["closed_by"] for row in gaps if row["cluster"] == cluster and row["table"] in MISSED}
    for table, closed_by in sorted(missing.items()):
        kind, called = MISSED[table]
        name = f"not seen: {called}" if not mine.get(table) else f"not all seen: {called}"
        lines = ("not known", closed_by or "")
        yield Element(f"{cluster}/{kind}/{name}", cluster, kind, name, "unknown", lines, lines)
