"""The highest Pod Security level that each workload meets, by version of the standard, and what its namespace asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.pod_security_violations import STEPS, Parts, Violations
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import opposite
from collectors.tables.coverage import Gap
from collectors.tables.kubernetes.clusters import NEWEST_MINOR, OLDEST_MINOR
from collectors.tables.schema import ClusterContext, Column, table

_PARTS = ("containers", "pod_specs", "volumes", "sysctls", "container_ports")
_LATEST = "latest"
Met = tuple[bool | None, bool | None]
"""Whether baseline is met, whether restricted is."""


@table(
    "pod_security_levels",
    grain="one workload and one span of versions of the Pod Security Standards that judge it alike",
    derived_from=("workloads", *_PARTS),
    part="name",
)
class PodSecurityLevel(NamedTuple):
    """The worst of all forms that its pods take; NULL where what cannot be read decides."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    name: Annotated[str, Column("Name of the workload.")]
    from_minor: Annotated[int, Column("First minor of the standard that judges so; 24 is the first that is kept.")]
    to_minor: Annotated[int, Column("Last minor that judges so; 37 is the newest known, and stands for latest.")]
    meets_baseline: Annotated[bool | None, Column("Whether every control of the baseline level is met.")]
    meets_restricted: Annotated[bool | None, Column("Whether every control of the restricted level is met.")]
    level: Annotated[str | None, Column("Highest level met: privileged, baseline or restricted.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workload.")]


@table(
    "workload_pod_security",
    grain="one workload",
    derived_from=("workloads", *_PARTS, "namespaces"),
    part="name",
)
class WorkloadPodSecurity(NamedTuple):
    """Levels by the version of the cluster's API server; unknown, where all supported versions agree."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace of the workload.")]
    workload_id: Annotated[str, Column("Surrogate key of the workload.", owner="workloads")]
    name: Annotated[str, Column("Name of the workload.")]
    meets_baseline: Annotated[bool | None, Column("Whether every control of the baseline level is met.")]
    meets_restricted: Annotated[bool | None, Column("Whether every control of the restricted level is met.")]
    level: Annotated[str | None, Column("Highest level met: privileged, baseline or restricted.")]
    is_admitted: Annotated[
        bool | None,
        Column("Whether the level and version that its namespace's labels enforce admit its pods."),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Places of the workload and of its namespace.")]


def level_rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[PodSecurityLevel]:
    """One row for each span of versions; most workloads have one span."""
    made: list[PodSecurityLevel] = []
    for workload, violations in _violations(tables, Unseen(gaps)):
        own = (workload.cluster, workload.namespace, workload.workload_id, workload.name)
        for first, last, met in _spans(violations):
            known: tuple[Any, ...] = (first, last, *met, _level(met), workload.basis, workload.evidence_refs)
            made.append(PodSecurityLevel(*own, *known))
    return made


def workload_rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[WorkloadPodSecurity]:
    """One row a workload."""
    namespaces: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in tables["namespaces"]:
        namespaces[row.cluster, row.name].append(row)
    made = []
    for workload, violations in _violations(tables, Unseen(gaps)):
        minor = clusters[workload.cluster].kubernetes_minor
        met = _agreed(_met(violations, each) for each in _minors(minor))
        homes = namespaces.get((workload.cluster, workload.namespace), [])
        admitted = {_admitted(home, violations, minor, met) for home in homes}
        refs = [*workload.evidence_refs, *(ref for home in homes for ref in home.evidence_refs)]
        own = (workload.cluster, workload.namespace, workload.workload_id, workload.name)
        is_admitted = admitted.pop() if len(admitted) == 1 else None
        known: tuple[Any, ...] = (*met, _level(met), is_admitted, workload.basis, refs)
        made.append(WorkloadPodSecurity(*own, *known))
    return made


def _violations(tables: Mapping[str, list[Any]], unseen: Unseen) -> Iterable[tuple[Any, Violations]]:
    parts: dict[str, dict[tuple[str, str], list[Any]]] = {}
    for name in _PARTS:
        parts[name] = defaultdict(list)
        for row in tables[name]:
            parts[name][row.cluster, row.workload_id].append(row)
    for workload in tables["workloads"]:
        key = (workload.cluster, workload.workload_id)
        containers, pod_specs, volumes, sysctls, ports = (parts[name].get(key, ()) for name in _PARTS)
        hidden = _hidden(workload, unseen)
        yield workload, Violations(Parts(containers, pod_specs, volumes, sysctls, ports, hidden))


def _hidden(workload: Any, unseen: Unseen) -> bool:
    """Whether pods may take forms that were not seen, or the template was not shown."""
    running = workload.basis == "running"
    return any(
        (running and unseen.near(workload.cluster, name, workload.namespace, "Pod"))
        or unseen.parts(workload.cluster, name, workload.workload_id)
        for name in _PARTS
    )


def _met(violations: Violations, minor: int) -> Met:
    return opposite(violations.of_baseline(minor)), opposite(violations.of_restricted(minor))


def _spans(violations: Violations) -> Iterable[tuple[int, int, Met]]:
    spans: list[tuple[int, int, Met]] = []
    for first, following in zip(STEPS, (*STEPS[1:], NEWEST_MINOR + 1), strict=True):
        met = _met(violations, first)
        if spans and spans[-1][2] == met:
            spans[-1] = (spans[-1][0], following - 1, met)
        else:
            spans.append((first, following - 1, met))
    return spans


def _level(met: Met) -> str | None:
    baseline, restricted = met
    if restricted:
        return "restricted"
    if baseline is False:
        return "privileged"
    return "baseline" if baseline and restricted is False else None


def _minors(minor: int | None) -> Sequence[int]:
    """The version that latest means: the API server's, clamped to what is known; unknown, all that are supported."""
    if minor is None:
        return (OLDEST_MINOR, *(step for step in STEPS if step > OLDEST_MINOR))
    return (min(minor, NEWEST_MINOR),)


def _agreed(found: Iterable[Met]) -> Met:
    baseline, restricted = (set(each) for each in zip(*found, strict=True))
    return _one(baseline), _one(restricted)


def _one(values: set[bool | None]) -> bool | None:
    return values.pop() if len(values) == 1 else None


def _admitted(home: Any, violations: Violations, minor: int | None, met: Met) -> bool | None:
    """An invalid level enforces restricted of the latest version, as the admission library does."""
    level = home.enforce_level_by_label
    if level is None or level == "privileged":
        return None if level is None else True
    if home.declared_enforce_level is None or home.has_enforce_version is None:
        return None
    is_valid = home.declared_enforce_level == level
    pinned = home.enforce_version if home.has_enforce_version and is_valid else _LATEST
    if pinned is None:
        return None
    version = _pinned(pinned)
    if version is not None:
        if version < STEPS[0]:
            return None
        known = minor if minor is not None else version
        met = _met(violations, min(version, known, NEWEST_MINOR))
    return met[0] if level == "baseline" else met[1]


def _pinned(version: str) -> int | None:
    """The minor of "v1.n"; None for latest and for what is no version, which admission takes as latest."""
    major, _, number = version.partition(".")
    return int(number) if major == "v1" and number.isascii() and number.isdigit() and len(number) < 4 else None


DERIVED_SEEING_GAPS = {"pod_security_levels": level_rows, "workload_pod_security": workload_rows}
