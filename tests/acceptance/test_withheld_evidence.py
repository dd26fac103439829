"""A real cluster with one list, or one namespace of a list, taken away: nothing gets better, and what is seen stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from assessment.checks.expression import Constants
from assessment.checks.load import library
from assessment.checks.run import Judged, judge
from assessment.derived.run import all_tables, derive
from assessment.frameworks.judge import CheckCounts
from assessment.frameworks.judge import judge as judge_framework
from assessment.frameworks.load import load as load_framework
from assessment.scoring.health import Count, Weighed, health
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.kubernetes.offline import collect
from collectors.people.engagement import Engagement
from collectors.tables.build import base_tables, build
from tests.inputs import inputs

CLUSTER = inputs("live-clusters", "real-1.36")
AS_OF = Constants("2026-11-21 00:00:00", {})
WHOLE = "whole"
BETTER = {"supported": 3, "partly supported": 2, "inherited": 2, "not assessed": 1, "documents needed": 1}


@dataclass(frozen=True)
class Variant:
    """The cluster without the files that `gone` names."""

    name: str
    gone: frozenset[str]


def run_of(folder: Path, place: Path) -> Run:
    run = Evidence(place).new_run(datetime(2026, 11, 21, tzinfo=UTC))
    collect(run, folder, cluster=WHOLE)
    return run


def variants(items: list[Item]) -> Iterator[Variant]:
    """One per file whose kind feeds a table, and one per kind over all namespaces."""
    read = {kind for table in base_tables().values() for kind in table.kinds}
    files = {item.request: {claim.kind for claim in item.claims} for item in items if item.claims}
    by_name: dict[str, set[str]] = {}
    for request, kinds in sorted(files.items()):
        if kinds & read:
            yield Variant(f"without {request}", frozenset({request}))
            by_name.setdefault(Path(request).name, set()).add(request)
    for name, requests in sorted(by_name.items()):
        if len(requests) > 1:
            yield Variant(f"without any {name}", frozenset(requests))


def judged(run: Run, worlds: list[Variant]) -> Judged:
    """All variants judged together, each as a cluster of its own."""
    items = [
        replace(item, cluster=world.name)
        for world in worlds
        for item in run.items()
        if item.request not in world.gone and not item.request.endswith(".err")
    ]
    tables = build(items, run)
    derive(tables)
    return judge("test", tables, all_tables(), library(all_tables()), AS_OF)


@pytest.fixture(scope="module", params=["lists", "per-namespace"])
def survey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Variant], Judged]:
    run = run_of(CLUSTER / request.param, tmp_path_factory.mktemp("evidence"))
    worlds = [Variant(WHOLE, frozenset()), *variants(run.items())]
    return worlds, judged(run, worlds)


def test_withholding_leaves_out_every_list_once(survey: tuple[list[Variant], Judged]) -> None:
    assert len(survey[0]) > 15


def test_no_verdict_becomes_pass_and_no_proven_fail_is_lost(survey: tuple[list[Variant], Judged]) -> None:
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    columns = ["subject_group", "subject_kind", "subject_namespace", "subject_name", "subject_part"]
    for row in survey[1].findings.to_pylist():
        itself = row["subject_kind"] == "Cluster"  # each world is a cluster of another name
        subject = (row["check_id"], *("" if itself and name == "subject_name" else row[name] for name in columns))
        found.setdefault(row["cluster"], {})[subject] = row
    before = found[WHOLE]
    wrong = []
    for world in survey[0][1:]:
        for subject, row in found.get(world.name, {}).items():
            was = before[subject]["verdict"] if subject in before else None
            if row["verdict"] not in (was, "unknown"):
                wrong.append(f"{world.name}: {subject} went from {was} to {row['verdict']}")
            if row["verdict"] == "unknown" and not row["reason"]:
                wrong.append(f"{world.name}: {subject} is unknown without a reason")
    assert not wrong, "\n".join(wrong[:30])


def test_a_pass_that_rests_on_what_was_withheld_becomes_unknown(survey: tuple[list[Variant], Judged]) -> None:
    """Withholding every pod list leaves no workload that pods could change better than unknown or fail."""
    worlds, result = survey
    name = next(world.name for world in worlds if world.name.endswith("pods.json"))
    if "any" not in name and "/" in name:
        name = "without any pods.json"
    rows = [row for row in result.findings.to_pylist() if row["cluster"] == name]
    privileged = {row["verdict"] for row in rows if row["check_id"] == "pod_security.privileged"}
    assert privileged <= {"fail", "unknown"}


def test_no_lower_bound_rises_and_requirements_follow(survey: tuple[list[Variant], Judged]) -> None:
    worlds, result = survey
    checks = library(all_tables())
    weighed = [
        Weighed(each.check_id, each.written.dimension, each.written.layer, each.written.impact, each.written.likelihood)
        for each in checks
    ]
    rows = {
        (row.cluster, row.dimension, row.layer): row
        for row in health(weighed, (Count(*each) for each in result.counts))
    }
    wrong = [
        f"{world.name}: lower of {place} rose from {rows[WHOLE, *place].lower} to {rows[world.name, *place].lower}"
        for world in worlds[1:]
        for place in [(row.dimension, row.layer) for row in rows.values() if row.cluster == WHOLE]
        if (world.name, *place) in rows and rows[world.name, *place].lower > rows[WHOLE, *place].lower
    ]
    framework = load_framework("hipaa", checks=[check.check_id for check in checks])
    before = statuses(framework, result, WHOLE)
    for world in worlds[1:]:
        after = statuses(framework, result, world.name)
        wrong += [
            f"{world.name}: {name} went from {was} to {after[name]}"
            for name, was in before.items()
            if was != after[name] and (after[name] not in BETTER or BETTER[after[name]] > BETTER.get(was, 9))
        ]
    assert not wrong, "\n".join(wrong[:30])


def statuses(framework: Any, result: Judged, cluster: str) -> dict[str, str]:
    found: dict[str, list[int]] = {}
    for check_id, where, _, passed, failed, unknown, unseen, _ in result.counts:
        if where == cluster:
            sums = found.setdefault(check_id, [0, 0, 0, 0])
            for position, number in enumerate((passed, failed, unknown, int(unseen))):
                sums[position] += number
    counts = [
        CheckCounts(name, passed_running=sums[0], failed=sums[1], unknown=sums[2], unseen=sums[3])
        for name, sums in found.items()
    ]
    said, as_of = Engagement(client="Acme"), date(2026, 11, 21)
    judged_rows = judge_framework(framework, {"ephi": counts}, said, [cluster], as_of).requirements
    return {row.requirement_id: row.status for row in judged_rows}


@pytest.mark.parametrize("whole", [False, True], ids=["as it is", "--whole"])
@pytest.mark.parametrize("errors", [False, True], ids=["without .err files", "with .err files"])
def test_what_the_partial_account_was_refused_counts_nowhere_as_seen(tmp_path: Path, whole: bool, errors: bool) -> None:
    folder = tmp_path / "partial"
    folder.mkdir()
    for path in sorted((CLUSTER / "partial-account").iterdir()):
        if errors or path.suffix != ".err":
            (folder / path.name).write_bytes(path.read_bytes())
    run = Evidence(tmp_path / "evidence").new_run(datetime(2026, 11, 21, tzinfo=UTC))
    collect(run, folder, cluster="partial", whole=whole)
    tables = build(run.items(), run)
    refused = {
        "ConfigMap", "Secret", "networking.k8s.io/NetworkPolicy",
        "rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding",
    }  # fmt: skip
    complete = {covered.kind for covered in tables.covered if covered.state == "complete"}
    assert not complete & refused
    assert {"Pod", "Service", "apps/Deployment"} <= complete
    assert refused <= {gap.kind for gap in tables.gaps}
