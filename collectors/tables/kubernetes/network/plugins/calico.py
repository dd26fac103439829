"""NetworkPolicy and GlobalNetworkPolicy of Calico.

Source: Calico documentation, "Network policy" and "Global network policy", selectors, tiers. A policy that selects a
pod refuses what no rule of its tier is about. Which rule comes first (tier, order) is not computed: where one denies
and another allows, the outcome is not known. Selectors are read where they are conditions joined by &&.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.tables.as_written import Section, either, flag, section, sections, text, texts
from collectors.tables.kubernetes.network.plugins.reading import NAMESPACE_NAME, UNREAD, Direction, Spec
from collectors.tables.schema import Sighting

GROUPS = ("crd.projectcalico.org", "projectcalico.org")
KINDS = tuple(f"{group}/{name}" for group in GROUPS for name in ("NetworkPolicy", "GlobalNetworkPolicy"))
_KEY = r"([A-Za-z0-9._/-]+)"
_VALUE = r"""["']([A-Za-z0-9._/-]*)["']"""
_EQUAL = re.compile(rf"{_KEY}\s*(==|!=)\s*{_VALUE}")
_HAS = re.compile(rf"(!?)\s*has\(\s*{_KEY}\s*\)")
_SET = re.compile(rf"{_KEY}\s+(in|not in)\s+\{{([^{{}}]*)\}}")
_NAMESPACE = "projectcalico.org/namespace"
_NARROWING = ("protocol", "notProtocol", "source", "destination", "http", "icmp", "notICMP", "ipVersion")


def specs(sighting: Sighting) -> Iterator[Spec]:
    """The one spec, unless it is about traffic of hosts before any pod sees it."""
    spec = section(sighting.object, "spec")
    if flag(spec, "doNotTrack", default=False) or flag(spec, "preDNAT", default=False):
        return
    pods, spaces = selector(text(spec, "selector", default="")), selector(text(spec, "namespaceSelector", default=""))
    if spec is None or spec.get("serviceAccountSelector"):
        pods = None
    moved = [each for each in pods or () if _is_about_namespace(each)]
    if pods is not None and spaces is not None:
        spaces = [*spaces, *(each.replace(_NAMESPACE, NAMESPACE_NAME, 1) for each in moved)]
        pods = [each for each in pods if not _is_about_namespace(each)]
    spaces = None if spaces is None else [each.replace("projectcalico.org/name", NAMESPACE_NAME, 1) for each in spaces]
    yield Spec("spec", pods, spaces, _direction(spec, "ingress"), _direction(spec, "egress"))


def selector(written: str | None) -> list[str] | None:
    """The requirements of a selector expression as LabelSelectors have them; None when it is not that simple."""
    if written is None:
        return None
    found: list[str] = []
    for condition in (part.strip() for part in written.split("&&")):
        if condition in ("", "all()"):
            continue
        if equal := _EQUAL.fullmatch(condition):
            key, sign, value = equal.groups()
            found.append(f"{key}={value}" if sign == "==" else f"{key} notin ({value})")
        elif has := _HAS.fullmatch(condition):
            found.append(has[1] + has[2])
        elif (several := _SET.fullmatch(condition)) and (values := _values(several[3])) is not None:
            found.append(f"{several[1]} {'in' if several[2] == 'in' else 'notin'} ({','.join(values)})")
        else:
            return None
    return sorted(found)


def _values(written: str) -> list[str] | None:
    parts = [re.fullmatch(_VALUE, part.strip()) for part in written.split(",")]
    return None if None in parts else sorted({part[1] for part in parts if part is not None})


def _is_about_namespace(requirement: str) -> bool:
    return requirement.removeprefix("!").startswith(_NAMESPACE)


def _direction(spec: Section | None, name: str) -> Direction:
    rules, types = sections(spec, name), texts(spec, "types")
    other = sections(spec, "egress" if name == "ingress" else "ingress")
    if rules is None or types is None or other is None:
        return UNREAD
    applies = name.capitalize() in types if types else bool(rules) or (name == "ingress" and not other)
    if not applies:
        return Direction()
    actions = [text(rule, "action") for rule in rules]
    return Direction(
        isolates=True,
        allows_all=either(*(_opens(rule, action) for rule, action in zip(rules, actions, strict=True))),
        allows_some=either(*(_is(action, "Allow", "Pass") for action in actions)),
        denies_some=either(*(_is(action, "Deny") for action in actions)),
    )


def _is(action: str | None, *wanted: str) -> bool | None:
    return None if action is None else action.capitalize() in wanted


def _opens(rule: Section | None, action: str | None) -> bool | None:
    if rule is None or action is None:
        return None
    return action.capitalize() == "Allow" and not any(rule.get(each) for each in _NARROWING)
