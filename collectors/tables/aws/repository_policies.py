"""What is laid down for a repository of the registry: who may reach it beside IAM, and what it deletes by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

import orjson

from collectors.tables.as_written import Section, both, either, section, sections, text
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, table

# IAM User Guide, "AWS global condition context keys": those that hold a caller to an account, organization or network.
_BINDING = frozenset((
    "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourceaccount",
    "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce",
))  # fmt: skip
_NAMED = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:|o-[a-z0-9]{10,32}/")
_EQUALS = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")


@table(
    "ecr_repository_policies",
    grain="the policy of one repository; a repository without one is reached through IAM alone",
    kinds=("ecr/RepositoryPolicy",),
    namespaced=False,
)
class EcrRepositoryPolicy(NamedTuple):
    """A policy of a repository."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    key: Annotated[str, Column("The repository, as it was asked about.", identity=True)]
    repository: Annotated[str | None, Column("Name of the repository.")]
    admits_everybody: Annotated[bool | None, Column("Whether it lets every AWS account in, whoever that is.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EcrRepositoryPolicies(OneRowPerObject):
    """One row per answer of ecr:GetRepositoryPolicy."""

    reads = ("ecr/RepositoryPolicy",)
    fills = "ecr_repository_policies"

    def row(self, sighting: Sighting) -> EcrRepositoryPolicy:
        """The policy as ECR gives it: JSON in a text."""
        return EcrRepositoryPolicy(
            cluster=self.cluster.name,
            key=sighting.name,
            repository=sighting.name,
            admits_everybody=admits_everybody(_parsed(text(sighting.object, "policyText"))),
            basis=self.cluster.basis,
            evidence_refs=[f"{ref}policyText" for ref in sighting.refs],
        )


@table(
    "ecr_lifecycle_policies",
    grain="the lifecycle policy of one repository; a repository without one keeps every image",
    kinds=("ecr/LifecyclePolicy",),
    namespaced=False,
)
class EcrLifecyclePolicy(NamedTuple):
    """A lifecycle policy of a repository."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    key: Annotated[str, Column("The repository, as it was asked about.", identity=True)]
    repository: Annotated[str | None, Column("Name of the repository.")]
    deletes_images: Annotated[bool | None, Column("Whether a rule of it deletes images.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EcrLifecyclePolicies(OneRowPerObject):
    """One row per answer of ecr:GetLifecyclePolicy."""

    reads = ("ecr/LifecyclePolicy",)
    fills = "ecr_lifecycle_policies"

    def row(self, sighting: Sighting) -> EcrLifecyclePolicy:
        """The policy as ECR gives it: JSON in a text."""
        rules = sections(_parsed(text(sighting.object, "lifecyclePolicyText")), "rules")
        return EcrLifecyclePolicy(
            cluster=self.cluster.name,
            key=sighting.name,
            repository=sighting.name,
            deletes_images=None if rules is None else either(*map(_deletes, rules)),
            basis=self.cluster.basis,
            evidence_refs=[f"{ref}lifecyclePolicyText" for ref in sighting.refs],
        )


def _deletes(rule: Section | None) -> bool | None:
    kind = text(section(rule, "action"), "type")
    return None if kind is None else kind == "expire"


def admits_everybody(policy: Section | None) -> bool | None:
    """Whether some statement lets every AWS account do something; None where that cannot be read.

    IAM User Guide, "AWS JSON policy elements: Principal": "*" stands for everybody, as does everybody but a few.
    """
    statements = _as_list(None if policy is None else policy.get("Statement"))
    if policy is None or statements is None:
        return None
    read = [each if isinstance(each, dict) else None for each in statements]
    allowed = either(*(both(_says(each, "Allow"), _is_unbound(each)) for each in read))
    denied = either(*(_says(each, "Deny") for each in read))
    return None if allowed and denied is not False else allowed  # what is denied to some may leave nobody


def _says(statement: Section | None, effect: str) -> bool | None:
    """Whether a statement allows, or denies, something to everybody."""
    written = text(statement, "Effect")
    if statement is None or written not in ("Allow", "Deny"):
        return None
    return both(written == effect, _is_everybody(statement))


def _is_everybody(statement: Section) -> bool | None:
    """Whether the principal is anybody at all."""
    if statement.get("NotPrincipal") is not None:
        return True
    principal = statement.get("Principal")
    named = _as_list(principal.get("AWS", []) if isinstance(principal, dict) else principal)
    if named is None or not all(isinstance(each, str) for each in named):
        return None
    return "*" in named


def _is_unbound(statement: Section | None) -> bool | None:
    """Whether conditions leave it open to everybody: false where one of them names an owner or a network."""
    condition = None if statement is None else statement.get("Condition")
    if condition is None or condition == {}:
        return True
    if not isinstance(condition, dict):
        return None
    for operator, keys in condition.items():
        plain = str(operator).lower().removeprefix("foranyvalue:")
        for key, values in keys.items() if plain in _EQUALS and isinstance(keys, dict) else ():
            if str(key).lower() in _BINDING and _names_somebody(_as_list(values) or ()):
                return False
    return None  # a condition that is not judged here may bind as well


def _names_somebody(values: Iterable[Any]) -> bool:
    """Whether every value names an account, an organization or a network: a wildcard may only follow such a name."""
    held = list(values)
    return bool(held) and all(
        isinstance(each, str) and bool(each) and (not set(each) & {"*", "?"} or bool(_NAMED.match(each)))
        for each in held
    )


def _as_list(value: Any) -> list[Any] | None:
    """IAM lets one value stand for a list of one."""
    if value is None:
        return None
    return value if isinstance(value, list) else [value]


def _parsed(written: str | None) -> Section | None:
    try:
        read = orjson.loads(written or "")
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


BUILDERS = (EcrRepositoryPolicies, EcrLifecyclePolicies)
