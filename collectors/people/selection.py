"""Which objects an entry of engagement.yaml speaks of: by cluster, by namespace, by label."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from collectors.people.checked import Written
from collectors.people.values import Text


class Selected(Written):
    """All of these labels, any of these namespaces, any of these clusters; what is left out does not limit."""

    labels: dict[Text, str] = Field(default_factory=dict)
    namespaces: tuple[Text, ...] = ()
    clusters: tuple[Text, ...] = ()

    @property
    def is_empty(self) -> bool:
        """An entry that names nothing holds everything."""
        return not (self.labels or self.namespaces or self.clusters)

    def holds(self, cluster: str, namespace: str | None, labels: Mapping[str, str] | None) -> bool | None:
        """Whether this object is meant; None when its namespace or labels, not known, would decide.

        `namespace` is "" for an object of the whole cluster, which no list of namespaces holds.
        """
        answers: list[bool | None] = [cluster in self.clusters] if self.clusters else []
        if self.namespaces:
            answers.append(None if namespace is None else namespace in self.namespaces)
        if self.labels:
            answers.append(None if labels is None else all(labels.get(k) == v for k, v in self.labels.items()))
        return False if False in answers else None if None in answers else True


class Scope(Selected):
    """What a scope holds of the clusters, and the AWS accounts or Azure subscriptions that belong to it."""

    accounts: tuple[Text, ...] = ()

    @property
    def is_empty(self) -> bool:
        """A scope that names nothing holds everything, as one that is not set."""
        return super().is_empty and not self.accounts


class Scopes(Written):
    """A scope left out holds everything that was collected."""

    cde: Scope | None = None
    ephi: Scope | None = None
    in_scope: Scope | None = None

    @property
    def choose_within_clusters(self) -> bool:
        """Whether any of them chooses within a cluster, by namespace or by label."""
        return any(scope and (scope.namespaces or scope.labels) for scope in (self.cde, self.ephi, self.in_scope))
