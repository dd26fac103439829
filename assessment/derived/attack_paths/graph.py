"""Places as numbers, steps as edges: the easiest ways to a place, and what can be reached at all."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assessment.derived.attack_paths.families import FAMILIES
from assessment.derived.attack_paths.steps import Step


@dataclass(slots=True)
class Graph:
    """The steps of one cluster that hold or may hold; barriers are not among them."""

    steps: list[Step] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    into: list[list[int]] = field(default_factory=list)
    out_of: list[list[int]] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Take in one step; what certainly does not hold is no edge."""
        if step.holds is not False:
            number = len(self.steps)
            self.steps.append(step)
            self.out_of[self._place(step.source)].append(number)
            self.into[self._place(step.target)].append(number)

    def _place(self, name: str) -> int:
        number = self.places.setdefault(name, len(self.places))
        if number == len(self.into):
            self.into.append([])
            self.out_of.append([])
        return number

    def ways_to(self, target: str, without: frozenset[int] = frozenset()) -> Ways:
        """From everywhere that proven steps lead from, the easiest way to a place."""
        return Ways(self, self._cheapest(target, self.into, towards=True, without=without))

    def ways_from(self, source: str) -> Ways:
        """The easiest way from a place to everywhere that proven steps lead to."""
        return Ways(self, self._cheapest(source, self.out_of, towards=False, without=frozenset()))

    def _cheapest(
        self, start: str, edges: Sequence[Sequence[int]], *, towards: bool, without: frozenset[int]
    ) -> dict[int, int]:
        """place -> the step to take next (or that led here); ties go to the step that was added first."""
        if start not in self.places:
            return {}
        first = self.places[start]
        chosen, costs = {first: -1}, {first: 0}
        waiting = [(0, -1, first)]
        settled: set[int] = set()
        while waiting:
            cost, _, place = heapq.heappop(waiting)
            if place in settled:
                continue
            settled.add(place)
            for number in edges[place]:
                step = self.steps[number]
                if not step.holds or number in without:
                    continue
                other = self.places[step.source if towards else step.target]
                total = cost + FAMILIES[step.family].weight
                if other not in settled and (other not in costs or (total, number) < (costs[other], chosen[other])):
                    costs[other], chosen[other] = total, number
                    heapq.heappush(waiting, (total, number, other))
        return chosen

    def may_lead_to(self, target: str) -> set[str]:
        """Every place from which proven or possible steps lead to this one."""
        return self._spread(target, self.into, towards=True)

    def may_be_reached_from(self, source: str) -> set[str]:
        """Every place that proven or possible steps lead to from this one."""
        return self._spread(source, self.out_of, towards=False)

    def _spread(self, start: str, edges: Sequence[Sequence[int]], *, towards: bool) -> set[str]:
        found, waiting = {start}, [start] if start in self.places else []
        while waiting:
            for number in edges[self.places[waiting.pop()]]:
                step = self.steps[number]
                other = step.source if towards else step.target
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found


@dataclass(frozen=True, slots=True)
class Ways:
    """Proven ways to (or from) one place."""

    graph: Graph
    _next: dict[int, int]

    def __contains__(self, place: str) -> bool:
        return self.graph.places.get(place, -1) in self._next

    def steps(self, place: str, *, towards: bool = True) -> list[int]:
        """The numbers of the steps on the way between a place and the end of the ways, in the order of walking."""
        found: list[int] = []
        at = self.graph.places[place]
        while (number := self._next[at]) >= 0:
            found.append(number)
            step = self.graph.steps[number]
            at = self.graph.places[step.target if towards else step.source]
        return found if towards else found[::-1]


def told(graph: Graph, numbers: Iterable[int]) -> list[str]:
    """A way in words, a sentence a step; steps that only say where one stands are left out."""
    return [
        f"{step.source} {family.says}{f' ({step.because})' if step.because else ''}, which leads to {step.target}"
        for step, family in ((graph.steps[number], FAMILIES[graph.steps[number].family]) for number in numbers)
        if family.weight
    ]


def refs_of(graph: Graph, numbers: Iterable[int]) -> list[str]:
    """The evidence of a way."""
    return list(dict.fromkeys(ref for number in numbers for ref in graph.steps[number].evidence_refs))
