"""Answers are read strictly: every mistake of every sheet at once, and only files of the folder itself."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from collectors.people import questionnaire
from collectors.people.questionnaire import Sheet
from collectors.people.questions import DIMENSIONS, questions_of
from collectors.people.templates import templates
from collectors.problems import InvalidFile, Problem

TODAY = date(2026, 11, 21)
GIVEN = "date: 2026-11-12, role: Storage owner"


def sheet(folder: Path, text: str, dimension: str = "storage-backup") -> Sheet:
    (folder / f"{dimension}.yaml").write_text(text, encoding="utf-8")
    return next(one for one in questionnaire.read(folder, TODAY) if one.dimension == dimension)


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(InvalidFile) as caught:
        sheet(folder, text)
    return caught.value.problems


def only_problem(folder: Path, text: str) -> tuple[str, int | None, str, str | None]:
    found = problems(folder, text)
    assert len(found) == 1, found
    return found[0].field, found[0].line, found[0].message, found[0].nearest


def test_a_new_workspace_asks_every_question_and_answers_none(tmp_path: Path) -> None:
    for name, text in templates("Acme").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for one in questionnaire.read(tmp_path / "questionnaire"):
        asked = questions_of(one.dimension)
        assert set(one.answers) == {question.id for question in asked}
        assert one.found and all(one.is_open(question) for question in asked)


def test_a_missing_sheet_is_a_sheet_without_answers(tmp_path: Path) -> None:
    sheets = questionnaire.read(tmp_path)
    assert [one.dimension for one in sheets] == list(DIMENSIONS)
    assert not any(one.found or one.answers for one in sheets)


def test_notes_without_a_choice_leave_a_question_open(tmp_path: Path) -> None:
    found = sheet(tmp_path, "store.backup-policy: {detail: They will send it on Friday.}\n")
    assert all(found.is_open(question) for question in questions_of("storage-backup"))


def test_a_choice_needs_its_day_and_its_role(tmp_path: Path) -> None:
    assert only_problem(tmp_path, "store.backup-policy: {choice: approved}\n") == (
        "store.backup-policy", 1, "needs date and role beside its choice.", None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "message", "nearest"),
    [
        ("store.backup-polcy: {}", "store.backup-polcy", "is not a known key.", "store.backup-policy"),
        ("store.backup-policy: {chioce: none}", "store.backup-policy.chioce", "is not a known key.", "choice"),
        (f"store.backup-policy: {{choice: aproved, {GIVEN}}}", "store.backup-policy.choice",
         "must be approved, draft, none or nobody-knows, not 'aproved'.", "approved"),
        ("store.backup-policy: {choice: none, role: CTO, date: 2026-11-23}", "store.backup-policy.date",
         "is in the future.", None),
        ("store.backup-policy: {signed: perhaps}", "store.backup-policy.signed", "must be true or false.", None),
        ("store.backup-policy: approved", "store.backup-policy", "must be a mapping of keys to values.", None),
        ("store.backup-policy: {attachments: a.pdf}", "store.backup-policy.attachments",
         "must be a list; begin each entry with '- '.", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(
    tmp_path: Path, text: str, field: str, message: str, nearest: str | None
) -> None:
    assert only_problem(tmp_path, text + "\n") == (field, 1, message, nearest)


def test_all_problems_of_all_sheets_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "cicd.yaml").write_text("cicd.sdlc-polcy: {}\n")
    (tmp_path / "storage.yaml").write_text("")
    text = "store.backup-policy: {choice: no, attachments: [../x, gone.pdf]}\nstore.restore-last: {date: yesterday}\n"
    assert sorted((Path(one.file).name, one.field) for one in problems(tmp_path, text)) == [
        ("cicd.yaml", "cicd.sdlc-polcy"),
        ("storage-backup.yaml", "store.backup-policy.attachments[1]"),
        ("storage-backup.yaml", "store.backup-policy.attachments[2]"),
        ("storage-backup.yaml", "store.backup-policy.choice"),
        ("storage-backup.yaml", "store.restore-last.date"),
        ("storage.yaml", ""),
    ]


def test_a_sheet_under_a_wrong_name_is_not_lost_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "storage-backups.yml").write_text("")
    (tmp_path / "policy.yaml").write_text("keep: 30 days\n")
    found = problems(tmp_path, f"store.backup-policy: {{choice: approved, attachments: [policy.yaml], {GIVEN}}}\n")
    assert [(Path(one.file).name, one.nearest) for one in found] == [("storage-backups.yml", "storage-backup")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../engagement.yaml", "must be a file inside the questionnaire folder, by its path within it."),
        ("notes/../../engagement.yaml", "must be a file inside the questionnaire folder, by its path within it."),
        ("/etc/passwd", "must be a file inside the questionnaire folder, by its path within it."),
        ("~/x", "must be a file inside the questionnaire folder, by its path within it."),
        ("C:\\x", "must be a file inside the questionnaire folder, by its path within it."),
        ("file:///etc/passwd", "must be a file inside the questionnaire folder, by its path within it."),
        ("linked.pdf", "is a link; only files that lie in the questionnaire folder are taken."),
        ("linked/policy.pdf", "is a link; only files that lie in the questionnaire folder are taken."),
        ("notes", "is not a plain file."),
        ("pipe", "is not a plain file."),
        ("policy\u202efdp.exe", "holds characters that no file name should."),
        ("n" * 300, "is not there."),
    ],
)
def test_only_plain_files_of_the_folder_itself_can_be_attached(tmp_path: Path, name: str, message: str) -> None:
    folder = tmp_path / "questionnaire"
    (folder / "notes").mkdir(parents=True)
    (tmp_path / "engagement.yaml").write_text("client: Acme\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "policy.pdf").write_bytes(b"%PDF")
    (folder / "linked.pdf").symlink_to(tmp_path / "elsewhere" / "policy.pdf")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(folder / "pipe")
    quoted = name.replace("\\", "\\\\")
    found = only_problem(folder, f'store.backup-policy: {{attachments: ["{quoted}"]}}\n')
    assert found[0] == "store.backup-policy.attachments[1]"
    assert found[2] == message


def test_a_missing_attachment_is_named_with_the_file_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "signed").mkdir()
    (tmp_path / "signed" / "backup-policy.pdf").write_bytes(b"%PDF")
    found = only_problem(tmp_path, "store.backup-policy: {attachments: [signed/backup-polcy.pdf]}\n")
    assert found[2:] == ("is not there.", "signed/backup-policy.pdf")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "store.backup-policy: !!python/object/apply:os.system [id]\n",
        "store.backup-policy: {choice: none}\nstore.backup-policy: {choice: approved}\n",
        "store.backup-policy: " + "[" * 60 + "]" * 60,
    ],
)
def test_yaml_that_hides_something_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_hostile_answers_stay_plain_text(tmp_path: Path) -> None:
    said = "=HYPERLINK(\"x\") <script>alert(1)</script> {{ 7*7 }} \u202eevil " + "n" * 300
    text = f"store.backup-policy: {{choice: none, detail: '{said}', answered_by: '@SUM(A1)', {GIVEN}}}\n"
    answer = sheet(tmp_path, text).answers["store.backup-policy"]
    assert (answer.detail, answer.answered_by) == (said, "@SUM(A1)")
