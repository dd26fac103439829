"""The commands that show and judge, on the surveyed clinic."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.calling import Said, say


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 0), (("--fail-on", "very-low"), 1), (("--fail-on", "gaps"), 3)],
)
def test_the_exit_code_says_what_was_asked_for(clinic: Path, options: tuple[str, ...], code: int) -> None:
    assert say("assess", clinic, *options).code == code


OWN_CHECK = (
    "title: Something is called {name}\nlayer: cluster\ndimension: applications\nwhy: To see.\n"
    "judges: {judges}\npasses_when: name = '{name}'\nimpact: 2\nlikelihood: 2\nremedy: rename\n"
    "examples:\n- {{expect: fail}}\n"
)


def test_failures_below_the_level_do_not_count(empty: Path, tmp_path: Path) -> None:
    (empty / "checks" / "named.yaml").write_text(OWN_CHECK.format(name="web", judges="service_accounts"))
    (tmp_path / "account.yaml").write_text(
        "kind: ServiceAccount\napiVersion: v1\nmetadata: {name: other, namespace: shop}\n"
        "automountServiceAccountToken: false\n"
    )
    assert say("collect", empty, "--from", tmp_path / "account.yaml", "--cluster", "c").code == 0
    assert say("assess", empty, "--fail-on", "low").code == 1
    assert say("assess", empty, "--fail-on", "moderate").code == 0


def test_gaps_are_counted_in_the_last_line(clinic: Path) -> None:
    said = say("assess", clinic, "--quiet")
    assert " gaps" in said.out.splitlines()[-1]


def test_verify_finds_everything_as_it_was_stored(demonstration: tuple[Path, Said]) -> None:
    said = say("verify", demonstration[0])
    assert said.code == 0, said.err


def test_status_says_what_was_seen_and_what_was_not(demonstration: tuple[Path, Said]) -> None:
    said = say("status", demonstration[0])
    assert said.code == 0, said.err
    assert "Lakeside Clinic" in said.out
    assert "What was seen" in said.out and "What could not be seen" in said.out


def test_status_of_a_new_workspace_says_what_comes_next(empty: Path) -> None:
    assert "kubesurvey collect" in say("status", empty).out


def test_the_auditors_page_shows_why_the_rule_its_sql_and_its_examples() -> None:
    page = say("checks", "show", "pod_security.privileged").out
    for part in ("judges", "passes when", "Bears on", "hipaa 164.", "Examples", "SQL", "SELECT"):
        assert part in page


def test_every_example_of_the_library_gives_the_verdict_that_it_states() -> None:
    said = say("checks", "test")
    assert said.code == 0, said.err


def test_a_wrong_example_is_named(clinic: Path) -> None:
    (clinic / "checks").mkdir(exist_ok=True)
    (clinic / "checks" / "named.yaml").write_text(OWN_CHECK.format(name="web", judges="workloads"))
    said = say("checks", "test", "named", "--workspace", clinic)
    assert said.code == 2
    assert "named.yaml: examples[1]: expects fail, and the rule says pass." in said.err


@pytest.mark.parametrize("kind", ["checks", "frameworks", "tables"])
def test_what_is_known_can_be_listed(kind: str) -> None:
    said = say(kind, "list")
    assert said.code == 0 and len(said.out.splitlines()) > 3


def test_a_framework_shows_what_to_ask_for_by_hand() -> None:
    assert "by hand 1" in say("frameworks", "show", "hipaa").out


def test_a_table_shows_its_columns_and_relations() -> None:
    page = say("tables", "show", "workloads").out
    assert "containers" in page and "evidence_refs" in page


def test_many_clusters_are_collected_from_one_folder(empty: Path, tmp_path: Path) -> None:
    for name in ("east", "west"):
        (tmp_path / "fleet" / name).mkdir(parents=True)
        (tmp_path / "fleet" / name / "pod.yaml").write_text(
            f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {name}}}\n"
            "spec: {containers: [{name: a, image: a}]}\n"
        )
    said = say("collect", empty, "--from", tmp_path / "fleet", "--cluster-per-folder")
    assert said.code == 0, said.err
    assert [line.split(":")[0] for line in said.out.splitlines()] == ["east", "west"]
