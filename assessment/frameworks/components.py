"""What is trusted, component by component: threats, what prevents them, what would notice them.

`data/trust/components.yaml` names techniques of the carried matrices and checks of the library. Loading refuses
what exists in neither: a check that was renamed would otherwise drop out of the page without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from assessment.frameworks.load import Framework, carried, load
from collectors.people.checked import Written, checked
from collectors.people.values import Text
from collectors.people.written_yaml import WrittenYaml, read_yaml
from collectors.problems import InvalidFile, Problem, nearest
from collectors.resources import data


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the platform on whose soundness the rest depends.

    `guards` says what is lost with it. `threats` are (framework, technique). A check stands in `prevents` if its
    pass takes a threat away, in `notices` if its pass means that somebody would see it.
    """

    id: str
    title: str
    guards: str
    threats: tuple[tuple[str, str], ...]
    prevents: tuple[str, ...]
    notices: tuple[str, ...]
    by_hand: tuple[str, ...]
    blind_to: tuple[str, ...]


def _check_exists(value: str, info: ValidationInfo) -> str:
    known: Collection[str] | None = (info.context or {}).get("checks")
    if known is None or value in known:
        return value
    told = {"value": repr(value), "nearest": nearest(value, known)}
    raise PydanticCustomError("unknown_check", "{value} is not a known check.", told)


CheckName = Annotated[Text, AfterValidator(_check_exists)]


class _WrittenComponent(Written):
    id: Text
    title: Text
    guards: Text
    threats: dict[Text, tuple[Text, ...]]
    prevents: tuple[CheckName, ...]
    notices: tuple[CheckName, ...]
    by_hand: tuple[Text, ...]
    blind_to: tuple[Text, ...]


class _WrittenComponents(Written):
    components: tuple[_WrittenComponent, ...]


def components(*, checks: Collection[str] | None = None, file: Path | None = None) -> tuple[Component, ...]:
    """Every component, in the order of the file; raises `InvalidFile` with all problems.

    `checks` are the ids that exist; without them, check ids are taken as written.
    """
    written = read_yaml(file or data("trust", "components.yaml"))
    model = checked(_WrittenComponents, written, {"checks": checks})
    matrices = {name: load(name) for name in carried() if load(name).tactics}
    problems = list(_problems(model.components, matrices, written))
    if problems:
        raise InvalidFile(problems)
    return tuple(_component(one) for one in model.components)


def _component(one: _WrittenComponent) -> Component:
    threats = tuple((framework, technique) for framework, named in one.threats.items() for technique in named)
    return Component(one.id, one.title, one.guards, threats, one.prevents, one.notices, one.by_hand, one.blind_to)


def _problems(
    found: tuple[_WrittenComponent, ...], matrices: Mapping[str, Framework], written: WrittenYaml
) -> Iterator[Problem]:
    """What the model cannot know: techniques, and names that stand twice."""
    seen: set[str] = set()
    for place, one in enumerate(found):

        def problem(field: str, message: str, hint: str | None = None, *, at: int = place) -> Problem:
            line = written.line(("components", at, field))
            return Problem(written.file, f"components.{found[at].id}.{field}", message, hint, line)

        if one.id in seen:
            yield problem("id", "is given twice.")
        seen.add(one.id)
        for name, techniques in one.threats.items():
            if name not in matrices:
                yield problem("threats", f"{name!r} is no matrix of threats.", nearest(name, matrices))
                continue
            known = {row.id for row in matrices[name].requirements}
            for technique in techniques:
                if technique not in known:
                    yield problem("threats", f"{technique!r} is no technique of it.", nearest(technique, known))
        for check in sorted({check for check in one.prevents if check in one.notices}):
            yield problem("notices", f"names {check}, which stands in prevents.")
        for field in ("prevents", "notices"):
            named = getattr(one, field)
            if not named:
                yield problem(field, "must name a check.")
            if len(set(named)) < len(named):
                yield problem(field, "names a check twice.")
