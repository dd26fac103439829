"""A document or report counts as on file only where the evidence holds the file that engagement.yaml names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from assessment import pipeline
from collectors.evidence.store import Evidence
from collectors.people import engagement

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TEXT = """
client: Acme
clusters: {shop: {managed: eks}}
by_hand:
  - {framework: hipaa, requirement: 164.308(a)(2), item: 1, title: Appointment, date: 2026-01-12, signed_by: Jane,
     role: Chief executive, file: questionnaire/appointment.md}
"""
MANIFEST = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


def status(path: Path, *, there: bool) -> tuple[str, list[str]]:
    """The status of the requirement, and what the gaps say of the file."""
    workspace = pipeline.init(path / "acme", "Acme")
    workspace.engagement_file.write_text(TEXT)
    if there:
        (workspace.questionnaire / "appointment.md").write_text("Jane is appointed.\n")
    (path / "shop.yaml").write_text(MANIFEST)
    pipeline.collect(workspace, source=path / "shop.yaml", cluster="shop")
    pipeline.assess(workspace)
    rows = workspace.result("requirements").set_index("requirement_id")
    reasons = workspace.result("gaps")["reason"].dropna()
    return rows.loc["164.308(a)(2)", "status"], [each for each in reasons if "appointment.md" in each]


def test_a_file_that_is_there_is_evidence_and_counts(tmp_path: Path) -> None:
    found, gaps = status(tmp_path, there=True)
    assert (found, gaps) == ("partly supported", [])
    run = Evidence(tmp_path / "acme" / "evidence").newest()
    assert run is not None
    kept = next(item for item in run.items() if item.request == "questionnaire/appointment.md")
    assert b"\n".join(run.open(kept)).strip() == b"Jane is appointed."


def test_a_file_that_is_only_named_is_a_gap_and_counts_for_nothing(tmp_path: Path) -> None:
    found, gaps = status(tmp_path, there=False)
    assert found == "documents needed"
    assert len(gaps) == 1


def test_a_path_out_of_the_workspace_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("not yours")
    workspace = pipeline.init(tmp_path / "acme", "Acme")
    workspace.engagement_file.write_text(TEXT.replace("questionnaire/appointment.md", "../secret.txt"))
    pipeline.collect_named(workspace, answers=tmp_path)
    run = Evidence(workspace.evidence).newest()
    assert run is not None
    assert [item.outcome for item in run.items() if item.request == "../secret.txt"] == ["absent"]


def test_what_names_no_file_rests_on_whoever_vouches_for_it(tmp_path: Path) -> None:
    file = tmp_path / "engagement.yaml"
    file.write_text(TEXT.replace(", file: questionnaire/appointment.md", ""))
    read = engagement.read(file)
    assert read.files == () and read.with_files(()) == read
