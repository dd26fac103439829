"""Sheets of what was found and on what it rests: findings, requirements, evidence, gaps, exceptions, answers."""

from __future__ import annotations

from assessment.reports.workbook.cells import AMOUNT, DAY, INSTANT, NUMBER, WORD
from assessment.reports.workbook.listing import Column, Sheet

FINDINGS = Sheet(
    "Findings",
    "One row a subject that fails a check, or of which the check could not say; those that weigh most come first.",
    """(SELECT * FROM findings WHERE verdict <> 'pass') AS f
       LEFT JOIN (SELECT check_id, title, remedy FROM checks) AS c USING (check_id)
       LEFT JOIN (SELECT fingerprint, risk_id, any_value(member_points) AS member_points,
               any_value(member_upper) AS member_upper
           FROM risk_members GROUP BY ALL) AS m
           ON m.fingerprint = f.fingerprint AND m.risk_id = f.check_id || '@' || f.cluster
       LEFT JOIN (SELECT fingerprint, list_sort(list(DISTINCT number || ' ' || state)) AS exceptions
           FROM exception_matches JOIN exceptions USING (number) GROUP BY fingerprint) AS e
           ON e.fingerprint = f.fingerprint
       LEFT JOIN risk_packages AS p ON p.risk_id = f.check_id || '@' || f.cluster""",
    """verdict, member_points DESC NULLS LAST, member_upper DESC NULLS LAST, f.check_id, f.cluster,
       f.subject_namespace, f.subject_kind, f.subject_name, f.subject_part, f.fingerprint""",
    (
        Column("Verdict", "verdict", 10, WORD),
        Column("Check", "f.check_id", 34),
        Column("What should hold", "title", 44),
        Column("Cluster", "f.cluster", 16),
        Column("Namespace", "subject_namespace", 20),
        Column("Kind", "subject_kind", 18),
        Column("Name", "subject_name", 34),
        Column("Part", "subject_part", 16),
        Column("Reason", "reason", 54),
        Column("Decided by", "witnesses", 20),
        Column("Layer", "layer", 11),
        Column("Dimension", "dimension", 18),
        Column("Basis", "basis", 10),
        Column("Points of this member", "member_points", 10, AMOUNT),
        Column("Points at the most", "member_upper", 10, AMOUNT),
        Column("Remedy", "remedy", 26),
        Column("Packages (#)", "p.numbers", 10),
        Column("Exceptions", "exceptions", 14),
        Column("Evidence", "evidence_refs", 24),
        Column("Fingerprint", "f.fingerprint", 22),
    ),
    most=100_000,
    rest="findings.csv",
)

REQUIREMENTS = Sheet(
    "Requirements",
    "Every row of every framework. Totals count rows of the level `requirement` only; others are roll-ups.",
    """requirements LEFT JOIN (
           SELECT framework, requirement_id,
               list('quarter ' || coalesce(quarter::VARCHAR, 'later') || ': ' || status_expected || ' (#'
                   || coalesce(number::VARCHAR, '?') || ')' ORDER BY quarter NULLS LAST, number) AS moves
           FROM requirement_moves LEFT JOIN numbered USING (package_id) GROUP BY ALL)
       USING (framework, requirement_id)""",
    "framework, requirements.file_row_number",
    (
        Column("Framework", "framework", 12),
        Column("Requirement", "requirement_id", 20),
        Column("Level", "level", 16),
        Column("Title", "title", 56),
        Column("Status", "status", 18, WORD),
        Column("Why this status", "status_reason", 60),
        Column("Expected with the plan", "moves", 32),
        Column("Borne by", "bearer", 12),
        Column("Scope", "scope", 12),
        Column("Passed", "passed", 9, NUMBER),
        Column("Failed", "failed", 9, NUMBER),
        Column("Unknown", "unknown", 9, NUMBER),
        Column("By hand, open", "by_hand_open", 9, NUMBER),
        Column("Asked for by hand", "by_hand", 56),
        Column("On file", "by_hand_on_file", 50),
        Column("Signed", "signatures", 30),
        Column("Blind to", "blind_to", 44),
        Column("Checks", "checks", 36),
        Column("Obligation", "obligation", 14),
        Column("Part of", "parent", 18),
        Column("Version", "framework_version", 20),
    ),
)

EVIDENCE = Sheet(
    "Evidence index",
    "One row a piece of evidence: what was asked, by whom, when, and the hash of what came back.",
    "evidence_items",
    "evidence_id",
    (
        Column("Evidence", "evidence_id", 12),
        Column("Source", "source", 12),
        Column("Cluster", "cluster", 16),
        Column("Request", "request", 54),
        Column("Parameters", "parameters", 40),
        Column("Asked as", "principal", 34),
        Column("Method", "method", 12),
        Column("Collection", "collection_mode", 16),
        Column("Started (UTC)", "started_at", 19, INSTANT),
        Column("Ended (UTC)", "ended_at", 19, INSTANT),
        Column("Outcome", "outcome", 11, WORD),
        Column("Reason", "reason", 50),
        Column("Documents", "documents", 10, NUMBER),
        Column("Objects", "objects", 10, NUMBER),
        Column("Gaps", "gaps", 8, NUMBER),
        Column("Redactions", "redactions", 10, NUMBER),
        Column("Bytes", "size_bytes", 12, NUMBER),
        Column("SHA-256 of the stored bytes", "sha256", 66),
    ),
)

GAPS = Sheet(
    "Gaps",
    "One row a list or an answer that was not seen, and what would close it.",
    "gaps",
    "gap",
    (
        Column("Gap", "gap", 7, NUMBER),
        Column("Cluster", "cluster", 16),
        Column("Source", "source", 12),
        Column("Namespace", "namespace", 20),
        Column("Kind", "kind", 34),
        Column("Table", '"table"', 24),
        Column("Outcome", "outcome", 11, WORD),
        Column("Reason", "reason", 56),
        Column("Closed by", "closed_by", 66),
    ),
    rest="gaps.csv",
)

EXCEPTIONS = Sheet(
    "Exceptions",
    "One row an entry of exceptions.yaml. An exception is shown beside a result and never changes it.",
    "exceptions",
    "number",
    (
        Column("No.", "number", 7, NUMBER),
        Column("State", "state", 10, WORD),
        Column("Check", "check_id", 34),
        Column("Framework", "framework", 12),
        Column("Requirement", "requirement_id", 18),
        Column("Subjects", "subjects", 40),
        Column("Reason", "reason", 50),
        Column("Owner", "owner", 24),
        Column("Approved by", "approver", 24),
        Column("Compensating control", "compensating_control", 46),
        Column("Until", "until", 12, DAY),
        Column("Findings matched", "matched", 10, NUMBER),
        Column("Note", "note", 50),
    ),
)

ANSWERS = Sheet(
    "Answers",
    "One row a question of the questionnaire, answered or not.",
    "answers",
    "dimension, question_id",
    (
        Column("Question", "question_id", 26),
        Column("Dimension", "dimension", 18),
        Column("Asked", "question", 60),
        Column("Answer", "choice", 24),
        Column("What it means", "standing", 12, WORD),
        Column("Answered on", "answered_at", 12, DAY),
        Column("By", "answered_by_role", 24),
        Column("Files attached", "attachments", 9, NUMBER),
        Column("Signed", "signed", 8),
        Column("Evidence", "evidence_refs", 24),
    ),
)

OPEN_QUESTIONS = Sheet(
    "Open questions",
    "One row a question that nobody has answered, or whose answer is out of date, and whom to ask.",
    "open_questions",
    "day_due, dimension, question_id",
    (
        Column("Question", "question_id", 26),
        Column("Dimension", "dimension", 18),
        Column("Ask", "question", 70),
        Column("Whom", "ask", 34),
        Column("State", "state", 14, WORD),
        Column("Due on day", "day_due", 8, NUMBER),
    ),
)
