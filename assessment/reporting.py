"""Every report of the newest assessed run: for auditors, leadership and consultants, several at a time.

Setting type takes seconds and one core, so each report is made by a process of its own (`report_process`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assessment.collection import Progress, silent
from assessment.workspace import Workspace

AUDIENCES = ("auditor", "leadership", "consultant")
LEADERSHIP, TABLES, SCREEN, WORKBOOK, COVERAGE = "leadership", "tables", "summary", "workbook", "threat-coverage"
MOST_AT_ONCE = 4
_PACK = "evidence-pack-"


class ReportFailed(RuntimeError):  # noqa: N818 - it says what happened
    """A report could not be made; the text is what its process said."""


def report(
    workspace: Workspace, *, frameworks: Sequence[str] = (), audience: str | None = None,
    progress: Progress | None = None,
) -> list[Path]:  # fmt: skip
    """Write the reports for an audience, or all of them; the paths, in the order of the reports.

    `frameworks` names the evidence packs; without it there is one for each framework that was assessed, but for
    those that come on request only.
    Raises ReportFailed with everything that went wrong; what could be made is there.
    """
    names = _reports(workspace, frameworks, audience)
    tell = progress or silent
    tell("reports", 0, len(names))
    made = [make(workspace, names[0])] if len(names) == 1 else _at_once(workspace, names, tell)
    tell("reports", len(names), len(names))
    return [path for paths in made for path in paths]


def make(workspace: Workspace, name: str) -> list[Path]:
    """Make one report in this process; the paths of what it wrote."""
    return _maker(name)(workspace, name)


def _reports(workspace: Workspace, frameworks: Sequence[str], audience: str | None) -> list[str]:
    packs = [_PACK + name for name in frameworks or _assessed(workspace)]
    wanted = {
        "auditor": [*packs, TABLES],
        "leadership": [LEADERSHIP, WORKBOOK, TABLES],
        "consultant": [WORKBOOK, COVERAGE, SCREEN, TABLES],
    }
    if frameworks and audience is None:
        return [*packs, TABLES]
    if audience is not None:
        return wanted[audience]
    return [*packs, LEADERSHIP, WORKBOOK, COVERAGE, SCREEN, TABLES]


def _assessed(workspace: Workspace) -> list[str]:
    """The frameworks that get a pack without being named."""
    from assessment.frameworks.load import on_request

    return sorted(set(workspace.result("requirements")["framework"]) - on_request())


def _at_once(workspace: Workspace, names: Sequence[str], tell: Progress) -> list[list[Path]]:
    """Each in a process of its own, as many at a time as there are cores; the largest first."""
    at_once = min(os.cpu_count() or 1, MOST_AT_ONCE)
    command = [sys.executable, "-m", "assessment.report_process", str(workspace.path), str(at_once), *names]
    ended: dict[str, dict[str, Any]] = {}
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,  # noqa: S603 - our own
    ):
        for line in process.stdout or ():
            told = json.loads(line)
            ended[told["report"]] = told
            tell("reports", len(ended), len(names))
        process.wait()
        said.seek(0)
        lost = {"code": None, "said": said.read().strip() or "the process that makes reports ended"}
    failed = [f"{name}: {ended.get(name, lost)['said']}" for name in names if ended.get(name, lost)["code"] != 0]
    if failed:
        raise ReportFailed("\n".join(failed))
    return [[Path(line) for line in ended[name]["paths"]] for name in names]


def _maker(name: str) -> Callable[[Workspace, str], list[Path]]:
    makers = {LEADERSHIP: _leadership, TABLES: _tables, SCREEN: _screen, WORKBOOK: _workbook, COVERAGE: _coverage}
    return makers.get(name, _pack)


def _pack(workspace: Workspace, name: str) -> list[Path]:
    from assessment.reports.facts import facts
    from assessment.reports.pdf import write_evidence_pack

    found = facts(workspace, name.removeprefix(_PACK))
    return [write_evidence_pack(found, workspace.reports / f"{name}.pdf")]


def _leadership(workspace: Workspace, name: str) -> list[Path]:
    from assessment.reports import leadership

    return leadership.write(workspace)


def _tables(workspace: Workspace, name: str) -> list[Path]:
    from assessment.reports.export import export

    return export(workspace.results, workspace.reports)


def _screen(workspace: Workspace, name: str) -> list[Path]:
    from assessment.reports import summary

    return [summary.write(workspace)]


def _coverage(workspace: Workspace, name: str) -> list[Path]:
    from assessment.reports import coverage

    return coverage.write(workspace)


def _workbook(workspace: Workspace, name: str) -> list[Path]:
    from assessment.reports import workbook

    return [workbook.write(workspace)]
