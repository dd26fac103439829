"""Which workloads a label selector may pick: pairs of a selecting object and a workload, with a match.

A pair matches surely (true) where the selector holds for the labels of the workload's pods in one and the same
namespace; it may match (None) where a namespace, the labels or the selector is not known. Pairs that surely do
not match are not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collectors.tables.selectors import labels_of, matches


@dataclass(frozen=True, slots=True)
class _Pods:
    """The pods of a workload: the labels they carry, and whether these are all."""

    workload: Any
    labels: dict[str, str]
    are_all: bool

    def meet(self, selector: Sequence[str] | None) -> bool | None:
        """Whether the selector picks them."""
        if self.are_all or not selector:
            return matches(selector, self.labels)
        certain = all("=" in each and matches([each], self.labels) for each in selector)
        return True if certain else None


def _pods(workload: Any) -> _Pods:
    """A template without labels is refused unless the selector's labels stand in it, so those are certain."""
    if workload.pod_labels == [] and workload.selector_labels != []:
        return _Pods(workload, labels_of(workload.selector_labels) or {}, False)
    labels = labels_of(workload.pod_labels)
    return _Pods(workload, labels or {}, labels is not None)


@dataclass(slots=True)
class _Namespace:
    """The workloads of one namespace: all, by each label they carry, and those that may carry more."""

    every: list[_Pods] = field(default_factory=list)
    by_label: dict[str, list[_Pods]] = field(default_factory=dict)
    open_ended: list[_Pods] = field(default_factory=list)

    def add(self, pods: _Pods) -> None:
        self.every.append(pods)
        if not pods.are_all:
            self.open_ended.append(pods)
            return
        for key, value in pods.labels.items():
            self.by_label.setdefault(f"{key}={value}", []).append(pods)

    def candidates(self, selector: Sequence[str] | None) -> Iterable[_Pods]:
        """A part of the workloads that holds every one the selector does not surely miss."""
        equalities = [each for each in selector or () if "=" in each]
        if not equalities:
            return self.every
        rarest = min((self.by_label.get(each, []) for each in equalities), key=len)
        return [*rarest, *self.open_ended]


class SelectedPods:
    """The workloads of a run, ready to be asked by selectors."""

    def __init__(self, workloads: Iterable[Any]) -> None:
        self._clusters: dict[str, dict[str | None, _Namespace]] = {}
        for workload in workloads:
            namespaces = self._clusters.setdefault(workload.cluster, {})
            namespaces.setdefault(workload.namespace, _Namespace()).add(_pods(workload))

    def of(
        self, cluster: str, namespace: str | None, selector: Sequence[str] | None
    ) -> Iterator[tuple[Any, bool | None]]:
        """Each workload that the selector picks (true) or may pick (None)."""
        for name, own in self._within(cluster, namespace).items():
            in_same = namespace is not None and name is not None
            for pods in own.candidates(selector):
                hit = pods.meet(selector)
                if hit is not False:
                    yield pods.workload, hit if in_same else None

    def _within(self, cluster: str, namespace: str | None) -> Mapping[str | None, _Namespace]:
        """The namespaces that may be the one meant: a namespace that is not stated may be any."""
        namespaces = self._clusters.get(cluster, {})
        if namespace is None:
            return namespaces
        return {name: namespaces[name] for name in (namespace, None) if name in namespaces}


def edge_namespace(workload: Any, other: Any) -> str | None:
    """The namespace where a pair lives: the workload's, or the other end's when it states none."""
    found: str | None = other.namespace if workload.namespace is None else workload.namespace
    return found
