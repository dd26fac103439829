"""A world that stands still gives one survey: beside a plain dump of the same moment, and killed ten times over."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assessment import pipeline
from assessment.workspace import Workspace
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.kubernetes.surveyed import SURVEYED
from collectors.tables.build import Tables, build
from tests.acceptance.running import MAIN, ROOT
from tests.control_plane.server import ControlPlane
from tests.live.surveying import Object, kubernetes_tables, new_run, standing_still, survey
from tests.sources.collecting import gather

# Only a running API server says these.
ONLY_LIVE = {"clusters", "api_servers", "deprecated_api_requests", "kubelets", "served_resources"}
ASIDE = {"evidence_refs"}
KILLS = 10
OF_ONE_RUN = {
    "evidence_items.parquet": {"parameters", "started_at", "ended_at", "server_date", "sha256"},
    "runs.parquet": {"started_at"},
}  # fmt: skip


@pytest.fixture(scope="module")
def still(control_plane_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with standing_still(tmp_path_factory.mktemp("still")) as plane:
        yield plane


# A plain dump of the same moment


def dumped(plane: ControlPlane, folder: Path) -> Path:
    """What `kubectl get -A -o json` prints of every kind that is served, a file each."""
    folder.mkdir()
    served = set(plane.kubectl("api-resources", "--verbs=list", "-o", "name").split())
    names = {f"{known.plural}.{known.group}".strip(".") for known in SURVEYED.values()}
    wanted = sorted(each for each in served if each in names or each.endswith(".constraints.gatekeeper.sh"))

    def write(resource: str) -> None:
        answer = plane.kubectl("get", resource, "-A", "-o", "json", "--show-managed-fields")
        (folder / f"{resource}.json").write_text(answer)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, wanted))
    (folder / "version.json").write_text(plane.kubectl("version", "-o", "json"))
    return folder


def rows(found: Tables) -> dict[str, Counter[str]]:
    """The rows of every table, without what says where they were seen."""

    def content(row: Any) -> str:
        return repr([(name, value) for name, value in row._asdict().items() if name not in ASIDE])

    return {name: Counter(map(content, found.rows[name])) for name in kubernetes_tables() if name not in ONLY_LIVE}


def tables(run: Run) -> Tables:
    return build(run.items(), run)


def test_tables_equal_those_of_a_plain_dump_row_for_row(still: ControlPlane, tmp_path: Path) -> None:
    plain = tables(gather(dumped(still, tmp_path / "dump"), tmp_path / "plain", whole=True).run)
    run = new_run(tmp_path / "live")
    survey(run, still.kubeconfig(), "one")
    asked = tables(run)
    ours, theirs = rows(asked), rows(plain)
    differing = {name: ((ours[name] - theirs[name]), (theirs[name] - ours[name]))
                 for name in ours if ours[name] != theirs[name]}  # fmt: skip
    assert not differing
    filled = [name for name in ours if ours[name]]
    assert len(filled) >= 30 and sum(each.total() for each in ours.values()) > 900
    gaps = [{(gap.table, gap.kind, gap.namespace) for gap in each.gaps if gap.table not in ONLY_LIVE}
            for each in (asked, plain)]  # fmt: skip
    assert gaps[0] == gaps[1]


# Killed


def command(workspace: Workspace, kubeconfig: Path, *options: str) -> list[str]:
    return [sys.executable, "-c", MAIN, "collect", str(workspace.path), "--kubeconfig", str(kubeconfig),
            "--cluster", "one", "--quiet", *options]  # fmt: skip


def killed_when(workspace: Workspace, kubeconfig: Path, size: int, *options: str) -> bool:
    """Start collecting and kill it as soon as its index has this many bytes; False where it came to its end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command(workspace, kubeconfig, *options), env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:  # fmt: skip
        while process.poll() is None:
            if index_size(workspace) >= size:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.001)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode != 0


def index_size(workspace: Workspace) -> int:
    indexes = list(workspace.evidence.glob("*/index.jsonl"))
    return indexes[0].stat().st_size if indexes else 0


def run_in(workspace: Workspace) -> Run:
    run = Evidence(workspace.evidence).newest()
    assert run is not None
    return run


def answers(run: Run) -> list[Item]:
    return [item for item in run.items() if item.source == "live"]


def made(folder: Path, name: str) -> Workspace:
    """A workspace whose evidence speaks for one day, whenever it was collected."""
    workspace = pipeline.init(folder / name, "Acme")
    said = workspace.engagement_file.read_text()
    workspace.engagement_file.write_text(f"{said}\nas_of: 2026-11-21\n")
    return workspace


def asked_again(before: Sequence[Item], events: Sequence[Object]) -> set[str]:
    """What was complete, and was asked for after all."""
    complete = {item.request.partition(" ")[2] for item in before if item.outcome == "complete"}
    return {event["requestURI"] for event in events} & complete


@pytest.mark.parametrize("seed", [20261121])
def test_killed_ten_times_it_ends_as_one_that_was_not(still: ControlPlane, tmp_path: Path, seed: int) -> None:
    user, rng = "surveyor", random.Random(seed)
    kubeconfig = still.kubeconfig(user, ("system:masters",))
    whole, cut = made(tmp_path, "whole"), made(tmp_path, "cut")
    assert not killed_when(whole, kubeconfig, sys.maxsize)
    sizes = sorted(rng.randrange(index_size(whole)) for _ in range(KILLS))
    kills = 0
    for number, size in enumerate([*sizes, sys.maxsize]):
        known = answers(run_in(cut)) if number and Evidence(cut.evidence).newest() else []
        still.forget_audit_events()
        kills += killed_when(cut, kubeconfig, size, *(["--resume"] if number else []))
        assert not asked_again(known, still.audit_events(user))
    assert kills == KILLS
    assert run_in(cut).verify() == []
    assert [kept(item) for item in answers(run_in(cut))] == [kept(item) for item in answers(run_in(whole))]
    assert [body(run_in(cut), item) for item in answers(run_in(cut))] == [
        body(run_in(whole), item) for item in answers(run_in(whole))]  # fmt: skip
    pipeline.assess(cut)
    pipeline.assess(whole)
    for folder in ("tables", "results"):
        same_tables(getattr(cut, folder), getattr(whole, folder))


def kept(item: Item) -> dict[str, Any]:
    """What an item says, times and the server's own names of requests aside."""
    said = {name: getattr(item, name) for name in ("evidence_id", "request", "outcome", "reason", "claims", "size",
                                                   "documents", "redactions", "principal")}  # fmt: skip
    moving = ("audit_ids", "resource_version")
    return said | {"parameters": {name: value for name, value in item.parameters.items() if name not in moving}}


def body(run: Run, item: Item) -> bytes:
    """The stored bytes; the hash in a marker is of one collection only."""
    return re.sub(rb":mac=[0-9a-f]{8}", b":mac=", run.read(item))


def same_tables(ours: Path, theirs: Path) -> None:
    names = {path.name for path in ours.glob("*.parquet")}
    assert names == {path.name for path in theirs.glob("*.parquet")} and names
    for name in sorted(names):
        assert told(ours / name) == told(theirs / name), name


def told(path: Path) -> list[str]:
    """The rows; without what names the run or says when and under which key it was made."""
    table = pq.read_table(path)
    moving = {"run", *OF_ONE_RUN.get(path.name, ())}
    columns = [name for name in table.column_names if name not in moving]
    return list(map(repr, table.select(columns).to_pylist()))
