"""Hardening guides and matrices of threats are carried whole, credited, and in words of our own."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from assessment.checks.load import library
from assessment.derived.run import all_tables
from assessment.frameworks.components import components
from assessment.frameworks.load import Framework, load, load_file, on_request
from collectors.problems import InvalidFile
from tests.inputs import shared

LISTS = {"nsa_cisa": (56, "local_id"), "pod_security_standards": (19, "check_id")}
MATRICES = {
    "mitre_attack_containers": ("attack_containers", 48, 66),
    "microsoft_threat_matrix": ("microsoft_k8s", 40, 48),
}
COMPONENTS = ["api_server", "etcd", "kubelet", "ingress", "registry", "ci", "workload_identity"]


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {check.check_id for check in library(all_tables())}


def rows(framework: Framework) -> list[str]:
    return [row.id for row in framework.requirements if row.level == "requirement"]


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_a_list_is_there_once_and_in_order(name: str) -> None:
    count, column = LISTS[name]
    assert len(rows(load(name))) == count
    with shared("reference", "frameworks", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert rows(load(name)) == [row[column] for row in csv.DictReader(file)]


@pytest.mark.parametrize("name", MATRICES)
def test_every_technique_stands_below_every_tactic_of_the_published_matrix(name: str) -> None:
    key, count, placements = MATRICES[name]
    framework = load(name)
    names = {tactic.id: tactic.name for tactic in framework.tactics}
    placed = {(row.id, row.title, tactic, names[tactic]) for row in framework.requirements for tactic in row.tactics}
    assert (len(rows(framework)), len(placed)) == (count, placements)
    with shared("reference", "frameworks", "mitre_k8s.csv").open(encoding="utf-8", newline="") as file:
        published = [row for row in csv.DictReader(file) if row["matrix"] == key]
    assert placed == {(row["technique_id"], row["name"], row["tactic_id"], row["tactic"]) for row in published}


def test_the_matrix_of_microsoft_is_whole_from_its_first_to_its_last_technique() -> None:
    numbers = [number for number in range(9001, 9042) if number != 9032]  # the matrix has no MS-TA9032
    assert rows(load("microsoft_threat_matrix")) == [f"MS-TA{number}" for number in numbers]


@pytest.mark.parametrize("name", [*LISTS, *MATRICES])
def test_every_check_exists_and_the_list_comes_on_request(name: str, known: set[str]) -> None:
    framework = load(name, checks=known)
    assert name in on_request()
    for row in framework.requirements:
        assert {one.check for one in row.evidence}.isdisjoint(one.check for one in row.notices), row.id


@pytest.mark.parametrize("name", [*LISTS, *MATRICES])
def test_no_sentence_stands_twice_and_none_claims_what_evidence_cannot_carry(name: str) -> None:
    found = [row for row in load(name).requirements if row.level == "requirement"]
    told = [
        text
        for row in found
        for text in (*row.by_hand, *row.blind_to, *(one.shows for one in (*row.evidence, *row.notices)))
    ]
    assert [text for text, times in Counter(told).items() if times > 1 or not text.endswith(".")] == []
    assert [row.id for row in found if not (row.evidence or row.by_hand) or not row.blind_to] == []
    text = " ".join(told).lower()
    assert "compliant" not in text
    assert "certified" not in text


def test_the_publishers_are_credited_as_they_ask() -> None:
    mitre, microsoft = load("mitre_attack_containers"), load("microsoft_threat_matrix")
    assert "The MITRE Corporation. This work is reproduced and distributed with the permission" in mitre.source
    assert mitre.version == "ATT&CK 19.1"
    assert "CC BY 4.0" in microsoft.source
    assert "Changed by us" in microsoft.source


def test_every_component_names_threats_and_checks_that_exist(known: set[str]) -> None:
    found = components(checks=known)
    assert [one.id for one in found] == COMPONENTS
    for one in found:
        assert one.threats and one.prevents and one.notices and one.by_hand and one.blind_to, one.id
        assert {framework for framework, _ in one.threats} == set(MATRICES)


def test_a_component_with_wrong_names_is_refused_with_the_right_ones(tmp_path: Path, known: set[str]) -> None:
    component = {
        "id": "etcd", "title": "etcd", "guards": "Everything.", "by_hand": ["Who?"], "blind_to": ["Much."],
        "threats": {"microsoft_threat_matrix": ["MS-TA9032"], "microsoft_thread_matrix": ["MS-TA9001"]},
        "prevents": ["etcd.own_authority", "etcd.own_authority"], "notices": ["etcd.own_authority"],
    }  # fmt: skip
    file = tmp_path / "components.yaml"
    file.write_text(yaml.safe_dump({"components": [component]}))
    with pytest.raises(InvalidFile) as told:
        components(checks=known, file=file)
    text = str(told.value)
    assert "'MS-TA9032' is no technique of it." in text
    assert "no matrix of threats. Did you mean 'microsoft_threat_matrix'?" in text
    assert "names a check twice" in text
    assert "which stands in prevents" in text
    file.write_text(yaml.safe_dump({"components": [component | {"notices": ["etcd.own_authorty"]}]}))
    with pytest.raises(InvalidFile, match=r"is not a known check\. Did you mean 'etcd\.own_authority'"):
        components(checks=known, file=file)


def test_a_technique_below_a_tactic_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    rows = [
        {"id": f"T{number}", "level": "requirement", "obligation": "technique", "title": "x", "bearer": "customer"}
        for number in (1, 2)
    ]
    written = {
        "id": "m", "title": "M", "version": "1", "date": "2026-11-21", "source": "x", "scope": "in_scope",
        "tactics": [{"id": "TA0001", "name": "Initial Access"}],
        "requirements": [rows[0] | {"tactics": ["TA001"]}, rows[1]],
    }  # fmt: skip
    file = tmp_path / "m.yaml"
    file.write_text(yaml.safe_dump(written).replace("'", ""))
    with pytest.raises(InvalidFile) as told:
        load_file(file)
    assert "'TA001' is no tactic of this matrix. Did you mean 'TA0001'?" in str(told.value)
    assert "requirements.T2.tactics: is missing" in str(told.value)
