"""What one RBAC rule allows, as the authorizer of Kubernetes reads it.

A rule matches a request when its verbs, API groups and resources all match. `*` covers every verb, group or
resource, subresources included; `*/log` covers that subresource of every resource; `pods/*` is not a wildcard
but a name that matches nothing. `resourceNames` limit a rule to objects of those names.

Source: Kubernetes documentation, "Using RBAC Authorization" and "Role Based Access Control Good Practices".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from collectors.tables.as_written import Section, both, either, opposite, texts

EVERY_VERB = frozenset({"get", "list", "watch", "create", "update", "patch", "delete"})
READING = frozenset({"get", "list", "watch"})
WRITING = frozenset({"create", "update", "patch"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A PolicyRule as written; a part that could not be read is None."""

    verbs: list[str] | None
    api_groups: list[str] | None
    resources: list[str] | None
    resource_names: list[str] | None
    urls: list[str] | None

    @property
    def is_limited_to_names(self) -> bool | None:
        """Whether the rule covers named objects only."""
        return None if self.resource_names is None else bool(self.resource_names)

    def allows(self, group: str, resources: Iterable[str], verbs: Iterable[str]) -> bool | None:
        """Whether any of the verbs is allowed on any of the resources ("pods", "pods/exec") of the group."""
        return both(
            _meets(self.verbs, frozenset(verbs) | {"*"}),
            _meets(self.api_groups, frozenset({group, "*"})),
            _meets(self.resources, _covering(tuple(resources))),
        )

    def allows_on_every_object(self, group: str, resources: Iterable[str], verbs: Iterable[str]) -> bool | None:
        """`allows`, on objects of every name."""
        return both(self.allows(group, resources, verbs), opposite(self.is_limited_to_names))

    @property
    def covers_every_object(self) -> bool | None:
        """Whether the rule reaches every resource of every group, whatever its verbs."""
        return both(_has(self.api_groups, "*"), _has(self.resources, "*"), opposite(self.is_limited_to_names))

    @property
    def has_wildcard(self) -> bool | None:
        """Whether a wildcard stands in the verbs, API groups, resources or URLs."""
        stars = (_has(self.verbs, "*"), _has(self.api_groups, "*"), _has(self.urls, "*"))
        return either(*stars, self.has_wildcard_resource)

    @property
    def has_wildcard_resource(self) -> bool | None:
        """Whether a resource is written with a star, as `pods/*` also is (which matches nothing)."""
        return None if self.resources is None else any("*" in each for each in self.resources)

    def has_star(self, part: str) -> bool | None:
        """Whether `verbs` or `api_groups` holds a bare star."""
        return _has(self.verbs if part == "verbs" else self.api_groups, "*")


def read_rule(written: Section | None) -> Rule:
    """A rule as it stands in a Role or ClusterRole.

    The API server refuses a rule for resources without API groups; in a folder it is read as what its author meant,
    the core group.
    """
    groups, resources = texts(written, "apiGroups"), texts(written, "resources")
    return Rule(
        texts(written, "verbs"),
        [""] if groups == [] and resources else groups,
        resources,
        texts(written, "resourceNames"),
        texts(written, "nonResourceURLs"),
    )


def grants_everything(rules: Iterable[Rule]) -> bool | None:
    """Whether the rules together allow every verb on every resource, also when the verbs are written out.

    `deletecollection` is not asked for: who may delete and list can do the same one by one.
    """
    certain: set[str] = set()
    possible: set[str] = set()
    for rule in rules:
        reach = rule.covers_every_object
        if reach is False:
            continue
        if rule.verbs is None:
            possible.add("*")
        elif reach:
            certain.update(rule.verbs)
        else:
            possible.update(rule.verbs)
    if _all_verbs(certain):
        return True
    return None if _all_verbs(certain | possible) else False


def _all_verbs(verbs: set[str]) -> bool:
    return "*" in verbs or verbs >= EVERY_VERB


@lru_cache(maxsize=4096)
def _covering(resources: tuple[str, ...]) -> frozenset[str]:
    """Every way to write resources so that one of these is covered."""
    halves = {"*/" + each.partition("/")[2] for each in resources if "/" in each}
    return frozenset(resources) | {"*"} | halves


def _meets(written: list[str] | None, wanted: frozenset[str]) -> bool | None:
    return None if written is None else not wanted.isdisjoint(written)


def _has(written: list[str] | None, word: str) -> bool | None:
    return None if written is None else word in written
