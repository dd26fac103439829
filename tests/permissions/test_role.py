"""The role that is printed: what it opens, what it says of itself, and that nothing more is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.access.cluster_role import NO_TABLE, cluster_role, full_rules, tables_that_need
from assessment.access.permissions import Wanted, for_kubernetes, printed
from assessment.access.printed_role import each_namespace, namespaces_of, whole_cluster
from assessment.refusal import Refused
from collectors.kubernetes.roles import everything_listed, rule_that_opens
from collectors.kubernetes.surveyed import PATHS, SECRETS, SURVEYED
from collectors.people import engagement
from collectors.people.engagement import Engagement
from tests.command_line.calling import say

PLAIN = Engagement(client="Acme")


def rules(text: str) -> list[dict[str, Any]]:
    (role,) = [one for one in yaml.safe_load_all(text) if one]
    assert role["kind"] in ("ClusterRole", "Role")
    found: list[dict[str, Any]] = role["rules"]
    return found


def opened(text: str) -> set[tuple[str, str]]:
    return {(group, resource) for rule in rules(text) for group in rule.get("apiGroups", [])
            for resource in rule["resources"]}  # fmt: skip


def opened_by(rule: dict[str, Any]) -> set[tuple[str, str]]:
    return {(group, resource) for group in rule["apiGroups"] for resource in rule["resources"]}


def test_exactly_one_cluster_role_is_printed() -> None:
    (role,) = list(yaml.safe_load_all(whole_cluster(with_secrets=True, kubelets=True)))
    assert (role["apiVersion"], role["kind"]) == ("rbac.authorization.k8s.io/v1", "ClusterRole")


def test_it_opens_every_kind_that_is_surveyed_and_no_other() -> None:
    surveyed = {(known.group, known.plural) for known in SURVEYED.values()}
    assert opened(whole_cluster()) == surveyed | {("constraints.gatekeeper.sh", "*")}


def test_it_lists_kinds_and_gets_pages_and_does_nothing_else() -> None:
    for rule in rules(whole_cluster(with_secrets=True)):
        assert rule["verbs"] == (["get"] if "nonResourceURLs" in rule else ["list"])
    (pages,) = [rule["nonResourceURLs"] for rule in rules(whole_cluster()) if "nonResourceURLs" in rule]
    assert sorted(pages) == sorted(PATHS)
    assert "nodes/proxy" not in whole_cluster(with_secrets=True, kubelets=True)


def test_secrets_and_kubelets_are_opened_only_where_somebody_asks() -> None:
    assert ("", "secrets") not in opened(whole_cluster()) and ("", "nodes/configz") not in opened(whole_cluster())
    everything = whole_cluster(with_secrets=True, kubelets=True)
    assert {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]} in rules(everything)
    assert {"apiGroups": [""], "resources": ["nodes/configz"], "verbs": ["get"]} in rules(everything)


def test_every_rule_stands_below_the_tables_that_need_it() -> None:
    lines = whole_cluster(with_secrets=True, kubelets=True).splitlines()
    for number, line in enumerate(lines):
        if line.startswith("  - "):
            assert lines[number - 1].startswith("  # "), line


@pytest.mark.parametrize("kind", sorted({*everything_listed(), SECRETS.kind}))
def test_a_kind_is_asked_for_because_a_table_needs_it(kind: str) -> None:
    assert tables_that_need(kind), f"{kind} is listed, and no table is filled from it ({NO_TABLE})"


@pytest.mark.parametrize("kind", [*SURVEYED, *PATHS.values(), SECRETS.kind])
def test_the_rule_that_a_gap_names_is_in_the_role(kind: str) -> None:
    named = yaml.safe_load(rule_that_opens(kind).removeprefix("rule ").removesuffix(" in a ClusterRole"))
    everything = rules(cluster_role(full_rules(with_secrets=True)))
    assert any(_is_in(named, rule) for rule in everything)


def _is_in(named: dict[str, list[str]], rule: dict[str, list[str]]) -> bool:
    return set(named) == set(rule) and all(set(values) <= set(rule[part]) for part, values in named.items())


def test_roles_of_namespaces_say_what_they_cannot_open() -> None:
    text = each_namespace({"shop": ["eu"], "123": []})
    roles = list(yaml.safe_load_all(text))
    assert [(role["kind"], role["metadata"]["namespace"]) for role in roles] == [("Role", "shop"), ("Role", "123")]
    for role in roles:
        assert not any("nonResourceURLs" in rule or ("", "nodes") in opened_by(rule)
                       for rule in role["rules"])  # fmt: skip
    comments = " ".join(line.strip("# ") for line in text.splitlines() if line.startswith("#"))
    for cannot in ("nodes,", "clusterroles.rbac.authorization.k8s.io", "/metrics"):
        assert cannot in comments


def test_namespaces_come_from_the_engagement(tmp_path: Path) -> None:
    file = tmp_path / "engagement.yaml"
    file.write_text("client: Acme\nclusters:\n  eu: {access: {namespaces: [shop, till]}}\n"
                    "  us: {access: {namespaces: [shop]}}\n")  # fmt: skip
    assert namespaces_of(engagement.read(file)) == {"shop": ["eu", "us"], "till": ["eu"]}
    assert namespaces_of(engagement.read(file), ["own"]) == {"own": []}


@pytest.mark.parametrize(
    ("wanted", "clouds"),
    [
        (Wanted(namespaced=True), []),
        (Wanted(namespaced=True, namespaces=("../x",)), []),
        (Wanted(dump_script=True, namespaces=("a b",)), []),
        (Wanted(namespaces=("shop",)), []),
        (Wanted(namespaced=True, namespaces=("shop",), kubelets=True), []),
        (Wanted(namespaced=True, namespaces=("shop",), dump_script=True), []),
        (Wanted(with_secrets=True), ["AWS"]),
    ],
)
def test_what_makes_no_sense_is_refused(wanted: Wanted, clouds: list[str]) -> None:
    with pytest.raises(Refused):
        printed(PLAIN, clouds, wanted)


def test_a_name_in_a_comment_cannot_end_it(tmp_path: Path) -> None:
    text = each_namespace({"shop": ["eu\nrules: []", "us\u2028kind: x"]})
    assert [role["kind"] for role in yaml.safe_load_all(text)] == ["Role"]


def test_how_it_is_bound_is_said_for_the_clouds_that_are_named(tmp_path: Path) -> None:
    file = tmp_path / "engagement.yaml"
    file.write_text("client: Acme\nclusters: {eu: {managed: eks}, us: {managed: aks}}\n")
    text = for_kubernetes(engagement.read(file), Wanted()).policy
    assert "create-access-entry" in text and "OBJECT_ID_OF_GROUP" in text
    assert "create-access-entry" not in for_kubernetes(PLAIN, Wanted()).policy


def test_the_command_prints_the_role_and_points_to_the_clouds(empty: Path) -> None:
    (empty / "engagement.yaml").write_text(
        "client: Acme\nclusters:\n  shop: {cloud: {account: '111122223333', region: eu-central-1}}\n"
    )
    said = say("permissions", empty)
    assert said.code == 0 and rules(said.out) == rules(whole_cluster())
    assert "--aws" in said.err and "--azure" not in said.err


def test_the_command_prints_roles_and_the_script(empty: Path) -> None:
    assert opened(say("permissions", empty, "--namespaced", "--namespace", "shop").out)
    assert say("permissions", empty, "--dump-script", "--namespace", "shop").out.startswith("#!/bin/sh\n")
    assert say("permissions", empty, "--namespaced").code == 2
