from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reports.made_up_results import make

WRITE = """
import sys
from pathlib import Path
from assessment.reports.export import export
from assessment.reports.facts import facts
from assessment.reports.pdf import write_evidence_pack
from assessment.workspace import Workspace
folder, out = Workspace(Path(sys.argv[1])), Path(sys.argv[2])
export(folder.results, out)
write_evidence_pack(facts(folder), out / "evidence-pack-hipaa.pdf")
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("small"), checks=2, findings=30, items=4, gaps=3).path


def test_time_zone_hash_seed_and_threads_change_no_byte(small: Path, tmp_path: Path) -> None:
    first = written(small, tmp_path / "a", TZ="Pacific/Auckland", PYTHONHASHSEED="1")
    second = written(small, tmp_path / "b", TZ="America/Denver", PYTHONHASHSEED="77777", OMP_NUM_THREADS="1")
    assert len(first) > 5
    assert first == second


def written(results: Path, out: Path, **environment: str) -> dict[str, str]:
    subprocess.run(
        [sys.executable, "-c", WRITE, str(results), str(out)],
        check=True,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
    )
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(out.iterdir())}
