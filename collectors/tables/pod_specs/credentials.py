"""Whether redacted text was a credential: redaction looked before it replaced, and left its finding."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.evidence import redact
from collectors.tables.pod_specs.settings import any_true


def is_credential(value: object) -> bool | None:
    """Whether a value that redaction has passed over was a credential; None for what is no plain value.

    Text that redaction left as it was is harmless by its policy; so are numbers and switches.
    """
    if isinstance(value, str):
        marker = redact.marker(value)
        return marker is not None and marker.is_credential
    return False if isinstance(value, bool | int | float) else None


def any_credential(values: Iterable[object] | None) -> bool | None:
    """Three-valued: whether one of these is a credential; None values are not known."""
    return None if values is None else any_true([is_credential(value) for value in values])
