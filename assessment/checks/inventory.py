"""The inventory of what a survey could ask, and what became of each idea: a check, part of another, or left out.

One YAML file a topic in `inventory/`; each maps an inventory id to the checks that answer it or to the reason why
none does. A decision is written once, beside the checks it speaks of; docs/inventory.md is its copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from collectors.problems import InvalidFile, Problem, nearest

INVENTORY = Path(__file__).parent / "inventory"


class Decision(BaseModel):
    """What became of one idea. `because` says why it is merged into checks of another name, or why none asks it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checks: tuple[str, ...] = ()
    because: str = ""
    left_out: str = ""

    @model_validator(mode="after")
    def _decides(self) -> Decision:
        if bool(self.checks) == bool(self.left_out):
            raise ValueError("names either `checks` that answer it or, in `left_out`, why none does")
        return self


@dataclass(frozen=True, slots=True)
class Idea:
    """One inventory id ("cluster.rbac.no-wildcards") with its decision."""

    idea: str
    decision: Decision


def ideas(known_checks: Iterable[str], folder: Path = INVENTORY) -> list[Idea]:
    """Every decision, sorted by inventory id.

    Raises:
        InvalidFile: with every problem of every file: unknown fields and checks, ids decided twice.
    """
    problems: list[Problem] = []
    found: dict[str, Idea] = {}
    known = sorted(known_checks)
    for path in sorted(folder.glob("*.yaml")):
        for idea in _read(path, problems):
            if idea.idea in found:
                problems.append(Problem(str(path), idea.idea, "is decided twice."))
            found[idea.idea] = idea
            problems.extend(
                Problem(str(path), idea.idea, f"`{check}` is no check.", nearest(check, known))
                for check in idea.decision.checks
                if check not in known
            )
    if problems:
        raise InvalidFile(problems)
    return [found[name] for name in sorted(found)]


def _read(path: Path, problems: list[Problem]) -> Iterator[Idea]:
    written = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) or {}
    for name, decided in written.items():
        try:
            yield Idea(name, Decision.model_validate(decided))
        except ValidationError as error:
            problems.extend(Problem(str(path), name, f"{each['msg']}.") for each in error.errors())
