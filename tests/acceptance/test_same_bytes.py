"""The same evidence gives the same bytes: elsewhere, later, in another time zone, on one processor."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from collectors import resources
from tests.acceptance.running import hashes, kubesurvey, succeed

SAMPLE = resources.data("samples", "clinic")
WRITTEN = ("tables", "results", "history", "reports")
# The clock of the process goes two years ahead. Packages that are bound to the C type of a date load first;
# all that writes reports loads after.
LATER = """
import datetime, os, time
import duckdb, pandas, pyarrow.parquet, pydantic, collectors.people.engagement
ahead = 63_456_789
real_time, real_gmtime, real_localtime = time.time, time.gmtime, time.localtime
time.time = lambda: real_time() + ahead
time.time_ns = lambda: int(time.time() * 10**9)
time.gmtime = lambda seconds=None: real_gmtime(time.time() if seconds is None else seconds)
time.localtime = lambda seconds=None: real_localtime(time.time() if seconds is None else seconds)
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
class Tomorrow(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())
datetime.datetime, datetime.date = Later, Tomorrow
os.umask(0o077)
"""
ONE_PROCESSOR = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clinic, collected once and assessed here and now, as of the moment of its collection."""
    workspace = tmp_path_factory.mktemp("first") / "clinic"
    succeed("init", workspace)
    written = (SAMPLE / "engagement.yaml").read_text()
    (workspace / "engagement.yaml").write_text(written.replace("as_of: 2026-11-20\n", ""))
    succeed("collect", workspace, "--from", SAMPLE / "cluster", "--cluster", "lakeside", "--whole")
    for command in ("assess", "report"):
        succeed(command, workspace, TZ="Pacific/Auckland", PYTHONHASHSEED="1")
    return workspace


def test_another_place_and_time_and_machine_change_no_byte(first: Path, tmp_path: Path) -> None:
    copy = tmp_path / "deep" / "in another place" / "copied"
    shutil.copytree(first, copy, copy_function=shutil.copyfile)
    for name in WRITTEN:
        shutil.rmtree(copy / name)
    (tmp_path / "home").mkdir()
    other = {
        "TZ": "America/St_Johns", "PYTHONHASHSEED": "77777", "LC_ALL": "C", "HOME": str(tmp_path / "home"),
        "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "ARROW_IO_THREADS": "1",
    }  # fmt: skip
    for command in ("assess", "report"):
        succeed(command, os.path.relpath(copy), before=LATER + ONE_PROCESSOR, **other)
    expected, found = ({name: hashes(place / name) for name in WRITTEN} for place in (first, copy))
    for name in WRITTEN:
        differing = sorted(set(expected[name].items()) ^ set(found[name].items()))
        assert not differing, f"{name}: {differing}"
    assert all(len(expected[name]) > 5 for name in WRITTEN)


def test_the_clock_of_the_second_survey_really_is_ahead() -> None:
    shown = "import time, weasyprint; from fontTools.misc import timeTools\n"
    shown += "print(int(weasyprint.datetime.now().timestamp()), timeTools.timestampNow(), int(time.time()))\n"
    now, later = (kubesurvey("--version", before=before + shown).stdout.split()[:3] for before in ("", LATER))
    assert len(now) == 3
    assert all(int(ahead) - int(behind) >= 63_456_789 for behind, ahead in zip(now, later, strict=True))


def test_assessing_again_in_the_same_place_changes_no_byte(first: Path) -> None:
    before = hashes(first)
    succeed("assess", first, PYTHONHASHSEED="5")
    assert hashes(first) == before
