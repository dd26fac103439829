"""What a pod's status says."""

from __future__ import annotations

from typing import Any

from collectors.tables.as_written import Section, instant, section, sections, text, whole_number
from collectors.tables.pod_specs.scheduling import scheduling_values
from collectors.tables.pod_specs.settings import setting

Values = dict[str, Any]
_STATUSES = ("containerStatuses", "initContainerStatuses")


def is_finished(pod: Section) -> bool | None:
    """Whether a pod ran to its end."""
    phase = text(section(pod, "status"), "phase", "")
    return None if phase is None else phase in ("Succeeded", "Failed")


def pod_values(pod: Section) -> Values:
    """The columns of a pod's row that its own object gives."""
    metadata, spec, status = (section(pod, name) for name in ("metadata", "spec", "status"))
    node = setting(spec, "nodeName", text)
    return {
        "phase": text(status, "phase"),
        "is_finished": is_finished(pod),
        "is_ready": _is_ready(status),
        "is_terminating": None if metadata is None else metadata.get("deletionTimestamp") is not None,
        "has_node": node[0],
        "node_name": node[1],
        "restart_count": _restarts(status),
        "created_at": instant(metadata, "creationTimestamp"),
    } | scheduling_values(pod)


def _is_ready(status: Section | None) -> bool | None:
    """The Ready condition; a pod without one has not come that far, a pod without status says nothing."""
    conditions = sections(status, "conditions")
    if not status or conditions is None:
        return None
    for condition in conditions:
        if condition is not None and condition.get("type") == "Ready":
            return bool(condition.get("status") == "True")
    return False


def _restarts(status: Section | None) -> int | None:
    if not status:
        return None
    total = 0
    for name in _STATUSES:
        statuses = sections(status, name)
        for each in [None] if statuses is None else statuses:
            count = whole_number(each, "restartCount", 0)
            if count is None:
                return None
            total += count
    return total
