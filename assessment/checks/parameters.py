"""What our own checks read as `parameter.x` where engagement.yaml says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessment.checks.expression import Value

DEFAULTS: Mapping[str, Value] = {
    "audit_days": 90,
    "audit_known_identities": "",
    "audit_refusals_a_day": 100,
    "audit_silence_hours": 24,
}


def with_defaults(said: Mapping[str, Value] | None) -> dict[str, Value]:
    """The parameters of a client, and ours for what the client leaves open."""
    return {**DEFAULTS, **(said or {})}
