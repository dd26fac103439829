"""Before the two weeks start: what the access given lets a survey judge, what not, and the rules that would open it.

Nothing is read but the names of namespaces. What an account may see comes from the API server's own reviews
(`reviews`); which checks need it comes from the rules of the checks themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from assessment.access.cluster_role import cluster_role
from assessment.access.reviews import Access, Asked, Sight, look
from assessment.checks.lists_read import base_tables_read
from assessment.checks.load import Check
from assessment.derived.run import all_tables
from assessment.frameworks.load import Framework, Requirement
from collectors.kubernetes.kinds import KUBELET, name_of
from collectors.kubernetes.roles import RULE_FOR_KUBELETS, Rule, rule_for_paths, rules_that_list
from collectors.kubernetes.surveyed import SECRET_KIND, SURVEYED
from collectors.tables.families import KUBERNETES, tables_of
from collectors.tables.schema import Table

WHOLE, PARTS, NOT, ELSEWHERE = "whole", "in namespaces", "not", "elsewhere"
"""A check sees all that it reads; sees it in some namespaces; lacks something everywhere; asks clouds or people."""

MISSING = "kubesurvey-missing"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What will come of one check. `needs` are the kinds that stand in its way."""

    check_id: str
    dimension: str
    extent: str
    namespaces: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements of a framework by how many of their checks on clusters can be judged in the whole cluster.

    `elsewhere`: only clouds and people answer; `by_hand`: no check bears on them.
    """

    framework: str
    title: str
    all_seen: int
    some_seen: int
    none_seen: int
    elsewhere: int
    by_hand: int


@dataclass(frozen=True, slots=True)
class Preflight:
    """What can and cannot be seen of one cluster. `opens_the_rest` is YAML, "" when nothing is missing."""

    cluster: str
    access: Access
    checks: tuple[Foreseen, ...]
    frameworks: tuple[Requirements, ...]
    opens_the_rest: str

    @property
    def unclear(self) -> tuple[Sight, ...]:
        """The kinds of which the API server did not say whether they can be seen."""
        return tuple(sight for sight in self.access.sights.values() if sight.everywhere is None)


def preflight(
    connection: Asked,
    checks: Sequence[Check],
    frameworks: Sequence[Framework],
    *,
    cluster: str = "cluster",
    namespaces: Iterable[str] = (),
    with_secrets: bool = False,
    kubelets: bool = False,
) -> Preflight:
    """Ask what may be seen and say what follows. The world's trouble is part of the answer."""
    access = look(connection, namespaces, with_secrets=with_secrets, kubelets=kubelets)
    declared = all_tables()
    foreseen = tuple(_foreseen(check, declared, access) for check in checks)
    extents = {each.check_id: each.extent for each in foreseen}
    rows = tuple(_requirements(framework, extents) for framework in frameworks)
    return Preflight(cluster, access, foreseen, rows, "" if access.unreachable else _opens(access))


def nobody_signed_in(cluster: str, why: str) -> Preflight:
    """What is said of a cluster that could not be asked at all."""
    return Preflight(cluster, Access("nobody", "no server", {}, (), (), False, {}, why), (), (), "")


def missing_rules(access: Access) -> tuple[Rule, ...]:
    """The rules without which something that was asked for stays unseen; nothing that is open already."""
    denied = {kind for kind, sight in access.sights.items() if sight.everywhere is False}
    rules = rules_that_list(kind for kind in denied if kind in _listed())
    kubelets = (RULE_FOR_KUBELETS,) if KUBELET in denied else ()
    paths = (rule_for_paths(access.refused_paths),) if access.refused_paths else ()
    return (*rules, *kubelets, *paths)


def _opens(access: Access) -> str:
    rules = missing_rules(access)
    return cluster_role(rules, MISSING) if rules else ""


@cache
def _listed() -> frozenset[str]:
    from collectors.kubernetes.roles import everything_listed

    return frozenset((*everything_listed(), SECRET_KIND))


def _foreseen(check: Check, declared: Mapping[str, Table], access: Access) -> Foreseen:
    kinds = kinds_read(check, declared)
    dimension = check.written.dimension
    if kinds is None:
        return Foreseen(check.check_id, dimension, ELSEWHERE)
    short = [sight for kind in kinds if (sight := access.sight(kind)).everywhere is not True]
    if not short:
        return Foreseen(check.check_id, dimension, WHOLE)
    namespaces = frozenset.intersection(*(sight.namespaces for sight in short))
    needs = tuple(sorted(sight.kind for sight in short))
    return Foreseen(check.check_id, dimension, PARTS if namespaces else NOT, namespaces, needs)


def kinds_read(check: Check, declared: Mapping[str, Table]) -> frozenset[str] | None:
    """The kinds behind every table that a check judges or relates to; None where no table is of Kubernetes."""
    ours = tables_of(KUBERNETES)
    bases = base_tables_read([check], declared) & set(ours)
    if not bases:
        return None
    return frozenset(
        kind
        for base in bases
        for kind in ours[base].fed_by
        if kind in SURVEYED or kind not in ours[base].where_served  # no survey lists the others
    )


def _requirements(framework: Framework, extents: Mapping[str, str]) -> Requirements:
    counted = {WHOLE: 0, PARTS: 0, NOT: 0, ELSEWHERE: 0, "": 0}
    for requirement in framework.requirements:
        if requirement.level == "requirement":
            counted[_extent(_checks_below(framework, requirement), extents)] += 1
    return Requirements(framework.id, framework.title, counted[WHOLE], counted[PARTS], counted[NOT],
                        counted[ELSEWHERE], counted[""])  # fmt: skip


def _extent(checks: set[str], extents: Mapping[str, str]) -> str:
    """How much of a requirement is seen: all of its checks on clusters, some, none; or no check at all ("")."""
    if not checks:
        return ""
    on_clusters = [extents[check] for check in checks if extents.get(check, ELSEWHERE) != ELSEWHERE]
    if not on_clusters:
        return ELSEWHERE
    if all(extent == WHOLE for extent in on_clusters):
        return WHOLE
    return PARTS if any(extent != NOT for extent in on_clusters) else NOT


def _checks_below(framework: Framework, requirement: Requirement) -> set[str]:
    rows = [row for row in framework.requirements if requirement.id in framework.lineage(row.id)]
    return {evidence.check for row in rows for evidence in row.evidence}


def named(kinds: Iterable[str], access: Access) -> str:
    """Kinds as people say them; those that nobody asked for with the option that asks."""
    return ", ".join(dict.fromkeys(_named(access.sight(kind), access) for kind in sorted(kinds, key=name_of)))


def _named(sight: Sight, access: Access) -> str:
    name = sight.kind if sight.kind.endswith("*") else name_of(sight.kind)
    return name if sight.kind in access.sights else f"{name} ({sight.note})"
