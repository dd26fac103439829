"""What people know of a client becomes evidence: the files as they are, and each sheet of answers as data.

Every file is stored byte for byte, so that its hash is that of the client's own file. It is stored again only
when its bytes changed; the newest counts and the earlier ones stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from pydantic_core import PydanticCustomError

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Item, ItemDraft
from collectors.evidence.store import Run
from collectors.people import ANSWERS, attachments, questionnaire
from collectors.people.questionnaire import Answer, Sheet
from collectors.people.questions import questions_of
from collectors.problems import InvalidFile, Problem

SOURCE = "people"
ANSWER = "people/Answer"
ASKED = "questionnaire"
ENGAGEMENT, EXCEPTIONS, FOLDER = "engagement.yaml", "exceptions.yaml", "questionnaire"
_JSON, _YAML, _BYTES = "application/json", "application/yaml", "application/octet-stream"


@dataclass(slots=True)
class _Keeping:
    """What is about to be stored, and what this run holds already."""

    run: Run
    now: str
    newest: dict[tuple[str, str], Item] = field(default_factory=dict)

    def keep(self, request: str, media_type: str, body: bytes | None, **more: Any) -> None:
        """Store it, unless the newest item of this request holds the same bytes."""
        name = more.get("parameters", {}).get("name", "")
        known = self.newest.get((request, name))
        if known is not None and known.sha256 == (None if body is None else sha256(body).hexdigest()):
            return
        parameters = {"family": SOURCE, "basis": "declared", "whole": "true"} | more.pop("parameters", {})
        draft = ItemDraft(
            source=SOURCE, cluster=more.pop("cluster", None), request=request, parameters=parameters,
            principal="the assessor", method="interview", collection_mode="upload",
            started_at=self.now, ended_at=self.now, media_type=media_type, **more,
        )  # fmt: skip
        self.newest[request, name] = self.run.add(draft, body)


def keep(
    run: Run, workspace: Path, now: datetime, *, latest: date | None = None, named: Iterable[str] = ()
) -> None:
    """Store engagement.yaml, exceptions.yaml, the questionnaire and its attachments as they are now.

    `named` are files that engagement.yaml says are on file; one that is not there is an item without a body.
    Answers dated after `latest`, or after today, are slips of the pen. Raises InvalidFile, before anything is
    stored, with every problem of the questionnaire and every file that holds a credential.
    """
    folder = workspace / FOLDER
    sheets = questionnaire.read(folder, max(now.date(), latest or now.date())) if folder.is_dir() else ()
    there, missing = _on_file(workspace, named)
    bodies = _read(workspace, [*_names(workspace, sheets), *there])
    keeping = _Keeping(run, now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    for item in run.items():
        if item.source == SOURCE:
            keeping.newest[item.request, item.parameters.get("name", "")] = item
    for name, body in bodies.items():
        keeping.keep(name, _YAML if name.endswith(".yaml") else _BYTES, body)
    for name in missing:
        _keep_missing(keeping, name)
    hashes = {name: sha256(body).hexdigest() for name, body in bodies.items()}
    if sheets:
        _keep_answers(keeping, sheets, hashes)
    elif (FOLDER, ASKED) not in keeping.newest:
        _keep_absence(keeping)


def _on_file(workspace: Path, named: Iterable[str]) -> tuple[list[str], list[str]]:
    """The files that engagement.yaml names: those that lie in the workspace, and those that do not."""
    there: list[str] = []
    missing: list[str] = []
    for name in sorted(set(named)):
        try:
            there.append(attachments.inside(workspace, name))
        except PydanticCustomError:
            missing.append(name)
    return there, missing


def _keep_missing(keeping: _Keeping, name: str) -> None:
    closed_by = f"{name} in the workspace, then: kubesurvey collect"
    keeping.keep(
        name, _BYTES, None, parameters={"closed_by": closed_by}, outcome="absent",
        reason="engagement.yaml names it as a file of the workspace, and it is not there",
    )  # fmt: skip


def _read(workspace: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Path inside the workspace -> bytes, of every file that people wrote or attached."""
    bodies: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        try:
            bodies[name] = attachments.read(workspace / name if "/" in name else (workspace / name).resolve())
        except InvalidFile as error:
            problems += error.problems
    if problems:
        raise InvalidFile(problems)
    return bodies


def _names(workspace: Path, sheets: tuple[Sheet, ...]) -> Iterator[str]:
    yield ENGAGEMENT
    if (workspace / EXCEPTIONS).exists():
        yield EXCEPTIONS
    for sheet in sheets:
        if sheet.found:
            yield f"{FOLDER}/{sheet.file.name}"
        yield from (f"{FOLDER}/{name}" for name in sheet.attachments)


def _keep_answers(keeping: _Keeping, sheets: tuple[Sheet, ...], hashes: dict[str, str]) -> None:
    """The sheets as data, then the item that says what was asked and that all of it was read."""
    for sheet in sheets:
        name = f"{FOLDER}/{sheet.file.name}"
        body = {"file": name, "sha256": hashes.get(name), "answers": _answers(sheet, hashes)}
        said = {"kind": ANSWER, "name": sheet.dimension}
        keeping.keep(name, _JSON, _dumped(body), cluster=ANSWERS, parameters=said)
    asked = {
        "questions": {sheet.dimension: [one.id for one in questions_of(sheet.dimension)] for sheet in sheets},
        "sheets": {sheet.dimension: hashes.get(f"{FOLDER}/{sheet.file.name}") for sheet in sheets},
    }
    claims = (Claim(ANSWER, WHOLE_CLUSTER, complete=True),)
    said = {"kind": ANSWER, "name": ASKED}
    keeping.keep(FOLDER, _JSON, _dumped(asked), cluster=ANSWERS, parameters=said, claims=claims)


def _keep_absence(keeping: _Keeping) -> None:
    said = {"kind": ANSWER, "name": ASKED, "closed_by": "answers in questionnaire/, then: kubesurvey collect"}
    keeping.keep(
        FOLDER, _JSON, None, cluster=ANSWERS, parameters=said, outcome="absent",
        reason="the workspace has no questionnaire folder",
    )  # fmt: skip


def _answers(sheet: Sheet, hashes: dict[str, str]) -> dict[str, Any]:
    """Question id -> the answer in the words of the day, None while it is open."""
    found: dict[str, Any] = {}
    for question in questions_of(sheet.dimension):
        answer = sheet.answers.get(question.id)
        choice = question.choice(answer.choice) if answer else None
        words = {"question": question.question, "words": choice.words} if choice else None
        found[question.id] = None if answer is None or words is None else words | _written(answer, hashes)
    return found


def _written(answer: Answer, hashes: dict[str, str]) -> dict[str, Any]:
    files = [f"{FOLDER}/{name}" for name in answer.attachments]
    return {
        "choice": answer.choice, "date": str(answer.date), "role": answer.role, "answered_by": answer.answered_by,
        "detail": answer.detail, "signed": answer.signed,
        "attachments": [{"file": name, "sha256": hashes[name]} for name in files],
    }  # fmt: skip


def _dumped(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
