from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from weasyprint import HTML, Attachment

from assessment.reporting import ReportFailed, report
from assessment.reports.conformance import VARIANT, declare_accessible
from assessment.reports.documents import as_pdf
from assessment.reports.parts import Finding, Listing, Subject, one_reason
from assessment.workspace import Workspace

PAGE = """<html lang="en"><title>Two pages</title><body><h1 id="a">One</h1><p><a href="#b">two</a></p>
<h1 id="b" style="break-before: page">Two</h1><table><tr><td>cell</td></tr></table></body></html>"""


def test_what_is_done_once_changes_no_byte() -> None:
    plain = HTML(string=PAGE).write_pdf(pdf_variant=VARIANT, finisher=declare_accessible, attachments=[attached()])
    assert as_pdf(PAGE, [], [attached()]) == plain


def attached() -> Attachment:
    day = datetime(2026, 11, 22)
    body = b"a,b\n" * 500
    return Attachment(string=body, name="a.csv", description="A", relationship="Data", created=day, modified=day)


def test_every_report_that_fails_says_why_and_all_are_told(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    with pytest.raises(ReportFailed) as failed:
        report(Workspace(tmp_path), frameworks=["hipaa", "soc2"])
    for name in ("evidence-pack-hipaa", "evidence-pack-soc2", "tables"):
        assert f"{name}: " in str(failed.value)
    assert str(failed.value).count("kubesurvey assess") == 3
    assert "Traceback" not in str(failed.value)


def finding(reason: str, *witnesses: str) -> Finding:
    return Finding(Subject("", "Pod", "web", "a", ""), reason, witnesses, 0, (), 0)


def test_a_reason_is_printed_once_only_where_nothing_else_is_to_be_said_of_any() -> None:
    same = (finding("it fails"), finding("it fails"))
    assert one_reason(Listing(same, 9)) == "it fails"
    for other in (same[:1], (*same, finding("differs")), (*same, finding("it fails", "b")), ()):
        assert one_reason(Listing(other, 9)) == ""
