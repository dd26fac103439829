"""Cases where a peer's label and the Kubernetes documentation disagree: the case, and what decides it."""

from __future__ import annotations

DECIDED: dict[str, str] = {}
