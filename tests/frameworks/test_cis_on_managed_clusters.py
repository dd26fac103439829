"""What the provider runs on EKS and AKS shows nothing of itself, and nothing of it is ever said to hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from assessment.checks.expression import Constants
from assessment.checks.load import Check, library
from assessment.checks.run import Judge
from assessment.derived.run import all_tables
from assessment.frameworks.counting import counts_within
from assessment.frameworks.estate import Estate
from assessment.frameworks.judge import RequirementRow, judge
from assessment.frameworks.load import Framework, load
from assessment.frameworks.scope import reach
from collectors.tables.database import arrow
from tests.checks.example_worlds import tables_of, without
from tests.frameworks.scoped_worlds import EVERYTHING_LISTED, stored
from tests.frameworks.toy import AS_OF, engagement

TOPICS = ("control_plane", "etcd")
PROVIDERS = {"eks": ("aws:///eu-1a/i-1", "aws"), "aks": ("azure:///subscriptions/x", "azure")}


@cache
def checks() -> Sequence[Check]:
    return [check for check in library(all_tables()) if check.check_id.startswith(TOPICS)]


@cache
def benchmark() -> Framework:
    return load("cis_kubernetes")


def node(provider_id: str) -> Any:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"}, "spec": {"providerID": provider_id}}


def component(program: str, *flags: str) -> Any:
    owner = {"apiVersion": "v1", "kind": "Node", "name": "one", "uid": "u", "controller": True}
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"{program}-one", "namespace": "kube-system", "ownerReferences": [owner]},
        "spec": {"containers": [{"name": program, "image": f"x/{program}:v1", "command": [program, *flags]}]},
    }  # fmt: skip


API_SERVER = component("kube-apiserver", "--anonymous-auth=false", "--profiling=false", "--audit-log-maxage=30")
PROXY = {
    "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "kube-proxy", "namespace": "kube-system"},
    "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
        "containers": [{"name": "kube-proxy", "image": "x/kube-proxy:v1", "command": ["kube-proxy"]}]}}},
}  # fmt: skip


def rows(worlds: dict[str, list[Any]], **said: Any) -> dict[str, RequirementRow]:
    """The benchmark's rows for running clusters that answered with these objects and nothing else."""
    held = [without(stored(objects, name), *EVERYTHING_LISTED) for name, objects in worlds.items()]
    tables, declared = tables_of(held), all_tables()
    columns_of = {name: arrow(table, tables.rows.get(name, [])) for name, table in declared.items()}
    judged = Judge(tables, declared, columns_of).judge("test", checks(), Constants("2026-11-21 00:00:00", {}))
    known = engagement(**said)
    estate = Estate(judged, tables, columns_of)
    estate.choose(reach("in_scope", known, tables.clusters, columns_of))
    found = judge(benchmark(), {"in_scope": counts_within(estate)}, known, tables.clusters, AS_OF)
    return {row.requirement_id: row for row in found.requirements}


def everything_on_file() -> dict[str, Any]:
    """Every document and every signature that the benchmark could ask for."""
    leaves = [row for row in benchmark().requirements if row.level == "requirement"]
    signed = {"framework": "cis_kubernetes", "signed_by": "Jane", "role": "official"}
    return {
        "by_hand": [
            signed | {"requirement": row.id, "item": number, "title": "Paper", "date": "2026-01-02"}
            for row in leaves for number, _ in enumerate(row.by_hand, 1)
        ],
        "signatures": [signed | {"requirement": row.id, "date": "2026-11-20"} for row in leaves],
    }  # fmt: skip


def report(provider: str) -> dict[str, Any]:
    period = {"from": "2025-10-01", "to": "2026-09-30"}
    return {"provider": provider, "title": "SOC 2 Type 2", "period": period, "frameworks": ["cis_kubernetes"]}


def of_the_provider(found: dict[str, RequirementRow]) -> list[RequirementRow]:
    borne = {row.id for row in benchmark().requirements if row.bearer.managed == "provider"}
    assert len(borne) > 50
    return [found[name] for name in sorted(borne)]


@pytest.mark.parametrize("managed", PROVIDERS)
def test_without_a_report_of_the_provider_nothing_of_its_control_plane_is_known(managed: str) -> None:
    provider_id, _ = PROVIDERS[managed]
    found = rows({"prod": [node(provider_id), PROXY]}, clusters={"prod": {"managed": managed}})
    for row in of_the_provider(found):
        assert row.status in ("not assessed", "documents needed"), row
        assert row.passed == 0, row.requirement_id
    assert found["4.3.1"].passed == 1, "kube-proxy is the client's own there too"


@pytest.mark.parametrize("managed", PROVIDERS)
def test_with_its_report_on_file_the_rows_are_inherited_and_nothing_is_said_to_pass(managed: str) -> None:
    provider_id, name = PROVIDERS[managed]
    said = everything_on_file() | {"provider_reports": [report(name)]}
    found = rows({"prod": [node(provider_id)]}, clusters={"prod": {"managed": managed}}, **said)
    assert {row.status for row in of_the_provider(found)} == {"inherited"}
    assert {row.passed for row in of_the_provider(found)} == {0}


@pytest.mark.parametrize("managed", PROVIDERS)
def test_a_cluster_of_ones_own_beside_it_never_speaks_for_the_providers(managed: str) -> None:
    provider_id, name = PROVIDERS[managed]
    worlds = {"prod": [node(provider_id)], "own": [API_SERVER]}
    clusters = {"prod": {"managed": managed}, "own": {"managed": "self"}}
    alone = rows({"own": [API_SERVER]}, clusters={"own": {"managed": "self"}}, **everything_on_file())
    beside = rows(worlds, clusters=clusters, **everything_on_file())
    reported = rows(worlds, clusters=clusters, **everything_on_file(), provider_reports=[report(name)])
    assert alone["1.2.1"].status == "supported"
    assert beside["1.2.1"].status == "partly supported"
    assert reported["1.2.1"].status == "supported"
    assert "supported" not in {row.status for row in of_the_provider(beside)}


def test_a_cluster_of_ones_own_that_shows_no_component_passes_nothing() -> None:
    found = rows({"own": [node("")]}, clusters={"own": {"managed": "self"}}, **everything_on_file())
    borne = of_the_provider(found)
    assert {row.passed for row in borne} == {0}
    assert "supported" not in {row.status for row in borne}
