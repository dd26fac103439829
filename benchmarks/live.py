"""A live cluster of 10,000 pods: our collection beside a bare client that reads the same lists.

Both use the transport of the official client and pages of 500; the bare one parses every page and keeps nothing.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

DEPLOYMENTS, REPLICAS, NODES = 10, 1000, 60
Measure = Callable[..., Any]


def compare(measure: Measure, pairs: int) -> None:
    """Start a real control plane, fill it, and print the ratio; or say why there is none."""
    from tests.control_plane.build import Unavailable
    from tests.control_plane.server import start

    with tempfile.TemporaryDirectory() as folder:
        try:
            with start(Path(folder) / "control-plane", nodes=NODES) as plane:
                fill(plane)
                _pairs(measure, pairs, str(plane.kubeconfig()), Path(folder))
        except Unavailable as why:
            print(f"A live cluster: not measured, {why}")


def fill(plane: Any, deployments: int = DEPLOYMENTS, replicas: int = REPLICAS) -> None:
    """Let the controllers make the pods, wait until all are ready, then stop them."""
    plane.apply([_namespace(number) for number in range(deployments)])
    for number in range(deployments):
        plane.apply([_deployment(number, replicas)])
        wanted = (number + 1) * replicas
        plane.wait(f"{wanted:,} pods", lambda wanted=wanted: _ready(plane) == wanted)
    plane.stop_controllers()


def _pairs(measure: Measure, pairs: int, kubeconfig: str, folder: Path) -> None:
    bare, ours = [], []
    for number in range(pairs):
        ours.append(measure("live", kubeconfig, str(folder / f"evidence-{number}")))
        bare.append(measure("bare", kubeconfig, str(folder / f"evidence-{number}")))
    ratios = [one.said["seconds"] / other.said["seconds"] for one, other in zip(ours, bare, strict=True)]
    print(f"A live cluster: {ours[0].said['objects']:,.0f} objects in {ours[0].said['lists']:.0f} lists, "
          f"{bare[0].said['megabytes']:.1f} MB of JSON")
    print(f"  bare client {statistics.median(each.said['seconds'] for each in bare):.2f} s, collected in "
          f"{statistics.median(each.said['seconds'] for each in ours):.2f} s: ratio {statistics.median(ratios):.2f}, "
          f"median of {pairs} pairs")
    print(f"  peak memory: collected {max(each.peak_mb for each in ours):.0f} MB, "
          f"bare {max(each.peak_mb for each in bare):.0f} MB")


def _ready(plane: Any) -> int:
    found = plane.ask("/apis/apps/v1/deployments")["items"]
    return sum(one.get("status", {}).get("readyReplicas", 0) for one in found)


def _namespace(number: int) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{number}"}}


def _deployment(number: int, replicas: int) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": f"web-{number}", "team": f"team-{number}"}
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10}
    container = {"name": "web", "image": f"registry.example/web:1.{number}", "readinessProbe": probe,
                 "ports": [{"name": "http", "containerPort": 8080}], "env": [{"name": "MODE", "value": "blue"}],
                 "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
                 "securityContext": {"allowPrivilegeEscalation": False}}  # fmt: skip
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec,
            "metadata": {"name": f"web-{number}", "namespace": f"team-{number}"}}  # fmt: skip
