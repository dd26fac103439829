"""A framework as data: every requirement, what bears on it, what to ask for, what stays unseen.

One file per framework version in `data/frameworks/`. Loading refuses everything that would make a requirement
vanish or lie: unknown checks, parents that do not exist, sections without children.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Tag, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from collectors.people.checked import Written, checked
from collectors.people.engagement import Scopes
from collectors.people.known_names import KnownRequirements
from collectors.people.values import Day, Text
from collectors.people.written_yaml import WrittenYaml, read_yaml
from collectors.problems import InvalidFile, Problem, nearest
from collectors.resources import data

Level = Literal["section", "requirement", "sub-requirement"]
Obligation = Literal[
    "required", "addressable", "recommended", "level 1", "level 2", "baseline", "restricted", "technique"
]
Who = Literal["customer", "provider", "shared"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A check and what it shows about the requirement when it passes."""

    check: str
    shows: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who answers for a requirement on a managed cluster and on one that the client runs."""

    managed: Who
    self_managed: Who


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of a framework. Counts sum over `requirement`s; sections and sub-requirements stand apart."""

    id: str
    parent: str | None
    level: Level
    title: str
    obligation: Obligation
    bearer: Bearer
    scope: str
    evidence: tuple[Evidence, ...]
    by_hand: tuple[str, ...]
    blind_to: tuple[str, ...]
    notices: tuple[Evidence, ...] = ()
    """Of a threat: checks whose pass means that somebody would notice it. No part of the status."""
    tactics: tuple[str, ...] = ()
    """Of a threat: the columns of its matrix in which it stands."""


@dataclass(frozen=True, slots=True)
class Tactic:
    """A column of a matrix of threats: what the attacker is after."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Framework:
    """All requirements of one version, in the order of the framework, parents before their children.

    A matrix of threats has `tactics`. Its rows are techniques: `evidence` are checks whose pass prevents one.

    `on_request`: it has a pack and a place in the results for whoever asks for it by name; the other reports do
    not count it, because it is a list of good practice and no duty of the client.
    """

    id: str
    title: str
    version: str
    date: str
    source: str
    limits: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    on_request: bool = False
    tactics: tuple[Tactic, ...] = ()

    def children(self, requirement_id: str) -> tuple[Requirement, ...]:
        """The rows directly below this one."""
        return tuple(one for one in self.requirements if one.parent == requirement_id)

    def lineage(self, requirement_id: str) -> tuple[str, ...]:
        """This id, its parent, and so on to the top: what is said of any of them is said of this one."""
        parents = {one.id: one.parent for one in self.requirements}
        found: list[str] = []
        at: str | None = requirement_id
        while at is not None:
            found.append(at)
            at = parents[at]
        return tuple(found)

    def checks(self) -> frozenset[str]:
        """Every check that bears on the status of any row."""
        return frozenset(one.check for requirement in self.requirements for one in requirement.evidence)


def _scope_exists(value: str) -> str:
    if value in Scopes.model_fields:
        return value
    told = {"value": repr(value), "nearest": nearest(value, Scopes.model_fields)}
    raise PydanticCustomError("unknown_scope", "{value} is not a scope of engagement.yaml.", told)


ScopeName = Annotated[Text, AfterValidator(_scope_exists)]


class _WrittenEvidence(Written):
    check: Text
    shows: Text

    @field_validator("check")
    @classmethod
    def _check_exists(cls, value: str, info: ValidationInfo) -> str:
        known: Collection[str] | None = (info.context or {}).get("checks")
        if known is None or value in known:
            return value
        told = {"value": repr(value), "nearest": nearest(value, known)}
        raise PydanticCustomError("unknown_check", "{value} is not a known check.", told)


class _WrittenBearer(Written):
    managed: Who
    self_managed: Who


class _WrittenRequirement(Written):
    id: Text
    parent: Text | None = None
    level: Level
    obligation: Obligation
    title: Text
    bearer: Annotated[
        Annotated[Who, Tag("one")] | Annotated[_WrittenBearer, Tag("split")],
        Discriminator(lambda value: "split" if isinstance(value, dict) else "one"),
    ]
    scope: ScopeName | None = None
    evidence: tuple[_WrittenEvidence, ...] = ()
    by_hand: tuple[Text, ...] = ()
    blind_to: tuple[Text, ...] = ()
    notices: tuple[_WrittenEvidence, ...] = ()
    tactics: tuple[Text, ...] = ()


class _WrittenTactic(Written):
    id: Text
    name: Text


class _WrittenFramework(Written):
    id: Text
    title: Text
    version: Text
    date: Day
    source: Text
    scope: ScopeName
    limits: tuple[Text, ...] = ()
    on_request: bool = False
    tactics: tuple[_WrittenTactic, ...] = ()
    requirements: tuple[_WrittenRequirement, ...]


def load(framework_id: str, *, checks: Collection[str] | None = None) -> Framework:
    """The framework that kubesurvey carries under this id; raises `InvalidFile` with all problems.

    `checks` are the ids that exist; without them, check ids are taken as written.
    """
    if framework_id not in carried():
        hint = nearest(framework_id, carried())
        raise InvalidFile([Problem("frameworks", framework_id, "is not a known framework.", hint)])
    return _carried(framework_id, None if checks is None else frozenset(checks))


@cache
def _carried(framework_id: str, checks: frozenset[str] | None) -> Framework:
    """What we carry does not change while we run, and half of the stages ask for it."""
    return load_file(data("frameworks", f"{framework_id}.yaml"), checks=checks)


def load_file(path: Path, *, checks: Collection[str] | None = None) -> Framework:
    """The framework that this file describes; raises `InvalidFile` with all problems."""
    written = read_yaml(path)
    model = checked(_WrittenFramework, written, {"checks": checks})
    tactics = tuple(Tactic(one.id, one.name) for one in model.tactics)
    problems = [*_problems(model.requirements, written), *_misplaced(model.requirements, tactics, written)]
    if problems:
        raise InvalidFile(problems)
    rows = tuple(_requirement(row, model.scope) for row in model.requirements)
    dated = model.date.isoformat()
    return Framework(
        model.id, model.title, model.version, dated, model.source, model.limits, rows, model.on_request, tactics
    )


def carried() -> tuple[str, ...]:
    """The ids of all frameworks that kubesurvey carries, sorted."""
    return tuple(sorted(path.stem for path in data("frameworks").glob("*.yaml")))


@cache
def on_request() -> frozenset[str]:
    """The carried frameworks that only those reports speak of that are asked for by name."""
    return frozenset(name for name in carried() if load(name).on_request)


def known_requirements(frameworks: Iterable[Framework]) -> KnownRequirements:
    """What engagement.yaml may refer to: framework -> requirement -> items asked for by hand."""
    return {one.id: {row.id: row.by_hand for row in one.requirements} for one in frameworks}


def _requirement(row: _WrittenRequirement, scope: str) -> Requirement:
    who = row.bearer
    return Requirement(
        id=row.id,
        parent=row.parent,
        level=row.level,
        title=row.title,
        obligation=row.obligation,
        bearer=Bearer(who, who) if isinstance(who, str) else Bearer(who.managed, who.self_managed),
        scope=row.scope or scope,
        evidence=tuple(Evidence(one.check, one.shows) for one in row.evidence),
        by_hand=row.by_hand,
        blind_to=row.blind_to,
        notices=tuple(Evidence(one.check, one.shows) for one in row.notices),
        tactics=row.tactics,
    )


def _problems(rows: tuple[_WrittenRequirement, ...], written: WrittenYaml) -> Iterator[Problem]:
    """What only the rows together show."""
    before: dict[str, _WrittenRequirement] = {}
    parents = {row.parent for row in rows}
    for position, row in enumerate(rows):
        at = _Row(row, position, written)
        if row.id in before:
            yield at.problem("id", "is given twice.")
        if row.parent is not None and row.parent not in before:
            hint = nearest(row.parent, before)
            yield at.problem("parent", f"{row.parent!r} is no row above this one.", hint)
        if row.level == "section" and row.id not in parents:
            yield at.problem("level", "is section, but nothing stands below it.")
        if row.level == "sub-requirement" and row.parent in before and before[row.parent].level == "section":
            yield at.problem("level", "is sub-requirement, but its parent is a section.")
        for field, named in (("evidence", row.evidence), ("notices", row.notices)):
            if len({one.check for one in named}) < len(named):
                yield at.problem(field, "names a check twice.")
        if len(set(row.by_hand)) < len(row.by_hand):
            yield at.problem("by_hand", "asks for the same item twice.")
        before[row.id] = row


def _misplaced(
    rows: tuple[_WrittenRequirement, ...], tactics: tuple[Tactic, ...], written: WrittenYaml
) -> Iterator[Problem]:
    """In a matrix every technique stands below a tactic that exists; outside of one there is none to stand below."""
    known = [one.id for one in tactics]
    for position, row in enumerate(rows):
        at = _Row(row, position, written)
        for name in row.tactics:
            if name not in known:
                yield at.problem("tactics", f"{name!r} is no tactic of this matrix.", nearest(name, known))
        if known and not row.tactics:
            yield at.problem("tactics", "is missing: every technique of a matrix stands below a tactic.")


@dataclass(frozen=True, slots=True)
class _Row:
    row: _WrittenRequirement
    position: int
    written: WrittenYaml

    def problem(self, field: str, message: str, hint: str | None = None) -> Problem:
        line = self.written.line(("requirements", self.position, field))
        return Problem(self.written.file, f"requirements.{self.row.id}.{field}", message, hint, line)
