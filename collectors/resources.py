"""Where the files are that travel with the code: dated facts, report templates, notebooks.

A checkout keeps them at its top level. A wheel carries them inside the package `assessment`, because nothing
else of a wheel has a place of its own in an installation.
"""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_CARRIED = _ROOT / "assessment" / "_carried"


def data(*parts: str) -> Path:
    """A place below `data/`: facts published by others, each with source and date."""
    return _folder("data").joinpath(*parts)


def report_templates(*parts: str) -> Path:
    """A place below `report_templates/`: Jinja and CSS only."""
    return _folder("report_templates").joinpath(*parts)


def notebooks(*parts: str) -> Path:
    """A place below `notebooks/`."""
    return _folder("notebooks").joinpath(*parts)


def _folder(name: str) -> Path:
    carried = _CARRIED / name
    return carried if carried.is_dir() else _ROOT / name
