"""A real cluster with one list, or one namespace of it, taken away: no bound of a risk narrows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assessment.checks.load import library
from assessment.checks.run import judge
from assessment.derived.run import all_tables, derive
from assessment.scoring.risks import risks_of
from collectors.people.engagement import Engagement
from collectors.tables.build import build
from collectors.tables.database import arrow
from tests.acceptance.test_withheld_evidence import AS_OF, CLUSTER, WHOLE, Variant, run_of, variants

SAID = {"client": "Acme", "tiers": [{"tier": "tier-1", "namespaces": ["kube-system"]}]}
Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module", params=["lists", "per-namespace"])
def risks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Risks of the whole cluster and of every variant, each as a cluster of its own."""
    run = run_of(CLUSTER / request.param, tmp_path_factory.mktemp("evidence"))
    worlds = [Variant(WHOLE, frozenset()), *variants(run.items())]
    items = [
        replace(item, cluster=world.name)
        for world in worlds
        for item in run.items()
        if item.request not in world.gone and not item.request.endswith(".err")
    ]
    tables = build(items, run)
    derive(tables)
    checks = library(all_tables())
    judged = judge("test", tables, all_tables(), checks, AS_OF)
    columns = {name: arrow(table, tables.rows.get(name, [])) for name, table in all_tables().items()}
    found, _ = risks_of(judged.findings, checks, Engagement.model_validate(SAID), columns, tables.clusters)
    return {(row["cluster"], row["check_id"]): row for row in found.to_pylist()}


@pytest.mark.parametrize(("column", "direction"), [("points_upper", 1), ("points_lower", -1)])
def test_no_bound_of_a_risk_narrows(risks: Rows, column: str, direction: int) -> None:
    clusters = sorted({cluster for cluster, _ in risks} - {WHOLE})
    assert len(clusters) > 15
    wrong = []
    for check in sorted({check for _, check in risks}):
        before = risks.get((WHOLE, check), {}).get(column, 0)
        for cluster in clusters:
            after = risks.get((cluster, check), {}).get(column, 0)
            if (after - before) * direction < 0:
                wrong.append(f"{cluster}: {column} of {check} went from {before} to {after}")
    assert not wrong, "\n".join(wrong[:40])


def test_a_real_cluster_has_risks_in_every_context(risks: Rows) -> None:
    mine = [row for (cluster, _), row in risks.items() if cluster == WHOLE]
    assert {"privileged", "not privileged"} <= {row["privilege"] for row in mine}
    assert {row["evidence_grade"] for row in mine} == {"A"}
