"""What AWS really answered, recorded by others, and what others expect of the same settings."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assessment.checks.load import Check
from assessment.judging_in_memory import World, judge_in_memory
from collectors.aws.redaction import redacted
from collectors.evidence.item import Claim, ItemDraft
from tests.aws.surveys import EKS_CHECKS
from tests.inputs import inputs

KINDS = {"DescribeCluster": "eks/Cluster", "DescribeNodegroup": "eks/Nodegroup", "DescribeAddon": "eks/Addon",
         "DescribeClusterVersions": "eks/ClusterVersion"}  # fmt: skip


def draft(cluster: str, kind: str, name: str, claims: tuple[Claim, ...] = ()) -> ItemDraft:
    return ItemDraft(
        source="aws", cluster=cluster, request="recorded", principal="recorded", method="examine",
        collection_mode="upload", started_at="2026-11-21T00:00:00Z", ended_at="2026-11-21T00:00:00Z", claims=claims,
        parameters={"family": "aws", "basis": "running", "kind": kind, "name": name}, media_type="application/json",
    )  # fmt: skip


def judged(answers: dict[str, list[tuple[str, str, dict[str, Any]]]]) -> dict[tuple[str, str], dict[str, str]]:
    """(cluster, check) -> subject -> verdict, of answers by cluster as (kind, name, body)."""
    kinds = {kind for held in answers.values() for kind, _, _ in held}
    claims = tuple(Claim(kind, "*", True) for kind in kinds)
    given: dict[str, World] = {}
    for cluster, held in answers.items():
        shown = [(draft(cluster, kind, name), body) for kind, name, body in held]
        given[cluster] = World(answers=[(draft(cluster, "", "", claims), None), *shown])
    found: dict[tuple[str, str], dict[str, str]] = {}
    result = judge_in_memory(given, checks=EKS_CHECKS, as_of="2026-11-21 00:00:00")
    for table, fixed in ((result.findings, None), (result.out_of_scope, "out of scope")):
        for row in table.to_pylist():
            subjects = found.setdefault((row["cluster"], row["check_id"]), {})
            subjects[row["subject_name"]] = fixed or row["verdict"]
    return found


def undated(value: Any) -> Any:
    """Placebo writes an instant as its parts."""
    if isinstance(value, dict) and value.get("__class__") == "datetime":
        parts = [value[name] for name in ("year", "month", "day", "hour", "minute", "second", "microsecond")]
        return datetime(*parts, tzinfo=UTC).isoformat()
    if isinstance(value, dict):
        return {key: undated(each) for key, each in value.items() if key != "ResponseMetadata"}
    return [undated(each) for each in value] if isinstance(value, list) else value


def recorded() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """(folder, kind, name, body) of every recorded answer that we also ask for."""
    for path in sorted(inputs("cloud-aws", "recorded-c7n").glob("test_eks_*/eks.Describe*_*.json")):
        operation = path.name.split(".")[1].partition("_")[0]
        said = json.loads(path.read_text())
        body = undated(said["data"])
        if said["status_code"] != 200 or operation not in KINDS:
            continue
        body, _ = redacted(body, b"k" * 32)
        inner: Any = next(iter(body.values()))
        names = ("name", "nodegroupName", "addonName")
        name = next((inner[each] for each in names if each in inner), "") if isinstance(inner, dict) else "versions"
        yield f"{path.parent.name}/{path.name}", KINDS[operation], name, body


@pytest.fixture(scope="module")
def of_recorded() -> dict[tuple[str, str], dict[str, str]]:
    worlds: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for place, kind, name, body in recorded():
        worlds.setdefault(place, []).append((kind, name, body))
    return judged(worlds)


def test_a_cluster_that_was_recorded_gets_the_verdicts_that_its_settings_deserve(
    of_recorded: dict[tuple[str, str], dict[str, str]],
) -> None:
    place, name = "test_eks_addon_health/eks.DescribeCluster_1.json", "serious-bluegrass-ladybug"
    expected = {
        "eks.endpoint_is_private_or_restricted": "fail", "eks.audit_log": "pass", "eks.control_plane_logs": "pass",
        "eks.secrets_encrypted": "pass", "eks.secrets_key_is_own": "fail", "eks.access_by_entries_only": "pass",
        "eks.deletion_protection": "fail", "eks.version_in_standard_support": "unknown",
    }  # fmt: skip
    assert {check: of_recorded[place, check][name] for check in expected} == expected


def test_an_old_cluster_is_out_of_support_and_logs_only_what_is_switched_on(
    of_recorded: dict[tuple[str, str], dict[str, str]],
) -> None:
    place, name = "test_eks_upgrade_available/eks.DescribeCluster_1.json", "pod2-9756"
    expected = {
        "eks.audit_log": "fail", "eks.secrets_encrypted": "pass", "eks.secrets_key_is_own": "pass",
        "eks.version_in_standard_support": "fail", "eks.access_by_entries_only": "unknown",
    }  # fmt: skip
    assert {check: of_recorded[place, check][name] for check in expected} == expected


def test_node_groups_and_add_ons_that_were_recorded_are_judged(
    of_recorded: dict[tuple[str, str], dict[str, str]],
) -> None:
    group = "test_eks_nodegroup_delete/eks.DescribeNodegroup_1.json"
    assert of_recorded[group, "eks.node_groups_healthy"] == {"deleted-example": "pass"}
    assert of_recorded[group, "eks.node_groups_can_scale"] == {"deleted-example": "fail"}
    assert of_recorded[group, "eks.nodes_without_remote_access"] == {"deleted-example": "pass"}
    addon = "test_eks_addon_health/eks.DescribeAddon_1.json"
    assert of_recorded[addon, "eks.addons_healthy"] == {"amazon-cloudwatch-observability": "pass"}


def test_every_recorded_answer_is_judged_without_an_error(of_recorded: dict[tuple[str, str], dict[str, str]]) -> None:
    places = {place for place, _, _, _ in recorded()}
    assert len(places) > 20
    verdicts = {verdict for subjects in of_recorded.values() for verdict in subjects.values()}
    assert verdicts <= {"pass", "fail", "unknown", "out of scope"}


# What Prowler's attributes are called in AWS's answers, and the check of ours that asks the same.
_OURS = {
    "eks_cluster_deletion_protection_enabled": "eks.deletion_protection",
    "eks_cluster_kms_cmk_encryption_in_secrets_enabled": "eks.secrets_key_is_own",
    "eks_endpoints_not_publicly_accessible": "eks.endpoint_is_private_or_restricted",
    "eks_control_plane_logging_all_types_enabled": "eks.control_plane_logs",
}
_DIFFERS = {
    "test_cluster_deletion_protection_none": "not said is off: AWS documents that default",
}


def truth() -> list[tuple[str, str, str, dict[str, Any]]]:
    """(our check, their test, their verdict, the settings as AWS would answer them)."""
    path: Path = inputs("cloud-aws", "prowler-truth-tables", "prowler_aws.csv")
    rows = [row for row in csv.DictReader(path.read_text().splitlines()) if row["check"] in _OURS and row["status"]]
    return [(_OURS[row["check"]], row["test"], row["status"], settings(row["mock_objects"])) for row in rows]


def settings(written: str) -> dict[str, Any]:
    """Prowler's object as the body of DescribeCluster."""

    def said(name: str) -> str | None:
        found = re.search(rf"\b{name}=(\[[^\]]*\]|[\w.]+)", written)
        return None if found is None or found[1] == "None" else found[1]

    described: dict[str, Any] = {"name": "shop", "resourcesVpcConfig": {}}
    if said("deletion_protection"):
        described["deletionProtection"] = said("deletion_protection") == "True"
    if said("encryptionConfig") == "True":
        described["encryptionConfig"] = [{"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:x:1:key/1"}}]
    for theirs, ours in (
        ("endpoint_public_access", "endpointPublicAccess"),
        ("endpoint_private_access", "endpointPrivateAccess"),
    ):
        if said(theirs):
            described["resourcesVpcConfig"][ours] = said(theirs) == "True"
    if ranges := said("public_access_cidrs"):
        described["resourcesVpcConfig"]["publicAccessCidrs"] = re.findall(r"'([^']+)'", ranges)
    types = re.findall(r"'(\w+)'", said("types") or "")
    described["logging"] = {"clusterLogging": [{"types": types, "enabled": True}] if types else []}
    return described


def test_we_agree_with_the_truth_tables_of_others_but_for_what_we_say() -> None:
    cases = truth()
    assert len(cases) >= 8
    found = judged({test: [("eks/Cluster", "shop", {"cluster": body})] for _, test, _, body in cases})
    for check, test, status, _ in cases:
        expected = "fail" if test in _DIFFERS else status.lower()
        assert found[test, check] == {"shop": expected}, f"{check} of {test}"


def test_every_check_of_eks_is_one_that_the_frameworks_may_name() -> None:
    named = {
        "endpoint_is_private_or_restricted", "audit_log", "control_plane_logs", "secrets_encrypted",
        "version_in_standard_support", "access_by_entries_only", "no_cluster_admin_entries", "deletion_protection",
        "node_version_follows_control_plane", "node_groups_healthy", "nodes_without_remote_access",
        "node_groups_span_zones", "node_groups_can_scale", "addons_healthy",
    }  # fmt: skip
    checks: list[Check] = EKS_CHECKS
    assert {f"eks.{name}" for name in named} <= {check.check_id for check in checks}
    assert {check.written.layer for check in checks} == {"cloud"}
    assert all(check.written.sources and check.written.blind_to for check in checks)
