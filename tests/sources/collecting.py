"""Real stores on a real disk, in a few words."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.kubernetes.offline import Collected, collect
from collectors.kubernetes.source_file import Bounds

WHEN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SMALL = Bounds(file_bytes=1 << 20, archive_bytes=1 << 22, held_bytes=1 << 20, members=50, grows_freely_bytes=1 << 18)


@dataclass(frozen=True)
class Gathered:
    """A cluster in a run of its own."""

    run: Run
    collected: Collected

    @property
    def items(self) -> dict[str, Item]:
        return {item.request: item for item in self.run.items()}

    @property
    def claims(self) -> set[tuple[str, str, bool]]:
        return {(c.kind, c.namespace, c.complete) for item in self.run.items() for c in item.claims}

    @property
    def complete(self) -> set[tuple[str, str]]:
        return {(kind, namespace) for kind, namespace, complete in self.claims if complete}

    @property
    def reasons(self) -> list[str]:
        return [str(gap) for gap in self.collected.gaps]

    @property
    def total(self) -> int:
        counts = self.collected.counts
        return counts.objects + counts.repeats + counts.not_kubernetes + counts.gaps

    def stored(self, request: str) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.run.open(self.items[request])]


def new_run(folder: Path) -> Run:
    return Evidence(folder / "evidence").new_run(WHEN)


def gather(path: Path, store: Path, **options: Any) -> Gathered:
    run = new_run(store)
    collected = collect(run, path, cluster="one", now=lambda: WHEN, **options)
    return Gathered(run, collected)


def pod(name: str, namespace: str | None = "shop", **metadata: Any) -> dict[str, Any]:
    named = {"name": name} | ({"namespace": namespace} if namespace else {}) | metadata
    return {"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": {"containers": []}}


def stored_pod(name: str, namespace: str = "shop", version: str = "7") -> dict[str, Any]:
    """A pod as an API server gives it."""
    return pod(name, namespace, uid=f"uid-{namespace}-{name}", resourceVersion=version)


def api_list(*items: Any, kind: str = "List", api_version: str = "v1", **metadata: Any) -> dict[str, Any]:
    said = {"resourceVersion": ""} | metadata
    return {"apiVersion": api_version, "kind": kind, "metadata": said, "items": list(items)}


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
    return path


def archive(path: Path, members: dict[str, bytes], *extra: tarfile.TarInfo) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in extra:
            tar.addfile(info)
    return path
