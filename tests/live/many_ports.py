"""One API server behind many ports, and ports at which nobody helps: what an estate of clusters is to a client."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.control_plane.certificates import Authority
from tests.control_plane.programs import free_port
from tests.control_plane.server import ControlPlane

Object = dict[str, Any]

_CHUNK = 1 << 18


class Forwarder:
    """Listens on ports of its own and passes every connection on, byte by byte; a black hole passes nothing on."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(self) -> int:
        """A new port that leads to the target."""
        return self.open_at(0)

    def open_at(self, port: int) -> int:
        return self._listen(port, self._pass_on)

    def black_hole(self) -> int:
        """A new port that takes whatever is sent to it, and says nothing."""
        return self._listen(0, self._swallow)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _listen(self, port: int, serve: Any) -> int:
        coming = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", port), self._loop)
        return int(coming.result().sockets[0].getsockname()[1])

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(_pump(reader, back), _pump(there, writer))

    async def _swallow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while await reader.read(_CHUNK):
                pass
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@contextlib.contextmanager
def forwarder(target: int) -> Iterator[Forwarder]:
    found = Forwarder(target)
    try:
        yield found
    finally:
        found.close()


@dataclass(frozen=True)
class Estate:
    """Clusters by name, as a kubeconfig and engagement.yaml tell of them; `dead` -> why nobody answers there."""

    kubeconfig: Path
    alive: tuple[str, ...]
    dead: dict[str, str]
    closed_port: int

    def engagement(self, names: tuple[str, ...] = ()) -> str:
        """engagement.yaml for these clusters; for all of them where none is named."""
        clusters = {name: {"access": {"kubeconfig": str(self.kubeconfig), "context": name}}
                    for name in names or (*self.alive, *self.dead)}  # fmt: skip
        return yaml.safe_dump({"client": "Acme", "as_of": "2026-11-21", "clusters": clusters})


def estate(plane: ControlPlane, ports: Forwarder, folder: Path, alive: int, token: str) -> Estate:
    """So many contexts that lead to the control plane, and five that lead nowhere."""
    ca = plane.ca.read_bytes()
    contexts = {f"branch-{number:02}": (ports.open(), ca, {"token": token}) for number in range(alive)}
    closed = free_port()
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "false", "interactiveMode": "Never"}
    dead = {
        "closed-port": (closed, ca, {"token": token}),
        "black-hole": (ports.black_hole(), ca, {"token": token}),
        "other-authority": (ports.open(), Authority("another").certificate, {"token": token}),
        "signed-out": (ports.open(), ca, {"token": "nobody-knows-this-one"}),
        "no-plugin": (ports.open(), ca, {"exec": plugin}),
    }
    kubeconfig = folder / "kubeconfig.yaml"
    kubeconfig.write_text(yaml.safe_dump(_kubeconfig(contexts | dead)))
    reasons = {
        "closed-port": "NewConnectionError", "black-hole": "ReadTimeoutError", "other-authority": "SSLError",
        "signed-out": "401", "no-plugin": "exec",
    }  # fmt: skip
    return Estate(kubeconfig, tuple(contexts), reasons, closed)


def _kubeconfig(contexts: dict[str, tuple[int, bytes, Object]]) -> Object:
    clusters = [
        {"name": name, "cluster": {"server": f"https://127.0.0.1:{port}",
                                   "certificate-authority-data": base64.b64encode(ca).decode()}}
        for name, (port, ca, _) in contexts.items()
    ]  # fmt: skip
    return {
        "apiVersion": "v1", "kind": "Config", "clusters": clusters,
        "users": [{"name": name, "user": user} for name, (_, _, user) in contexts.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in contexts],
    }  # fmt: skip
