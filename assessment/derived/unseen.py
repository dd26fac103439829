"""Where a derived cell may not say "no": asking, for one row, whether a gap could hide what it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from collectors.tables.coverage import Gap


@dataclass(slots=True)
class _Holes:
    """Gaps of one table in one cluster: in all of it, in namespaces, in parts of seen owners."""

    everywhere: bool = False
    namespaces: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    any_owner: bool = False

    def add(self, gap: Gap) -> None:
        """Take in one gap of this table."""
        if gap.owner is not None:
            self.owners.add(gap.owner)
            self.any_owner = True
        elif gap.namespace is None:
            self.everywhere = True
        else:
            self.namespaces.add(gap.namespace)


_Where = tuple[str, str, str]


class KnownGaps(list[Gap]):
    """The gaps of a run, sorted out once for whoever asks."""

    @cached_property
    def holes(self) -> dict[_Where, _Holes]:
        """(cluster, table, kind or "" for any) -> where that table is not known."""
        return _holes(self)


def _holes(gaps: Iterable[Gap]) -> dict[_Where, _Holes]:
    found: dict[_Where, _Holes] = defaultdict(_Holes)
    for gap in gaps:
        for kind in (gap.kind, ""):
            found[gap.cluster, gap.table, kind].add(gap)
    return found


class Unseen:
    """The gaps of a run, ready to be asked table by table."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._holes: Mapping[_Where, _Holes] = gaps.holes if isinstance(gaps, KnownGaps) else _holes(gaps)

    def near(self, cluster: str, table: str, namespace: str | None, kind: str = "") -> bool:
        """Whether rows of that table (and kind) may exist unseen in the namespace; None stands for any namespace."""
        holes = self._holes.get((cluster, table, kind))
        if holes is None:
            return False
        hidden = holes.everywhere or holes.any_owner
        return hidden or (bool(holes.namespaces) if namespace is None else namespace in holes.namespaces)

    def parts(self, cluster: str, table: str, owner: str) -> bool:
        """Whether parts of this very owner are known to exist unseen."""
        holes = self._holes.get((cluster, table, ""))
        return holes is not None and owner in holes.owners
