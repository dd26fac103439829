"""Spread constraints and anti-affinity as rows' worth of values.

Source: Kubernetes documentation, "Pod Topology Spread Constraints" and "Assigning Pods to Nodes"; API reference of
TopologySpreadConstraint, PodAffinityTerm and WeightedPodAffinityTerm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.tables.as_written import (
    Section,
    both,
    is_set,
    items,
    opposite,
    section,
    sections,
    text,
    texts,
    whole_number,
)
from collectors.tables.pod_specs.forms import Form
from collectors.tables.selectors import requirements

Values = dict[str, Any]
SPREAD, ANTI_AFFINITY = "spread", "anti-affinity"
_REQUIRED, _PREFERRED = (f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("required", "preferred"))
_WHEN = {"DoNotSchedule": True, "ScheduleAnyway": False}


def placement_rules(form: Form, minor: int | None) -> list[tuple[str, Values]]:
    """One part per rule; equal rules are one."""
    parts = [*_constraints(form.spec), *_terms(form.spec)]
    return [(f"{each['name']}/{each['is_required']}/{each['pod_selector']}", each) for each in parts]


def _constraints(spec: Section | None) -> Iterator[Values]:
    constraints = sections(spec, "topologySpreadConstraints")
    for each in [None] if constraints is None else constraints:
        when = text(each, "whenUnsatisfiable", "")
        required = None if when is None else _WHEN.get(when)
        domains = whole_number(each, "minDomains", 1)
        skew = whole_number(each, "maxSkew", 0)
        formed = both(
            None if skew is None else skew > 0,
            None if domains is None else domains > 0,
            None if when is None else when in _WHEN,
        )
        values = _rule(SPREAD, each, required, formed)
        yield values | {"has_namespaces": False, "namespaces": None, "has_namespace_selector": False}


def _terms(spec: Section | None) -> Iterator[Values]:
    affinity = section(spec, "podAntiAffinity")
    hard, soft = sections(affinity, _REQUIRED), sections(affinity, _PREFERRED)
    for each in [None] if hard is None else hard:
        yield _rule(ANTI_AFFINITY, each, True, True)
    for each in [None] if soft is None else soft:
        weight = whole_number(each, "weight", 0)
        formed = None if weight is None else 1 <= weight <= 100
        yield _rule(ANTI_AFFINITY, section(each, "podAffinityTerm"), False, formed)


def _rule(rule_type: str, rule: Section | None, required: bool | None, formed: bool | None) -> Values:
    key = text(rule, "topologyKey", "")
    selector = None if rule is None else rule.get("labelSelector")
    namespaces = texts(rule, "namespaces")
    mismatched = items(rule, "mismatchLabelKeys")
    everywhere = None if rule is None else section(rule, "namespaceSelector")
    return {
        "name": None if key is None else f"{rule_type}/{key}",
        "rule_type": rule_type,
        "is_required": required,
        "topology_key": key,
        "has_pod_selector": None if rule is None else selector is not None,
        "pod_selector": None if selector is None else requirements(selector),
        "excludes_own_labels": None if mismatched is None else bool(mismatched),
        "has_namespaces": None if namespaces is None else bool(namespaces),
        "namespaces": sorted(namespaces) if namespaces else None,
        "has_namespace_selector": is_set(rule, "namespaceSelector") if rule is not None else None,
        "selects_every_namespace": None if everywhere is None else _is_empty(rule, everywhere),
        "is_well_formed": both(formed, None if key is None else key != ""),
    }


def _is_empty(rule: Section | None, selector: Section) -> bool | None:
    """Whether a namespaceSelector is written and empty, which picks every namespace."""
    found = requirements(selector)
    return both(is_set(rule, "namespaceSelector"), opposite(None if found is None else bool(found)))
