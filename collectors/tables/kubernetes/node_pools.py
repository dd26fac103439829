"""Karpenter: the pools that nodes are made for, and what they are made of."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, either, is_set, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.node_status import amount_of
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

POOL_GROUP, AWS_GROUP = "karpenter.sh", "karpenter.k8s.aws"
_TYPE, _CAPACITY = "node.kubernetes.io/instance-type", "karpenter.sh/capacity-type"
_FEW = 5  # Amazon EKS Best Practices Guide, "Karpenter": the more types a pool may take, the rarer it loses them all


@table(
    "node_pools",
    grain="one NodePool",
    kinds=(f"{POOL_GROUP}/NodePool",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=POOL_GROUP, fixed_kind="NodePool"),
)
class NodePool(NamedTuple):
    """A NodePool of Karpenter, version v1 or v1beta1."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the pool.")]
    node_pool_key: Annotated[str, Column("Surrogate key.", identity=True)]
    has_ready_condition: Annotated[bool | None, Column("Whether Karpenter reports on it.")]
    is_ready: Annotated[bool | None, Column("Whether Karpenter can make nodes of it.", guard="has_ready_condition")]
    has_cpu_limit: Annotated[bool | None, Column("Whether its processor time is limited.")]
    has_memory_limit: Annotated[bool | None, Column("Whether its memory is limited.")]
    is_near_limit: Annotated[
        bool | None, Column("Whether its nodes use nine tenths of one of its limits, or more; false without limits.")
    ]
    expires_nodes: Annotated[
        bool | None, Column("Whether its nodes are replaced after a time: expireAfter, 720h when unset, is not Never.")
    ]
    may_use_spot: Annotated[bool | None, Column("Whether it may take spot machines, which can be taken back.")]
    takes_few_types: Annotated[bool | None, Column("Whether it names fewer than five machine types.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


@table(
    "node_classes",
    grain="one EC2NodeClass",
    kinds=(f"{AWS_GROUP}/EC2NodeClass",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=AWS_GROUP, fixed_kind="EC2NodeClass"),
)
class NodeClass(NamedTuple):
    """What Karpenter makes machines of on AWS."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the class.")]
    node_class_key: Annotated[str, Column("Surrogate key.", identity=True)]
    takes_newest_image: Annotated[
        bool | None, Column("Whether it takes whatever machine image is the newest: an alias that ends in @latest.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class NodePools(OneRowPerObject):
    """One row per NodePool."""

    reads = (f"{POOL_GROUP}/NodePool",)
    fills = "node_pools"

    def row(self, sighting: Sighting) -> NodePool:
        """Source: Karpenter documentation, "NodePools": fields and defaults of v1; v1beta1 expires in `disruption`."""
        spec, status = section(sighting.object, "spec"), section(sighting.object, "status")
        template = section(section(spec, "template"), "spec")
        limits, used = section(spec, "limits"), section(status, "resources")
        ready = _ready(status)
        expiry = text(template, "expireAfter", text(section(spec, "disruption"), "expireAfter", "720h"))
        wanted = sections(template, "requirements")
        return NodePool(
            cluster=self.cluster.name,
            name=sighting.name,
            node_pool_key=surrogate(sighting),
            has_ready_condition=ready[0],
            is_ready=ready[1],
            has_cpu_limit=None if limits is None else is_set(limits, "cpu"),
            has_memory_limit=None if limits is None else is_set(limits, "memory"),
            is_near_limit=either(_near(limits, used, "cpu", 1000), _near(limits, used, "memory", 1)),
            expires_nodes=None if expiry is None else expiry != "Never",
            may_use_spot=_names(wanted, _CAPACITY, "spot"),
            takes_few_types=_is_narrow(wanted),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


class NodeClasses(OneRowPerObject):
    """One row per EC2NodeClass."""

    reads = (f"{AWS_GROUP}/EC2NodeClass",)
    fills = "node_classes"

    def row(self, sighting: Sighting) -> NodeClass:
        """Source: Karpenter documentation, "NodeClasses", spec.amiSelectorTerms."""
        terms = sections(section(sighting.object, "spec"), "amiSelectorTerms")
        aliases = None if terms is None else [text(each, "alias", "") for each in terms]
        newest = None if aliases is None else [None if each is None else each.endswith("@latest") for each in aliases]
        return NodeClass(
            cluster=self.cluster.name,
            name=sighting.name,
            node_class_key=surrogate(sighting),
            takes_newest_image=None if newest is None else either(*newest),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


def _ready(status: Section | None) -> tuple[bool | None, bool | None]:
    found = sections(status, "conditions")
    if found is None:
        return None, None
    for each in found:
        if text(each, "type") == "Ready":
            return True, {"True": True, "False": False}.get(text(each, "status") or "")
    return (None if None in found else False), None


def _near(limits: Section | None, used: Section | None, name: str, units: int) -> bool | None:
    if limits is None or limits.get(name) is None:
        return None if limits is None else False
    limit, now = amount_of(limits, name, units), amount_of(used, name, units)
    if used is not None and used.get(name) is None:
        return False
    return None if limit is None or now is None else now * 100 >= limit * 90


def _names(wanted: list[Section | None] | None, key: str, value: str) -> bool | None:
    """Whether a requirement allows this value by name."""
    if wanted is None:
        return None
    return either(*(both(_is(each, key, "In"), _lists(each, value)) for each in wanted))


def _is(requirement: Section | None, key: str, operator: str) -> bool | None:
    named, how = text(requirement, "key"), text(requirement, "operator")
    return both(None if named is None else named == key, None if how is None else how == operator)


def _lists(requirement: Section | None, value: str) -> bool | None:
    values = texts(requirement, "values")
    return None if values is None else value in values


def _is_narrow(wanted: list[Section | None] | None) -> bool | None:
    if wanted is None:
        return None
    return either(*(both(_is(each, _TYPE, "In"), _is_short(texts(each, "values"))) for each in wanted))


def _is_short(values: list[str] | None) -> bool | None:
    return None if values is None else len(values) < _FEW


BUILDERS = (NodePools, NodeClasses)
