"""Kubeconfigs as people have them, and credential plugins of our own."""

from __future__ import annotations

import hashlib
import stat
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.control_plane.server import ControlPlane

EXEC = "client.authentication.k8s.io/v1"


class Kubeconfigs:
    """Writes kubeconfigs for one API server, and knows their bytes."""

    def __init__(self, plane: ControlPlane, folder: Path) -> None:
        self.plane, self.folder = plane, folder
        self._written: dict[Path, str] = {}

    def write(self, user: dict[str, Any] | None, name: str = "config", context: str = "it", **cluster: Any) -> Path:
        said = {"server": self.plane.url, "certificate-authority": str(self.plane.ca)} | cluster
        said = {key: value for key, value in said.items() if value is not None}
        about = {"cluster": context, "user": context} if user is not None else {"cluster": context}
        return self.keep(name, {
            "apiVersion": "v1", "kind": "Config", "current-context": context,
            "clusters": [{"name": context, "cluster": said}],
            "contexts": [{"name": context, "context": about}],
            "users": [{"name": context, "user": user}] if user is not None else [],
        })  # fmt: skip

    def keep(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        self._written[path] = _hash(path)
        return path

    def unchanged(self) -> bool:
        return all(_hash(path) == known for path, known in self._written.items())


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def script(folder: Path, *lines: str) -> Path:
    path = folder / "plugin"
    path.write_text(f"#!{sys.executable}\nimport json, os, sys\n" + "\n".join(lines) + "\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def gives(status: dict[str, Any], api: str = EXEC) -> str:
    return f"print(json.dumps({{'apiVersion': {api!r}, 'kind': 'ExecCredential', 'status': {status!r}}}))"


def plugin(path: Path | str, **more: Any) -> dict[str, Any]:
    return {"exec": {"apiVersion": EXEC, "command": str(path), "interactiveMode": "Never"} | more}
