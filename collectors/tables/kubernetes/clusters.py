"""Clusters: one row each, known from what the assessor named, never from an object."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.lifecycles import calendar
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table

# The minors that somebody still supports: 1.31, which data/lifecycles has in extended support of EKS and AKS, to 1.37,
# the last for which the Pod Security admission library defines its checks. With the version unknown, a fact about
# versions holds only where all of these agree.
OLDEST_MINOR = 31
NEWEST_MINOR = 37


@table(
    "clusters",
    grain="one cluster",
    namespaced=False,
    relations=(
        Relation("namespaces", "namespaces", (), "Its namespaces."),
        Relation("nodes", "nodes", (), "Its nodes."),
        Relation("pods", "pods", (), "Its pods."),
        Relation("addons", "workload_addons", (), "The parts of the platform that run in it."),
        Relation("node_pools", "node_pools", (), "What Karpenter makes nodes for."),
        Relation("config_maps", "config_maps", (), "Its ConfigMaps."),
        Relation(
            "capacity", "cluster_capacity", (("name", "cluster_name"),), "What its nodes carry.", minimum=1, maximum=1
        ),
        Relation("storage_classes", "storage_classes", (), "Its storage classes."),
        Relation("workloads", "workloads", (), "Its workloads."),
        Relation("network_engine", "network_engines", (), "What makes its network.", minimum=1, maximum=1),
        Relation("network_policies", "network_policies", (), "Its NetworkPolicies."),
        Relation("plugin_policies", "plugin_policies", (), "Network policies of plugins and administrators."),
        Relation("claims", "persistent_volume_claims", (), "Its volume claims."),
        Relation("products", "products", (), "Known products that run in it, by the job they do."),
        Relation("backup_schedules", "backup_schedules", (), "Schedules of its backups."),
        Relation("backup_restores", "backup_restores", (), "What was brought back from backups."),
        Relation("deliveries", "deliveries", (), "What GitOps tools apply to it."),
        Relation("prometheus_servers", "prometheus_servers", (), "Its Prometheus servers."),
        Relation("alert_rules", "alert_rules", (), "Rules that raise alerts."),
        Relation("scan_reports", "scan_reports", (), "Reports of scanners."),
        Relation("node_usage", "node_usage", (), "What its nodes use, as the resource metrics API answers."),
        Relation("api_server", "api_servers", (), "Its API server, where it runs.", minimum=1, maximum=1),
        Relation("deprecated_api_requests", "deprecated_api_requests", (), "Old interfaces that were asked for."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="Cluster"),
)
class Cluster(NamedTuple):
    """One cluster; there is always exactly one row for each."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the cluster, as named by the assessor.", identity=True)]
    basis: Annotated[str, Column("declared (manifests) or running (an API server's answers).")]
    kubernetes_minor: Annotated[int | None, Column("Minor version of the API server; NULL when not known.")]
    support_ends_at: Annotated[
        datetime | None,
        Column("Until when the Kubernetes project mends this minor version; NULL when no fresh calendar knows it."),
    ]
    is_1_27_or_later: Annotated[bool | None, Column("Whether the API server is 1.27 or later.")]
    is_1_29_or_later: Annotated[bool | None, Column("Whether the API server is 1.29 or later.")]
    is_1_31_or_later: Annotated[bool | None, Column("Whether the API server is 1.31 or later.")]
    is_1_32_or_later: Annotated[bool | None, Column("Whether the API server is 1.32 or later.")]
    is_1_34_or_later: Annotated[bool | None, Column("Whether the API server is 1.34 or later.")]
    is_1_35_or_later: Annotated[bool | None, Column("Whether the API server is 1.35 or later.")]
    is_1_37_or_later: Annotated[bool | None, Column("Whether the API server is 1.37 or later.")]
    evidence_refs: Annotated[list[str], Column("Always empty: no object names the cluster.")]


class Clusters:
    """Yields the one row of a cluster without reading any object."""

    reads: ClassVar[tuple[str, ...]] = ()

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster

    def observe(self, sighting: Sighting) -> None:
        """No object says anything about this table."""

    def rows(self) -> dict[str, list[Any]]:
        """The one row."""
        known = self._cluster
        minor = known.kubernetes_minor
        reached = (at_least(minor, 27), at_least(minor, 29), at_least(minor, 31), at_least(minor, 32))
        later = (at_least(minor, 34), at_least(minor, 35), at_least(minor, 37))
        ends = calendar("kubernetes").support_of(minor, known.as_of).standard_ends
        return {"clusters": [Cluster(known.name, known.name, known.basis, minor, ends, *reached, *later, [])]}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the row is always whole."""
        return []


def at_least(minor: int | None, wanted: int) -> bool | None:
    """Whether a server is of minor `wanted` or later; NULL where the supported minors would differ."""
    if minor is not None:
        return minor >= wanted
    if wanted <= OLDEST_MINOR:
        return True
    return False if wanted > NEWEST_MINOR else None


BUILDERS = (Clusters,)
