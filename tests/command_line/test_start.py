"""Starting is quick: what takes long to load is loaded by the command that needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pandas", "duckdb", "pyarrow", "numpy", "weasyprint", "jupyter_core", "plotly", "kubernetes", "boto3",
         "azure", "sqlglot", "jinja2")


@pytest.mark.parametrize("option", ["--help", "--version", "assess --help", "checks --help"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['kubesurvey', *{option.split()!r}]\n"
        "from assessment import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as left:\n    assert not left.code, left.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "kubesurvey" in done.stdout or "Usage" in done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = f"import sys, assessment\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
