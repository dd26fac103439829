"""Build the programs of a control plane from published Go modules, once, into a cache folder.

`python -m tests.control_plane.build` builds what is missing and says what it does; tests then only look.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MODULES = Path(__file__).parent
MINORS = ("1.36", "1.34")
_KUBERNETES = {name: f"k8s.io/kubernetes/cmd/{name}" for name in
               ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")}  # fmt: skip
_ETCD = {"etcd": "go.etcd.io/etcd/server/v3"}
_KWOK = {"kwok": "sigs.k8s.io/kwok/cmd/kwok"}
PROGRAMS: Mapping[str, Mapping[str, str]] = {
    # kwok compiles against one minor of Kubernetes only; it plays kubelets for any of them.
    "1.36": _KUBERNETES | _KWOK | _ETCD,
    "1.34": _KUBERNETES | _ETCD,
}
"""minor -> program -> package"""
STAGES = ("node/fast/node-initialize.yaml", "pod/fast/pod-ready.yaml", "pod/fast/pod-complete.yaml",
          "pod/fast/pod-delete.yaml")  # fmt: skip
COLD_MINUTES = 7


class Unavailable(Exception):
    """There is no control plane here, and this says why."""


def cache() -> Path:
    """Where built programs are kept between runs."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kubesurvey" / "control-plane"


def folder_of(minor: str) -> Path:
    """The place in the cache of exactly these modules: anything else in go.mod or go.sum is another place."""
    module = MODULES / f"v{minor}"
    locked = hashlib.sha256((module / "go.mod").read_bytes() + (module / "go.sum").read_bytes())
    return cache() / f"v{minor}-{locked.hexdigest()[:16]}"


def version_of(minor: str) -> str:
    """The release of Kubernetes that go.mod requires: "v1.36.3"."""
    found = re.search(r"k8s\.io/kubernetes (v\S+)", (MODULES / f"v{minor}" / "go.mod").read_text())
    assert found
    return found[1]


def binaries(minor: str) -> Path:
    """The folder of this minor's programs, built if need be."""
    place = folder_of(minor)
    if not place.is_dir():
        with _alone(place):
            if not place.is_dir():
                _build(minor, place)
    return place


def stages() -> list[Path]:
    """The files that tell kwok how nodes and pods live."""
    return [binaries("1.36") / "stages" / Path(name).name for name in STAGES]


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Several test processes want the same programs; one builds, the others wait."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(place.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(minor: str, place: Path) -> None:
    if shutil.which("go") is None:
        raise Unavailable(f"no control plane of Kubernetes {minor}: it is built with Go, and there is no `go` on PATH")
    version = version_of(minor)
    _say(f"Building a control plane of Kubernetes {version} from its published modules, once, for the tests of live "
         f"clusters: about {COLD_MINUTES} minutes on two cores. It is kept in {place}")  # fmt: skip
    draft = place.with_name(place.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)  # of a build that was killed: whoever builds is alone
    draft.mkdir()
    try:
        for name, package in PROGRAMS[minor].items():
            _say(f"  {name}")
            _go(minor, "build", "-o", str(draft / name), "-ldflags", _stamp(version), package)
        if "kwok" in PROGRAMS[minor]:
            keep_stages(draft, minor)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def keep_stages(folder: Path, minor: str) -> None:
    """Copy kwok's own stage files beside the programs, so that starting needs no Go."""
    source = Path(_go(minor, "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok").strip(), "kustomize", "stage")
    (folder / "stages").mkdir()
    for name in STAGES:
        shutil.copyfile(source / name, folder / "stages" / Path(name).name)


def _stamp(version: str) -> str:
    """Without this a server calls itself v0.0.0-master."""
    minor = version.split(".")[1]
    told = {"gitVersion": version, "gitMajor": "1", "gitMinor": minor}
    return "-s -w " + " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in told.items())


def _go(minor: str, *arguments: str) -> str:
    told = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
    done = subprocess.run(["go", *arguments], cwd=MODULES / f"v{minor}", env=told, capture_output=True, text=True)
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise Unavailable(f"no control plane of Kubernetes {minor}: `go {arguments[0]}` failed:\n{last}")
    return done.stdout


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    """Build what is missing. Where that cannot be done, say why and let the tests skip."""
    for minor in MINORS:
        try:
            binaries(minor)
        except Unavailable as why:
            _say(f"{why}\nThe tests that need it will skip.")


if __name__ == "__main__":
    main()
