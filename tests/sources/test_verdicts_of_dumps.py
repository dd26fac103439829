"""The promise, for each dump that we know: without any one of its files no verdict becomes pass, none goes unseen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.checks.expression import Constants
from assessment.checks.load import library
from assessment.checks.run import judge
from assessment.derived.run import all_tables, derive
from collectors.kubernetes.offline import collect
from collectors.tables.build import build
from tests.sources.collecting import new_run
from tests.sources.dumps_by_hand import cluster_info_dump, files_of, kubelet_answer, must_gather, support_bundle

ALL = "all-of-it"
AS_OF = Constants("2026-11-21 00:00:00", {})
SUBJECT = ("check_id", "subject_group", "subject_kind", "subject_namespace", "subject_name", "subject_part")
Verdicts = dict[str, dict[tuple[Any, ...], str]]


def with_a_kubelets_answer(folder: Path) -> Path:
    kubelet_answer(folder / "node-1")
    return cluster_info_dump(folder / "dump").parent


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "--whole"])
def whole(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize("write_it", [cluster_info_dump, must_gather, support_bundle, with_a_kubelets_answer])
def test_without_any_one_file_no_verdict_becomes_pass(
    write_it: Callable[[Path], Path], whole: bool, tmp_path: Path
) -> None:
    found, unseen = verdicts(write_it(tmp_path / ALL), tmp_path, whole)
    before = found[ALL]
    assert {"pass", "fail", "unknown"} >= set(before.values()) >= {"fail", "unknown"}
    wrong = [
        f"{world}: {subject} from {before.get(subject)} to {verdict}"
        for world, after in found.items()
        for subject, verdict in after.items()
        if verdict not in (before.get(subject), "unknown")
    ]
    wrong += [
        f"{world}: {subject} {before[subject]} is gone without a trace"
        for world, after in found.items()
        for subject in before.keys() - after.keys()
        if (world, subject[0]) not in unseen
    ]
    assert len(found) > 8 and not wrong, "\n".join(wrong[:30])


def verdicts(folder: Path, store: Path, whole: bool) -> tuple[Verdicts, set[tuple[str, str]]]:
    """What is found in each world, the dump and the dump without each file, and what is open in which."""
    run = new_run(store)
    collect(run, folder, cluster=ALL, whole=whole)
    for number, path in enumerate(files_of(folder)):
        less = store / "less"
        shutil.copytree(folder, less)
        (less / path).unlink()
        collect(run, less, cluster=f"without-{number:02}-{Path(path).stem}", whole=whole)
        shutil.rmtree(less)
    tables = build(run.items(), run)
    derive(tables)
    result = judge("test", tables, all_tables(), library(all_tables()), AS_OF)
    found: Verdicts = {name: {} for name in tables.clusters}
    for row in result.findings.to_pylist():
        named = {"subject_name": "the cluster"} if row["subject_kind"] == "Cluster" else {}
        found[row["cluster"]][tuple((row | named)[name] for name in SUBJECT)] = row["verdict"]
    return found, {
        (cluster, check) for check, cluster, _, _, _, unknown, unseen, _ in result.counts if unknown or unseen
    }
