"""A configuration file that stands as text in an object."""

from __future__ import annotations

from typing import Any

import yaml

_LARGEST = 1 << 20  # no ConfigMap may hold more


def yaml_of(written: str | None) -> Any:
    """What the text says, or None where it is none or cannot be read."""
    if written is None or len(written) > _LARGEST:
        return None
    try:
        return yaml.load(written, Loader=_LOADER)  # noqa: S506 - the safe loader, in C where there is one
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
