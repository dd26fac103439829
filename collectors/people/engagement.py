"""engagement.yaml: what only people can say about a survey, read strictly.

Who the client is, what the clusters are for, which requirements do not apply and who decided so, which
documents and provider reports are on file and who signed for them. The values are plain text as written;
whoever prints them escapes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from collectors.people.checked import Written, checked
from collectors.people.engagement_template import template
from collectors.people.known_names import (
    CONTEXT,
    KnownRequirements,
    known_frameworks,
    known_requirements,
    one_of,
)
from collectors.people.values import (
    Day,
    Instant,
    KubernetesVersion,
    ParameterValue,
    Text,
    lower,
    position_or_text,
)
from collectors.people.written_yaml import read_yaml
from collectors.problems import nearest

__all__ = [
    "ByHand", "Cluster", "Engagement", "KnownRequirements", "NotApplicable", "Period", "ProviderReport",
    "Scope", "Scopes", "Signature", "read", "template",
]  # fmt: skip

class Cluster(Written):
    """What people know of a cluster; `managed` says who runs its control plane (`self`: the client)."""

    display_name: Text | None = None
    environment: Text | None = None
    tier: Text | None = None
    kubernetes_version: KubernetesVersion | None = None
    managed: Annotated[Literal["eks", "aks", "self"], BeforeValidator(lower)] | None = None


class Scope(Written):
    """What a scope holds: all of these labels, any of these namespaces, any of these clusters."""

    labels: dict[Text, str] = Field(default_factory=dict)
    namespaces: tuple[Text, ...] = ()
    clusters: tuple[Text, ...] = ()

    @property
    def is_empty(self) -> bool:
        """A scope that names nothing holds everything, as one that is not set."""
        return not (self.labels or self.namespaces or self.clusters)


class Scopes(Written):
    """A scope left out holds everything that was collected."""

    cde: Scope | None = None
    ephi: Scope | None = None
    in_scope: Scope | None = None


class _AboutRequirement(Written):
    framework: Text
    requirement: Text

    @field_validator("framework")
    @classmethod
    def _framework_is_known(cls, value: str, info: ValidationInfo) -> str:
        known = known_frameworks(info)
        return value if known is None else one_of(value, known, "framework")

    @field_validator("requirement")
    @classmethod
    def _requirement_is_known(cls, value: str, info: ValidationInfo) -> str:
        asked = known_requirements(info)
        return value if asked is None else one_of(value, asked, f"requirement of {info.data['framework']}")


class NotApplicable(_AboutRequirement):
    """A requirement, or a section with all below it, that a person decided not to apply, and why."""

    reason: Text
    approver: Text
    date: Day | None = None


class Period(Written):
    """The days that a report speaks for, both included."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.end < self.start:
            raise PydanticCustomError("order", "ends before it begins.")
        return self


class ProviderReport(Written):
    """A report of a provider that is on file: which frameworks it serves and, if not all, what it covers."""

    provider: Annotated[Text, BeforeValidator(lower)]
    title: Text
    period: Period
    frameworks: tuple[Text, ...]
    covers: tuple[Text, ...] = ()
    file: Text | None = None

    @field_validator("frameworks")
    @classmethod
    def _frameworks_are_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value:
            raise PydanticCustomError("none", "must name a framework that the report serves.")
        known = known_frameworks(info)
        return value if known is None else tuple(one_of(name, known, "framework") for name in value)

    @field_validator("covers")
    @classmethod
    def _requirements_are_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known, named = known_frameworks(info), info.data.get("frameworks")
        if known is None or named is None:
            return value
        asked = [requirement for name in named for requirement in known[name]]
        return tuple(one_of(one, asked, f"requirement of {', '.join(named)}") for one in value)


class ByHand(_AboutRequirement):
    """A document on file: which item it answers (its number from 1, or its text) and who vouches for it."""

    item: Annotated[int | str, BeforeValidator(position_or_text)]
    title: Text
    date: Day
    signed_by: Text
    role: Text
    file: Text | None = None

    @field_validator("item")
    @classmethod
    def _item_is_asked_for(cls, value: int | str, info: ValidationInfo) -> int | str:
        asked = known_requirements(info)
        requirement = info.data.get("requirement")
        if asked is None or requirement is None:
            return value
        items = asked[requirement]
        if isinstance(value, int) and not 1 <= value <= len(items):
            told = "asks for nothing by hand" if not items else f"asks for {len(items)}: 1 to {len(items)}"
            raise PydanticCustomError("item", "is not an item; {requirement} {told}.",
                                      {"requirement": requirement, "told": told})
        return value if isinstance(value, int) else one_of(value, items, f"item that {requirement} asks for")


class Signature(_AboutRequirement):
    """A person's conclusion that a requirement is met as the evidence shows."""

    signed_by: Text
    role: Text
    date: Day


class Engagement(Written):
    """All of engagement.yaml. `as_of` is an instant in UTC; a bare date means the end of that day."""

    client: Text
    as_of: Instant | None = None
    clusters: dict[Text, Cluster] = Field(default_factory=dict)
    scopes: Scopes = Scopes()
    not_applicable: tuple[NotApplicable, ...] = ()
    provider_reports: tuple[ProviderReport, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    signatures: tuple[Signature, ...] = ()
    parameters: dict[Text, ParameterValue] = Field(default_factory=dict)

    @field_validator("scopes")
    @classmethod
    def _clusters_are_known(cls, value: Scopes, info: ValidationInfo) -> Scopes:
        clusters = info.data.get("clusters")
        named = {one for scope in (value.cde, value.ephi, value.in_scope) if scope for one in scope.clusters}
        unknown = sorted(named - set(clusters)) if clusters else []
        if unknown:
            told = {"names": ", ".join(map(repr, unknown)), "nearest": nearest(unknown[0], clusters or ())}
            raise PydanticCustomError("cluster", "names clusters that `clusters` does not: {names}.", told)
        return value

    @field_validator("not_applicable")
    @classmethod
    def _decided_once(cls, value: tuple[NotApplicable, ...]) -> tuple[NotApplicable, ...]:
        seen: set[tuple[str, str]] = set()
        for entry in value:
            key = (entry.framework, entry.requirement)
            if key in seen:
                told = {"requirement": entry.requirement}
                raise PydanticCustomError("twice", "decides twice about {requirement}.", told)
            seen.add(key)
        return value


def read(path: Path, *, known: KnownRequirements | None = None) -> Engagement:
    """The engagement that this file describes; raises `InvalidFile` with all problems at once.

    `known` names the frameworks and requirements that entries may refer to
    (`assessment.frameworks.load.known_requirements`); without it their names are taken as written.
    """
    return checked(Engagement, read_yaml(path), {CONTEXT: known})
