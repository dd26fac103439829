"""One leak: somebody outside of a scope, what of the scope is within reach of it, and by which way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessment.recording import columns

LEAKS = columns(
    "scope, cluster, way, outside_kind, outside_namespace, outside_name, inside list, inside_count int, holds, why,"
    " evidence_refs list"
)
WAYS = {
    "reach": "may open connections to it",
    "node": "runs on the same node",
    "identity": "runs as the same identity",
    "volume": "mounts the same volume",
    "secret": "opens the same Secret",
    "policy_label": "is let in by a label that others may set",
    "label_writer": "may change the labels that decide the scope",
}
"""Way of a leak -> what it says of whoever stands outside."""
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Member:
    """A workload and whether the scope holds it (None: not known)."""

    cluster: str
    namespace: str | None
    kind: str
    name: str
    workload_id: str
    is_inside: bool | None

    @property
    def says(self) -> str:
        """How lists of what stands inside name it."""
        return f"{self.namespace or '?'}/{self.kind}/{self.name}"


@dataclass(frozen=True, slots=True)
class Leak:
    """`holds` is "proven" where visible rows show both ends and the way, else "not known"."""

    cluster: str
    way: str
    outside_kind: str
    outside_namespace: str | None
    outside_name: str
    inside: tuple[str, ...]
    holds: str
    why: str
    evidence_refs: tuple[str, ...]

    def row(self, scope: str) -> dict[str, Any]:
        """As a row of the result `leaks`; of what stands inside the first few are listed, all are counted."""
        return {
            "scope": scope, "cluster": self.cluster, "way": self.way, "outside_kind": self.outside_kind,
            "outside_namespace": self.outside_namespace, "outside_name": self.outside_name,
            "inside": list(self.inside[:SHOWN]), "inside_count": len(self.inside), "holds": self.holds,
            "why": self.why, "evidence_refs": list(self.evidence_refs),
        }  # fmt: skip


Touching = Mapping[str, Iterable[tuple[Member, bool | None, tuple[str, ...]]]]
"""What is shared (a node, an account, a claim) -> who touches it, whether that is certain, where it is said."""


def sharing(way: str, why: str, touching: Touching) -> Iterator[Leak]:
    """One leak for each workload outside that shares anything with workloads inside; `why` takes what is shared."""
    found: dict[tuple[str, str, bool], _Gathered] = {}
    for shared, who in touching.items():
        members = list(who)
        inside = [each for each in members if each[0].is_inside is not False]
        outside = [each for each in members if each[0].is_inside is not True]
        for member, certain, refs in outside:
            for other, sure, more in inside:
                if other.workload_id == member.workload_id:
                    continue
                proven = bool(certain and sure and member.is_inside is False and other.is_inside)
                key = (member.cluster, member.workload_id, proven)
                found.setdefault(key, _Gathered(member, {}, {}, {})).add(other, shared, (*refs, *more))
    for (_, _, proven), gathered in sorted(found.items()):
        yield gathered.leak(way, why, proven=proven)


@dataclass(slots=True)
class _Gathered:
    member: Member
    inside: dict[str, None]
    shared: dict[str, None]
    refs: dict[str, None]

    def add(self, other: Member, shared: str, refs: Iterable[str]) -> None:
        self.inside[other.says] = None
        self.shared[shared] = None
        self.refs.update(dict.fromkeys(refs))

    def leak(self, way: str, why: str, *, proven: bool) -> Leak:
        first, *more = sorted(self.shared)
        told = why.format(first) + (f" and {len(more)} more" if more else "")
        member = self.member
        return Leak(
            member.cluster, way, member.kind, member.namespace, member.name, tuple(sorted(self.inside)),
            "proven" if proven else "not known", told, tuple(self.refs)[:SHOWN],
        )  # fmt: skip
