"""Start a control plane, ask it, and stop it."""

from __future__ import annotations

import base64
import contextlib
import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import yaml

from tests.control_plane import build
from tests.control_plane.certificates import Authority, Pair, TokenSigner
from tests.control_plane.nodes import some_nodes
from tests.control_plane.programs import NotReady, Program, free_port, stop_together

ISSUER = "https://kubernetes.default.svc"
_MASTERS = ("system:masters",)
_GROUPS = {"admin": _MASTERS, "kwok": _MASTERS}
_AUDIT_POLICY = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
                 "rules": [{"level": "Metadata"}]}  # fmt: skip
_PATIENCE = 180  # seconds; a machine under load is slow, a server that never comes is an error with its own words


class ControlPlane:
    """A control plane that is running. Its files are in `folder`: logs, certificates, kubeconfigs."""

    def __init__(self, folder: Path, minor: str, *, host: str = "127.0.0.1", flags: Sequence[str] = ()) -> None:
        self.folder, self.minor, self.host, self._flags = folder, minor, host, tuple(flags)
        self._bin, self._kwok = build.binaries(minor), build.binaries("1.36") / "kwok"
        self.version = build.version_of(minor)
        self.authority, self._front = Authority("kubernetes"), Authority("front-proxy")
        self._tokens = TokenSigner(folder / "pki")
        self.ca = folder / "pki" / "ca.crt"
        self.ca.write_bytes(self.authority.certificate)
        self.audit_log, self._forgotten = folder / "audit.log", 0
        self.port = free_port()
        self._etcd: Program | None = None
        self._server: Program | None = None
        self._controllers: list[Program] = []

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    # What a test asks of it.

    def kubeconfig(self, user: str = "admin", groups: tuple[str, ...] | None = None) -> Path:
        """The kubeconfig of a user with a client certificate. "admin" may do anything, others what RBAC gives.

        Who was given groups once keeps them.
        """
        path = self.folder / "kubeconfigs" / f"{user.replace(':', '-')}.yaml"
        if not path.exists():
            pair = self.authority.user(user, _GROUPS.get(user, ()) if groups is None else groups)
            _write(path, self._kubeconfig(user, {"client-certificate-data": _text64(pair.certificate),
                                                 "client-key-data": _text64(pair.key)}))  # fmt: skip
        return path

    def kubeconfig_for_token(self, token: str, name: str = "") -> Path:
        """The kubeconfig of who holds this token."""
        name = name or "token-" + uuid.uuid5(uuid.NAMESPACE_OID, token).hex[:12]
        return _write(self.folder / "kubeconfigs" / f"{name}.yaml", self._kubeconfig(name, {"token": token}))

    def kubectl(self, *arguments: str, input: str | None = None, user: str = "admin", check: bool = True) -> str:
        """What kubectl prints; subprocess.CalledProcessError with stderr where it fails."""
        command = [str(self._bin / "kubectl"), "--kubeconfig", str(self.kubeconfig(user)),
                   f"--cache-dir={self.folder / 'kubectl'}", *arguments]  # fmt: skip
        done = subprocess.run(command, input=input, capture_output=True, text=True)
        if check and done.returncode:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr[-3000:]}")
        return done.stdout

    def apply(self, objects: Iterable[dict[str, Any]]) -> None:
        """Create or change objects, by server-side apply."""
        told = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.kubectl("apply", "--server-side", "--force-conflicts", "--validate=false", "-f", "-", input=told)

    def ask(self, path: str, body: Any = None, *, method: str = "", audit_id: str = "") -> Any:
        """The parsed answer to admin; urllib.error.HTTPError where it is refused."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if audit_id:
            headers["Audit-ID"] = audit_id
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, sent, headers, method=method or ("POST" if sent else "GET"))
        with urllib.request.urlopen(request, context=self._as_admin, timeout=60) as answer:
            content = answer.read()
        return json.loads(content) if content[:1] in b"{[" else content.decode()

    def service_account(self, name: str, namespace: str = "default", *, seconds: int = 3600) -> str:
        """The token of a ServiceAccount, which is created if need be; shorter than ten minutes is signed here."""
        base = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        try:
            account = self.ask(base, {"metadata": {"name": name}})
        except urllib.error.HTTPError as refused:
            if refused.code != 409:
                raise
            account = self.ask(f"{base}/{name}")
        if seconds < 600:
            return self._tokens.token(ISSUER, account, datetime.now(UTC) + timedelta(seconds=seconds))
        answer = self.ask(f"{base}/{name}/token", {"spec": {"expirationSeconds": seconds}})
        return str(answer["status"]["token"])

    def audit_events(self, user: str = "") -> list[dict[str, Any]]:
        """Every request that the API server has answered until now, in its own words; of one user if wanted."""
        marker = uuid.uuid4().hex
        self.ask("/version", audit_id=marker)
        self._wait_for("the audit log", lambda: marker.encode() in self._audited())
        events = [orjson.loads(line) for line in self._audited().splitlines() if line.endswith(b"}")]
        events = [event for event in events if event["auditID"] != marker]
        return [event for event in events if user in ("", event["user"].get("username"))]

    def forget_audit_events(self) -> None:
        """What happened until now is not of interest any more."""
        self.audit_events()
        self._forgotten = self.audit_log.stat().st_size

    def wait(self, what: str, until: Any) -> None:
        """Wait until `until()` is true; a generous bound raises with the servers' last words."""
        self._wait_for(what, until)

    # Controllers: everything that changes objects without being asked.

    def stop_controllers(self) -> None:
        """From now on nothing changes by itself."""
        stop_together(self._controllers)
        self._controllers = []

    def start_controllers(self) -> None:
        """Controller manager, scheduler, and kwok for the kubelets."""
        # A new kwok would wait until the leases of the one before have run out.
        self.ask("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", method="DELETE")
        fast = ("--kube-api-qps=1000", "--kube-api-burst=2000", "--leader-elect=false", "--secure-port=0")
        manager, scheduler = "kube-controller-manager", "kube-scheduler"
        configs = [f"--config={stage}" for stage in build.stages()]
        self._controllers = [
            self._run(self._bin / manager, f"--kubeconfig={self.kubeconfig('system:' + manager)}", *fast,
                      f"--service-account-private-key-file={self._tokens.private}", f"--root-ca-file={self.ca}",
                      "--use-service-account-credentials=true", "--pvclaimbinder-sync-period=1s"),
            self._run(self._bin / scheduler, f"--kubeconfig={self.kubeconfig('system:' + scheduler)}", *fast),
            self._run(self._kwok, f"--kubeconfig={self.kubeconfig('kwok')}", "--manage-all-nodes=true",
                      "--node-lease-duration-seconds=40", *configs),
        ]  # fmt: skip

    # Starting and stopping.

    def start(self) -> None:
        """etcd and the API server, until it says that it is ready."""
        clients, peers = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self._etcd = self._run(
            self._bin / "etcd", f"--data-dir={self.folder / 'etcd'}", f"--listen-client-urls={clients}",
            f"--advertise-client-urls={clients}", f"--listen-peer-urls={peers}", "--unsafe-no-fsync",
            f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=default={peers}",
        )  # fmt: skip
        self._server = self._run(self._bin / "kube-apiserver", *self._server_flags(clients), *self._flags)
        self._wait_for("the API server", self._ready)

    def stop(self) -> None:
        """Clients first, etcd last: an API server whose etcd is gone lingers."""
        self.stop_controllers()
        for program in (self._server, self._etcd):
            if program is not None:
                program.stop()
        self._server = self._etcd = None

    def _server_flags(self, etcd: str) -> list[str]:
        pki = self.folder / "pki"
        certificate, key = self.authority.server(*{self.host, "127.0.0.1"}).written(pki, "server")
        proxy, proxy_key = self._front.user("front-proxy").written(pki, "front-proxy")
        (pki / "front-proxy-ca.crt").write_bytes(self._front.certificate)
        policy = _write(self.folder / "audit-policy.yaml", _AUDIT_POLICY)
        told = {
            "etcd-servers": etcd, "secure-port": self.port, "bind-address": self.host, "advertise-address": self.host,
            "client-ca-file": self.ca, "tls-cert-file": certificate, "tls-private-key-file": key,
            "service-account-issuer": ISSUER, "service-account-key-file": self._tokens.public,
            "service-account-signing-key-file": self._tokens.private, "service-account-lookup": "true",
            "service-cluster-ip-range": "10.0.0.0/24", "authorization-mode": "Node,RBAC", "allow-privileged": "true",
            "endpoint-reconciler-type": "none", "audit-policy-file": policy, "audit-log-path": self.audit_log,
            "audit-log-maxsize": 100_000, "requestheader-client-ca-file": pki / "front-proxy-ca.crt",
            "requestheader-username-headers": "X-Remote-User", "requestheader-group-headers": "X-Remote-Group",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-", "requestheader-allowed-names": "front-proxy",
            "proxy-client-cert-file": proxy, "proxy-client-key-file": proxy_key, "enable-aggregator-routing": "true",
        }  # fmt: skip
        return [f"--{name}={value}" for name, value in told.items()]

    def _run(self, *command: str | Path) -> Program:
        return Program(self.folder / f"{Path(command[0]).name}.log", *command)

    def _ready(self) -> bool:
        with contextlib.suppress(OSError):  # not listening yet, or HTTP 500 while it starts
            return bool(self.ask("/readyz") == "ok")
        return False

    def _wait_for(self, what: str, until: Any) -> None:
        given_up = time.monotonic() + _PATIENCE
        while not until():
            for program in (self._etcd, self._server, *self._controllers):
                if program is not None:
                    program.must_be_running()
            if time.monotonic() > given_up:
                words = self._server.last_words() if self._server else ""
                raise NotReady(f"waited {_PATIENCE} seconds for {what}; the API server's last words:\n{words}")
            time.sleep(0.05)

    @cached_property
    def _as_admin(self) -> ssl.SSLContext:
        pair: Pair = self.authority.user("admin", _MASTERS)
        context = ssl.create_default_context(cafile=str(self.ca))
        context.load_cert_chain(*pair.written(self.folder / "pki", "admin"))
        return context

    def _kubeconfig(self, user: str, credentials: dict[str, str]) -> dict[str, Any]:
        cluster = {"server": self.url, "certificate-authority-data": _text64(self.ca.read_bytes())}
        return {
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": cluster}], "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
        }  # fmt: skip

    def _audited(self) -> bytes:
        if not self.audit_log.exists():
            return b""
        with self.audit_log.open("rb") as log:
            log.seek(self._forgotten)
            return log.read()


@contextlib.contextmanager
def start(folder: Path, *, minor: str = "1.36", controllers: bool = True, nodes: int = 3, flags: Sequence[str] = (),
          host: str = "127.0.0.1") -> Iterator[ControlPlane]:  # fmt: skip
    """A control plane that is ready, with this many nodes, until the block ends. `flags` go to the API server."""
    folder.mkdir(parents=True, exist_ok=True)
    plane = ControlPlane(folder, minor, host=host, flags=flags)
    try:
        plane.start()
        if controllers:
            plane.start_controllers()
        if nodes:
            plane.apply(some_nodes(nodes, plane.version))
        yield plane
    finally:
        plane.stop()


def _write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content))
    return path


def _text64(content: bytes) -> str:
    return base64.b64encode(content).decode()
