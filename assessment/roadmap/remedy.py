"""Remedies: the work that turns checks green, one YAML file each, read strictly, all problems of all files at once.

The file's name is the remedy's id; a check names it. Numbers of effort are person-days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from assessment.roadmap.planner import DAYS
from collectors.people.checked import Written, checked
from collectors.people.team import Skill
from collectors.people.values import Amount, Text, Truth, WholeNumber
from collectors.people.written_yaml import read_yaml
from collectors.problems import InvalidFile, Problem, nearest

REMEDIES = Path(__file__).parent / "remedies"

CountedBy = Literal["subject", "namespace", "cluster", "owner", "once"]
Confidence = Literal["high", "medium", "low"]
Some = Annotated[tuple[Text, ...], Field(min_length=1, max_length=7)]


class WrittenEffort(Written):
    """What one piece of work costs: once, and for each unit of change. `automation` is the share a tool does."""

    base_days: Amount
    per_unit_days: Amount
    confidence: Confidence
    automation: Amount = Decimal(0)

    @field_validator("automation")
    @classmethod
    def _is_a_share(cls, value: Decimal) -> Decimal:
        if value > 1:
            raise PydanticCustomError("share", "is a share between 0 and 1.")
        return value


class Remedy(Written):
    """One kind of work: what it is, what the business gets, what it takes, how one knows that it is done."""

    id: Text
    title: Text
    outcome: Text
    if_not: Text
    owner_role: Text
    unit: Text
    counted_by: CountedBy
    effort: WrittenEffort
    skills: dict[Skill, WholeNumber]
    elapsed_days: WholeNumber
    efficacy_percent: WholeNumber = 90
    risky_in_production: Truth = False
    prerequisites: tuple[Text, ...] = ()
    steps: Some
    done_when: Some
    stop_conditions: tuple[Text, ...] = ()

    @property
    def percent(self) -> dict[str, int]:
        """Share of the effort by skill, in percent."""
        return {str(skill): share for skill, share in self.skills.items()}

    @field_validator("skills")
    @classmethod
    def _sum_to_a_hundred(cls, value: dict[Skill, int]) -> dict[Skill, int]:
        if sum(value.values()) != 100 or not all(value.values()):
            raise PydanticCustomError("percent", "must be percentages above 0 that sum to 100.")
        return value

    @field_validator("elapsed_days")
    @classmethod
    def _fits_into_a_quarter(cls, value: int) -> int:
        if not 1 <= value <= DAYS:
            raise PydanticCustomError("elapsed", "must be 1 to 60 working days: what takes longer is two remedies.")
        return value

    @field_validator("efficacy_percent")
    @classmethod
    def _removes_something(cls, value: int) -> int:
        if not 1 <= value <= 100:
            raise PydanticCustomError("efficacy", "must be 1 to 100 percent.")
        return value


@cache
def carried() -> Mapping[str, Remedy]:
    """The remedies that come with kubesurvey, read once a process."""
    return remedies()


def remedies(folder: Path = REMEDIES) -> dict[str, Remedy]:
    """Every remedy of this folder by id, sorted.

    Raises:
        InvalidFile: with every problem of every file, unknown prerequisites and circles among them.
    """
    found: dict[str, Remedy] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found[path.stem] = _read(path)
        except InvalidFile as error:
            problems += error.problems
    known = {path.stem for path in folder.glob("*.yaml")}
    for remedy in found.values():
        problems += _unknown_prerequisites(remedy, folder, known)
    problems += _circles(found, folder)
    if problems:
        raise InvalidFile(problems)
    return found


def _read(path: Path) -> Remedy:
    written = read_yaml(path)
    if isinstance(written.value, dict):
        if "id" in written.value:
            raise InvalidFile([Problem(str(path), "id", "is the name of the file; leave it out.")])
        written.value["id"] = path.stem
    return checked(Remedy, written)


def _unknown_prerequisites(remedy: Remedy, folder: Path, known: set[str]) -> Iterator[Problem]:
    file = str(folder / f"{remedy.id}.yaml")
    for name in remedy.prerequisites:
        if name not in known:
            yield Problem(file, "prerequisites", f"{name!r} is not a known remedy.", nearest(name, known))
    if len(set(remedy.prerequisites)) < len(remedy.prerequisites):
        yield Problem(file, "prerequisites", "names a remedy twice.")


def _circles(found: Mapping[str, Remedy], folder: Path) -> Iterator[Problem]:
    """Each remedy from which its own prerequisites lead back to it."""
    for name in found:
        reached: set[str] = set()
        todo = list(found[name].prerequisites)
        while todo:
            one = todo.pop()
            if one in found and one not in reached:
                reached.add(one)
                todo += found[one].prerequisites
        if name in reached:
            yield Problem(str(folder / f"{name}.yaml"), "prerequisites", "lead back to this remedy.")
