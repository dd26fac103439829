"""The command line in a process of its own, as people run it, and what a workspace holds before and after."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAIN = "from assessment.cli import main; main()"


def kubesurvey(*arguments: str | Path, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command; `before` is Python that prepares the process, `environment` is added to our own."""
    return python(f"{before}\n{MAIN}", *arguments, **environment)


def python(script: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python of ours in a process of its own; reports of a whole estate take minutes on a busy machine."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )


def succeed(*arguments: str | Path, before: str = "", **environment: str) -> str:
    """What a command that leaves with 0 prints."""
    done = kubesurvey(*arguments, before=before, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def hashes(*folders: Path) -> dict[str, str]:
    """Every file and folder below these folders: its hash, or that it is a folder."""
    return {
        path.relative_to(folder.parent).as_posix():
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "a folder"
        for folder in folders
        for path in sorted(folder.rglob("*"))
    }  # fmt: skip
