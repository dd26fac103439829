"""Where a survey stands: which day it is, what is open and whom to ask, what was seen and who could mend the rest."""

from __future__ import annotations

from datetime import date

import typer

from assessment import console
from assessment.open_questions import Person, is_out_of_date, state_of, whom_to_ask, working_day
from assessment.workspace import Workspace
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.people import engagement, questionnaire
from collectors.people.engagement import Survey
from collectors.people.questionnaire import Sheet
from collectors.people.questions import LAST_DAY, questions_of

FOLDER = "questionnaire"
MOST_PEOPLE = 5
MOST_QUESTIONS = 6


def show(workspace: Workspace, today: date | None = None) -> None:
    """Print it, as of `today` (the machine's own day). Reads evidence, answers and results, changes nothing."""
    written = engagement.read(workspace.engagement_file)
    now = today or date.today()
    typer.echo(console.printable(f"{written.client}: {workspace.path}"))
    typer.echo(_day_in_words(written.survey, now))
    _show_questions(workspace, written.survey, now)
    _show_evidence(workspace)


def _day_in_words(survey: Survey | None, today: date) -> str:
    if survey is None:
        return "When the two weeks begin is not known: survey.first_day in engagement.yaml says it."
    day = working_day(survey.first_day, today)
    if day == 0:
        return f"The two weeks begin on {survey.first_day}."
    if day > LAST_DAY:
        return f"The two weeks that began on {survey.first_day} are over."
    return f"Day {day} of {LAST_DAY} (since {survey.first_day})"


def _show_questions(workspace: Workspace, survey: Survey | None, today: date) -> None:
    folder = workspace.path / FOLDER
    if not folder.is_dir():
        typer.echo(console.printable(f"No questionnaire: {folder} is missing; `kubesurvey init` writes one."))
        return
    sheets = questionnaire.read(folder, today)
    day = None if survey is None else working_day(survey.first_day, today)
    states = {sheet.dimension: _states(sheet, day, today) for sheet in sheets}
    _show_answered(sheets, states)
    people = whom_to_ask((name, state) for each in states.values() for name, state in each.items())
    if people:
        _show_people(people)


def _states(sheet: Sheet, day: int | None, today: date) -> dict[str, str]:
    """The state of every question that wants an answer, by question id."""
    found = {}
    for question in questions_of(sheet.dimension):
        answer = sheet.answers.get(question.id)
        if answer is None or answer.choice is None:
            found[question.id] = state_of(question.day, day)
        elif is_out_of_date(answer.date, today):
            found[question.id] = "out of date"
    return found


def _show_answered(sheets: tuple[Sheet, ...], states: dict[str, dict[str, str]]) -> None:
    numbers = ("answered", "of", "due today", "overdue", "out of date")
    table = console.new_table("dimension", *numbers, "", title="Questions", numbers=numbers)
    totals = [0] * len(numbers)
    for sheet in sheets:
        found = list(states[sheet.dimension].values())
        asked = len(questions_of(sheet.dimension))
        counts = [asked - len(found), asked, *(found.count(state) for state in numbers[2:])]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        console.add_row(table, sheet.dimension, *counts, "" if sheet.found else f"{sheet.file.name} is missing")
    table.add_section()
    console.add_row(table, "all", *totals, "")
    console.show(table)


def _show_people(people: list[Person]) -> None:
    title = f"Whom to ask next: {min(len(people), MOST_PEOPLE)} of {len(people)}"
    table = console.new_table("role", "due", "later", "questions", title=title, numbers=["due", "later"])
    for one in people[:MOST_PEOPLE]:
        names = (*one.due, *one.later)
        more = f" and {len(names) - MOST_QUESTIONS} more" if len(names) > MOST_QUESTIONS else ""
        told = ", ".join(names[:MOST_QUESTIONS]) + more
        console.add_row(table, one.role, len(one.due), len(one.later), told)
    console.show(table)


def _show_evidence(workspace: Workspace) -> None:
    run = Evidence(workspace.evidence).newest()
    if run is None:
        typer.echo(f"Nothing yet. Next: kubesurvey collect {workspace.path} --from PATH --cluster NAME")
        return
    typer.echo(f"Run {run.name}, as of {run.record.as_of}")
    _show_sources(run)
    for sentence in run.torn():
        typer.echo(console.printable(f"Torn: {sentence}"))
    _show_gaps(workspace, run)


def _show_sources(run: Run) -> None:
    items = run.items()
    numbers = ("items", "objects", "complete", "not complete", "gaps")
    table = console.new_table("source", *numbers, title="What was seen", numbers=numbers)
    for source, cluster in sorted({(item.source, item.cluster or "") for item in items}):
        console.add_row(table, f"{source} {cluster}", *_counted(items, source, cluster))
    console.show(table)


def _counted(items: list[Item], source: str, cluster: str) -> tuple[int, ...]:
    mine = [item for item in items if item.source == source and (item.cluster or "") == cluster]
    complete = sum(item.outcome == "complete" for item in mine)
    documents = [item.documents for item in mine if item.documents]
    objects, gaps = sum(each.objects for each in documents), sum(each.gaps for each in documents)
    return len(mine), objects, complete, len(mine) - complete, gaps


def _show_gaps(workspace: Workspace, run: Run) -> None:
    if not (workspace.results / "gaps.parquet").exists():
        typer.echo(f"Not assessed yet: kubesurvey assess {workspace.path}")
        return
    gaps = workspace.result("gaps")
    each = ((str(reason), str(closed_by), 1) for reason, closed_by in
            zip(gaps["reason"], gaps["closed_by"], strict=True))
    console.show(console.gap_table(each, len(gaps)))
    assessed = set(workspace.result("runs")["run"])
    if run.name not in assessed:
        typer.echo(f"These gaps are those of an earlier run: kubesurvey assess {workspace.path}")
