"""The role and the script against a real API server: enough, no more, and nothing but what they say."""

from __future__ import annotations

import os
import tarfile
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.access.printed_role import each_namespace, whole_cluster
from collectors.evidence.store import Run
from collectors.kubernetes import live
from collectors.kubernetes.dump_script import script
from collectors.kubernetes.kinds import is_namespaced
from collectors.kubernetes.surveyed import SECRETS, SURVEYED
from collectors.tables.build import Tables, build
from collectors.tables.families import KUBERNETES, tables_of
from tests.control_plane import build as built
from tests.control_plane.server import ControlPlane
from tests.permissions.accounts import Account, account, denied, without
from tests.permissions.stub_kubectl import run_script
from tests.sources.collecting import Gathered, gather, new_run

REVIEWS = {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}
ASIDE = {"evidence_refs", "basis"}


@dataclass(frozen=True)
class Moment:
    """One moment of an estate: dumped by our script with the printed role, and plainly by somebody who may do all."""

    reader: Account
    ours: Path
    plain: Path

    @property
    def plane(self) -> ControlPlane:
        return self.reader.plane


@pytest.fixture(scope="module")
def still(control_plane: ControlPlane) -> Iterator[ControlPlane]:
    """Nothing changes by itself while these tests look."""
    control_plane.stop_controllers()
    yield control_plane
    control_plane.start_controllers()


@pytest.fixture(scope="module")
def reader(still: ControlPlane) -> Iterator[Account]:
    """Somebody with the printed role, Secrets included, and nothing else."""
    with account(still, "permissions-reader", whole_cluster(with_secrets=True)) as found:
        yield found


@pytest.fixture(scope="module")
def moment(reader: Account, tmp_path_factory: pytest.TempPathFactory) -> Moment:
    folder = tmp_path_factory.mktemp("moment")
    ours = dumped(reader, folder / "ours", with_secrets=True)
    return Moment(reader, ours, plainly_dumped(reader.plane, folder / "plain"))


def dumped(by: Account, folder: Path, *, with_secrets: bool = False, **environment: str) -> Path:
    """Run the script as this account; the archive that it hands over."""
    folder.mkdir()
    path = f"{built.binaries(by.plane.minor)}:{os.environ['PATH']}"
    told = {"PATH": path, "KUBECONFIG": str(by.kubeconfig), "HOME": str(folder), **environment}
    done = run_script(folder, script(with_secrets=with_secrets), ("one",), **told)
    assert done.returncode == 0, done.stderr
    return folder / "kubesurvey-one.tar.gz"


def tables(run: Run) -> Tables:
    return build(run.items(), run)


def plainly_dumped(plane: ControlPlane, folder: Path) -> Path:
    """What `kubectl get -o json` prints of every kind that is served."""
    folder.mkdir()
    served = set(plane.kubectl("api-resources", "--verbs=list", "-o", "name").split())
    for known in (*SURVEYED.values(), SECRETS):
        resource = f"{known.plural}.{known.group}" if known.group else known.plural
        if resource in served:
            (folder / f"{resource}.json").write_text(plane.kubectl("get", resource, "-A", "-o", "json"))
    for resource in (each for each in served if each.endswith(".constraints.gatekeeper.sh")):
        (folder / f"{resource}.json").write_text(plane.kubectl("get", resource, "-o", "json"))
    (folder / "version.json").write_text(plane.kubectl("version", "-o", "json"))
    return folder


def rows(found: Tables) -> dict[str, Counter[str]]:
    """The rows of every table without what says where they were seen."""

    def content(row: Any) -> str:
        return repr([(name, value) for name, value in row._asdict().items() if name not in ASIDE])

    return {name: Counter(map(content, found.rows[name])) for name, table in tables_of(KUBERNETES).items()
            if {*SURVEYED, SECRETS.kind} & set(table.kinds)}  # fmt: skip


def test_the_role_is_enough_and_every_rule_of_it_is_used(reader: Account, tmp_path: Path) -> None:
    plane = reader.plane
    connection = live.connect(reader.kubeconfig, with_secrets=True)
    live.collect(new_run(tmp_path), connection, cluster="one", with_secrets=True)
    events = plane.audit_events(reader.user)
    assert events and not denied(plane, reader.user)
    used = {(each["objectRef"].get("apiGroup", ""), each["objectRef"]["resource"]) for each in events
            if each["verb"] == "list"}  # fmt: skip
    paths = {each["requestURI"].partition("?")[0] for each in events if "objectRef" not in each}
    looked = [each for each in events if each.get("objectRef", {}).get("resource") not in REVIEWS]
    assert {each["verb"] for each in looked} == {"get", "list"}
    (role,) = yaml.safe_load_all(whole_cluster(with_secrets=True))
    idle = {(group, resource) for rule in role["rules"] for group in rule.get("apiGroups", ())
            for resource in rule["resources"]} - used  # fmt: skip
    served = {(each.group, each.plural) for each in _served(reader)}
    assert not {(group, resource) for group, resource in idle if resource != "*"} & served
    assert {group for group, resource in idle if resource == "*"} <= {group for group, _ in used}
    assert paths == {path for rule in role["rules"] for path in rule.get("nonResourceURLs", ())}


def _served(by: Account) -> list[Any]:
    from collectors.kubernetes.live.discovery import CORE, GROUPS, discover

    connection = live.connect(by.kubeconfig)
    return [each for root in (CORE, GROUPS) for each in discover(connection, root).served]


def test_the_script_sees_what_a_plain_dump_of_the_same_moment_sees(moment: Moment, tmp_path: Path) -> None:
    ours, plain = gather(moment.ours, tmp_path / "a"), gather(moment.plain, tmp_path / "b", whole=True)
    assert rows(tables(ours.run)) == rows(tables(plain.run))
    assert not denied(moment.plane, moment.reader.user)


def test_the_script_claims_every_kind_in_the_whole_cluster(moment: Moment, tmp_path: Path) -> None:
    found = gather(moment.ours, tmp_path / "a")
    listed = {*SURVEYED, SECRETS.kind}
    assert {kind for kind, namespace in found.complete if namespace == "*"} >= listed
    assert not [gap for gap in tables(found.run).gaps if gap.kind in listed and gap.owner is None]


def test_no_value_of_a_secret_is_in_any_file_of_the_script(moment: Moment) -> None:
    secrets = moment.plane.ask("/api/v1/secrets")["items"]
    values = [value for secret in secrets for value in (secret.get("data") or {}).values()]
    with tarfile.open(moment.ours) as archive:
        text = b"".join(file.read() for member in archive if (file := archive.extractfile(member)))
    assert b'"tls.key":null' in text
    assert values and not [value for value in values if value.encode() in text or b64decode(value) in text]


def test_with_a_partial_account_exactly_the_refused_kinds_are_gaps(still: ControlPlane, tmp_path: Path) -> None:
    lacking = ("pods", "networkpolicies.networking.k8s.io", "nodes", "backups.velero.io")
    with account(still, "permissions-partial", without(whole_cluster(), *lacking)) as partial:
        found = gather(dumped(partial, tmp_path / "ours"), tmp_path / "a")
        unseen = {"Pod", "networking.k8s.io/NetworkPolicy", "Node", "velero.io/Backup"}
        assert set(SURVEYED) - {kind for kind, where in found.complete if where == "*"} == unseen
        events = still.audit_events(partial.user)
        gaps = [gap for gap in tables(found.run).gaps if gap.kind in SURVEYED]
    assert {each["verb"] for each in events} == {"get", "list"}
    assert not [each for each in events if each.get("objectRef", {}).get("resource") == "secrets"]
    assert {gap.kind for gap in gaps} == unseen
    assert {gap.outcome for gap in gaps} == {"denied"}
    assert all(gap.closed_by.startswith("rule {apiGroups:") for gap in gaps)


def test_with_rights_in_one_namespace_that_namespace_is_known(still: ControlPlane, tmp_path: Path) -> None:
    with account(still, "permissions-shop", each_namespace({"shop": []})) as inside:
        found = gather(dumped(inside, tmp_path / "ours", NAMESPACES="shop billing"), tmp_path / "a")
    complete = _by_namespace(found)
    absent = complete.get("*", set())
    assert complete["shop"] == {kind for kind in SURVEYED if is_namespaced(kind)} - absent
    assert "billing" not in complete and not {"Pod", "Node"} & absent


def _by_namespace(found: Gathered) -> dict[str, set[str]]:
    together: dict[str, set[str]] = {}
    for kind, namespace in found.complete:
        together.setdefault(namespace, set()).add(kind)
    return together


def test_it_stops_where_nobody_answers(control_plane: ControlPlane, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.yaml"
    nowhere.write_text(yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "x", "users": [],
        "clusters": [{"name": "x", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": ""}}],
    }))  # fmt: skip
    path = f"{built.binaries(control_plane.minor)}:{os.environ['PATH']}"
    done = run_script(tmp_path, script(), ("one",), PATH=path, KUBECONFIG=str(nowhere), HOME=str(tmp_path))
    assert done.returncode == 1 and "nothing else was asked" in done.stderr


def test_kubectl_takes_the_roles_as_they_are_printed(control_plane: ControlPlane) -> None:
    for text in (whole_cluster(with_secrets=True, kubelets=True), each_namespace({"shop": [], "billing": []})):
        said = control_plane.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", input=text)
        assert said.count("created") == len(list(yaml.safe_load_all(text)))
