"""What policy engines let pass on purpose: Kyverno's PolicyExceptions, and namespaces that Gatekeeper leaves out."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.as_written import Section, both, either, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

CONFIG = "config.gatekeeper.sh/Config"
KINDS = ("kyverno.io/PolicyException", CONFIG)
TEMPLATE = "templates.gatekeeper.sh/ConstraintTemplate"
_PLATFORM = frozenset({
    "kube-system", "kube-public", "kube-node-lease", "kube-*", "gatekeeper-system", "kyverno", "calico-system",
    "tigera-operator", "cilium", "openshift-*", "azure-arc", "calico-apiserver",
})  # fmt: skip


@table(
    "policy_exceptions",
    grain="one PolicyException of Kyverno, or one Config of Gatekeeper",
    kinds=KINDS,
    kinds_together=True,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class PolicyException(NamedTuple):
    """An exception from policies."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group.")]
    kind: Annotated[str, Column("PolicyException or Config.")]
    name: Annotated[str, Column("Name of the object.")]
    policy_exception_key: Annotated[str, Column("Surrogate key.", identity=True)]
    policies: Annotated[list[str] | None, Column("Policies that it is an exception from, sorted; empty for a Config.")]
    metadata_keys: Annotated[list[str] | None, Column("Keys of its labels and annotations, sorted.")]
    is_for_named_policies: Annotated[
        bool | None, Column("Whether it names the policies and rules that it is an exception from, without wildcards.")
    ]
    is_for_named_objects: Annotated[
        bool | None, Column("Whether it is bound to namespaces, names or labels, and not good for everything.")
    ]
    leaves_out_namespaces: Annotated[
        list[str] | None, Column("Namespaces that a Config leaves out of admission, sorted; empty for others.")
    ]
    leaves_out_platform_only: Annotated[
        bool | None, Column("Whether the namespaces that it leaves out are those of the platform and of engines.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "constraint_templates",
    grain="one ConstraintTemplate of Gatekeeper",
    kinds=(TEMPLATE,),
    namespaced=False,
    relations=(
        Relation("constraints", "engine_rules", (("constraint_group", "api_group"), ("constraint_kind", "kind")),
                 "The constraints that put it in force."),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="ConstraintTemplate", fixed_group="templates.gatekeeper.sh"),
)  # fmt: skip
class ConstraintTemplate(NamedTuple):
    """A ConstraintTemplate: what constraints of its kind look for."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the template.")]
    constraint_template_key: Annotated[str, Column("Surrogate key.", identity=True)]
    constraint_group: Annotated[str | None, Column("Group of the constraints that it defines.")]
    constraint_kind: Annotated[str | None, Column("Kind of the constraints that it defines.")]
    is_created: Annotated[bool | None, Column("Whether Gatekeeper took it; a manifest does not show that.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class PolicyExceptions(OneRowPerObject):
    """One row per object."""

    reads = KINDS
    fills = "policy_exceptions"

    def row(self, sighting: Sighting) -> PolicyException:
        """Source: Kyverno documentation, "Policy Exceptions"; Gatekeeper documentation, "Exempting Namespaces"."""
        spec = section(sighting.object, "spec")
        metadata = section(sighting.object, "metadata")
        named = sections(spec, "exceptions")
        is_config = sighting.kind == CONFIG
        policies = [text(each, "policyName") for each in named or ()]
        left_out = _left_out(spec) if is_config else []
        return PolicyException(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            policy_exception_key=surrogate(sighting),
            policies=None if named is None or None in policies else sorted(str(each) for each in policies),
            metadata_keys=_keys(section(metadata, "labels"), section(metadata, "annotations")),
            is_for_named_policies=None if named is None else both(*map(_is_plain, named)),
            is_for_named_objects=_is_bound(section(spec, "match")),
            leaves_out_namespaces=left_out,
            leaves_out_platform_only=None if left_out is None else set(left_out) <= _PLATFORM,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class ConstraintTemplates(OneRowPerObject):
    """One row per template."""

    reads = (TEMPLATE,)
    fills = "constraint_templates"

    def row(self, sighting: Sighting) -> ConstraintTemplate:
        """Source: Gatekeeper documentation, "Constraint Templates"."""
        crd = section(section(section(sighting.object, "spec"), "crd"), "spec")
        created = section(sighting.object, "status") if self.cluster.basis == "running" else None
        told = None if created is None else created.get("created", False)
        return ConstraintTemplate(
            cluster=self.cluster.name,
            name=sighting.name,
            constraint_template_key=surrogate(sighting),
            constraint_group="constraints.gatekeeper.sh",
            constraint_kind=text(section(crd, "names"), "kind"),
            is_created=told if isinstance(told, bool) else None,
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _keys(*found: Section | None) -> list[str] | None:
    if any(each is None for each in found):
        return None
    return sorted({str(key) for each in found for key in each or {}})


def _is_plain(exception: Section | None) -> bool | None:
    policy, rules = text(exception, "policyName"), texts(exception, "ruleNames")
    if policy is None or rules is None:
        return None
    return bool(rules) and not any("*" in each for each in (policy, *rules))


def _is_bound(match: Section | None) -> bool | None:
    """Whether every filter is bound to something: any filter that is not lets everything of its kinds through."""
    if match is None:
        return None
    anything, together = sections(match, "any"), sections(match, "all")
    if anything is None or together is None:
        return None
    filters = anything or ([match] if not together else [])
    return both(either(*map(_binds, together)) if together else True, *(_binds(each) for each in filters))


def _binds(wanted: Section | None) -> bool | None:
    resources = section(wanted, "resources")
    if resources is None:
        return None
    lists = [texts(resources, name) for name in ("namespaces", "names")]
    plain = [None if each is None else bool(each) and "*" not in each for each in lists]
    return either(*plain, *(is_set(resources, name) for name in ("selector", "namespaceSelector", "name")))


def _left_out(spec: Section | None) -> list[str] | None:
    """Namespaces that the webhook does not ask about: processes with * or webhook; audit alone leaves the door shut."""
    found: set[str] = set()
    entries = sections(spec, "match")
    for entry in entries or ():
        processes, names = texts(entry, "processes"), texts(entry, "excludedNamespaces")
        if processes is None or names is None:
            return None
        if {"*", "webhook"} & set(processes):
            found.update(names)
    return None if entries is None else sorted(found)


BUILDERS = (PolicyExceptions, ConstraintTemplates)
