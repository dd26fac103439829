"""Which clusters a scope reaches: where, before anybody asks what stands there.

A scope of engagement.yaml says where (clusters, accounts) and what (namespaces, labels). A part left out limits
nothing, and a scope that says nothing holds everything (docs/decisions/0012).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from collectors.people import ANSWERS
from collectors.people.engagement import Engagement, Scope

_CLOUD = re.compile(r"(?:aws-(?P<account>\d{12})-[a-z0-9-]+|azure-(?P<subscription>[0-9a-f-]{36}))")
"""Evidence of an account whose clusters nobody could list stands under a name made from the account."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a scope says, and for each cluster whether it lies where the scope reaches (None: not known)."""

    name: str
    scope: Scope
    clusters: Mapping[str, bool | None]

    @property
    def holds_everything(self) -> bool:
        """Not set, or set without saying anything."""
        return self.scope.is_empty

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that a subject must carry, as tables write them."""
        return tuple(f"{key}={value}" for key, value in sorted(self.scope.labels.items()))

    @property
    def says(self) -> str:
        """What engagement.yaml says of it, in words."""
        scope = self.scope
        where = _or(_named("cluster", scope.clusters), _named("account", scope.accounts))
        what = _or(_named("namespace", scope.namespaces), _named("label", self.labels))
        told = what and f"{what}, in {where}" if where else what
        return told or where or "everything that was collected"

    @property
    def names_what(self) -> bool:
        """Does it choose within a cluster, by namespace or by label?"""
        return bool(self.scope.namespaces or self.scope.labels)


def reach(name: str, engagement: Engagement, clusters: Iterable[str], columns_of: Mapping[str, pa.Table]) -> Reach:
    """The scope of that name; one that engagement.yaml does not know holds everything."""
    scope: Scope = getattr(engagement.scopes, name, None) or Scope()
    accounts = dict(_accounts(engagement, columns_of))
    return Reach(name, scope, {cluster: _reaches(scope, cluster, accounts.get(cluster)) for cluster in clusters})


def _named(noun: str, names: Iterable[str]) -> str:
    listed = list(names)
    return f"{noun}{'s' if len(listed) > 1 else ''} {', '.join(listed)}" if listed else ""


def _or(*parts: str) -> str:
    return " or ".join(part for part in parts if part)


def _reaches(scope: Scope, cluster: str, account: str | None) -> bool | None:
    """Listed by its name or by its account. Answers of people speak for the whole organisation."""
    if cluster == ANSWERS or not (scope.clusters or scope.accounts):
        return True
    if cluster in scope.clusters:
        return True
    hidden = _CLOUD.fullmatch(cluster)
    account = account or (hidden and (hidden["account"] or hidden["subscription"])) or None
    if scope.accounts and account is None:
        return None
    if scope.accounts and account in scope.accounts:
        return True
    return None if hidden and scope.clusters else False


def _accounts(engagement: Engagement, columns_of: Mapping[str, pa.Table]) -> Iterator[tuple[str, str]]:
    """Cluster -> the account or subscription that it belongs to: as a cloud answered, else as people say."""
    for name, described in engagement.clusters.items():
        cloud = described.cloud
        if cloud is not None and (cloud.account or cloud.subscription):
            yield name, cloud.account or cloud.subscription or ""
    for table in columns_of.values():
        for column in ("account", "subscription"):
            if {"cluster", column} <= set(table.column_names):
                pairs = table.select(["cluster", column]).group_by(["cluster", column]).aggregate([])
                yield from ((row["cluster"], row[column]) for row in pairs.to_pylist() if row[column])
