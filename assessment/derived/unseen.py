"""Where a derived cell may not say "no": asking, for one row, whether a gap could hide what it lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from collectors.tables.coverage import Gap


@dataclass(slots=True)
class _Holes:
    """Gaps of one table in one cluster: in all of it, in namespaces, in parts of seen owners."""

    everywhere: bool = False
    namespaces: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    any_owner: bool = False


class Unseen:
    """The gaps of a run, ready to be asked table by table."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._holes: dict[tuple[str, str, str], _Holes] = defaultdict(_Holes)
        for gap in gaps:
            for kind in (gap.kind, ""):
                self._add(self._holes[gap.cluster, gap.table, kind], gap)

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

    @staticmethod
    def _add(holes: _Holes, gap: Gap) -> None:
        if gap.owner is not None:
            holes.owners.add(gap.owner)
            holes.any_owner = True
        elif gap.namespace is None:
            holes.everywhere = True
        else:
            holes.namespaces.add(gap.namespace)
