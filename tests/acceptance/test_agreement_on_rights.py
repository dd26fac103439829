"""prowler's own cases of what an RBAC rule allows, beside how we read rules.

prowler asks whether any of several rules allows any of the verbs on any of the resources in the API groups asked for.
A case without API groups in its rule is one that no API server accepts; both read it as the core group.
"""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest

from collectors.tables.rbac_powers import read_rule
from tests.inputs import inputs

Asked = tuple[tuple[str, ...], tuple[str, ...], str]  # resources, verbs, API group
PODS: Asked = (("pods",), ("get",), "")
WEBHOOKS = ("validatingwebhookconfigurations",)
# What each case asks, and the answer, as its name states them; the questions themselves are not in the file.
EXPECTED: dict[str, tuple[Asked, bool]] = {
    "test_is_rule_allowing_permissions": ((("pods", "deployments"), ("get", "create"), ""), True),
    "test_no_matching_rules": ((("deployments",), ("get", "create"), ""), False),
    "test_empty_resources_and_verbs": (((), (), ""), False),
    "test_matching_rule_with_empty_resources_or_verbs": (((), ("get",), ""), False),
    "test_rule_with_non_matching_api_group": (PODS, False),
    "test_rule_with_matching_api_group": (PODS, True),
    "test_default_api_group_is_core": (PODS, True),
    "test_rule_with_empty_api_groups_does_not_match_non_core_request": (
        (("pods",), ("get",), "admissionregistration.k8s.io"), False,
    ),
    "test_non_core_rule_does_not_match_without_api_groups_argument": ((WEBHOOKS, ("create",), ""), False),
    "test_explicit_non_core_api_group": ((WEBHOOKS, ("create",), "admissionregistration.k8s.io"), True),
    "test_rule_with_wildcard_api_group": (PODS, True),
    "test_rule_with_wildcard_resources": (PODS, True),
    "test_rule_with_wildcard_verbs": (PODS, True),
}  # fmt: skip


def mock_rules() -> dict[str, str]:
    path = inputs("prowler-kubernetes", "prowler_kubernetes.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["check"] == "role_permissions"]
    return {row["test"]: row["mock_objects"] for row in rows if row["mock_objects"]}


def as_rules(written: str) -> list[dict[str, Any]]:
    """`Rule(resources=['pods'], verbs=['get'], apiGroups=[''])` as rules of a Role."""
    rules = []
    for each in written.split(" | "):
        lists = re.findall(r"(\w+)=\[([^\]]*)\]", each)
        rules.append({name: re.findall(r"'([^']*)'", values) for name, values in lists})
    return rules


def test_every_case_with_rules_is_answered_here() -> None:
    assert set(mock_rules()) == set(EXPECTED)


@pytest.mark.parametrize("case", EXPECTED)
def test_a_rule_allows_what_prowler_says_it_allows(case: str) -> None:
    (resources, verbs, group), expected = EXPECTED[case]
    answers = [read_rule(rule).allows(group, resources, verbs) for rule in as_rules(mock_rules()[case])]
    # Nothing asked for is nothing allowed, except what a star allows by itself.
    assert (True in answers and bool(resources) and bool(verbs)) is expected
