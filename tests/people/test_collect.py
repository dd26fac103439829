"""What people know becomes evidence: the bytes as they are, once, and never a password."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.people.collect import keep
from collectors.people.templates import templates
from collectors.problems import InvalidFile
from collectors.tables.build import Tables, build

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
APPROVED = "store.backup-policy: {choice: approved, date: 2026-11-12, role: Storage owner, attachments: [policy.pdf]}\n"
PDF = b"%PDF-1.7\xff\x00 password=hunter2hunter2"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in templates("Acme").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "questionnaire" / "policy.pdf").write_bytes(PDF)
    return tmp_path


def run_of(workspace: Path) -> Run:
    evidence = Evidence(workspace / "evidence")
    return evidence.newest() or evidence.new_run(NOW)


def kept(workspace: Path) -> list[Item]:
    """Keep everything once more; what was added."""
    run = run_of(workspace)
    before = len(run.items())
    keep(run, workspace, NOW)
    return run.items()[before:]


def tables(workspace: Path) -> Tables:
    run = run_of(workspace)
    return build(run.items(), run, expected={"answers": frozenset({"people"})})


def answer(workspace: Path, text: str, dimension: str = "storage-backup") -> None:
    (workspace / "questionnaire" / f"{dimension}.yaml").write_text(text, encoding="utf-8")


def test_every_file_is_stored_byte_for_byte_under_its_own_hash(workspace: Path) -> None:
    answer(workspace, APPROVED)
    items = {item.request: item for item in kept(workspace) if item.cluster is None}
    assert set(items) == {*templates("x"), "questionnaire/policy.pdf"}
    run = run_of(workspace)
    for name, item in items.items():
        body = (workspace / name).read_bytes()
        assert run.read(item) == body
        assert item.sha256 == sha256(body).hexdigest()


def test_an_answer_names_its_file_and_its_attachments_by_their_hashes(workspace: Path) -> None:
    answer(workspace, APPROVED)
    items = kept(workspace)
    said = next(item for item in items if item.parameters.get("name") == "storage-backup")
    body = orjson.loads(run_of(workspace).read(said))
    assert body["sha256"] == sha256(APPROVED.encode()).hexdigest()
    given = body["answers"]["store.backup-policy"]
    assert given["words"] == "Written, and approved within the last two years."
    assert given["attachments"] == [{"file": "questionnaire/policy.pdf", "sha256": sha256(PDF).hexdigest()}]
    assert body["answers"]["store.restore-last"] is None


def test_what_did_not_change_is_not_stored_again(workspace: Path) -> None:
    assert len(kept(workspace)) == 1 + 1 + 8 + 8 + 1
    assert kept(workspace) == []


def test_what_changed_is_stored_again_and_the_newest_counts(workspace: Path) -> None:
    kept(workspace)
    answer(workspace, APPROVED)
    assert [(item.request, item.cluster) for item in kept(workspace)] == [
        ("questionnaire/storage-backup.yaml", None),
        ("questionnaire/policy.pdf", None),
        ("questionnaire/storage-backup.yaml", "answers"),
        ("questionnaire", "answers"),
    ]
    assert standing(workspace) == "sound"
    answer(workspace, APPROVED.replace("approved", "none"))
    kept(workspace)
    assert standing(workspace) == "unsound"
    answer(workspace, APPROVED)
    kept(workspace)
    assert standing(workspace) == "sound", "an answer that was given before counts again"


def standing(workspace: Path) -> str | None:
    rows = tables(workspace).rows["answers"]
    found: str | None = next(row.standing for row in rows if row.question_id == "store.backup-policy")
    return found


def test_the_questionnaire_read_leaves_no_gap_and_open_questions_are_rows(workspace: Path) -> None:
    kept(workspace)
    found = tables(workspace)
    assert not found.gaps
    assert {row.standing for row in found.rows["answers"]} == {None}
    assert len(found.rows["answers"]) == 84
    known = {item.evidence_id for item in run_of(workspace).items()}
    assert all(ref.partition("#")[0] in known for row in found.rows["answers"] for ref in row.evidence_refs)


def test_a_missing_sheet_leaves_its_questions_open_and_the_others_alone(workspace: Path) -> None:
    answer(workspace, APPROVED)
    (workspace / "questionnaire" / "cicd.yaml").unlink()
    kept(workspace)
    assert not tables(workspace).gaps
    assert standing(workspace) == "sound"


def test_without_a_questionnaire_nothing_is_known_and_the_gap_says_what_would_close_it(tmp_path: Path) -> None:
    (tmp_path / "engagement.yaml").write_text("client: Acme\n")
    assert [item.outcome for item in kept(tmp_path)] == ["complete", "absent"]
    assert kept(tmp_path) == []
    found = tables(tmp_path)
    assert found.rows["answers"] == []
    assert [(gap.table, gap.judged, "questionnaire" in gap.closed_by) for gap in found.gaps] == [
        ("answers", True, True)
    ]


def test_a_password_in_a_text_is_refused_before_anything_is_stored(workspace: Path) -> None:
    notes = workspace / "questionnaire" / "notes.txt"
    notes.write_text("How to sign in\npassword = hunter2hunter2\n")
    key = workspace / "questionnaire" / "key.txt"
    key.write_text("\ufeff-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", encoding="utf-16")
    answer(workspace, APPROVED.replace("policy.pdf", "notes.txt, key.txt, policy.pdf"))
    with pytest.raises(InvalidFile) as caught:
        keep(run_of(workspace), workspace, NOW)
    told = [(Path(one.file).name, one.line, one.message) for one in caught.value.problems]
    assert [(name, line) for name, line, _ in told] == [("key.txt", 1), ("notes.txt", 2)]
    assert "(private-key)" in told[0][2] and "(password-assignment)" in told[1][2]
    assert "hunter2" not in str(caught.value)
    assert run_of(workspace).items() == []


def test_a_password_in_an_answer_is_refused_too(workspace: Path) -> None:
    answer(workspace, "store.backup-policy: {detail: 'token ghp_abcdefghijklmnopqrstuvwxyz0123456789'}\n")
    with pytest.raises(InvalidFile, match=r"storage-backup\.yaml, line 1: holds what looks like .*github-token"):
        keep(run_of(workspace), workspace, NOW)


def test_a_sheet_that_is_a_link_is_refused(workspace: Path) -> None:
    sheet = workspace / "questionnaire" / "cicd.yaml"
    sheet.rename(workspace / "elsewhere.yaml")
    sheet.symlink_to(workspace / "elsewhere.yaml")
    with pytest.raises(InvalidFile, match="is a link"):
        keep(run_of(workspace), workspace, NOW)


def test_an_answer_dated_in_the_future_is_refused(workspace: Path) -> None:
    answer(workspace, APPROVED.replace("2026-11-12", "2062-11-12"))
    with pytest.raises(InvalidFile, match="is in the future"):
        keep(run_of(workspace), workspace, NOW)
