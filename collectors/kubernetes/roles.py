"""The rules of RBAC that open what a survey reads: as a role holds them, and one by one in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collectors.kubernetes.extensions import EVERY_KIND_OF, EXTENSIONS
from collectors.kubernetes.kinds import KNOWN, KUBELET, group_of, name_of
from collectors.kubernetes.surveyed import PATHS, SECRET_KIND, SURVEYED

EVERY_RESOURCE = "*"
LIST, GET = "list", "get"
KUBELET_RESOURCE = "nodes/configz"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: resources of one API group, or paths of the server itself (then `resources` is empty)."""

    verb: str
    group: str = ""
    resources: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def rules_that_list(kinds: Iterable[str]) -> tuple[Rule, ...]:
    """One rule for each API group of these kinds, the core group first; resources in alphabetical order.

    Secrets stand in a rule of their own, so that whoever approves a role sees them.
    """
    wanted = set(kinds)
    of_group: dict[str, set[str]] = {}
    for kind in wanted - {SECRET_KIND}:
        of_group.setdefault(group_of(kind), set()).add(resource_of(kind))
    rules = [Rule(LIST, group, tuple(sorted(of_group[group]))) for group in sorted(of_group, key=_built_in_first)]
    secrets = (Rule(LIST, "", (resource_of(SECRET_KIND),)),) if SECRET_KIND in wanted else ()
    return (*rules, *secrets)


def rule_for_paths(paths: Iterable[str] = tuple(PATHS)) -> Rule:
    """The rule that opens pages about the server itself."""
    return Rule(GET, paths=tuple(sorted(paths)))


RULE_FOR_KUBELETS = Rule(GET, "", (KUBELET_RESOURCE,))
"""What a kubelet with fine-grained authorization asks for before it shows its configuration."""


def everything_listed(*, namespaced_only: bool = False) -> tuple[str, ...]:
    """Every kind that is listed, Secrets aside; groups whose kinds the client makes up stand as "group/*"."""
    made_up = () if namespaced_only else tuple(f"{group}/{EVERY_RESOURCE}" for group in EVERY_KIND_OF)
    return (*(kind for kind, known in SURVEYED.items() if known.namespaced or not namespaced_only), *made_up)


def rule_that_opens(kind: str, namespace: str | None = None) -> str:
    """The one rule without which this kind stays unseen, on one line, and where it has to stand."""
    if kind == KUBELET:
        return f'rule {{apiGroups: [""], resources: ["{KUBELET_RESOURCE}"], verbs: ["get"]}} in a ClusterRole'
    paths = [path for path, evidence in PATHS.items() if evidence == kind]
    if paths:
        quoted = ", ".join(f'"{path}"' for path in paths)
        return f'rule {{nonResourceURLs: [{quoted}], verbs: ["get"]}} in a ClusterRole'
    where = f"in a Role of namespace {namespace}" if namespace else "in a ClusterRole"
    return f'rule {{apiGroups: ["{group_of(kind)}"], resources: ["{resource_of(kind)}"], verbs: ["list"]}} {where}'


def resource_of(kind: str) -> str:
    """The plural that a rule names; "*" for groups whose kinds the client makes up."""
    if group_of(kind) in EVERY_KIND_OF:
        return EVERY_RESOURCE
    known = KNOWN.get(kind) or EXTENSIONS.get(kind)
    return known.plural if known else name_of(kind).lower()


def _built_in_first(group: str) -> tuple[bool, str]:
    return group in _EXTENDED, group


_EXTENDED = frozenset(map(group_of, EXTENSIONS)) | frozenset(EVERY_KIND_OF)
