"""Aggregated ClusterRoles of a folder of manifests: the rules that the controller would fill in.

Source: Kubernetes documentation, "Using RBAC Authorization", aggregated ClusterRoles: the controller replaces
the rules of a ClusterRole that has an aggregationRule by the union of the rules of all that one of its
selectors matches. A gathered role may itself be aggregated, so this runs to a fixed point.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collectors.tables.as_written import Section, pairs, section, sections
from collectors.tables.rbac_names import BOOTSTRAP_LABEL
from collectors.tables.schema import Sighting
from collectors.tables.selectors import labels_of, matches, requirements

# Of the default ClusterRoles some are offered to admin, edit or view; the rest carry the first label alone.
_OFFERED = ("admin", "edit", "view")
_DEFAULT_LABELS = tuple(
    labels_of([BOOTSTRAP_LABEL, *offers])
    for offers in ((), *((f"rbac.authorization.k8s.io/aggregate-to-{name}=true",) for name in _OFFERED))
)

Gathered = list[tuple[str, Section | None]] | None


def aggregate(seen: list[Sighting], own_rules: Callable[[Sighting], Gathered]) -> list[tuple[Sighting, Gathered]]:
    """Each role with the rules it holds once the controller is done; None where they cannot be known.

    A role gathers its rules from every ClusterRole reached through selectors, each rule once.
    """
    roles = dict(enumerate(seen))
    gathers = {n: role for n, role in roles.items() if section(role.object, "aggregationRule") != {}}
    sources = {n: _selected(role, roles) for n, role in gathers.items()}
    return [
        (role, _union(n, roles, sources, own_rules) if n in gathers else own_rules(role)) for n, role in roles.items()
    ]


def gathers_default_roles(role: Sighting) -> bool:
    """Whether a selector of this role matches, or may match, a ClusterRole that every API server creates."""
    selectors = sections(section(role.object, "aggregationRule"), "clusterRoleSelectors")
    wanted = [None if each is None else requirements(each) for each in selectors or (None,)]
    return any(each is None or matches(each, labels) is not False for each in wanted for labels in _DEFAULT_LABELS)


def _selected(role: Sighting, roles: dict[int, Sighting]) -> set[int] | None:
    """Numbers of the ClusterRoles that the selectors of this one match; None when that is not decidable."""
    written = sections(section(role.object, "aggregationRule"), "clusterRoleSelectors")
    if written is None:
        return None
    found: set[int] = set()
    for selector in written:
        wanted = None if selector is None else requirements(selector)
        for number, other in roles.items():
            if not other.kind.endswith("/ClusterRole"):
                continue
            hit = None if wanted is None else matches(wanted, labels_of(_labels(other)))
            if hit is None:
                return None
            if hit:
                found.add(number)
    return found


def _union(
    number: int,
    roles: dict[int, Sighting],
    sources: dict[int, set[int] | None],
    own_rules: Callable[[Sighting], Gathered],
) -> Gathered:
    reached: set[int] = set()
    waiting = [number]
    while waiting:
        selected = sources[waiting.pop()]
        if selected is None:
            return None
        fresh = selected - reached
        reached |= fresh
        waiting.extend(each for each in sorted(fresh) if each in sources)
    rules: list[tuple[str, Section | None]] = []
    for each in sorted(reached - set(sources)):
        own = own_rules(roles[each])
        if own is None:
            return None
        rules.extend(rule for rule in own if rule not in rules)
    return rules


def _labels(role: Sighting) -> list[str] | None:
    return pairs(_metadata(role.object), "labels")


def _metadata(obj: dict[str, Any]) -> Section | None:
    return section(obj, "metadata")
