"""engagement.yaml: what only people can say about a survey, read strictly.

Who the client is, what the clusters are for, which requirements do not apply and who decided so, which
documents and provider reports are on file and who signed for them. The values are plain text as written;
whoever prints them escapes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from collectors.people.checked import Written, checked
from collectors.people.clusters import Cloud, Cluster
from collectors.people.context import Classed, Owned, Tiered
from collectors.people.engagement_template import template
from collectors.people.known_names import CONTEXT, REMEDIES, KnownRequirements
from collectors.people.paperwork import ByHand, NotApplicable, Period, ProviderReport, Signature
from collectors.people.selection import Scope, Scopes, Selected
from collectors.people.team import MustDo, Survey, Team
from collectors.people.values import Instant, ParameterValue, Text
from collectors.people.written_yaml import read_yaml
from collectors.problems import nearest

__all__ = [
    "ByHand", "Classed", "Cloud", "Cluster", "Engagement", "KnownRequirements", "MustDo", "NotApplicable", "Owned",
    "Period", "ProviderReport", "Scope", "Scopes", "Selected", "Signature", "Survey", "Team", "Tiered",
    "read", "template",
]  # fmt: skip


_Naming = Scopes | tuple[MustDo, ...] | tuple[Selected, ...]


class Engagement(Written):
    """All of engagement.yaml. `as_of` is an instant in UTC; a bare date means the end of that day."""

    client: Text
    as_of: Instant | None = None
    clusters: dict[Text, Cluster] = Field(default_factory=dict)
    survey: Survey | None = None
    team: Team | None = None
    must_do: tuple[MustDo, ...] = ()
    owners: tuple[Owned, ...] = ()
    tiers: tuple[Tiered, ...] = ()
    data_classes: tuple[Classed, ...] = ()
    scopes: Scopes = Scopes()
    not_applicable: tuple[NotApplicable, ...] = ()
    provider_reports: tuple[ProviderReport, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    signatures: tuple[Signature, ...] = ()
    parameters: dict[Text, ParameterValue] = Field(default_factory=dict)

    @field_validator("clusters")
    @classmethod
    def _named_in_the_cloud(cls, value: dict[str, Cluster]) -> dict[str, Cluster]:
        return {name: cluster.called(name) for name, cluster in value.items()}

    @field_validator("must_do", "owners", "tiers", "data_classes", "scopes")
    @classmethod
    def _clusters_are_known(cls, value: _Naming, info: ValidationInfo) -> _Naming:
        clusters = info.data.get("clusters")
        unknown = sorted(set(_clusters_named(value)) - set(clusters)) if clusters else []
        if unknown:
            told = {"names": ", ".join(repr(name[:80]) for name in unknown),
                    "nearest": nearest(unknown[0], clusters or ())}
            raise PydanticCustomError("cluster", "names clusters that `clusters` does not: {names}.", told)
        return value

    @property
    def files(self) -> tuple[str, ...]:
        """The files that provider reports and documents name, as paths inside the workspace."""
        named = [one.file for one in self.provider_reports] + [one.file for one in self.by_hand]
        return tuple(file for file in named if file)

    def with_files(self, kept: Collection[str]) -> Engagement:
        """Without the reports and documents whose named file is not among those kept as evidence."""
        return self.model_copy(update={
            "provider_reports": tuple(one for one in self.provider_reports if one.file is None or one.file in kept),
            "by_hand": tuple(one for one in self.by_hand if one.file is None or one.file in kept),
        })  # fmt: skip

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


def _clusters_named(value: _Naming) -> Iterator[str]:
    entries = (value.cde, value.ephi, value.in_scope) if isinstance(value, Scopes) else value
    for entry in entries:
        yield from entry.clusters if entry is not None else ()


def read(
    path: Path, *, known: KnownRequirements | None = None, remedies: Iterable[str] | None = None
) -> Engagement:
    """The engagement that this file describes; raises `InvalidFile` with all problems at once.

    `known` names the frameworks and requirements that entries may refer to
    (`assessment.frameworks.load.known_requirements`), `remedies` the remedies that may have a date; without
    them these names are taken as written.
    """
    return checked(Engagement, read_yaml(path), {CONTEXT: known, REMEDIES: remedies})
