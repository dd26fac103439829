"""Which repositories of a registry its own rules scan, and how often."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, both, either, required, sections, text
from collectors.tables.schema import ClusterContext, Column, Sighting, UnseenPart, table

_PUSHED = {"SCAN_ON_PUSH": True, "CONTINUOUS_SCAN": True, "MANUAL": False}
_CONTINUOUS = {"SCAN_ON_PUSH": False, "CONTINUOUS_SCAN": True, "MANUAL": False}
_TYPES = {"ENHANCED": True, "BASIC": False}


@table(
    "ecr_scanning_rules",
    grain="one rule by which the registry scans its repositories",
    kinds=("ecr/RegistryScanningConfiguration",),
    namespaced=False,
)
class EcrScanningRule(NamedTuple):
    """A scanning rule of the registry."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("The registry and the place of the rule.", identity=True)]
    scan_type: Annotated[str | None, Column("BASIC or, by Amazon Inspector, ENHANCED; one for the whole registry.")]
    frequency: Annotated[str | None, Column("SCAN_ON_PUSH, CONTINUOUS_SCAN or MANUAL.")]
    filters: Annotated[list[str] | None, Column("Which repositories it is for; * stands for any characters.")]
    basis: Annotated[str, Column("running: AWS says how it is.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class EcrScanningRules:
    """One row per rule in the answer of ecr:GetRegistryScanningConfiguration."""

    reads: ClassVar[tuple[str, ...]] = ("ecr/RegistryScanningConfiguration",)

    def __init__(self, cluster: ClusterContext) -> None:
        self._context = cluster
        self._rows: list[EcrScanningRule] = []

    def observe(self, sighting: Sighting) -> None:
        """Take in the answer. Rules that cannot be read may be any."""
        said = required(sighting.object, "scanningConfiguration")
        rules = sections(said, "rules")
        for position, rule in enumerate([None] if rules is None else rules):
            ref = sighting.refs[0] + ("" if rule is None else f"scanningConfiguration/rules/{position}")
            self._rows.append(self._row(f"{sighting.name} {position}", text(said, "scanType"), rule, ref))

    def rows(self) -> dict[str, list[Any]]:
        """One row per rule."""
        return {"ecr_scanning_rules": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: the answer is its rows."""
        return []

    def _row(self, name: str, scan_type: str | None, rule: Section | None, ref: str) -> EcrScanningRule:
        written = sections(rule, "repositoryFilters")
        filters = None if written is None else [text(each, "filter") for each in written]
        return EcrScanningRule(
            cluster=self._context.name,
            name=name,
            scan_type=scan_type,
            frequency=text(rule, "scanFrequency"),
            filters=None if filters is None or None in filters else sorted(each for each in filters if each),
            basis=self._context.basis,
            evidence_refs=[ref],
        )


class ScanningOfAws:
    """What ECR said of scanning. Amazon ECR User Guide, "Scan images for software vulnerabilities"."""

    def __init__(self) -> None:
        self._said: Section | None = None

    def observe(self, sighting: Sighting) -> None:
        """Take in the answer of ecr:GetRegistryScanningConfiguration."""
        self._said = required(sighting.object, "scanningConfiguration")

    def when_pushed(self, repository: str | None) -> bool | None:
        """Whether a rule scans what is pushed; continuous scanning begins there."""
        return self._by_a_rule(repository, _PUSHED)

    def continuously(self, repository: str | None) -> bool | None:
        """Whether a rule scans again and again, which only the enhanced type of scanning does."""
        return both(_TYPES.get(text(self._said, "scanType") or ""), self._by_a_rule(repository, _CONTINUOUS))

    def _by_a_rule(self, repository: str | None, frequencies: dict[str, bool]) -> bool | None:
        rules = sections(self._said, "rules")
        if rules is None or repository is None:
            return None
        return either(*(_does(each, repository, frequencies) for each in rules))


def _does(rule: Section | None, repository: str, frequencies: dict[str, bool]) -> bool | None:
    filters = sections(rule, "repositoryFilters")
    matches = None if filters is None else either(*(_matches(each, repository) for each in filters))
    return both(frequencies.get(text(rule, "scanFrequency") or ""), matches)


def _matches(written: Section | None, repository: str) -> bool | None:
    """Amazon ECR User Guide, "Filters to choose which repositories are scanned": * stands for any characters, and
    a filter without one matches every name that contains it."""
    pattern = text(written, "filter")
    if not pattern or text(written, "filterType") != "WILDCARD":
        return None
    if "*" not in pattern:
        return pattern in repository
    return re.fullmatch(".*".join(map(re.escape, re.split(r"\*+", pattern))), repository) is not None


BUILDERS = (EcrScanningRules,)
