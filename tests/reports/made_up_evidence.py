"""Evidence, gaps and coverage of an estate that does not exist."""

from __future__ import annotations

import hashlib
import json
from typing import Any

RUN = "2026-11-03T081500Z"


def item(number: int, cluster: str) -> dict[str, Any]:
    """One evidence item; every seventeenth was denied."""
    body = hashlib.sha256(str(number).encode()).hexdigest()
    denied = number % 17 == 0
    return {
        "evidence_id": f"E-{number:06}",
        "source": "dump",
        "cluster": cluster,
        "request": f"whole/namespaced-{number}/deployments.apps.json",
        "parameters": json.dumps({"basis": "running", "whole": "true", "kubernetes_version": "1.34"}),
        "principal": "file system of the surveyor",
        "method": "examine",
        "collection_mode": "offline_bundle",
        "started_at": "2026-11-03T08:15:00Z",
        "ended_at": "2026-11-03T08:15:01Z",
        "server_date": None,
        "outcome": "denied" if denied else "complete",
        "reason": "secrets is forbidden: User cannot list resource" if denied else "",
        "documents": 12,
        "objects": 10,
        "repeats": 1,
        "not_kubernetes": 1,
        "gaps": 0,
        "redactions": 4,
        "redaction_rules": ["literal", "annotation"],
        "size_bytes": None if denied else 48_211 * number,
        "sha256": None if denied else body,
        "media_type": "application/x-ndjson",
    }


def gap(number: int, cluster: str) -> dict[str, Any]:
    """One list that nobody could see."""
    kind = ("Secret", "Pod", "rbac.authorization.k8s.io/ClusterRole")[number % 3]
    return {
        "gap": number,
        "run": RUN,
        "source": "dump",
        "cluster": cluster,
        "namespace": f"team-{number % 11}",
        "kind": kind,
        "table": ("secrets", "pods", "rbac_rules")[number % 3],
        "outcome": "denied",
        "reason": "the list was forbidden",
        "closed_by": f"permission to list {kind} in every namespace",
    }


def cluster(name: str) -> dict[str, Any]:
    """What is known of one cluster."""
    return {
        "cluster": name,
        "display_name": name.upper(),
        "basis": "running",
        "kubernetes_minor": 34,
        "whole": "true",
        "managed": None,
        "environment": "production",
    }


def coverage(clusters: list[str]) -> list[dict[str, Any]]:
    """Complete lists of every cluster, one of them in part."""
    rows = []
    for cluster in clusters:
        for number, table in enumerate(("workloads", "containers", "pods", "services", "secrets", "rbac_rules")):
            rows.append(
                {
                    "run": RUN,
                    "table": table,
                    "kind": "apps/Deployment",
                    "cluster": cluster,
                    "namespace": "*",
                    "state": "partial" if number == 4 else "complete",
                    "evidence": [f"E-{number + 1:06}"],
                }
            )
    return rows
