"""The control plane that other tests rely on: a real one, whole, and gone when they are done."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from collectors.kubernetes.kinds import KnownKind
from collectors.kubernetes.surveyed import SECRETS, SURVEYED
from tests.control_plane import build, kubelets
from tests.control_plane.build import Unavailable
from tests.control_plane.programs import NotReady
from tests.control_plane.server import ControlPlane, start
from tests.control_plane.small_servers import own_address

READER = "system:serviceaccount:default:reader"
ONLY_IN_136 = {"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}


@pytest.fixture(params=["1.36", "1.34"])
def plane(request: pytest.FixtureRequest) -> ControlPlane:
    found: ControlPlane = request.getfixturevalue({"1.36": "control_plane", "1.34": "control_plane_134"}[request.param])
    return found


def _where_served(plane: ControlPlane) -> dict[tuple[str, str], str]:
    """(group, plural) -> the path of the version that the server prefers."""
    bases = {"": "/api/v1"}
    for group in plane.ask("/apis")["groups"]:
        bases[group["name"]] = f"/apis/{group['preferredVersion']['groupVersion']}"
    return {
        (group, each["name"]): f"{base}/{each['name']}"
        for group, base in bases.items()
        for each in plane.ask(base)["resources"]
    }


def test_it_serves_the_release_that_was_asked_for(plane: ControlPlane) -> None:
    told = plane.ask("/version")
    assert told["gitVersion"] == plane.version == build.version_of(plane.minor)
    assert f"{told['major']}.{told['minor']}" == plane.minor


def test_the_estate_holds_every_kind_that_a_survey_lists(plane: ControlPlane) -> None:
    served = _where_served(plane)

    def lacking(surveyed: KnownKind) -> bool:
        path = served.get((surveyed.group, surveyed.plural))
        return path is None or not plane.ask(path)["items"]

    absent = {one.kind.rpartition("/")[2] for one in (*SURVEYED.values(), SECRETS) if lacking(one)}
    expected = ONLY_IN_136 if plane.minor == "1.34" else set()
    if not own_address():
        expected = expected | {"NodeMetrics", "PodMetrics"}
    assert absent == expected


def test_controllers_make_pods_of_workloads_and_kubelets_run_them(plane: ControlPlane) -> None:
    pods = plane.ask("/api/v1/namespaces/shop/pods")["items"]
    assert {pod["status"]["phase"] for pod in pods} == {"Running"}
    assert {pod["metadata"]["ownerReferences"][0]["kind"] for pod in pods} == {"ReplicaSet"}
    assert {node["metadata"]["name"] for node in plane.ask("/api/v1/nodes")["items"]} >= {
        pod["spec"]["nodeName"] for pod in pods
    }


@pytest.mark.parametrize("seconds", [3600, 60])
def test_the_token_of_a_service_account_opens_what_rbac_gives_it(plane: ControlPlane, seconds: int) -> None:
    access = plane.kubeconfig_for_token(plane.service_account("reader", seconds=seconds))
    assert READER in plane.kubectl("--kubeconfig", str(access), "auth", "whoami")
    with pytest.raises(AssertionError, match="forbidden"):
        plane.kubectl("--kubeconfig", str(access), "get", "pods", "--all-namespaces")


def test_a_token_that_has_expired_opens_nothing(plane: ControlPlane) -> None:
    access = plane.kubeconfig_for_token(plane.service_account("late", seconds=-60))
    with pytest.raises(AssertionError, match=r"Unauthorized|must be logged in"):
        plane.kubectl("--kubeconfig", str(access), "get", "pods")


def test_a_client_certificate_names_a_user_and_groups(plane: ControlPlane) -> None:
    plane.kubeconfig("ann", ("auditors",))
    told = plane.kubectl("auth", "whoami", user="ann")
    assert "ann" in told and "auditors" in told


def test_the_servers_own_log_says_who_asked_for_what(plane: ControlPlane) -> None:
    access = plane.kubeconfig_for_token(plane.service_account("reader"))
    plane.forget_audit_events()
    plane.kubectl("--kubeconfig", str(access), "get", "--raw", "/api/v1/namespaces/shop/pods", check=False)
    (event,) = plane.audit_events(READER)
    assert (event["verb"], event["objectRef"]["resource"], event["objectRef"]["namespace"]) == ("list", "pods", "shop")
    assert event["responseStatus"]["code"] == 403


def test_kubelets_show_their_configuration_to_whom_rbac_lets(plane: ControlPlane) -> None:
    given = [{"apiGroups": [""], "resources": ["nodes/configz"], "verbs": ["get"]}]
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "kubelet-reader"}
    plane.apply([
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": role["name"]},
         "rules": given},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
         "metadata": {"name": role["name"]}, "roleRef": role,
         "subjects": [{"kind": "ServiceAccount", "name": "kubelet-reader", "namespace": "default"}]},
    ])  # fmt: skip
    context = ssl.create_default_context(cafile=str(plane.ca))
    with kubelets.serving(plane) as url:
        seen = {}
        for name in ("kubelet-reader", "reader", ""):
            token = plane.service_account(name) if name else "made-up"
            request = urllib.request.Request(f"{url}/configz", headers={"Authorization": f"Bearer {token}"})
            try:
                with urllib.request.urlopen(request, context=context) as answer:
                    seen[name] = json.loads(answer.read())["kubeletconfig"]["authorization"]["mode"]
            except urllib.error.HTTPError as refused:
                seen[name] = refused.code
        node = plane.ask("/api/v1/nodes/node-0")["status"]
        address = next(each["address"] for each in node["addresses"] if each["type"] == "InternalIP")
        assert url == f"https://{address}:{node['daemonEndpoints']['kubeletEndpoint']['Port']}"
    assert seen == {"kubelet-reader": "Webhook", "reader": 403, "": 401}


def test_nothing_changes_by_itself_while_controllers_are_stopped(tmp_path: Path, control_plane_programs: Path) -> None:
    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "default"}}
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web"}]}}

    def wanted(replicas: int) -> list[dict[str, Any]]:
        return [web | {"spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}}]

    def ready(plane: ControlPlane) -> int:
        return int(plane.ask("/apis/apps/v1/namespaces/default/deployments/web")["status"].get("readyReplicas", 0))

    with start(tmp_path / "still", nodes=1) as plane:
        plane.apply(wanted(2))
        plane.wait("two pods", lambda: ready(plane) == 2)
        plane.stop_controllers()
        plane.apply(wanted(5))
        assert len(plane.ask("/api/v1/pods")["items"]) == 2
        plane.start_controllers()
        plane.wait("five pods", lambda: ready(plane) == 5)


def test_flags_reach_the_api_server_and_nothing_is_left_running(tmp_path: Path, control_plane_programs: Path) -> None:
    flags = ("--runtime-config=networking.k8s.io/v1beta1=true",)
    with start(tmp_path / "flags", controllers=False, nodes=0, flags=flags) as plane:
        plane.ask("/apis/networking.k8s.io/v1beta1/servicecidrs")
        assert 'apiserver_requested_deprecated_apis{group="networking.k8s.io"' in plane.ask("/metrics")
    with pytest.raises(urllib.error.URLError):
        plane.ask("/version")
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert str(plane.folder) not in listed


def test_a_server_that_cannot_start_says_so_in_its_own_words(tmp_path: Path, control_plane_programs: Path) -> None:
    with pytest.raises(NotReady, match="unknown flag: --no-such-flag"), start(
        tmp_path / "refused", controllers=False, nodes=0, flags=("--no-such-flag",)
    ):  # fmt: skip
        pass


def _gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_program_dies_with_the_process_that_started_it(tmp_path: Path, root: Path) -> None:
    source = (
        "import os; from pathlib import Path; from tests.control_plane.programs import Program;"
        f"print(Program(Path({str(tmp_path / 'log')!r}), 'sleep', '600').pid, flush=True); os._exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=root, capture_output=True, text=True)
    while not _gone(int(done.stdout)):
        time.sleep(0.01)


def test_without_go_and_with_an_empty_cache_it_says_why_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match=r"Kubernetes 1\.36: it is built with Go, and there is no `go` on PATH"):
        build.binaries("1.36")


def test_where_go_fails_its_own_words_are_passed_on_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("#!/bin/sh\necho 'module lookup disabled' >&2\nexit 1\n")
    go.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(go.parent), prepend=":")
    with pytest.raises(Unavailable, match="`go build` failed:\nmodule lookup disabled"):
        build.binaries("1.34")
    assert [path.suffix for path in build.cache().iterdir()] == [".lock"]


@pytest.mark.parametrize("minor", build.MINORS)
def test_what_is_built_is_locked_by_hashes_and_free_of_addresses(minor: str) -> None:
    folder = build.MODULES / f"v{minor}"
    locked = (folder / "go.sum").read_text()
    assert all(line.split()[2].startswith("h1:") for line in locked.splitlines())
    assert "://" not in locked + (folder / "go.mod").read_text()
