"""Label selectors: their requirements as text, and whether labels meet them.

A selector is kept in a table as a list of requirements, all of which must hold, written as kubectl writes
them: `app=web`, `tier in (a,b)`, `tier notin (a,b)`, `tier`, `!tier`. An empty list selects everything; None
means that it cannot be read (an unknown operator, values where none may stand), so nothing is decided.

Source: Kubernetes documentation, "Labels and Selectors"; the validation of LabelSelectorRequirement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from collectors.tables.as_written import Section, pairs, section, sections, text, texts

_SETS = {"In": "in", "NotIn": "notin"}
_KEYED = {"Exists": "", "DoesNotExist": "!"}
_PLAIN = re.compile(r"[A-Za-z0-9._/-]*")
_SET = re.compile(r"([^ ]+) (in|notin) \(([^()]*)\)")


def requirements(selector: Any) -> list[str] | None:
    """The requirements of a LabelSelector, sorted; None when it is not readable."""
    if not isinstance(selector, dict) or set(selector) - {"matchLabels", "matchExpressions"}:
        return None
    equal = pairs(selector, "matchLabels")
    expressions = sections(selector, "matchExpressions")
    if equal is None or expressions is None or not all(_is_plain_pair(each) for each in equal):
        return None
    read = [_requirement(expression) for expression in expressions]
    if any(each is None for each in read):
        return None
    return sorted([*equal, *(each for each in read if each is not None)])


def equalities(parent: Section | None, name: str) -> list[str] | None:
    """The requirements of a plain map selector, as Services have; [] when it is absent."""
    found = pairs(parent, name)
    if found is None or not all(_is_plain_pair(each) for each in found):
        return None
    return found


def matches(wanted: Sequence[str] | None, labels: Mapping[str, str] | None) -> bool | None:
    """Whether labels meet every requirement; None when either is not known."""
    if wanted is None:
        return None
    if not wanted:
        return True
    if labels is None:
        return None
    return all(_meets(each, labels) for each in wanted)


def labels_of(pairs_as_text: Sequence[str] | None) -> dict[str, str] | None:
    """Labels from their "key=value" texts; None when not known."""
    if pairs_as_text is None:
        return None
    return {key: value for key, _, value in (each.partition("=") for each in pairs_as_text)}


def _requirement(expression: Section | None) -> str | None:
    key, operator, values = text(expression, "key"), text(expression, "operator"), texts(expression, "values")
    if not key or not _PLAIN.fullmatch(key) or operator is None or values is None:
        return None
    if operator in _KEYED:
        return None if values else _KEYED[operator] + key
    if operator not in _SETS or not values or not all(_PLAIN.fullmatch(value) for value in values):
        return None
    return f"{key} {_SETS[operator]} ({','.join(sorted(set(values)))})"


def _meets(requirement: str, labels: Mapping[str, str]) -> bool:
    if requirement.endswith(")") and (found := _SET.fullmatch(requirement)):
        key, word, values = found.groups()
        held = labels.get(key)
        inside = held is not None and held in values.split(",")
        return inside if word == "in" else not inside
    if requirement.startswith("!"):
        return requirement[1:] not in labels
    key, equals, value = requirement.partition("=")
    return labels.get(key) == value if equals else key in labels


def _is_plain_pair(pair: str) -> bool:
    key, _, value = pair.partition("=")
    return bool(key) and bool(_PLAIN.fullmatch(key)) and bool(_PLAIN.fullmatch(value))


def selector_of(parent: Section | None, name: str) -> tuple[bool, list[str] | None]:
    """Whether a LabelSelector stands under `name`, and its requirements; None when absent or unreadable."""
    if parent is None:
        return True, None
    if parent.get(name) is None:
        return False, None
    return True, requirements(section(parent, name))
