"""Reports in processes of their own: `python -m assessment.report_process WORKSPACE AT_ONCE REPORT...`.

Each report is made by a fork of one process that has loaded the renderer and its fonts: that alone takes a second of
a core. One JSON object for each report stands on stdout as soon as it ended: its name, exit code, paths and what it
said on stderr.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import IO

from assessment.refusal import one_clear_message
from assessment.reporting import make
from assessment.workspace import Workspace

_LOADED = ("assessment.reports.facts", "assessment.reports.pdf", "assessment.reports.leadership")
_CRASHED = 1


def main() -> None:
    """Make all of them, so many at once. What the user can mend is one message on stderr of the report."""
    place, at_once, *names = sys.argv[1:]
    gc.disable()
    _load()
    running: dict[int, tuple[str, IO[str], IO[str]]] = {}
    for name in names:
        if len(running) >= int(at_once):
            _tell_of_one(running)
        out, said = (tempfile.TemporaryFile("w+") for _ in range(2))  # noqa: SIM115 - closed when it is told
        child = os.fork()
        if not child:
            _make(Workspace(Path(place)), name, out, said)
        running[child] = name, out, said
    while running:
        _tell_of_one(running)


def _load() -> None:
    from assessment.reports.fonts import drawable

    for name in _LOADED:
        importlib.import_module(name)
    drawable()


def _make(workspace: Workspace, name: str, out: IO[str], said: IO[str]) -> None:
    """Make one and end the process at once: freeing a million objects one by one is of use to nobody."""
    os.dup2(out.fileno(), 1)
    os.dup2(said.fileno(), 2)
    code: str | int | None = _CRASHED
    try:
        with one_clear_message():
            for path in make(workspace, name):
                sys.stdout.write(f"{path}\n")
        code = 0
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else _CRASHED)


def _tell_of_one(running: dict[int, tuple[str, IO[str], IO[str]]]) -> None:
    child, status = os.wait()
    name, out, said = running.pop(child)
    told = []
    for file in (out, said):
        file.seek(0)
        told.append(file.read())
        file.close()
    ended = {"report": name, "code": status, "paths": told[0].splitlines(), "said": told[1].strip()}
    sys.stdout.write(json.dumps(ended) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
