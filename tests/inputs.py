"""Real inputs that the project does not carry; tests that need them skip with a clear message."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
ROOT = SHARED / "inputs"


def inputs(*parts: str) -> Path:
    """A path below ../shared/inputs; skips the test, or the module that asks on import, when it is absent."""
    return shared("inputs", *parts)


def shared(*parts: str) -> Path:
    """A path below ../shared; skips as `inputs` does."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/{'/'.join(parts)} is not there", allow_module_level=True)
    return path
