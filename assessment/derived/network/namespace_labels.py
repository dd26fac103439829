"""The labels of namespaces, ready to be asked by selectors.

Every namespace carries kubernetes.io/metadata.name with its own name. Where the list of namespaces has a gap, nothing
but that label is known of one that was not seen. Source: Kubernetes documentation, "Namespaces", automatic labelling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both
from collectors.tables.selectors import labels_of, matches

NAME_LABEL = "kubernetes.io/metadata.name"


class NamespaceLabels:
    """The labels of every namespace of a run."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._labels: dict[tuple[str, str], dict[str, str] | None] = {}
        for row in tables["namespaces"]:
            self._labels[row.cluster, row.name] = labels_of(row.labels)
        named: dict[str, set[str | None]] = defaultdict(set)
        for row in tables["workloads"]:
            named[row.cluster].add(row.namespace)
        for cluster, name in self._labels:
            named[cluster].add(name)
        self._names = {cluster: sorted(names, key=lambda name: name or "") for cluster, names in named.items()}

    def names(self, cluster: str) -> list[str | None]:
        """Every namespace that is named by a workload or is seen itself."""
        return self._names.get(cluster, [])

    def meets(self, cluster: str, name: str | None, selector: Sequence[str] | None) -> bool | None:
        """Whether the namespace of that name meets a selector; a namespace that is not known meets an empty one."""
        if selector is None:
            return None
        if not selector:
            return True
        if not name:
            return None
        known = self._labels.get((cluster, name), {})
        is_unseen = (cluster, name) not in self._labels and self._unseen.near(cluster, "namespaces", None)
        is_open = known is None or is_unseen
        labels = {NAME_LABEL: name} | (known or {})
        return both(*(self._one(each, labels, is_open=is_open) for each in selector))

    @staticmethod
    def _one(requirement: str, labels: Mapping[str, str], *, is_open: bool) -> bool | None:
        about_name = requirement.removeprefix("!").startswith(NAME_LABEL)
        return None if is_open and not about_name else matches([requirement], labels)
