"""Our table of deprecated API versions beside the fixtures and the table of two peers.

Where a peer's table differs, the Deprecated API Migration Guide of the Kubernetes documentation decides.
"""

from __future__ import annotations

import csv
from typing import Any

import orjson
import pytest
import yaml

import assessment
from collectors.tables.api_lifecycles import api_lifecycles
from tests.inputs import inputs

DEPRECATED, REMOVED = "lifecycle.no_deprecated_api", "lifecycle.no_removed_api"
# What the peer reads in an annotation with the manifest as it was last applied. Its text may hold anything, so it never
# reaches the evidence; a running object tells its writers' versions by managedFields, which these have none of.
ONLY_IN_AN_ANNOTATION = ("with-annotation.yaml", "with-kapp-annotation.yaml")
# Newer guide than table: (version, kind) -> what the guide says (deprecated in, removed in).
GUIDE_DECIDES = {
    ("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema"): (23, 26),
    ("flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration"): (23, 26),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema"): (26, 29),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration"): (26, 29),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"): (29, 32),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration"): (29, 32),
    ("apiregistration.k8s.io/v1beta1", "APIService"): (19, 22),
    ("authentication.k8s.io/v1beta1", "TokenReview"): (19, 22),
    ("coordination.k8s.io/v1beta1", "Lease"): (19, 22),
}
Case = dict[str, str]


def cases() -> list[Case]:
    """Objects of the fixtures: an apiVersion and a kind that is one of Kubernetes or of an extension."""
    with inputs("deprecated-apis", "objects.csv").open(encoding="utf-8", newline="") as file:
        found = [case for case in csv.DictReader(file) if case["kind"] not in ("", "Config", "Secret")]
    # A review without a name is a request: an API server answers it and keeps nothing.
    return [case for case in found if case["name"] and not case["path"].endswith(ONLY_IN_AN_ANNOTATION)]


def objects_of(source: str, path: str) -> list[dict[str, Any]]:
    text = inputs("deprecated-apis", source, *path.split("/")).read_text(encoding="utf-8")
    documents = [document for document in yaml.safe_load_all(text) if document]
    plain = orjson.loads(orjson.dumps(documents, default=str))
    return [each for document in plain for each in (document.get("items") or [] if "items" in document else [document])]


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[str, str, str, str], str]:
    """(file, kind, name, check) -> the worst verdict where the version of the cluster is not known."""
    return judged(None)


def judged(version: str | None) -> dict[tuple[str, str, str, str], str]:
    paths = {f"{case['source']}:{case['path']}": case for case in cases()}
    worlds = {name: objects_of(case["source"], case["path"]) for name, case in paths.items()}
    rows = assessment.judge_many(worlds, kubernetes_version=version)
    rows = rows[rows["check_id"].isin((DEPRECATED, REMOVED))]
    found: dict[tuple[str, str, str, str], str] = {}
    for row in rows.to_dict("records"):
        key = (row["cluster"], row["subject_kind"], row["subject_name"], row["check_id"])
        found[key] = max(found.get(key, ""), row["verdict"], key=("", "pass", "unknown", "fail").index)
    return found


def test_what_peers_flag_is_deprecated_and_what_is_current_is_not() -> None:
    current, verdicts, wrong = {"apps/v1"}, judged("1.36"), []
    for case in cases():
        key = (f"{case['source']}:{case['path']}", case["kind"], case["name"], DEPRECATED)
        expected = "pass" if case["apiVersion"] in current else "fail"
        same_name = case["path"].endswith("deprecated-and-non-deprecated.yaml")
        if verdicts.get(key) != ("fail" if same_name else expected):
            wrong.append(f"{key}: {case['apiVersion']}: expected {expected}, we say {verdicts.get(key)}")
    assert not wrong, "\n".join(wrong)


def test_what_no_supported_version_serves_fails_without_knowing_the_version(verdicts: dict[Any, str]) -> None:
    lives = api_lifecycles()
    for case in cases():
        life = lives.get((case["apiVersion"], case["kind"]))
        if life is not None and life.removed_in is not None and life.removed_in <= 28:
            key = (f"{case['source']}:{case['path']}", case["kind"], case["name"], REMOVED)
            assert verdicts[key] == "fail", case


def test_our_table_agrees_with_the_peers_or_the_guide_decides() -> None:
    written = yaml.safe_load(inputs("deprecated-apis", "pluto_versions.yaml").read_text(encoding="utf-8"))
    ours, wrong = api_lifecycles(), []
    for each in written["deprecated-versions"]:
        key = (each["version"], each["kind"])
        if each["component"] != "k8s" or each["kind"].endswith("List") or each["version"].startswith("audit."):
            continue
        if each["kind"] in ("FlowControl",) or key == ("apps/v1beta1", "ReplicaSet"):
            continue  # never kinds of that version: FlowSchema is meant, and ReplicaSets began in extensions
        if key in GUIDE_DECIDES:
            assert (ours[key].deprecated_in, ours[key].removed_in) == GUIDE_DECIDES[key]
        elif key not in ours or ours[key].removed_in != _minor(each["removed-in"]):
            wrong.append(f"{key}: the peer says {each['removed-in']}, we say {ours.get(key)}")
    assert not wrong, "\n".join(wrong)


def _minor(version: str) -> int | None:
    return int(version.split(".")[1]) if version else None
