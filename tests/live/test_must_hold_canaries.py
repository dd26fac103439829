"""Secrets planted on a real API server, wherever one can hide, come out nowhere: in no file, however it is packed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assessment import pipeline, reporting
from assessment.workspace import Workspace
from tests.acceptance.planted import LAST_APPLIED, Canaries
from tests.acceptance.unpacked import unpacked
from tests.command_line.calling import say
from tests.control_plane import estate
from tests.control_plane.server import ControlPlane, start
from tests.evidence.test_canaries import alignments
from tests.live.planted_on_server import NAMESPACE, applied_by_people, said_by_the_world

REPORTS = ("tables", "workbook", "summary", "evidence-pack-hipaa")
CHECKS = ("credentials.no_literal_in_environment", "credentials.no_literal_in_arguments",
          "credentials.no_literal_in_config_maps")  # fmt: skip


@dataclass(frozen=True)
class Surveyed:
    """A workspace with the cluster in it twice, with and without its Secrets, and all that its files hold."""

    workspace: Workspace
    planted: dict[str, str]
    served: str
    said: str
    held: list[tuple[str, bytes]]


@pytest.fixture(scope="module")
def surveyed(control_plane_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surveyed]:
    folder = tmp_path_factory.mktemp("canaries")
    canaries = Canaries(random.Random("planted on a server"))
    with start(folder / "control-plane") as plane:
        estate.settle(plane)
        plane.stop_controllers()
        objects = applied_by_people(canaries)
        told = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        plane.kubectl("apply", "--validate=false", "-f", "-", input=told)
        said_by_the_world(plane, canaries)
        workspace = pipeline.init(folder / "acme", "Acme")
        said = ""
        for cluster, options in (("without", []), ("with", ["--with-secrets"])):
            done = say("collect", workspace.path, "--kubeconfig", plane.kubeconfig(), "--cluster", cluster, *options)
            assert done.code == 0, done.err
            said += done.out + done.err
        served = everything(plane)
    pipeline.assess(workspace)
    for name in REPORTS:
        reporting.make(workspace, name)
    files = sorted(path for path in workspace.path.rglob("*") if path.is_file())
    yield Surveyed(workspace, canaries.planted, served, said, [part for path in files for part in unpacked(path)])


def everything(plane: ControlPlane) -> str:
    """What the server itself says, to whoever may read all of it."""
    kinds = plane.kubectl("api-resources", "--verbs=list", "-o", "name").split()
    return plane.kubectl("get", ",".join(sorted(kinds)), "-A", "-o", "json", "--ignore-not-found")


def test_the_server_has_what_was_planted_and_keeps_a_copy_of_it(surveyed: Surveyed) -> None:
    assert len(surveyed.planted) > 600
    there = {place for canary, place in surveyed.planted.items() if json.dumps(canary)[1:-1] in surveyed.served}
    in_base64 = {"data of a Secret", "stringData of a Secret", "a login for images", "a private key",
                 "binaryData of a ConfigMap"}  # fmt: skip
    assert set(surveyed.planted.values()) - there <= in_base64 | {"not planted"}
    assert surveyed.served.count(LAST_APPLIED) > 25


def test_no_canary_is_in_any_file_plain_or_in_base64(surveyed: Surveyed) -> None:
    texts = b"\0".join({data: None for _, data in surveyed.held}) + surveyed.said.encode()
    found = [
        f"{canary} of {place}, as {trace.decode()}, in {_holders(surveyed, trace)}"
        for canary, place in surveyed.planted.items()
        for trace in (canary.encode(), *alignments(canary), "".join(canary.split()).encode())
        if trace in texts
    ]
    assert not found, "\n".join(found)


def test_the_search_sees_what_is_kept(surveyed: Surveyed) -> None:
    holders = [name for name, data in surveyed.held if NAMESPACE.encode() in data]
    for part in (".zst unpacked", "workloads.parquet column namespace", ".csv", "pdf text of page"):
        assert any(part in name for name in holders), part


@pytest.mark.parametrize("cluster", ["with", "without"])
@pytest.mark.parametrize("check", CHECKS)
def test_what_was_planted_in_plain_sight_is_found_all_the_same(surveyed: Surveyed, check: str, cluster: str) -> None:
    findings = pq.read_table(surveyed.workspace.results / "findings.parquet").to_pylist()
    failed = {row["subject_name"] for row in findings
              if (row["check_id"], row["cluster"], row["verdict"]) == (check, cluster, "fail")}  # fmt: skip
    assert failed >= {"a"}


def test_of_secrets_the_names_of_keys_and_the_public_certificate_are_kept(surveyed: Surveyed) -> None:
    stored = b"".join(data for name, data in surveyed.held if name.endswith(".zst unpacked"))
    assert b'"tls.key":"~redacted:secret-data:' in stored
    assert b'"certificates":[{"key":"tls.crt"' in stored
    secrets = pq.read_table(surveyed.workspace.tables / "secrets.parquet").to_pylist()
    assert {row["cluster"] for row in secrets} == {"with"}


def _holders(surveyed: Surveyed, trace: bytes) -> list[str]:
    root = surveyed.workspace.path.as_posix()
    return [name.removeprefix(root) for name, data in surveyed.held if trace in data][:4]
