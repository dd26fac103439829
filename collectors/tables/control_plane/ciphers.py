"""Which TLS cipher suites are weak: those that do not authenticate what they encrypt, and broken ones.

Source: RFC 9325 (recommendations for TLS), 4.2: AEAD suites only. Suites of TLS 1.3 are always so, and no component
lets them be chosen.
"""

from __future__ import annotations

from collections.abc import Iterable

_SOUND = ("GCM", "CHACHA20", "CCM")


def holds_weak(suites: Iterable[str] | None) -> bool | None:
    """Whether one of these suites is weak; none is where the list is empty, for then Go's own choice stands."""
    if suites is None:
        return None
    return any(not any(part in name.upper() for part in _SOUND) for name in suites)
