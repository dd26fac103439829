"""Fifty clusters in one engagement, five of them dead: what that costs beside the forty-five alone.

One real control plane stands behind fifty ports. The promise: at most 1.5 times the work of the others, and one
timeout, for clusters are asked side by side.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ALIVE = 45
TIMEOUT_SECONDS = 10
MOST_WORK = 1.5
Measure = Callable[..., Any]


def compare(measure: Measure, pairs: int) -> None:
    """Start a control plane, ask it through all contexts, and print both times; or say why there are none."""
    from tests.control_plane.build import Unavailable
    from tests.control_plane.server import start
    from tests.live.many_ports import estate, forwarder

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with start(folder / "control-plane", controllers=False) as plane, forwarder(plane.port) as ports:
                token = plane.service_account("auditor")
                plane.kubectl("create", "clusterrolebinding", "auditor", "--clusterrole=cluster-admin",
                              "--serviceaccount=default:auditor")  # fmt: skip
                found = estate(plane, ports, folder, ALIVE, token)
                _pairs(measure, pairs, folder, found.engagement(found.alive), found.engagement())
        except Unavailable as why:
            print(f"An estate of clusters: not measured, {why}")


def _pairs(measure: Measure, pairs: int, folder: Path, alive: str, everything: str) -> None:
    alone, all_of_them = [], []
    for number in range(pairs):
        alone.append(measure("estate", _workspace(folder / f"alive-{number}", alive)))
        all_of_them.append(measure("estate", _workspace(folder / f"all-{number}", everything)))
    ours, theirs = (statistics.median(each.said["seconds"] for each in one) for one in (all_of_them, alone))
    work = statistics.median(one.cpu / other.cpu for one, other in zip(all_of_them, alone, strict=True))
    bound = MOST_WORK * theirs + TIMEOUT_SECONDS
    print(f"An estate of clusters: {alone[0].said['clusters']:.0f} of them in {theirs:.2f} s; with "
          f"{all_of_them[0].said['silent']:.0f} dead ones {ours:.2f} s, at most {bound:.2f} s are promised; "
          f"{work:.2f} of the work in processor time, median of {pairs} pairs")


def _workspace(folder: Path, engagement: str) -> str:
    from assessment import pipeline

    workspace = pipeline.init(folder, "Acme")
    workspace.engagement_file.write_text(engagement)
    return str(folder)
