"""Paths of the node: which of them control it or hold its secrets, and which hold a runtime's socket.

Source: Kubernetes documentation, "Volumes: hostPath" (warnings); the default paths of the kubelet, etcd, kubeadm,
containerd, CRI-O, Docker, K3s, K0s, MicroK8s and Podman.
"""

from __future__ import annotations

import posixpath
import re

# Everything below these is sensitive, and so is every directory above them.
_TREES = (
    "/etc/kubernetes", "/etc/cni", "/etc/ssh", "/etc/sudoers.d", "/etc/systemd", "/etc/cron.d", "/etc/pam.d",
    "/etc/shadow", "/etc/sudoers", "/etc/passwd", "/etc/rancher", "/root", "/home", "/proc", "/sys", "/dev", "/boot",
    "/var/lib/kubelet", "/var/lib/etcd", "/var/lib/cni", "/var/lib/containerd", "/var/lib/containers",
    "/var/lib/docker", "/var/lib/rancher", "/var/lib/k0s", "/opt/cni", "/usr/libexec/kubernetes",
    "/windows", "/programdata/docker", "/programdata/containerd",
)  # fmt: skip
# These themselves, and every directory above them; what lies below is judged by whether it can be written.
_PLACES = (
    "/etc", "/var/log", "/run", "/users", "/programdata", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin",
    "/usr/sbin", "/usr/lib", "/usr/local", "/usr/local/bin", "/opt", "/var/lib",
)  # fmt: skip
# Where the clients of clouds, clusters and registries keep what they sign in with, below whatever home.
_SIGN_IN = re.compile(
    r"/(?:\.(?:aws|azure|kube|ssh|docker|gnupg|config/gcloud)(?:/|$)|[^/]*application_default_credentials\.json$)"
)
_SOCKETS = (
    "/run/docker.sock", "/run/docker/containerd/containerd.sock", "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock", "/run/crio/crio.sock",
    "/run/cri-dockerd.sock", "/run/dockershim.sock", "/run/buildkit/buildkitd.sock", "/run/podman/podman.sock",
    "/var/snap/microk8s/common/run/containerd.sock", "/var/lib/kubelet/device-plugins",
    "/var/lib/kubelet/pod-resources",
)  # fmt: skip
_PIPES = (
    "//./pipe/docker_engine",
    "//./pipe/containerd-containerd",
    "//./pipe/dockershim",
    "//./pipe/cri-dockerd",
)
_PIPE = "//./pipe/"
_DRIVE = re.compile(r"^[a-z]:")


def normalise(path: str | None) -> str | None:
    """The path as the node resolves it: `..` and doubled slashes gone, /var/run as /run."""
    if not path:
        return None
    if "\\" in path or _DRIVE.match(path.lower()) or path.lower().startswith(_PIPE):
        return _windows(path)
    clean = _clean(path)
    if clean == "/var/run" or clean.startswith("/var/run/"):
        return clean.removeprefix("/var")
    return clean


def _windows(path: str) -> str:
    slashed = path.replace("\\", "/").lower()
    if slashed.startswith(_PIPE):
        return slashed
    return _clean(_DRIVE.sub("", slashed))


def _clean(path: str) -> str:
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def is_sensitive(path: str | None) -> bool | None:
    """Whether a normalised path is, holds or lies in a place that controls the node or keeps its secrets."""
    if path is None:
        return None
    if exposes_runtime_socket(path) or _SIGN_IN.search(path):
        return True
    return any(_holds(path, tree) or _holds(tree, path) for tree in _TREES) or any(
        _holds(path, place) for place in _PLACES
    )


def exposes_runtime_socket(path: str | None) -> bool | None:
    """Whether the socket of a runtime or the kubelet is at or below a normalised path."""
    if path is None:
        return None
    return path in _PIPES or any(_holds(path, socket) for socket in _SOCKETS)


def _holds(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith(outer if outer == "/" else outer + "/")
