"""Small running clusters and who of them is in a scope, through the real tables and the real library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from assessment.checks.expression import Constants
from assessment.checks.load import Check, library
from assessment.checks.run import Judge, Judged
from assessment.derived.run import all_tables
from assessment.frameworks.counting import counts_within, scope_rows, subject_rows
from assessment.frameworks.estate import Estate
from assessment.frameworks.judge import Judged as Rows
from assessment.frameworks.judge import judge
from assessment.frameworks.load import Framework, load
from assessment.frameworks.scope import reach
from collectors.evidence.item import Item, as_item
from collectors.kubernetes.offline import in_memory
from collectors.tables.build import Tables
from collectors.tables.database import arrow
from tests.checks.example_worlds import Stored, tables_of, without
from tests.frameworks.toy import AS_OF, engagement

CHECKS = (
    "pod_security.run_as_non_root", "pod_security.privileged", "network.namespace_default_deny",
    "access.no_cluster_admin_bindings", "network.service_selects_workloads", "pod_security.windows_host_process",
)  # fmt: skip
EVERYTHING_LISTED = ("", None, "running", "gone")


def deployment(
    name: str, namespace: str, labels: dict[str, str] | None = None, pod: dict[str, str] | None = None
) -> Any:
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": labels or {}},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": {
            "metadata": {"labels": {"app": name, **(pod or {})}},
            "spec": {"containers": [{"name": "main", "image": "registry.example/web:1"}]},
        }},
    }  # fmt: skip


def namespace(name: str, **labels: str) -> Any:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def service(name: str, where: str) -> Any:
    return {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": where},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80}]},
    }  # fmt: skip


def cluster_binding(name: str) -> Any:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "User", "apiGroup": group, "name": "jane"}],
    }  # fmt: skip


def stored(objects: Iterable[Any], cluster: str = "prod") -> Stored:
    items: list[Item] = []
    bodies: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for draft, held in in_memory(objects, cluster=cluster, whole=True, kubernetes_version="1.34"):
        item = as_item(draft, f"{cluster}-{len(items)}", 0, "in memory")
        items.append(item)
        bodies[item.evidence_id] = held
    return Stored(items, bodies)


@cache
def checks() -> Sequence[Check]:
    """Of each kind of subject a few, all but one of them mapped to HIPAA."""
    return [check for check in library(all_tables()) if check.check_id in CHECKS]


@cache
def hipaa() -> Framework:
    return load("hipaa", checks=[check.check_id for check in library(all_tables())])


@dataclass(frozen=True)
class Found:
    """What came of it. `members`: (cluster, kind, namespace, name) -> yes, no, not known."""

    judged: Judged
    scopes: list[dict[str, Any]]
    subjects: list[dict[str, Any]]
    framework: Rows

    @property
    def members(self) -> dict[tuple[str, str, str | None, str], str]:
        columns = ("cluster", "subject_kind", "subject_namespace", "subject_name")
        return {tuple(row[name] for name in columns): row["in_scope"] for row in self.subjects}


@dataclass(frozen=True)
class World:
    """Clusters judged with some checks of the library, to be asked scope by scope."""

    tables: Tables
    columns_of: dict[str, pa.Table]
    judged: Judged
    estate: Estate

    def found(self, scope: dict[str, Any] | None = None, **said: Any) -> Found:
        """What lies within, `scope` being where ePHI is."""
        known = engagement(**({} if scope is None else {"scopes": {"ephi": scope}}), **said)
        reached = reach("ephi", known, self.tables.clusters, self.columns_of)
        self.estate.choose(reached)
        rows = judge(hipaa(), {"ephi": counts_within(self.estate)}, known, self.tables.clusters, AS_OF)
        printed = list(scope_rows("hipaa", reached, self.estate))
        return Found(self.judged, printed, subject_rows(reached, self.estate), rows)


def world_of(tables: Tables) -> World:
    declared = all_tables()
    columns_of = {name: arrow(table, tables.rows.get(name, [])) for name, table in declared.items()}
    judged = Judge(tables, declared, columns_of).judge("test", checks(), Constants("2026-11-21 00:00:00", {}))
    return World(tables, columns_of, judged, Estate(judged, tables, columns_of))


def running(objects: Iterable[Any]) -> Tables:
    """A cluster that answered with these objects and nothing else."""
    return tables_of([without(stored(objects), *EVERYTHING_LISTED)])


def found(objects: Iterable[Any], scope: dict[str, Any] | None = None, **said: Any) -> Found:
    return world_of(running(objects)).found(scope, **said)
