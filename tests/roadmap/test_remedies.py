"""The remedies that kubesurvey carries, and what a remedy file may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.checks.load import library
from assessment.derived.run import all_tables
from assessment.roadmap.remedy import carried, remedies
from assessment.roadmap.team import ASSUMED
from collectors.problems import InvalidFile

VALID = """\
title: Do the work
outcome: It is done.
if_not: It stays undone.
owner_role: Platform lead
unit: namespace
counted_by: namespace
effort: {base_days: "1", per_unit_days: "0.5", confidence: high}
skills: {platform: 60, security: 40}
elapsed_days: 10
steps: [Begin., Finish.]
done_when: [It is done.]
"""


def _problems(tmp_path: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile) as raised:
        remedies(tmp_path)
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in raised.value.problems]


def test_every_check_has_its_remedy_and_every_remedy_its_check() -> None:
    named = {check.written.remedy for check in library(all_tables())}
    assert named - carried().keys() == set()
    assert carried().keys() - named == set()


def test_every_remedy_speaks_in_sentences_that_a_board_can_read() -> None:
    for remedy in carried().values():
        for sentence in (remedy.outcome, remedy.if_not, *remedy.steps, *remedy.done_when, *remedy.stop_conditions):
            assert sentence.endswith("."), (remedy.id, sentence)
        assert not remedy.title.endswith("."), remedy.id
        assert 3 <= len(remedy.steps) <= 7, remedy.id
        assert remedy.title.split()[0] not in {"The", "A"}, remedy.id


def test_no_remedy_promises_what_only_an_auditor_could() -> None:
    for remedy in carried().values():
        words = remedy.model_dump_json().lower()
        assert "compliant" not in words and "certified" not in words, remedy.id


def test_one_unit_of_every_remedy_fits_into_a_quarter_of_the_assumed_team() -> None:
    for remedy in carried().values():
        days = (remedy.effort.base_days + remedy.effort.per_unit_days) * 7 / 6
        for skill, percent in remedy.percent.items():
            assert days * percent / 100 <= ASSUMED[skill] * 8 / 10, remedy.id


def test_a_file_without_mistakes_is_read(tmp_path: Path) -> None:
    (tmp_path / "do-the-work.yaml").write_text(VALID, encoding="utf-8")
    remedy = remedies(tmp_path)["do-the-work"]
    assert remedy.percent == {"platform": 60, "security": 40}
    assert remedy.efficacy_percent == 90 and not remedy.risky_in_production


def test_all_problems_of_all_files_are_told_at_once_with_the_nearest_name(tmp_path: Path) -> None:
    told = _problems(
        tmp_path,
        first=VALID.replace("outcome:", "outcom:"),
        second=VALID + "prerequisites: [third-one]\n",
        third_one=VALID.replace("security: 40", "security: 30").replace("elapsed_days: 10", "elapsed_days: 61"),
    )
    assert any("first.yaml" in one and "Did you mean 'outcome'?" in one for one in told)
    assert any("second.yaml" in one and "Did you mean 'third_one'?" in one for one in told)
    assert any("third_one.yaml" in one and "sum to 100" in one for one in told)
    assert any("third_one.yaml" in one and "1 to 60 working days" in one for one in told)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("effort: {base_days: many, per_unit_days: '1', confidence: high}", "effort.base_days"),
        ("effort: {base_days: '1', per_unit_days: '1', confidence: sure}", "high, medium or low"),
        ("effort: {base_days: '1', per_unit_days: '1', confidence: low, automation: '1.5'}", "between 0 and 1"),
        ("skills: {platfrom: 100}", "skills"),
        ("counted_by: pod", "counted_by"),
        ("efficacy_percent: 0", "1 to 100 percent"),
        ("steps: []", "steps"),
        ("id: other", "is the name of the file"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(tmp_path: Path, wrong: str, says: str) -> None:
    key = wrong.partition(":")[0]
    kept = "".join(line for line in VALID.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    assert any(says in one for one in _problems(tmp_path, broken=f"{kept}{wrong}\n"))


def test_prerequisites_that_go_in_a_circle_are_refused(tmp_path: Path) -> None:
    told = _problems(
        tmp_path,
        a=VALID + "prerequisites: [b]\n",
        b=VALID + "prerequisites: [a]\n",
        c=VALID + "prerequisites: [a, a]\n",
    )
    assert [one.partition(": ")[0] for one in told] == ["c.yaml", "a.yaml", "b.yaml"] or len(told) == 3
    assert any("lead back to this remedy" in one for one in told)
    assert any("names a remedy twice" in one for one in told)


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    assert _problems(tmp_path, odd="- just\n- a list\n")
