"""kubesurvey in Python: judge objects in memory, or open a workspace and read its tables and results.

    import assessment
    findings = assessment.judge(objects, kubernetes_version="1.34")
    frame = assessment.open("acme").result("findings")
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from assessment.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["__version__", "judge", "judge_many", "open"]


def judge(
    objects: Iterable[dict[str, Any]],
    *,
    cluster: str = "cluster",
    kubernetes_version: str | None = None,
    whole: bool = True,
) -> pandas.DataFrame:
    """Judge Kubernetes objects as declared, in memory, and return one finding a subject and check.

    `whole` says that the objects are everything the cluster has; without it, what other objects could
    change stays unknown. The columns are those of results/findings.parquet.
    """
    return judge_many({cluster: objects}, kubernetes_version=kubernetes_version, whole=whole)


def judge_many(
    worlds: Mapping[str, Iterable[dict[str, Any]]],
    *,
    kubernetes_version: str | None = None,
    whole: bool = True,
) -> pandas.DataFrame:
    """Judge many small worlds at once, each a cluster of its own; the column `cluster` holds its name."""
    from assessment.pipeline import judge_many as together

    return together(worlds, kubernetes_version=kubernetes_version, whole=whole)


def open(path: str | os.PathLike[str]) -> Workspace:
    """Open the workspace at `path`. Raises NotThere when there is none."""
    from pathlib import Path

    from assessment.workspace import NotThere, Workspace

    workspace = Workspace(Path(path))
    if not workspace.exists():
        raise NotThere(f"{path} is not a workspace: `kubesurvey init {path}` makes one")
    return workspace
