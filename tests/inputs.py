"""Real inputs that the project does not carry; tests that need them skip with a clear message."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "shared" / "inputs"


def inputs(*parts: str) -> Path:
    """A path below ../shared/inputs; skips the test, or the module that asks on import, when it is absent."""
    path = ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/inputs/{'/'.join(parts)} is not there", allow_module_level=True)
    return path
