"""The leak test of one scope: every way, from the tables as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from assessment.derived.network.reach import Reach as Network
from assessment.frameworks.estate import Estate
from assessment.frameworks.leaks.labels import by_labels
from assessment.frameworks.leaks.leak import Member
from assessment.frameworks.leaks.reaching import by_network
from assessment.frameworks.leaks.sharing import shared
from assessment.frameworks.scope import Reach

_READ: Mapping[str, tuple[str, ...]] = {
    "pods": ("cluster", "workload_id", "node_name", "is_finished", "evidence_refs"),
    "workloads": ("cluster", "namespace", "workload_id", "service_account_name", "evidence_refs"),
    "workload_claims": ("cluster", "namespace", "workload_id", "claim_name", "evidence_refs"),
    "volumes": ("cluster", "workload_id", "has_host_path", "host_path", "evidence_refs"),
    "config_references": (
        "cluster", "namespace", "workload_id", "referenced_kind", "referenced_name", "evidence_refs",
    ),
    "workload_network_policies": ("cluster", "workload_id", "policy_key", "matches"),
    "network_policies": ("cluster", "namespace", "name", "policy_key"),
    "network_policy_peers": (
        "cluster", "policy_key", "peer", "direction", "is_in_force", "has_namespace_selector", "namespace_selector",
        "evidence_refs",
    ),
    "subject_rights": (
        "cluster", "subject", "subject_kind", "subject_namespace", "subject_name", "power", "has_namespace",
        "namespace", "holds", "evidence_refs",
    ),
}  # fmt: skip


def leaks(
    reach: Reach, estate: Estate, columns_of: Mapping[str, pa.Table], network: Network | None
) -> Iterator[dict[str, Any]]:
    """Rows of the result `leaks` for the scope that the estate was told to choose; none where it holds everything.

    Without `network` nobody asks who may connect to whom.
    """
    if not reach.names_what:
        return
    members = {
        (row["cluster"], row["workload_id"]): Member(
            row["cluster"], row["namespace"], row["kind"], row["name"], row["workload_id"], row["in_scope"]
        )
        for row in estate.workloads()
    }
    if not any(member.is_inside for member in members.values()):
        return
    rows = {name: columns_of[name].select(list(columns)).to_pylist() for name, columns in _READ.items()}
    reaching = by_network(members, network) if network else ()
    for leak in (*reaching, *shared(members, rows), *by_labels(reach, members, rows)):
        yield leak.row(reach.name)
