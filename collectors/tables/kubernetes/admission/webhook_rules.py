"""What the rules of a webhook, or of an admission policy, intercept.

Source: Kubernetes documentation, "Dynamic Admission Control", matching requests: rules. A `*` under resources stands
for every resource and no subresource, `*/*` for both, `pods/*` for the subresources of pods, `*/scale` for one
subresource of everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.tables.as_written import Section, both, either, sections, text, texts

_WORKLOADS = (
    ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("batch", "jobs"), ("batch", "cronjobs"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; a part that cannot be read is None."""

    groups: list[str] | None
    resources: list[str] | None
    operations: list[str] | None
    scope: str | None

    def takes(self, operation: str, group: str, resource: str, *, namespaced: bool = True) -> bool | None:
        """Whether it intercepts this operation on this resource."""
        names = None if self.resources is None else any(_covers(each, resource) for each in self.resources)
        in_group = None if self.groups is None else bool({"*", group} & set(self.groups))
        in_time = None if self.operations is None else bool({"*", operation} & set(self.operations))
        wanted = "Namespaced" if namespaced else "Cluster"
        in_scope = None if self.scope is None else self.scope in ("*", wanted)
        return both(names, in_group, in_time, in_scope)

    def takes_everything(self) -> bool | None:
        """Whether it names every resource of every group."""
        resources = None if self.resources is None else bool({"*", "*/*"} & set(self.resources))
        return both(resources, None if self.groups is None else "*" in self.groups)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a webhook; None among them, or instead of them: not known."""

    each: Sequence[Rule] | None

    def take(self, operation: str, group: str, resource: str, *, namespaced: bool = True) -> bool | None:
        """Whether any rule intercepts this operation on this resource."""
        if self.each is None:
            return None
        return either(*(rule.takes(operation, group, resource, namespaced=namespaced) for rule in self.each))

    def take_everything(self) -> bool | None:
        """Whether any rule names every resource of every group."""
        return None if self.each is None else either(*(rule.takes_everything() for rule in self.each))

    def take_workloads(self) -> bool | None:
        """Whether any rule intercepts the creation of pods or of something that makes pods."""
        takes = (self.take("CREATE", group, resource) for group, resource in (("", "pods"), *_WORKLOADS))
        return either(*takes)

    def resources(self) -> list[str] | None:
        """The resources that the rules name, sorted."""
        lists = [rule.resources for rule in self.each or ()]
        if self.each is None or any(found is None for found in lists):
            return None
        return sorted({name for found in lists for name in found or ()})


def rules_of(written: list[Section | None] | None) -> Rules:
    """The rules as an object states them."""
    return Rules(None if written is None else [_rule(each) for each in written])


def rules_under(parent: Section | None, name: str) -> Rules:
    """The rules under a field of an object."""
    return rules_of(sections(parent, name))


def _rule(written: Section | None) -> Rule:
    groups, resources = texts(written, "apiGroups"), texts(written, "resources")
    return Rule(groups, resources, texts(written, "operations"), text(written, "scope", default="*"))


def _covers(pattern: str, resource: str) -> bool:
    if pattern in ("*/*", resource):
        return True
    name, _, part = resource.partition("/")
    if not part:
        return pattern == "*"
    return pattern in (f"{name}/*", f"*/{part}")
