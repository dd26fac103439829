"""Secrets in what clouds and people answer: gone before the first byte, or refused with the file and the line."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from collectors.aws.operations import OPERATIONS as AWS_CALLS
from collectors.azure.operations import OPERATIONS as AZURE_CALLS
from collectors.azure.operations import custom_role
from tests.acceptance.estate import AKS, AWS, AZURE, collected, edit, judged
from tests.acceptance.planted import Canaries, in_base64
from tests.acceptance.running import kubesurvey, succeed
from tests.acceptance.unpacked import unpacked
from tests.evidence.test_canaries import alignments

# Calls of either cloud that answer with a credential, or with the data that a service keeps.
GIVES_AWAY = re.compile(
    r"token|credential|secret|password|kubeconfig|decrypt|accesskey|access-key|listkeys|runcommand|getobject|getitem"
    r"|getparameter|assumerole|getfederation|getsession|authorization|exec",
    re.IGNORECASE,
)


def plant(sources: Path, canaries: Canaries) -> None:
    """Wherever a person can write into a cloud, and where a cloud is known to have kept secrets."""
    tags = {"db_password": canaries.password("a tag by its name"), "note": canaries.key_id("a tag by its shape"),
            "api-token": canaries.packed("a tag called token")}  # fmt: skip
    values = json.dumps({"env": {"PASSWORD": canaries.words("configurationValues")}})
    message = f"login with password={canaries.words('a health issue')} failed"

    def eks(body: Any) -> None:
        body["cluster"] |= {"tags": tags, "connectorConfig": {"activationCode": canaries.password("a connector")}}

    def group(body: Any) -> None:
        body["nodegroup"] |= {"tags": tags, "health": {"issues": [{"code": "AccessDenied", "message": message}]}}

    def add_on(body: Any) -> None:
        body["addon"] |= {"tags": tags, "configurationValues": values}

    def aks(body: Any) -> None:
        config = {"workspaceKey": canaries.packed("an add-on"), "clientSecret": canaries.words("an add-on")}
        packed = in_base64(f"users: [{{user: {{token: {canaries.words('a kubeconfig of Azure')}}}}}]")
        proxy = f"http://proxy:{canaries.words('the address of a proxy')}@proxy.example:3128"
        body["tags"] = {name: canaries.words("a tag of Azure") for name in ("deploy-password", "secret")}
        body["properties"] |= {
            "addonProfiles": {"old": {"enabled": True, "config": config}},
            "servicePrincipalProfile": {"clientId": "1111", "secret": canaries.words("a service principal")},
            "windowsProfile": {"adminUsername": "a", "adminPassword": canaries.words("a Windows password")},
            "httpProxyConfig": {"httpProxy": proxy}, "kubeconfigs": [{"name": "admin", "value": packed}],
        }  # fmt: skip

    edit_json(sources / AWS / "describe-cluster/lakeside.json", eks)
    edit_json(sources / AWS / "describe-nodegroup/lakeside/general.json", group)
    (sources / AWS / "list-addons/lakeside.err").unlink()
    write(sources / AWS / "list-addons/lakeside.json", {"addons": ["coredns"]})
    write(sources / AWS / "describe-addon/lakeside/coredns.json", {"addon": {"addonName": "coredns"}})
    edit_json(sources / AWS / "describe-addon/lakeside/coredns.json", add_on)
    edit_json(sources / AKS / "managed-cluster.json", aks)
    edit_json(sources / AZURE / "managed-clusters.json", lambda body: aks(body["value"][0]))


def write(file: Path, held: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(held))


def edit_json(file: Path, change: Any) -> None:
    held = json.loads(file.read_text())
    change(held)
    write(file, held)


def test_no_canary_of_a_cloud_reaches_evidence_tables_or_results(tmp_path: Path) -> None:
    canaries = Canaries(random.Random("clouds"))
    workspace = collected(tmp_path, lambda sources: plant(sources, canaries))
    results = judged(workspace)
    held = [part for file in sorted(workspace.path.rglob("*")) if file.is_file() for part in unpacked(file)]
    tables = {**results.tables, **results.results}
    held += [(name, json.dumps(table.to_pylist(), default=str).encode()) for name, table in tables.items()]
    found = [
        f"{canary} of {place} in {name}"
        for canary, place in canaries.planted.items()
        for name, data in held
        for trace in (canary.encode(), *alignments(canary))
        if trace in data
    ]
    assert not found, "\n".join(found)
    assert len(canaries.planted) >= 14
    addons = results.tables["eks_addons"]
    assert pa.compute.sum(pa.compute.equal(addons["name"], "coredns")).as_py() == 1
    assert b"~redacted:" in b"".join(data for name, data in held if name.endswith(".zst unpacked"))


@pytest.mark.parametrize(
    ("where", "told"), [("detail", "security.yaml, line"), ("attachment", "notes.txt, line 2")]
)  # fmt: skip
def test_a_secret_in_an_answer_or_an_attachment_is_refused_with_its_place(
    tmp_path: Path, where: str, told: str
) -> None:
    canary = Canaries(random.Random(where)).key_id(where)
    folder = tmp_path / "acme"
    succeed("init", folder)
    sheet = folder / "questionnaire" / "security.yaml"
    change = {"detail": canary} if where == "detail" else {"attachments": ["notes.txt"]}
    answer = {"choice": "mapped", "date": "2026-11-12", "role": "Officer"} | change
    (folder / "questionnaire" / "notes.txt").write_text(f"How to sign in\nkey {canary}\n")
    edit(sheet, lambda held: held["sec.data-classification"].update(answer))
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "a.yaml").write_text("{apiVersion: v1, kind: Namespace, metadata: {name: a}}")
    done = kubesurvey("collect", folder, "--from", tmp_path / "objects", "--cluster", "one")
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert canary not in done.stdout + done.stderr
    stored = [part for file in folder.joinpath("evidence").rglob("*") if file.is_file() for part in unpacked(file)]
    assert not [name for name, data in stored if canary.encode() in data]


def test_no_call_to_a_cloud_gives_a_credential_away() -> None:
    calls = [each.action for each in AWS_CALLS] + [f"{each.action} {each.path}" for each in AZURE_CALLS]
    assert len(calls) >= 16
    assert not [call for call in calls if GIVES_AWAY.search(call)]
    settings = "GetRegistryScanningConfiguration|GetRepositoryPolicy|GetLifecyclePolicy|BatchGetAccountStatus"
    asked = re.compile(rf"\w+:((List|Describe)\w+|GetCallerIdentity|{settings})")
    assert all(asked.fullmatch(each.action) for each in AWS_CALLS)
    assert all(each.action.endswith("/read") for each in AZURE_CALLS)
    role = custom_role(("00000000-0000-0000-0000-000000000000",))
    assert role["DataActions"] == []
    assert not [action for action in role["Actions"] if GIVES_AWAY.search(action) or "*" in action]


@pytest.mark.parametrize("call", ["eks:GetToken", "secretsmanager:GetSecretValue", "x/listClusterAdminCredential"])
def test_the_list_of_what_gives_away_knows_the_worst(call: str) -> None:
    assert GIVES_AWAY.search(call)
