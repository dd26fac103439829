"""The same evidence gives the same bytes: elsewhere, later, in another time zone, on one processor."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assessment.workspace import Workspace
from tests.acceptance.running import hashes, kubesurvey, python, succeed

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
datetime.datetime = Later  # the day of today asks time.time by itself
os.umask(0o077)
"""
# The command makes each report in a process of its own; here all come from one, whose clock is ahead.
EVERY_REPORT = """
import sys
from pathlib import Path
from assessment.reporting import make
from assessment.workspace import Workspace
for name in sys.argv[2:]:
    make(Workspace(Path(sys.argv[1])), name)
"""
# The packs of the three frameworks are set by the same code, half a minute each: one of them stands for all.
REPORTS = ("tables", "workbook", "summary", "leadership", "threat-coverage", "evidence-pack-hipaa")
OTHER_PACKS = {"reports/evidence-pack-soc2.pdf", "reports/evidence-pack-pci_dss.pdf"}
ONE_PROCESSOR = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"


def test_another_place_and_time_and_machine_change_no_byte(clinic: Workspace, tmp_path: Path) -> None:
    copy = tmp_path / "deep" / "in another place" / "copied"
    shutil.copytree(clinic.path, copy, copy_function=shutil.copyfile)
    for name in WRITTEN:
        shutil.rmtree(copy / name)
    (tmp_path / "home").mkdir()
    other = {
        "TZ": "America/St_Johns", "PYTHONHASHSEED": "77777", "LC_ALL": "C", "HOME": str(tmp_path / "home"),
        "OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "ARROW_IO_THREADS": "1",
    }  # fmt: skip
    succeed("assess", os.path.relpath(copy), before=LATER + ONE_PROCESSOR, **other)
    made = python(LATER + ONE_PROCESSOR + EVERY_REPORT, os.path.relpath(copy), *REPORTS, **other)
    assert made.returncode == 0, made.stderr
    expected, found = ({name: hashes(place / name) for name in WRITTEN} for place in (clinic.path, copy))
    assert expected["reports"].keys() - found["reports"].keys() == OTHER_PACKS
    for name in OTHER_PACKS:
        del expected["reports"][name]
    for name in WRITTEN:
        differing = sorted(set(expected[name].items()) ^ set(found[name].items()))
        assert not differing, f"{name}: {differing}"
    assert all(len(expected[name]) > 5 for name in WRITTEN)
    endings = {Path(name).suffix for name in expected["reports"]}
    assert endings >= {".pdf", ".html", ".xlsx", ".csv", ".json", ".txt"}
    assert sum(name.endswith(".pdf") for name in expected["reports"]) == 10


def test_the_clock_of_the_second_survey_really_is_ahead() -> None:
    shown = "import datetime, time, weasyprint; from fontTools.misc import timeTools\n"
    shown += "print(int(weasyprint.datetime.now().timestamp()), timeTools.timestampNow(), int(time.time()),"
    shown += " datetime.date.today().toordinal() * 86400)\n"
    now, later = (kubesurvey("--version", before=before + shown).stdout.split()[:4] for before in ("", LATER))
    assert len(now) == 4
    assert all(int(ahead) - int(behind) >= 63_456_789 - 86400 for behind, ahead in zip(now, later, strict=True))


def test_assessing_again_in_the_same_place_changes_no_byte(clinic: Workspace, tmp_path: Path) -> None:
    copy = tmp_path / "clinic"
    shutil.copytree(clinic.path, copy)
    before = hashes(copy)
    succeed("assess", copy, PYTHONHASHSEED="5")
    assert hashes(copy) == before
