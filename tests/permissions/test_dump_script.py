"""The script for clients: what it asks, what its files prove, and what they no longer prove once touched."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.kubernetes.checksum import posix_checksum
from collectors.kubernetes.dump_script import request, script
from collectors.kubernetes.surveyed import SURVEYED
from tests.permissions.stub_kubectl import EMPTY, FORBIDDEN, Stub, run_script, stored_pod
from tests.sources.collecting import Gathered, gather

PODS = EMPTY | {"items": [stored_pod("web", "shop"), stored_pod("till", "till")]}
KINDS = {"Namespace", "Pod", "ConfigMap", "apps/Deployment", "Node", "constraints.gatekeeper.sh/K8sRequiredLabels"}


@pytest.fixture
def stub(tmp_path: Path) -> Stub:
    stub = Stub(tmp_path / "stub")
    stub.says("get-pods", PODS)
    return stub


def collected(dump: Path, tmp_path: Path) -> Gathered:
    return gather(dump, tmp_path / "store")


def test_an_empty_list_proves_that_there_is_nothing(stub: Stub, tmp_path: Path) -> None:
    found = collected(stub.dump(tmp_path / "out"), tmp_path)
    assert {(kind, "*") for kind in KINDS} <= found.complete
    assert found.collected.basis == "running" and found.collected.kubernetes_version == "1.36"


def test_a_kind_that_the_server_does_not_have_is_seen_to_be_absent(stub: Stub, tmp_path: Path) -> None:
    found = collected(stub.dump(tmp_path / "out"), tmp_path)
    assert {kind for kind, namespace in found.complete if namespace == "*"} >= set(SURVEYED)
    assert ("Secret", "*") not in found.complete
    assert found.items["api-resources.txt"].outcome == "complete"


def test_what_the_server_says_of_itself_is_kept_as_a_live_survey_keeps_it(stub: Stub, tmp_path: Path) -> None:
    asked_for = 'apiserver_requested_deprecated_apis{group="apps",resource="deployments",version="v1beta1"} 1\n'
    stub.says("raw", asked_for + "etcd_requests_total 7\n")
    found = collected(stub.dump(tmp_path / "out"), tmp_path)
    (version,), (ready,), (deprecated,) = (found.stored(name) for name in ("version.json", "readyz.txt", "metrics.txt"))
    assert version["object"]["spec"]["gitVersion"] == "v1.36.3" and ready["object"]["spec"]["ready"] is True
    assert deprecated["object"]["metadata"]["name"] == "deployments.v1beta1.apps"
    assert ("survey/ApiServer", "*") in found.complete
    assert ("survey/DeprecatedRequest", "*", False) in found.claims


def test_a_page_that_was_changed_says_nothing(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out")
    (dump / "readyz.txt").write_text("ok")
    assert ("survey/ApiServer", "*") not in collected(dump, tmp_path).complete


def test_the_archive_is_read_as_the_folder_is(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out")
    packed = collected(dump.with_name("kubesurvey-prod.tar.gz"), tmp_path)
    assert packed.complete == gather(dump, tmp_path / "other").complete


def test_a_refused_kind_is_a_gap_that_names_the_rule_and_the_namespaces_that_answered(
    stub: Stub, tmp_path: Path
) -> None:
    stub.refuses("get-pods")
    stub.says("get-pods-shop", EMPTY | {"items": [stored_pod("web", "shop")]})
    stub.refuses("get-pods-till")
    found = collected(stub.dump(tmp_path / "out"), tmp_path)
    assert {(kind, where) for kind, where in found.complete if kind == "Pod"} == {("Pod", "shop")}
    refused = found.items["pods/till.json"]
    assert (refused.outcome, refused.parameters["kind"], refused.parameters["namespace"]) == ("denied", "Pod", "till")
    assert 'resources: ["pods"], verbs: ["list"]} in a Role of namespace till' in refused.parameters["closed_by"]
    assert found.items["pods.json"].outcome == "denied"


def test_namespaces_can_be_named_where_nobody_may_list_them(stub: Stub, tmp_path: Path) -> None:
    for resource in ("namespaces", "pods"):
        stub.refuses(f"get-{resource}")
    stub.refuses("names")
    stub.says("get-pods-till", EMPTY)
    found = collected(stub.dump(tmp_path / "out", NAMESPACES="till"), tmp_path)
    assert ("Pod", "till") in found.complete and ("Namespace", "*") not in found.complete


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("pods.json", lambda text: text[: len(text) // 2]),
        ("pods.json", lambda text: text.replace("shop:1", "shop:2")),
        ("pods.json", lambda text: json.dumps(EMPTY)),
        ("pods.asked", lambda text: text.replace("status: 0", "status: 1")),
        ("pods.asked", lambda text: text.replace("--all-namespaces", "--namespace shop")),
        ("pods.asked", lambda text: text.replace("get pods", "get pods -l app=web")),
        ("pods.asked", lambda text: text.replace("scope: *", "scope: shop")),
        ("pods.asked", lambda text: text.replace("kind: Pod", "kind: Node")),
        ("pods.asked", lambda text: text.removesuffix("end\n")),
        ("pods.asked", lambda text: ""),
        ("pods.err", lambda text: FORBIDDEN.format("pods", "pods")),
    ],
)  # fmt: skip
def test_what_was_torn_or_changed_claims_nothing(stub: Stub, tmp_path: Path, file: str, says: object) -> None:
    dump = stub.dump(tmp_path / "out")
    assert callable(says)
    (dump / file).write_text(says((dump / file).read_text()))
    found = collected(dump, tmp_path)
    assert not {namespace for kind, namespace in found.complete if kind in ("Pod", "Node") and namespace != "*"}
    assert ("Pod", "*") not in found.complete
    assert ("ConfigMap", "*") in found.complete
    assert found.items["pods.json"].outcome in ("partial", "failed", "denied")


@pytest.mark.parametrize("file", ["pods.asked", "pods.err"])
def test_a_list_without_what_was_asked_claims_nothing(stub: Stub, tmp_path: Path, file: str) -> None:
    dump = stub.dump(tmp_path / "out")
    (dump / file).unlink()
    found = collected(dump, tmp_path)
    assert not [kind for kind, _ in found.complete if kind == "Pod"]


def test_a_changed_discovery_proves_no_absence(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out")
    with (dump / "api-resources.txt").open("a") as file:
        file.write("widgets   w   example.com/v1   true   Widget   list\n")
    assert {kind for kind, _ in collected(dump, tmp_path).complete} == KINDS | {"survey/ApiServer"}


def test_where_discovery_failed_everything_is_asked_for(stub: Stub, tmp_path: Path) -> None:
    stub.refuses("api-resources", "error: unable to retrieve the complete list of server APIs", "")
    dump = stub.dump(tmp_path / "out")
    assert (dump / "backups.velero.io.asked").exists()
    assert ("velero.io/Backup", "*") not in collected(dump, tmp_path).complete  # an empty file is no empty list


def test_two_dumps_in_one_source_claim_nothing(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out")
    for name in ("one", "other"):
        shutil.copytree(dump, tmp_path / "both" / name)
    assert not collected(tmp_path / "both", tmp_path).complete


def test_objects_that_were_not_asked_for_are_no_list(stub: Stub, tmp_path: Path) -> None:
    stub.refuses("get-pods")
    stub.says("get-pods-shop", PODS)  # two namespaces, where one was asked for
    found = collected(stub.dump(tmp_path / "out"), tmp_path)
    assert ("Pod", "shop") not in found.complete


def test_it_only_reads(stub: Stub, tmp_path: Path) -> None:
    stub.refuses("get-pods")
    stub.dump(tmp_path / "out", with_secrets=True)
    assert {line.split()[0] for line in stub.asked} == {"get", "version", "api-resources"}
    for line in stub.asked:
        assert line.startswith("get --raw") is any(line == f"get --raw {path}" for path in
                                                   ("/api", "/apis", "/metrics", "/readyz?verbose"))  # fmt: skip


def test_it_asks_for_no_secret_unless_it_is_told_to() -> None:
    assert "in_namespaces Secret" not in script() and "in_namespaces Secret" in script(with_secrets=True)
    command = request("Secret", "*").command
    assert "-o json" not in command and "$value}}" not in command


def test_the_context_is_passed_on(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out", "prod", "eu/prod cluster")
    assert ("Pod", "*") in collected(dump, tmp_path).complete


@pytest.mark.parametrize("name", ["", "../x", "a b", "-x", ".x", "a/b", "$(id)"])
def test_a_name_that_is_no_name_is_refused(stub: Stub, tmp_path: Path, name: str) -> None:
    done = run_script(tmp_path, script(), (name,))
    assert done.returncode == 2 and "usage" in done.stderr


def test_a_folder_that_is_there_is_left_alone(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out")
    before = {path.name: path.read_bytes() for path in dump.iterdir()}
    done = run_script(tmp_path / "out", script(), ("prod",), PATH=f"{stub.answers.parent / 'bin'}:{os.environ['PATH']}")
    assert done.returncode == 2 and "nothing was asked" in done.stderr
    assert before == {path.name: path.read_bytes() for path in dump.iterdir()}


def test_the_files_are_for_whoever_made_them(stub: Stub, tmp_path: Path) -> None:
    dump = stub.dump(tmp_path / "out")
    assert {path.stat().st_mode & 0o077 for path in (dump, dump.with_name("kubesurvey-prod.tar.gz"))} == {0}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65536, (1 << 20) + 7])
def test_the_checksum_is_that_of_cksum(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    printed = subprocess.run(["cksum"], input=content[:size], capture_output=True, check=True).stdout
    assert posix_checksum(content[:size]) == printed.decode().strip()
