"""Whom a rule of a policy engine is for: kinds, namespaces, and what else narrows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from collectors.tables.as_written import Section, either, is_set, section, sections, texts
from collectors.tables.kubernetes.admission.webhook_rules import rules_under
from collectors.tables.selectors import requirements

_PODS = frozenset({"Pod", "v1/Pod", "*/Pod", "*", "*/*", "/Pod", "*/*/Pod"})


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule sees; None where that cannot be read."""

    sees_pods: bool | None
    namespaces: list[str] | None
    excluded: list[str] | None
    selector: list[str] | None
    narrowed: bool | None


def of_kyverno(rule: Section | None) -> Match:
    """Source: Kyverno documentation, "Selecting Resources": match and exclude, each any, all or one filter."""
    wanted, left_out = _filters(section(rule, "match")), _filters(section(rule, "exclude"))
    kinds = [texts(section(each, "resources"), "kinds") for each in wanted or ()]
    sees_pods = None if wanted is None or None in kinds else any(_PODS & set(each or ()) for each in kinds)
    about_pods = [each for each, own in zip(wanted or (), kinds, strict=True) if own is None or _PODS & set(own)]
    resources = [section(each, "resources") for each in about_pods]
    selectors = [section(each, "namespaceSelector") for each in resources]
    selector = None if None in selectors else requirements(next((each for each in selectors if each), {}))
    both_hold = len(sections(section(rule, "match"), "all") or ()) > 1
    elsewhere = [_only_namespaces(each) for each in left_out or ()]
    return Match(
        sees_pods=sees_pods,
        namespaces=None if wanted is None else _joined(texts(each, "namespaces") for each in resources),
        excluded=None if left_out is None else _named(left_out),
        selector=selector,
        narrowed=either(
            *(_narrows(each) for each in about_pods),
            *(None if each is None else not each for each in elsewhere),
            is_set(rule, "preconditions"), is_set(rule, "celPreconditions"),
            both_hold, len(selectors) > 1 and any(selectors),
        ),
    )  # fmt: skip


def of_gatekeeper(match: Section | None) -> Match:
    """Source: Gatekeeper documentation, "How to use Gatekeeper", the match field; absent means everything."""
    kinds = sections(match, "kinds")
    named = [texts(each, "kinds") for each in kinds or ()]
    pods = not kinds or any({"Pod", "*"} & set(each or ()) for each in named)
    selector = section(match, "namespaceSelector")
    return Match(
        sees_pods=None if kinds is None or None in named else pods,
        namespaces=texts(match, "namespaces"),
        excluded=texts(match, "excludedNamespaces"),
        selector=None if selector is None else requirements(selector),
        narrowed=either(_is_given(match, "labelSelector"), is_set(match, "name"), is_set(match, "source")),
    )  # fmt: skip


def of_constraints(constraints: Section | None, *conditions: list[Section | None] | None) -> Match:
    """Source: Kubernetes API, MatchResources of admission policies; a policy without constraints sees nothing."""
    rules = rules_under(constraints, "resourceRules")
    excluded = sections(constraints, "excludeResourceRules")
    return Match(
        sees_pods=rules.take("CREATE", "", "pods"),
        namespaces=[],
        excluded=[],
        selector=requirements(section(constraints, "namespaceSelector") or {}) if constraints is not None else None,
        narrowed=either(
            _is_given(constraints, "objectSelector"),
            None if excluded is None else bool(excluded),
            *(None if each is None else bool(each) for each in conditions),
        ),
    )


def is_for(name: str, patterns: Sequence[str]) -> bool:
    """Whether a namespace is one of these, where * stands for any text and ? for any character."""
    return any(_glob(pattern, name) for pattern in patterns)


def _glob(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern.replace("[", "[[]"))


def _filters(found: Section | None) -> list[Section | None] | None:
    if found is None:
        return None
    listed = [each for name in ("any", "all") for each in sections(found, name) or [None] if is_set(found, name)]
    if listed:
        return listed
    return [found] if found else []


def _narrows(wanted: Section | None) -> bool | None:
    resources = section(wanted, "resources")
    given = [is_set(wanted, name) for name in ("subjects", "roles", "clusterRoles")]
    given += [is_set(resources, name) for name in ("selector", "name", "names", "annotations")]
    return None if resources is None else any(given)


def _only_namespaces(left_out: Section | None) -> bool | None:
    resources = section(left_out, "resources")
    if resources is None or left_out is None:
        return None
    return set(left_out) <= {"resources"} and "namespaces" in resources and set(resources) <= {"namespaces", "kinds"}


def _is_given(parent: Section | None, name: str) -> bool | None:
    found = section(parent, name)
    return None if found is None else bool(found)


def _named(left_out: list[Section | None]) -> list[str] | None:
    lists = [texts(section(each, "resources"), "namespaces") for each in left_out]
    return None if None in lists else sorted({name for each in lists for name in each or ()})


def _joined(lists: Iterable[list[str] | None]) -> list[str] | None:
    """All of these; an empty list among them is for all, and so is the whole."""
    found = list(lists)
    if any(each is None for each in found):
        return None
    if any(not each for each in found):
        return []
    return sorted({name for each in found for name in each or ()})


