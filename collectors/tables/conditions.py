"""What controllers report in the status of their objects.

Source: Kubernetes API conventions, "Typical status properties": a condition has a type and a status of True, False or
Unknown; a controller that has not come to an object has written none.
"""

from __future__ import annotations

from collectors.tables.as_written import Section, section, sections, text

_SAYS = {"True": True, "False": False}


def reported(obj: Section, basis: str) -> Section | None:
    """The status: {} where a running cluster shows that nobody wrote one, None where only a manifest was seen."""
    if basis != "running" and obj.get("status") is None:
        return None
    return section(obj, "status")


def condition(status: Section | None, name: str) -> tuple[bool | None, bool | None]:
    """Whether a condition of this type is there, and whether it is true; unknown is None."""
    found = sections(status, "conditions")
    if found is None:
        return None, None
    for each in found:
        if text(each, "type") == name:
            return True, _SAYS.get(text(each, "status") or "")
    return (None if None in found else False), None
