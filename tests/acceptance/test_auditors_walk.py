"""An auditor with the PDF and the folder of evidence: ten requirements, each followed to the bytes, as printed.

From the matrix to the requirement's sheet, to a check, a finding, an item, and by the commands that the pack
prints to the very line that decided it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assessment.workspace import Workspace
from tests.acceptance.packs import Pack, Row, sha256

FRAMEWORKS = ("hipaa", "pci_dss", "soc2")
VERDICTS = ("fail", "unknown", "pass")
PRINTED = re.compile(r"^cd (\S+)/objects/(\w\w)\n(zstd -dc (\w{64})\.zst \| sha256sum)\n(\w{64})  -$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A requirement, the finding chosen for it, and the first item that the finding cites."""

    framework: str
    requirement: Row
    finding: Row
    evidence_id: str
    place: str


@pytest.fixture(scope="module")
def walk(packs: dict[str, Pack]) -> list[Step]:
    """Requirements of every status that rests on checks, and of every source of evidence, in each framework."""
    found: list[Step] = []
    for framework, pack in packs.items():
        outside = {(row["scope"], *subject(row)) for row in pack.rows("scope_subjects.csv") if row["in_scope"] == "no"}
        by_check: dict[str, list[Row]] = defaultdict(list)
        for finding in pack.rows("findings.csv"):
            by_check[finding["check_id"]].append(finding)
        checks: dict[str, list[str]] = defaultdict(list)
        for row in pack.rows("requirement_checks.csv"):
            if row["framework"] == framework:
                checks[row["requirement_id"]].append(row["check_id"])
        seen: set[tuple[str, str]] = set()
        for requirement in pack.rows("requirements.csv"):
            if requirement["framework"] == framework and requirement["level"] == "requirement":
                within = [
                    each for check in checks[requirement["requirement_id"]] for each in by_check[check]
                    if (requirement["scope"], *subject(each)) not in outside
                ]  # fmt: skip
                step = _step(framework, requirement, within)
                kind = step and (requirement["status"], step.finding["verdict"])
                if step and kind not in seen:
                    seen.add(kind)
                    found.append(step)
    return found


def subject(row: Row) -> tuple[str, ...]:
    return tuple(
        row[name] for name in ("cluster", "subject_group", "subject_kind", "subject_namespace", "subject_name")
    )


def _step(framework: str, requirement: Row, findings: list[Row]) -> Step | None:
    cited = [each for each in findings if each["evidence_refs"]]
    for finding in sorted(cited, key=lambda each: VERDICTS.index(each["verdict"]))[:1]:
        evidence_id, _, place = finding["evidence_refs"].split("; ")[0].partition("#")
        return Step(framework, requirement, finding, evidence_id, place)
    return None


def test_ten_requirements_of_different_statuses_are_walked(walk: list[Step]) -> None:
    assert len(walk) >= 10
    assert {step.framework for step in walk} == set(FRAMEWORKS)
    assert len({step.requirement["status"] for step in walk}) >= 3
    assert {step.finding["verdict"] for step in walk} == {"pass", "fail", "unknown"}


def test_the_sheet_prints_status_and_checks_of_the_requirement(packs: dict[str, Pack], walk: list[Step]) -> None:
    for step in walk:
        sheet = packs[step.framework].sheet(step.requirement["requirement_id"])
        words = " ".join(sheet.split())
        titles = {row["check_id"]: row["title"] for row in packs[step.framework].rows("checks.csv")}
        assert step.requirement["status"] in words, step
        assert titles[step.finding["check_id"]] in words, step
        assert "Conclusion of the" in words, step


def test_each_finding_leads_by_the_printed_commands_to_the_bytes(
    clinic: Workspace, packs: dict[str, Pack], walk: list[Step]
) -> None:
    for step in walk:
        pack = packs[step.framework]
        items = {row["evidence_id"]: row for row in pack.rows("evidence_items.csv")}
        item = items[step.evidence_id]
        index = "".join(pack.chapter("Evidence index").split())
        assert step.evidence_id in index, step
        assert item["sha256"] in index, step
        content = unpacked_as_printed(clinic, pack, item["sha256"])
        assert len(content) == int(item["size_bytes"])
        assert_says_something_there(content, item["media_type"], step)


def unpacked_as_printed(clinic: Workspace, pack: Pack, wanted: str) -> bytes:
    """Run the commands of `One item, with common tools` for another hash; what the pipe was fed."""
    run, folder, command, example, result = PRINTED.findall(pack.chapter("How to verify by hand"))[0]
    assert (folder, example) == (example[:2], result)
    place = clinic.path / run / "objects" / wanted[:2]
    if shutil.which("zstd") is None or shutil.which("sha256sum") is None:
        pytest.skip("zstd and sha256sum are not on this machine")
    said = subprocess.run(command.replace(example, wanted), shell=True, cwd=place, capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    assert said.split() == [wanted, "-"]
    content = subprocess.run(["zstd", "-dc", f"{wanted}.zst"], cwd=place, capture_output=True, check=True).stdout
    assert sha256(content) == wanted
    return content


def assert_says_something_there(content: bytes, media_type: str, step: Step) -> None:
    """The place cited is there, and it is about the subject."""
    if media_type == "application/x-ndjson":
        lines = [json.loads(line) for line in content.splitlines()]
        if not step.place:
            return
        (there,) = [line["object"] for line in lines if line["place"] == step.place]
        metadata = there["metadata"]
        about = json.dumps(metadata.get("ownerReferences", [])) + metadata["name"] + metadata.get("namespace", "")
        assert step.finding["subject_name"] in about or step.finding["subject_namespace"] in about
        return
    there = json.loads(content)
    for part in filter(None, step.place.split("/")):
        there = _within(there, part)
    assert there is None or there != {}


def _within(held: Any, part: str) -> Any:
    name = part.replace("~1", "/").replace("~0", "~")
    return held[int(name)] if isinstance(held, list) else held[name]


def test_one_hash_stands_for_all_evidence(clinic: Workspace, packs: dict[str, Pack], tmp_path: Path) -> None:
    for framework, pack in packs.items():
        digest = pack.attached["evidence-digest.txt"]
        (tmp_path / "evidence-digest.txt").write_bytes(digest)
        assert sha256(digest) in pack.page(0).replace("\n", ""), framework
        assert f"{sha256(digest)}  evidence-digest.txt" in pack.chapter("How to verify by hand")
        for line in digest.decode().splitlines():
            wanted, evidence_id = line.split("  ")
            assert evidence_id.startswith("E-")
            assert list(clinic.evidence.glob(f"*/objects/{wanted[:2]}/{wanted}.zst")), line


def test_attached_files_are_those_beside_the_pack_and_have_the_printed_hashes(
    packs: dict[str, Pack], reports: Path
) -> None:
    for pack in packs.values():
        printed = "".join(pack.chapter("How to verify by hand").split())
        for name, data in pack.attached.items():
            assert sha256(data) in printed, name
            assert (reports / name).read_bytes() == data, name
