"""Leaks through the network: workloads outside of a scope that may connect to workloads inside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from assessment.derived.network.reach import Reach as Network
from assessment.frameworks.leaks.leak import Leak, Member
from assessment.frameworks.leaks.sharing import Members


def by_network(members: Members, network: Network) -> Iterator[Leak]:
    """One leak for each workload outside and certainty; what policies treat alike is asked once."""
    groups: dict[str, dict[str, list[Member]]] = defaultdict(lambda: defaultdict(list))
    for (cluster, workload_id), member in members.items():
        groups[cluster][network.group_of(cluster, workload_id).group_id].append(member)
    for cluster, held in groups.items():
        targets = {name: [one for one in each if one.is_inside is not False] for name, each in held.items()}
        for name, each in held.items():
            outside = [member for member in each if member.is_inside is not True]
            if outside:
                yield from _from_group(cluster, name, outside, targets, network)


def _from_group(
    cluster: str, name: str, outside: list[Member], targets: dict[str, list[Member]], network: Network
) -> Iterator[Leak]:
    source = network.groups[cluster, name]
    reached: dict[bool, list[Member]] = {True: [], False: []}
    ports: dict[bool, set[str]] = {True: set(), False: set()}
    for target, inside in targets.items():
        answer = network.between(source, network.groups[cluster, target])
        if inside and answer.may is not False:
            for member in inside:
                proven = bool(answer.may and member.is_inside)
                reached[proven].append(member)
                ports[proven].update(answer.ports or ("every port",))
    for member in outside:
        for proven in (True, False):
            inside = [one for one in reached[proven] if one.workload_id != member.workload_id]
            if inside:
                certain = proven and member.is_inside is False
                why = f"policies leave {', '.join(sorted(ports[proven])[:5])} open"
                yield Leak(
                    cluster, "reach", member.kind, member.namespace, member.name,
                    tuple(sorted(one.says for one in inside)), "proven" if certain else "not known", why, (),
                )  # fmt: skip
