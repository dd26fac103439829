"""What the files of a dump prove together, once somebody said that it holds all of the cluster.

One list proves what it shows. That a kind has no object elsewhere follows from all lists of it: each was read to its
end, none was refused, nothing that may have been one is unreadable, and no namespace that the dump has a folder of
lacks one.
"""

from __future__ import annotations

from collections import defaultdict

from collectors.evidence.item import WHOLE_CLUSTER, Claim
from collectors.kubernetes.claims import ANY_KIND
from collectors.kubernetes.formats import Format
from collectors.kubernetes.kinds import is_namespaced
from collectors.kubernetes.reading import Reading


class WholeDump:
    """Collects how the lists of all files of a dump ended."""

    def __init__(self, form: Format) -> None:
        self._namespaces = {namespace for layout in form.layouts for namespace in layout.namespaces}
        self._namespaces |= {asked.namespace for asked in form.own.lists.values() if asked.namespace}
        self._lost = {each.kind or form.kind_called(path) or ANY_KIND for path, each in form.refusals.items()}
        self._reached: dict[str, set[str]] = defaultdict(set)
        self._said: set[str] = set()

    def add(self, reading: Reading) -> None:
        """Add the lists of one file."""
        for kind, namespace in reading.ends.reached:
            self._reached[kind].add(namespace)
        self._lost |= reading.ends.lost
        self._said |= {claim.kind for claim in reading.claims if claim.complete and claim.namespace == WHOLE_CLUSTER}

    def claims(self) -> tuple[Claim, ...]:
        """The kinds of which nothing is missing, each claimed for the whole cluster; not those that a file claims."""
        if ANY_KIND in self._lost:
            return ()
        kinds = sorted(kind for kind in self._reached.keys() - self._lost - self._said if self._is_everywhere(kind))
        return tuple(Claim(kind, WHOLE_CLUSTER, True) for kind in kinds)

    def _is_everywhere(self, kind: str) -> bool:
        if is_namespaced(kind) is False or WHOLE_CLUSTER in self._reached[kind]:
            return WHOLE_CLUSTER in self._reached[kind]
        return bool(self._namespaces) and self._namespaces <= self._reached[kind]
