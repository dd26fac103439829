"""`kubesurvey explain`: one finding or risk, from the sentence to its evidence, then the multiplication in lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from assessment.scoring.multiplication import group_lines, member_lines
from assessment.workspace import NotThere, Workspace

MOST_REFS, MOST_CHOICES = 10, 8
_SUBJECT = ("subject_namespace", "subject_name")
Row = dict[str, Any]


def explain(workspace: Workspace, asked: str) -> Iterator[str]:
    """The lines to print. `asked` is a fingerprint or the beginning of one, a risk id, or a check and its subject.

    A subject is written cluster/namespace/name, or cluster/name where there is no namespace.

    Raises:
        NotThere: nothing, or more than one thing, is called so; or the workspace was not assessed yet.
        DoesNotAddUp: a stored number is not what its stored working leads to.
    """
    stored = _Stored(workspace)
    finding, risk = stored.find(asked.strip())
    yield from _finding_lines(finding, stored.check(finding["check_id"]))
    if risk is None:
        yield "Risk: none, because it passes and nothing else of this check fails or is open in this cluster."
        return
    working = json.loads(risk["working"])
    member = stored.member(risk["risk_id"], finding["fingerprint"])
    yield ""
    if member is None:
        yield f"This subject passes. The risk {risk['risk_id']} is about others; its worst subject:"
        member, finding = working["worst"], stored.finding(working["fingerprint"])
    yield f"Risk of this subject (profile {working['profile']})"
    yield from ("  " + line for line in member_lines(working, member, stored.read_in(finding)))
    yield ""
    yield f"Risk {risk['risk_id']}"
    points = {"lower": risk["points_lower"], "estimate": risk["points"], "upper": risk["points_upper"]}
    yield from ("  " + line for line in group_lines(working, points))
    yield ""
    yield from stored.package_lines(risk["risk_id"])
    yield from stored.exception_lines(finding["fingerprint"])


def _finding_lines(finding: Row, check: Row) -> Iterator[str]:
    part = f", {finding['subject_part']}" if finding["subject_part"] else ""
    yield f"{finding['check_id']}: {check['title']}"
    yield f"  subject      {finding['subject_kind']} {_place(finding)}{part}"
    yield f"  verdict      {finding['verdict']}: {finding['reason']}"
    yield f"  why          {' '.join(check['why'].split())}"
    yield f"  rule         {' '.join(check['rule'].split())}"
    yield f"  fingerprint  {finding['fingerprint']}"
    refs = finding["evidence_refs"]
    more = f" and {len(refs) - MOST_REFS} more" if len(refs) > MOST_REFS else ""
    yield f"  evidence     {', '.join(refs[:MOST_REFS]) or 'none: it was not seen'}{more}"


def _place(finding: Row) -> str:
    return "/".join(str(finding[name]) for name in ("cluster", *_SUBJECT) if finding[name])


class _Stored:
    """Results and tables of a workspace, each read as far as it is needed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def find(self, asked: str) -> tuple[Row, Row | None]:
        """The finding that is meant and its risk."""
        if "@" in asked and " " not in asked:
            return self._of_risk(asked)
        found = self._by_subject(*asked.split(" ", 1)) if " " in asked else self._by_fingerprint(asked)
        names = sorted({f"{row['check_id']} {_place(row)}" for row in found})
        if len(names) != 1:
            raise NotThere(_which(asked, names))
        worst = min(found, key=lambda row: ({"fail": 0, "unknown": 1}.get(row["verdict"], 2), row["evidence_refs"]))
        risks = self._rows("results", "risks", risk_id=f"{worst['check_id']}@{worst['cluster']}")
        return worst, risks[0] if risks else None

    def _of_risk(self, asked: str) -> tuple[Row, Row]:
        risks = self._rows("results", "risks", risk_id=asked)
        if not risks:
            raise NotThere(_which(asked, []))
        return self.finding(json.loads(risks[0]["working"])["fingerprint"]), risks[0]

    def finding(self, fingerprint: str) -> Row:
        """The finding of that fingerprint; of several under one, the first by its evidence."""
        rows = self._rows("results", "findings", fingerprint=fingerprint)
        return min(rows, key=lambda row: list(row["evidence_refs"]))

    def _by_fingerprint(self, asked: str) -> list[Row]:
        if not re.fullmatch(r"[0-9a-fA-F]{4,64}", asked):
            raise NotThere(
                f"{asked!r} names no finding: give a fingerprint (four characters or more), a risk id such as"
                ' images.pinned_by_digest@cluster, or a check and its subject: "CHECK cluster/namespace/name"'
            )
        table = self._read("results", "findings")
        return list(table.filter(pc.starts_with(table["fingerprint"], asked.lower())).to_pylist())

    def _by_subject(self, check_id: str, place: str) -> list[Row]:
        rows = self._rows("results", "findings", check_id=check_id)
        return [row for row in rows if _place(row) == place.strip()]

    def check(self, check_id: str) -> Row:
        """The check as it was judged."""
        return self._rows("results", "checks", check_id=check_id)[0]

    def member(self, risk_id: str, fingerprint: str) -> Row | None:
        """The factors of this finding in its risk; of several under one fingerprint, those with the most points."""
        rows = self._rows("results", "risk_members", risk_id=risk_id, fingerprint=fingerprint)
        if not rows:
            return None
        worst = max(rows, key=lambda row: (row["member_points"], row["member_upper"], row["factors"]))
        factors: Row = json.loads(worst["factors"])
        return factors

    def read_in(self, finding: Row) -> Mapping[str, str]:
        """Where each factor was read."""
        people = "engagement.yaml"
        found = {"environment": f"{people}: clusters", "tier": f"{people}: clusters, tiers",
                 "data class": f"{people}: data_classes"}  # fmt: skip
        subject = {"cluster": finding["cluster"], "kind": finding["subject_kind"], "name": finding["subject_name"]}
        for row in self._rows("tables", "workload_exposure", **subject):
            if (row["namespace"] or None) == finding["subject_namespace"]:
                refs = ", ".join(row["evidence_refs"][:MOST_REFS])
                found |= dict.fromkeys(("exposure", "privilege"), f"table workload_exposure: {refs}")
                found["precursor"] = f"table workload_attack_paths: {refs}"
        return found

    def package_lines(self, risk_id: str) -> Iterator[str]:
        """The work packages that would remove the risk, with their effort and quarter."""
        packages = [row for row in self._rows("results", "packages") if risk_id in (row["risks"] or ())]
        quarters = {row["package_id"]: row["quarter"] for row in self._rows("results", "plan")}
        for row in packages:
            quarter = quarters.get(row["package_id"])
            when = f"quarter {quarter:.0f}" if quarter else "later"
            yield (
                f"Work package {row['package_id']}: {row['title']}; {row['effort_days']:g} person-days"
                f" ({row['effort_low']:g} to {row['effort_high']:g}), {row['units']} x {row['unit']}, {when}"
            )
        if not packages:
            yield "Work package: none yet"

    def exception_lines(self, fingerprint: str) -> Iterator[str]:
        """Exceptions about this finding; they change no verdict and no score."""
        numbers = {row["number"] for row in self._rows("results", "exception_matches", fingerprint=fingerprint)}
        about = [row for row in self._rows("results", "exceptions") if row["number"] in numbers]
        for row in about:
            told = f"{row['reason']} (approved by {row['approver']})"
            yield f"Exception {row['number']}, {row['state']}, until {row['until']}: {told}"
        if not about:
            yield "Exception: none"

    def _read(self, folder: str, name: str) -> Any:
        path: Path = getattr(self._workspace, folder) / f"{name}.parquet"
        if not path.exists():
            if name in ("findings", "risks", "checks"):
                raise NotThere(f"{path.parent} has no {name}: run `kubesurvey assess {self._workspace.path}` first")
            return None
        return pq.read_table(path)

    def _rows(self, folder: str, result: str, /, **equal: str) -> list[Row]:
        """Rows whose columns have these values; none where the table was not written yet."""
        table = self._read(folder, result)
        if table is None:
            return []
        for column, value in equal.items():
            table = table.filter(pc.field(column) == value)
        return list(table.to_pylist())


def _which(asked: str, names: Sequence[str]) -> str:
    if not names:
        return f"{asked!r} names no finding of the newest assessed run"
    shown = "\n".join(f"  {name}" for name in names[:MOST_CHOICES])
    more = f"\n  and {len(names) - MOST_CHOICES} more" if len(names) > MOST_CHOICES else ""
    return f"{asked!r} may mean any of {len(names)} findings:\n{shown}{more}"
