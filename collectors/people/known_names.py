"""Names that engagement.yaml takes from elsewhere: frameworks, requirements, what these ask for by hand.

The reader of engagement.yaml is told them (`KnownRequirements`); collecting does not know any framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

from collectors.problems import nearest

KnownRequirements = Mapping[str, Mapping[str, tuple[str, ...]]]
"""framework id -> requirement id -> the items that the requirement asks for by hand."""

CONTEXT = "requirements"
REMEDIES = "remedies"


def known_frameworks(info: ValidationInfo) -> KnownRequirements | None:
    """What the reader was told, None when it was told nothing."""
    return cast("KnownRequirements | None", (info.context or {}).get(CONTEXT))


def known_requirements(info: ValidationInfo) -> Mapping[str, tuple[str, ...]] | None:
    """Those of the framework that this entry names; None when not told, or when the framework is wrong."""
    known, framework = known_frameworks(info), info.data.get("framework")
    return None if known is None or framework is None else known[framework]


def known_remedies(info: ValidationInfo) -> Iterable[str] | None:
    """Ids of remedies, None when the reader was told none."""
    return cast("Iterable[str] | None", (info.context or {}).get(REMEDIES))


def one_of(value: str, names: Iterable[str], what: str) -> str:
    """The value, when it is one of the names."""
    names = list(names)
    if value in names:
        return value
    raise PydanticCustomError("unknown_name", "{value} is not a known {what}.",
                              {"value": repr(value[:80]), "what": what, "nearest": nearest(value, names)})
