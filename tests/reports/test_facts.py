from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assessment.reports.check_sheets import FAILURES_SHOWN
from assessment.reports.facts import ReportFacts, facts
from assessment.reports.reading import ResultsMissing
from assessment.workspace import Workspace
from tests.reports.made_up_results import make


def test_statuses_sum_to_the_requirements_of_the_framework(pack_facts: ReportFacts) -> None:
    assert sum(entry.count for entry in pack_facts.statuses) == pack_facts.requirements_total == 54
    assert pack_facts.sections_total == 15
    assert pack_facts.parts_total == 3
    assert len(pack_facts.requirements) == 72


def test_every_population_is_judged_in_full(pack_facts: ReportFacts, estate: Workspace) -> None:
    for check in pack_facts.checks:
        rows = (
            duckdb.connect()
            .execute(
                f"SELECT count(*) FROM read_parquet('{estate.results}/findings.parquet') "
                f"WHERE check_id = '{check.check_id}'"
            )
            .fetchone()
        )
        assert rows == (check.counts.judged,)


def test_a_listing_never_drops_what_it_does_not_count(pack_facts: ReportFacts) -> None:
    for check in pack_facts.checks:
        assert check.failures.total == check.counts.failed
        assert check.unknowns.total == check.counts.unknown
        assert len(check.failures.shown) == min(FAILURES_SHOWN, check.counts.failed)


def test_gaps_that_one_act_closes_are_one_line(tmp_path: Path) -> None:
    found = facts(make(tmp_path, checks=3, findings=20, items=6, gaps=1000))
    assert found.gaps_total == 1000
    assert sum(group.count for group in found.gaps.shown) == 1000
    assert found.gaps.total <= 40


def test_acts_that_differ_only_in_the_namespace_are_one_act(tmp_path: Path) -> None:
    folder = make(tmp_path, checks=1, findings=4, items=2, gaps=33, clusters=1)
    file = folder.results / "gaps.parquet"
    rows = pq.read_table(file).to_pylist()
    acts = [row | {"closed_by": f"kubectl get x -n {row['namespace']} -o json"} for row in rows]
    pq.write_table(pa.Table.from_pylist(acts), file)
    found = facts(folder)
    assert (found.gaps_total, found.gaps.total) == (33, 3)
    assert {group.closed_by for group in found.gaps.shown} == {"kubectl get x -A -o json"}


def test_what_is_cited_by_failures_comes_first_when_the_index_is_cut(tmp_path: Path) -> None:
    found = facts(make(tmp_path, checks=3, findings=60, items=900, gaps=3))
    shown = {item.evidence_id for group in found.evidence.shown for item in group.items}
    cited = {
        reference.item.text
        for check in found.checks
        for finding in (*check.failures.shown, *check.unknowns.shown)
        for reference in finding.evidence
    }
    assert (len(shown), found.evidence.total) == (200, 900)
    assert cited <= shown


def test_a_provider_report_that_answers_no_question_is_shown_beside_them(pack_facts: ReportFacts) -> None:
    states = {item.state for sheet in pack_facts.requirements for item in sheet.by_hand}
    assert states == {"on file", "open", "not asked"}


def test_a_folder_without_results_names_the_command_that_makes_them(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    with pytest.raises(ResultsMissing, match="kubesurvey assess"):
        facts(Workspace(tmp_path))


def test_results_without_the_framework_are_refused(estate: Workspace, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    for file in estate.results.glob("*.parquet"):
        (results / file.name).write_bytes(file.read_bytes())
    duckdb.connect().execute(
        f"COPY (SELECT * REPLACE ('other' AS framework) FROM read_parquet('{estate.results}/requirements.parquet')) "
        f"TO '{results}/requirements.parquet'"
    )
    with pytest.raises(ResultsMissing, match="hipaa"):
        facts(Workspace(tmp_path))
