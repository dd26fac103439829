"""Every carried framework has a pack of its own: whole, in its own words, within its scope, opinions to nobody."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import html as parser

from assessment import pipeline
from assessment.frameworks.load import carried, load
from assessment.reports.facts import ReportFacts, facts
from assessment.reports.framework_words import words_of
from assessment.reports.parts import Counts
from assessment.reports.pdf import html
from assessment.reports.within import Place, gathered
from assessment.workspace import Workspace
from tests.frameworks.scoped_worlds import cluster_binding, deployment, namespace, service

COUNTED = {
    "hipaa": 54, "soc2": 61, "pci_dss": 257, "cis_kubernetes": 131, "cis_eks": 50, "cis_aks": 51, "nsa_cisa": 56,
    "pod_security_standards": 19, "mitre_attack_containers": 48, "microsoft_threat_matrix": 40,
}  # fmt: skip
ENGAGEMENT = """\
client: Acme
as_of: 2026-11-21
clusters: {prod: {managed: eks}}
scopes:
  ephi: {labels: {data: ephi}}
provider_reports:
  - {provider: aws, title: AWS report, period: {from: 2025-01-01, to: 2025-12-31}, frameworks: [hipaa, soc2]}
"""
EXCEPTION = {
    "number": 1, "check_id": "pod_security.run_as_non_root", "framework": None, "requirement_id": None,
    "subjects": "prod/web/Deployment/portal", "reason": "<b>old</b> image", "owner": "Web", "approver": "Jane",
    "compensating_control": None, "until": "2026-12-31", "state": "live", "matched": 1, "note": "",
}  # fmt: skip
MOVE = {
    "framework": "hipaa", "requirement_id": "164.312(c)(1)", "package_id": "pin-images", "quarter": 2,
    "finish_date": "2027-05-01", "status_now": "contradicted", "status_expected": "partly supported",
    "why": "4 of 4 passed. Not more than partly, because nobody has signed.",
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A declared cluster in which one of three workloads handles ePHI, with an exception and a plan."""
    path = tmp_path_factory.mktemp("all") / "workspace"
    objects = [
        namespace("web"), namespace("lab"), deployment("portal", "web", labels={"data": "ephi"}),
        deployment("shop", "web"), deployment("assay", "lab"), service("shop", "web"), cluster_binding("admins"),
    ]  # fmt: skip
    source = path.parent / "cluster"
    source.mkdir()
    (source / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    made = pipeline.init(path, "Acme")
    made.engagement_file.write_text(ENGAGEMENT)
    pipeline.collect(made, source=source, cluster="prod", whole=True)
    pipeline.assess(made)
    findings = pq.read_table(made.results / "findings.parquet").to_pylist()
    excepted = [
        row["fingerprint"] for row in findings
        if (row["check_id"], row["subject_name"]) == (EXCEPTION["check_id"], "portal")
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist([EXCEPTION]), made.results / "exceptions.parquet")
    matches = [{"number": 1, "fingerprint": one} for one in excepted]
    pq.write_table(pa.Table.from_pylist(matches), made.results / "exception_matches.parquet")
    pq.write_table(pa.Table.from_pylist([MOVE]), made.results / "requirement_moves.parquet")
    return made


@pytest.fixture(scope="module", params=carried())
def pack(request: pytest.FixtureRequest, workspace: Workspace) -> tuple[ReportFacts, str]:
    found = facts(workspace, request.param)
    return found, html(found)


@pytest.fixture(scope="module")
def hipaa(workspace: Workspace) -> tuple[ReportFacts, str]:
    found = facts(workspace, "hipaa")
    return found, html(found)


def test_every_requirement_stands_exactly_once_in_the_matrix(pack: tuple[ReportFacts, str]) -> None:
    found, text = pack
    tree = parser.fromstring(text)
    rows = tree.xpath("//section[h1[@id='matrix']]//tbody/tr/td[1]")
    ids = Counter(row.text_content() for row in rows)
    assert ids == Counter(row.id for row in load(found.framework).requirements)
    assert set(ids.values()) == {1}


def test_status_counts_sum_to_the_published_number_of_requirements(pack: tuple[ReportFacts, str]) -> None:
    found, _ = pack
    assert sum(entry.count for entry in found.statuses) == found.requirements_total == COUNTED[found.framework]


def test_the_framework_has_its_own_word_for_every_status_and_it_is_no_opinion(pack: tuple[ReportFacts, str]) -> None:
    found, text = pack
    assert all(found.words.statuses.get(entry.status.word) for entry in found.statuses)
    supported = found.words.statuses["supported"]
    assert "auditor concludes" in supported or "assessor" in supported
    plain = parser.fromstring(text).text_content().lower()
    assert "compliant" not in plain
    assert "certified" not in plain


def test_every_link_leads_somewhere_and_rows_are_of_one_length(pack: tuple[ReportFacts, str]) -> None:
    tree = parser.fromstring(pack[1])
    anchors = {node.get("id") for node in tree.iter() if node.get("id")}
    assert {link.get("href")[1:] for link in tree.iter("a")} <= anchors
    for table in tree.iter("table"):
        assert len({len(row) for row in table.iter("tr")}) == 1


def test_a_row_with_something_open_is_never_better_than_partly_supported(pack: tuple[ReportFacts, str]) -> None:
    for sheet in pack[0].requirements:
        if sheet.counts.unknown or sheet.by_hand_open:
            assert sheet.status.word not in ("supported",), sheet.requirement_id


def test_an_unset_scope_is_said_to_hold_everything_and_a_set_one_is_printed(workspace: Workspace) -> None:
    unset = html(facts(workspace, "soc2"))
    assert "engagement.yaml does not set it: everything that was collected counts as in scope." in unset
    found = facts(workspace, "hipaa")
    (scope,) = found.scopes
    assert (scope.is_set, scope.holds) == (True, "label data=ephi")
    assert (scope.inside > 0, scope.outside > 0) == (True, True)
    assert "label data=ephi" in html(found)


def test_failures_listed_are_those_in_scope_and_are_as_many_as_counted(hipaa: tuple[ReportFacts, str]) -> None:
    found, _ = hipaa
    checks = {check.check_id: check for check in found.checks}
    as_root = checks["pod_security.run_as_non_root"]
    assert [one.subject.name for one in as_root.failures.shown] == ["portal"]
    assert as_root.counts == Counts(failed=1, outside=2)
    for check in found.checks:
        assert (check.failures.total, check.unknowns.total) == (check.counts.failed, check.counts.unknown)


def test_an_exception_stands_beside_its_finding_and_changes_no_status(hipaa: tuple[ReportFacts, str]) -> None:
    found, text = hipaa
    (on_file,) = found.exceptions
    assert (on_file.number, on_file.state, on_file.about.text) == (1, "live", "pod_security.run_as_non_root")
    (finding,) = next(one for one in found.checks if one.check_id == on_file.about.text).failures.shown
    assert finding.exceptions == (1,)
    sheet = next(one for one in found.requirements if one.requirement_id == "164.308(a)(1)(ii)(B)")
    assert sheet.status.word == "contradicted"
    assert [link.text for link in sheet.exceptions] == ["1 (live)"]
    assert "&lt;b&gt;old&lt;/b&gt; image" in text


def test_the_plan_is_shown_with_what_stays_open(hipaa: tuple[ReportFacts, str]) -> None:
    (move,) = hipaa[0].moves.shown
    assert (move.requirement.text, move.quarter, move.stays_open) == (
        "164.312(c)(1)", 2, "Not more than partly, because nobody has signed.",
    )  # fmt: skip
    assert "What the plan would move" in hipaa[1]


def test_a_providers_report_that_no_longer_speaks_is_shown_and_makes_nothing_inherited(
    hipaa: tuple[ReportFacts, str],
) -> None:
    found, text = hipaa
    assert {entry.status.word: entry.count for entry in found.statuses}["inherited"] == 0
    assert "Nothing is inherited from AWS report" in text
    provider = next(group for group in found.shares if group.bearer == "provider")
    assert {share.reports for share in provider.rows} == {()}


@pytest.mark.parametrize(
    ("framework", "told"),
    [("hipaa", "six years"), ("pci_dss", "Segmentation"), ("soc2", "One run is a point in time"), ("soc2", "CUECs")],
)
def test_each_framework_is_told_what_its_readers_must_know(framework: str, told: str) -> None:
    words = words_of(framework, "Title")
    assert told in " ".join([words.retention, *(f"{note.title} {note.text}" for note in words.notes)])


def test_a_framework_that_this_version_does_not_know_gets_plain_words(hipaa: tuple[ReportFacts, str]) -> None:
    words = words_of("cis", "CIS Kubernetes")
    assert (words.short, words.concludes) == ("CIS Kubernetes", "assessor")
    assert words.statuses["contradicted"] == "not followed somewhere"
    assert "CIS Kubernetes · Evidence pack" in html(dataclasses.replace(hipaa[0], words=words))


def test_results_are_where_reports_look_for_them(workspace: Workspace) -> None:
    names = {file.stem for file in Path(workspace.results).glob("*.parquet")}
    assert {"scopes", "scope_subjects", "requirement_checks"} <= names


def test_namespaces_outside_share_a_line_that_never_grows_beyond_a_page() -> None:
    places = [Place("prod", f"ns-{number:03}", 0, 2, 0, "Neither listed nor labelled.") for number in range(400)]
    (line,) = gathered(places)
    assert (line.outside, line.namespace.count("ns-")) == (800, 12)
    assert line.namespace.endswith("and 388 more")
    both = [*places[:2], Place("prod", "records", 3, 0, 0, "Its namespace is listed.")]
    assert [one.namespace for one in gathered(both)] == ["ns-000, ns-001", "records"]


def test_a_row_on_which_no_check_bears_stands_in_one_line_with_all_that_it_asks(pack: tuple[ReportFacts, str]) -> None:
    found, text = pack
    tree = parser.fromstring(text)
    lines = {
        row.xpath(".//*[self::h2 or self::h3]")[0].get("id"): row for row in tree.xpath("//table[@class='papers']//tr")
    }
    sheets = [sheet for sheet in found.requirements if sheet.by_people_only]
    assert set(lines) == {sheet.anchor for sheet in sheets}
    for sheet in sheets:
        told = " ".join(lines[sheet.anchor].text_content().split())
        papers = [part for paper in sheet.by_hand for part in (paper.asks, paper.on_file, paper.state)]
        for part in (sheet.title, sheet.status.word, sheet.status_reason, sheet.bearer, *papers, *sheet.blind_to):
            assert " ".join(part.split()) in told
        assert "Conclusion of the" in told


def test_the_index_names_what_an_identity_took_from_a_cluster_once(hipaa: tuple[ReportFacts, str]) -> None:
    groups = hipaa[0].evidence.shown
    keys = [(group.source, group.cluster, group.principal, group.method, group.collection_mode) for group in groups]
    assert len(keys) == len(set(keys))
    assert all("{" not in group.parameters for group in groups)
