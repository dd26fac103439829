"""A control plane that serves the API of an older minor than its programs are of, as Kubernetes itself offers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.control_plane.programs import Program
from tests.control_plane.server import ControlPlane


class Emulating(ControlPlane):
    """All programs of Kubernetes emulate the same version: a scheduler of today waits for APIs that are not there."""

    emulated = ""

    def _run(self, *command: str | Path) -> Program:
        more = [f"--emulated-version={self.emulated}"] if Path(command[0]).name.startswith("kube-") else []
        return super()._run(*command, *more)


@contextmanager
def emulated(folder: Path, minor: str, version: str, addresses: str) -> Iterator[ControlPlane]:
    """The control plane of this minor at work as `version`, with these addresses for Services and no node yet."""
    folder.mkdir(parents=True, exist_ok=True)
    plane = Emulating(folder, minor, flags=(f"--service-cluster-ip-range={addresses}",))
    plane.emulated = version
    try:
        plane.start()
        plane.start_controllers()
        yield plane
    finally:
        plane.stop()
