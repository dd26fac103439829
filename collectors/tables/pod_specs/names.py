"""How a pod looks up names.

Source: Kubernetes documentation, "DNS for Services and Pods": the policy ClusterFirst, which unset means, falls back to
Default on the host network; the kubelet writes ndots:5 for pods that ask the cluster's name service.
"""

from __future__ import annotations

from typing import Any

from collectors.tables.as_written import Section, both, either, flag, opposite, section, sections, text

_SET_BY_KUBELET = 5


def names(spec: Section | None) -> dict[str, Any]:
    """Columns of pod_specs."""
    policy, on_host = text(spec, "dnsPolicy", "ClusterFirst"), flag(spec, "hostNetwork", default=False)
    asks = None if policy is None else either(
        policy == "ClusterFirstWithHostNet", both(policy == "ClusterFirst", opposite(on_host))
    )  # fmt: skip
    written, value = _option(spec)
    if written is False and asks:
        return {"asks_cluster_dns": asks, "has_ndots": True, "ndots": _SET_BY_KUBELET}
    return {"asks_cluster_dns": asks, "has_ndots": either(written, asks), "ndots": value}


def _option(spec: Section | None) -> tuple[bool | None, int | None]:
    """Whether dnsConfig sets ndots, and to what; of several the last one counts, as for the resolver."""
    options = sections(section(spec, "dnsConfig"), "options")
    if options is None or None in options:
        return None, None
    values = [text(each, "value", "") for each in options if text(each, "name") == "ndots"]
    if not values:
        return False, None
    last = values[-1]
    return True, int(last) if last and last.isdecimal() and len(last) < 4 else None
