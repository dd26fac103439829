"""A framework that would lose or distort a requirement does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.frameworks.load import Bearer, carried, known_requirements, load, load_file, on_request
from collectors.problems import InvalidFile

HEAD = "id: toy\ntitle: Toy\nversion: '1'\ndate: 2026-11-21\nsource: made up\nscope: ephi\nrequirements:\n"
ROW = "  - {{id: {id}, level: {level}, obligation: required, title: T, bearer: customer{more}}}\n"


def row(requirement_id: str, level: str = "requirement", more: str = "") -> str:
    return ROW.format(id=requirement_id, level=level, more=f", {more}" if more else "")


def problems(tmp_path: Path, text: str) -> list[tuple[str, str, str | None]]:
    path = tmp_path / "toy.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_file(path, checks=["pod_security.privileged", "network.ingress_isolated"])
    return [(one.field, one.message, one.nearest) for one in caught.value.problems]


def test_every_carried_framework_loads_and_is_named_as_its_file() -> None:
    assert "hipaa" in carried()
    assert [load(one).id for one in carried()] == list(carried())


def test_an_unknown_framework_is_refused_with_the_nearest_right_name() -> None:
    with pytest.raises(InvalidFile, match="Did you mean 'hipaa'"):
        load("hippa")


def test_unknown_checks_are_refused_all_at_once_with_the_nearest_right_names(tmp_path: Path) -> None:
    evidence = "evidence: [{check: pod_security.priviledged, shows: s}, {check: ingress_isolated, shows: s}]"
    assert problems(tmp_path, row("1", more=evidence)) == [
        ("requirements[1].evidence[1].check", "'pod_security.priviledged' is not a known check.",
         "pod_security.privileged"),
        ("requirements[1].evidence[2].check", "'ingress_isolated' is not a known check.",
         "network.ingress_isolated"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (row("1") + row("1"), ("requirements.1.id", "is given twice.", None)),
        (row("1.1", more="parent: '1'"), ("requirements.1.1.parent", "'1' is no row above this one.", None)),
        (row("1", "section"), ("requirements.1.level", "is section, but nothing stands below it.", None)),
        (row("a", "section") + row("b", "sub-requirement", "parent: a"),
         ("requirements.b.level", "is sub-requirement, but its parent is a section.", None)),
        (row("1", more="by_hand: [A., A.]"),
         ("requirements.1.by_hand", "asks for the same item twice.", None)),
        (row("1", more="evidence: [{check: network.ingress_isolated, shows: s}, "
                       "{check: network.ingress_isolated, shows: t}]"),
         ("requirements.1.evidence", "names a check twice.", None)),
        (row("1", "chapter"), ("requirements[1].level",
         "must be section, requirement or sub-requirement, not 'chapter'.", None)),
        (row("1", more="by_hands: [A.]"), ("requirements[1].by_hands", "is not a known key.", "by_hand")),
    ],
)  # fmt: skip
def test_what_would_lose_or_distort_a_row_is_refused(
    tmp_path: Path, text: str, problem: tuple[str, str, str | None]
) -> None:
    assert problems(tmp_path, text) == [problem]


def test_a_scope_that_engagement_yaml_does_not_know_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, row("1", more="scope: ehpi")) == [
        ("requirements[1].scope", "'ehpi' is not a scope of engagement.yaml.", "ephi"),
    ]


def test_a_bearer_may_follow_from_who_runs_the_cluster(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    text = row("1").replace("bearer: customer", "bearer: {managed: provider, self_managed: customer}")
    path.write_text(HEAD + text + row("2"), encoding="utf-8")
    assert [one.bearer for one in load_file(path).requirements] == [
        Bearer("provider", "customer"), Bearer("customer", "customer"),
    ]  # fmt: skip


def test_a_wrong_bearer_is_told_in_words(tmp_path: Path) -> None:
    split = "bearer: {managed: provider, self_manged: customer}"
    text = row("1").replace("bearer: customer", "bearer: vendor") + row("2").replace("bearer: customer", split)
    assert problems(tmp_path, text) == [
        ("requirements[1].bearer", "must be customer, provider or shared, not 'vendor'.", None),
        ("requirements[2].bearer.self_managed", "is missing.", None),
        ("requirements[2].bearer.self_manged", "is not a known key.", "self_managed"),
    ]


def test_engagement_yaml_may_refer_to_every_row_and_what_it_asks_for() -> None:
    hipaa = load("hipaa")
    known = known_requirements([hipaa])["hipaa"]
    assert len(known) == len(hipaa.requirements)
    assert known["164.308(a)(2)"] == hipaa.requirements[5].by_hand


def test_lists_of_good_practice_come_on_request_and_duties_always() -> None:
    assert {"hipaa", "pci_dss", "soc2"}.isdisjoint(on_request())
    assert on_request() <= set(carried())
    assert [name for name in carried() if name.startswith("cis_")] == sorted(
        name for name in on_request() if name.startswith("cis_")
    )
