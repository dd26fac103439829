"""Pods that run or will run, by node and by workload, with what is not known of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assessment.derived.unseen import Unseen

# Links of a chain of owners: where one was not shown, the end of the chain may be another workload.
_LINKS = frozenset({"ReplicaSet", "ReplicationController", "Job"})


@dataclass(slots=True)
class Group:
    """Pods of one node or one workload: those that are there, and whether others may be."""

    sure: list[Any] = field(default_factory=list)
    unsure: bool = False


class LivePods:
    """Pods that did not run to their end. Ask it of one node, or of one workload."""

    def __init__(self, tables: Mapping[str, Sequence[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._by_node: dict[tuple[str, str], Group] = defaultdict(Group)
        self._by_workload: dict[tuple[str, str], Group] = defaultdict(Group)
        self._adrift: set[str] = set()
        self._ownerless: dict[str, set[str | None]] = defaultdict(set)
        self._kinds = {(each.cluster, each.workload_id): each for each in tables["workloads"]}
        for pod in tables["pods"]:
            if pod.is_finished is not True:
                self._place(pod)

    def on_node(self, cluster: str, name: str) -> Group:
        """The pods of a node; others may be there too if some pod or its node is not known."""
        found = self._by_node.get((cluster, name), Group())
        hidden = cluster in self._adrift or self._unseen.near(cluster, "pods", None)
        return Group(found.sure, found.unsure or hidden)

    def of_workload(self, workload: Any) -> Group:
        """The pods of a workload; others may be its own if some pod in its namespace is not known."""
        found = self._by_workload.get((workload.cluster, workload.workload_id), Group())
        cluster, namespace = workload.cluster, workload.namespace
        somewhere = self._ownerless.get(cluster, set())
        adrift = bool(somewhere) if namespace is None else bool(somewhere & {namespace, None})
        return Group(found.sure, found.unsure or adrift or self._unseen.near(cluster, "pods", namespace))

    def stays_with_its_node(self, pod: Any) -> bool | None:
        """Whether nobody moves it when its node goes: a DaemonSet's pod, or one that the node starts from a file."""
        owner = self._kinds.get((pod.cluster, pod.workload_id))
        if owner is None:
            return None
        return True if owner.kind == "DaemonSet" else owner.is_static

    def is_bare(self, pod: Any) -> bool | None:
        """Whether nobody makes it again when it is gone."""
        owner = self._kinds.get((pod.cluster, pod.workload_id))
        if owner is None:
            return None
        return None if owner.is_static is None else owner.kind == "Pod" and not owner.is_static

    def _place(self, pod: Any) -> None:
        is_sure = pod.is_finished is False
        owner = self._kinds.get((pod.cluster, pod.workload_id))
        if owner is None or (owner.kind in _LINKS and not owner.is_shown):
            self._ownerless[pod.cluster].add(pod.namespace)
        if pod.workload_id is not None:
            _add(self._by_workload[pod.cluster, pod.workload_id], pod, is_sure=is_sure)
        if pod.has_node is False:
            return
        if pod.node_name is None:
            self._adrift.add(pod.cluster)
        else:
            _add(self._by_node[pod.cluster, pod.node_name], pod, is_sure=is_sure and pod.has_node is True)


def _add(group: Group, pod: Any, *, is_sure: bool) -> None:
    if is_sure:
        group.sure.append(pod)
    else:
        group.unsure = True


def total(pods: Sequence[Any], column: str) -> tuple[int, bool]:
    """The sum over the pods that say it, and whether all of them do."""
    amounts = [getattr(pod, column) for pod in pods]
    known = [amount for amount in amounts if amount is not None]
    return sum(known), len(known) == len(amounts)
