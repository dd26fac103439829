"""A preflight as text: what will be assessed, what not, what was asked to know it, and the YAML for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import typer

from assessment import console
from assessment.access.cluster_role import comment
from assessment.access.preflight import ELSEWHERE, MISSING, NOT, PARTS, WHOLE, Foreseen, Preflight, named
from assessment.reports.leadership.wording import DIMENSIONS

_SHOWN_KINDS = 12


def show(found: Preflight) -> None:
    """Print all of it but the YAML."""
    for line in _head(found):
        typer.echo(console.printable(line))
    if found.access.unreachable:
        return
    _show_dimensions(found)
    _show_frameworks(found)
    _show_unseen(found)
    typer.echo(console.printable(asked(found)))


def yaml_of(found: Preflight) -> str:
    """The ClusterRole that opens what is missing, under comments; "" when nothing is missing."""
    if not found.opens_the_rest:
        return ""
    said = (
        f"What {found.access.principal} lacks in {found.cluster}, and nothing else. To bind it:",
        f"kubectl create clusterrolebinding {MISSING} --clusterrole={MISSING} --user=USER (or --group=GROUP)",
    )
    return "\n".join(line for text in said for line in comment(text)) + "\n" + found.opens_the_rest


def asked(found: Preflight) -> str:
    """Every request that was made, by what it asked, and how often."""
    calls = ", ".join(f"{count:,} x {request}" for request, count in found.access.calls.items())
    return f"Asked for this, and nothing else: {calls}. A review changes nothing and is kept nowhere."


def _head(found: Preflight) -> Iterator[str]:
    access = found.access
    yield f"{found.cluster}: {access.server} as {access.principal}"
    if access.unreachable:
        yield f"Nothing can be said: {access.unreachable}"
        return
    served = [sight for sight in access.sights.values() if sight.everywhere is not True]
    everything = "Everything that a survey asks for can be seen."
    yield everything if not served else _namespaces(found)


def _namespaces(found: Preflight) -> str:
    count = len(found.access.namespaces)
    there = "there are" if found.access.knows_namespaces else "are known, for the account may not list them"
    return f"Part of it cannot be seen. Namespaces that {there}: {count:,}."


def _show_dimensions(found: Preflight) -> None:
    columns = ("checks", "whole cluster", "in namespaces", "not", "clouds and people")
    table = console.new_table("dimension", *columns, "stands in the way", title="What will be judged", numbers=columns)
    for dimension in dict.fromkeys(sorted(check.dimension for check in found.checks)):
        checks = [check for check in found.checks if check.dimension == dimension]
        console.add_row(table, dimension, len(checks), *_extents(checks), _how_many_kinds(checks))
    console.show(table)
    for line in sentences(found):
        typer.echo(console.printable(line))


def sentences(found: Preflight) -> Iterator[str]:
    """What the table says, a sentence a dimension: "Security: 41 of 57 checks can be judged, ..."."""
    for dimension in dict.fromkeys(sorted(check.dimension for check in found.checks)):
        checks = [check for check in found.checks if check.dimension == dimension and check.extent != ELSEWHERE]
        yield f"{DIMENSIONS[dimension]}: {_sentence(checks, found)}."
    if any(check.extent in (NOT, PARTS) for check in found.checks):
        yield "Where something is not seen a check can still fail on what is; it cannot pass."


def _sentence(checks: Sequence[Foreseen], found: Preflight) -> str:
    if not checks:
        return "no check asks the cluster"
    whole, parts, unseen, _ = _extents(checks)
    said = [f"{whole} of {len(checks)} checks can be judged"]
    if parts:
        said.append(f"{parts} in {_how_many_namespaces(checks, found)}")
    if unseen:
        said.append(f"{unseen} not (needs {_in_the_way((check for check in checks if check.extent == NOT), found)})")
    return ", ".join(said)


def _how_many_namespaces(checks: Sequence[Foreseen], found: Preflight) -> str:
    counts = sorted({len(check.namespaces) for check in checks if check.extent == PARTS})
    some = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    every = len(found.access.namespaces)
    return f"{some} of {every if found.access.knows_namespaces else f'{every} known'} namespaces"


def _extents(checks: Sequence[Foreseen]) -> list[int]:
    return [sum(check.extent == extent for check in checks) for extent in (WHOLE, PARTS, NOT, ELSEWHERE)]


def _how_many_kinds(checks: Iterable[Foreseen]) -> str:
    """The sentences below the table and the table of kinds name them; a column would be too narrow."""
    kinds = {kind for check in checks for kind in check.needs}
    return "1 kind" if len(kinds) == 1 else f"{len(kinds)} kinds" if kinds else ""


def _in_the_way(checks: Iterable[Foreseen], found: Preflight) -> str:
    kinds = sorted({kind for check in checks for kind in check.needs})
    more = f" and {len(kinds) - _SHOWN_KINDS} more" if len(kinds) > _SHOWN_KINDS else ""
    return named(kinds[:_SHOWN_KINDS], found.access) + more


def _show_frameworks(found: Preflight) -> None:
    columns = ("all checks", "some", "none", "clouds and people", "by hand only")
    table = console.new_table("framework", *columns, title="Requirements by how many of their checks can be judged",
                              numbers=columns)  # fmt: skip
    for row in found.frameworks:
        counts = (row.all_seen, row.some_seen, row.none_seen, row.elsewhere, row.by_hand)
        console.add_row(table, row.title, *counts)
    console.show(table)


def _show_unseen(found: Preflight) -> None:
    unseen = [sight for sight in found.access.sights.values() if sight.everywhere is not True]
    if not unseen:
        return
    table = console.new_table("kind", "seen in", "why", title="What cannot be seen in the whole cluster")
    for sight in sorted(unseen, key=lambda sight: sight.kind):
        where = ", ".join(sorted(sight.namespaces)) or "nowhere"
        console.add_row(table, sight.kind, where if sight.everywhere is False else "?", sight.note or "not allowed")
    console.show(table)
