"""Whether a controller says that an object is in order."""

from __future__ import annotations

from collectors.tables.as_written import Section, sections, text


def readiness(status: Section | None) -> tuple[bool | None, bool | None]:
    """Whether there is a condition Ready, and whether it holds; both NULL where no status was shown."""
    conditions = sections(status, "conditions")
    if conditions is None:
        return None, None
    found = {text(each, "type"): text(each, "status") for each in conditions}
    if "Ready" not in found:
        return (None if None in found else False), None
    return True, {"True": True, "False": False, "Unknown": False}.get(found["Ready"] or "")
