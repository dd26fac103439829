"""The commands that show what kubesurvey knows: checks, frameworks, tables."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessment import console
from assessment.refusal import Refused
from collectors.problems import InvalidFile, Problem, nearest

if TYPE_CHECKING:
    from assessment.checks.load import Check

checks = typer.Typer(no_args_is_help=True, help="The questions that are asked of every row.")
frameworks = typer.Typer(no_args_is_help=True, help="What the answers mean for each requirement.")
tables = typer.Typer(no_args_is_help=True, help="The tidy data that checks and notebooks read.")

Own = Annotated[Path | None, typer.Option("--workspace", help="Take the checks of this workspace too.")]


@checks.command("list")
def list_checks(workspace: Own = None) -> None:
    """Every check: its id, what passes, what it judges, how much a failure weighs."""
    from assessment.scoring.bands import band

    table = console.new_table("check", "what passes", "judges", "weight")
    found = _library(workspace)
    for check in found:
        written = check.written
        weight = band(written.likelihood, written.impact)
        console.add_row(table, check.check_id, written.title, written.judges, weight)
    console.show(table)
    typer.echo(f"{len(found)} checks")


@checks.command("show")
def show_check(check_id: Annotated[str, typer.Argument(metavar="ID")], workspace: Own = None) -> None:
    """The auditor's page of one check: why, rule, SQL, examples, mapped requirements."""
    from assessment import auditors_page

    found = {check.check_id: check for check in _library(workspace)}
    _refuse_unknown("checks", check_id, found)
    for line in auditors_page.lines(found[check_id]):
        typer.echo(console.printable(line))


@checks.command("test")
def test_checks(check_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None, workspace: Own = None) -> None:
    """Run the examples of every check, or of one, through the real tables."""
    from assessment import rehearsal

    found = {check.check_id: check for check in _library(workspace)}
    if check_id is not None:
        _refuse_unknown("checks", check_id, found)
        found = {check_id: found[check_id]}
    wrong = rehearsal.wrong(list(found.values()))
    if wrong:
        raise InvalidFile(wrong)
    count = sum(len(check.written.examples) for check in found.values())
    typer.echo(f"{count} examples of {len(found)} checks give the verdicts they state.")


@checks.command("new")
def new_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="Such as house.own_registry.")],
    workspace: Annotated[Path, typer.Option("--workspace", help="The workspace that it belongs to.")],
) -> None:
    """Write a check that works as it stands into the workspace, to be changed line by line."""
    from assessment.checks.draft import draft, is_an_id

    if not is_an_id(check_id):
        raise Refused(f"{check_id!r} is no id: lower-case words with dots between them, such as house.own_registry")
    if check_id in {check.check_id for check in _library(None)}:
        raise Refused(f"{check_id} is a check of kubesurvey's own; choose another id")
    file = (workspace / "checks").joinpath(*check_id.split(".")).with_suffix(".yaml")
    if file.exists():
        raise Refused(f"{file} is there already; nothing was written")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(draft(check_id), encoding="utf-8")
    typer.echo(f"Wrote {file}. Try it: kubesurvey checks test {check_id} --workspace {workspace}")


@frameworks.command("list")
def list_frameworks() -> None:
    """Every framework version, with its number of requirements."""
    from assessment.frameworks import load

    numbers = ("requirements", "checks")
    table = console.new_table("id", "title", "version", *numbers, numbers=numbers)
    for framework_id in load.carried():
        framework = load.load(framework_id)
        count = sum(row.level == "requirement" for row in framework.requirements)
        known = len(framework.checks())
        console.add_row(table, framework.id, framework.title, framework.version, count, known)
    console.show(table)


@frameworks.command("show")
def show_framework(framework_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Every requirement: who bears it, which checks bear on it, what to ask for by hand."""
    from assessment.frameworks import load

    framework = load.load(framework_id)
    typer.echo(f"{framework.title}, {framework.version}\n{framework.source}")
    tactics = {tactic.id: f"{tactic.name} ({tactic.id})" for tactic in framework.tactics}
    for row in framework.requirements:
        bearers = sorted({row.bearer.managed, row.bearer.self_managed})
        typer.echo(f"\n{row.id}  {row.title}")
        typer.echo(f"    {row.level}, {row.obligation}, borne by {' or '.join(bearers)}")
        if row.tactics:
            typer.echo(f"    tactics  {', '.join(tactics[name] for name in row.tactics)}")
        for evidence in row.evidence:
            typer.echo(f"    check    {evidence.check}: {evidence.shows}")
        for evidence in row.notices:
            typer.echo(f"    notices  {evidence.check}: {evidence.shows}")
        for number, item in enumerate(row.by_hand, 1):
            typer.echo(f"    by hand {number} {item}")
        for item in row.blind_to:
            typer.echo(f"    blind to {item}")


@tables.command("list")
def list_tables() -> None:
    """Every table, with what one row is."""
    from assessment.derived.run import all_tables

    shown = console.new_table("table", "one row", "columns", numbers=["columns"])
    for table in all_tables().values():
        console.add_row(shown, table.name, table.grain, len(table.fields))
    console.show(shown)


@tables.command("show")
def show_table(name: Annotated[str, typer.Argument(metavar="TABLE")]) -> None:
    """Columns and relations of one table."""
    from assessment.derived.run import all_tables

    known = all_tables()
    _refuse_unknown("tables", name, known)
    table = known[name]
    typer.echo(f"{table.name}: one row is {table.grain}")
    shown = console.new_table("column", "type", "what it says")
    for field in table.fields:
        unknown = " or unknown" if field.nullable else ""
        console.add_row(shown, field.name, field.sql_type.lower() + unknown, field.column.says)
    console.show(shown)
    for relation in table.relations:
        keys = ", ".join(f"{here} = {there}" for here, there in relation.keys)
        typer.echo(f"{relation.name}: {relation.table} on {keys}. {relation.says}")


def _library(workspace: Path | None) -> list[Check]:
    from assessment.checks.load import LIBRARY, library
    from assessment.derived.run import all_tables

    own = () if workspace is None else (workspace / "checks",)
    return library(all_tables(), (LIBRARY, *own))


def _refuse_unknown(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise InvalidFile([Problem(what, name, "is not known.", nearest(name, known))])
