"""What the clinic's people had answered when the survey was half done: the questionnaire, sheet by sheet."""

from __future__ import annotations

from collectors.people import questionnaire
from collectors.people.questions import DIMENSIONS, questions_of

# question: choice, day of November 2026, and what was said beside it
ANSWERS = {
    "arch.service-tiers": ("partly-listed", 9, "Portal and records are signed off; booking is not listed."),
    "arch.environment-map": ("every-namespace", 9, ""),
    "arch.upgrade-cadence": ("only-when-forced", 10, "Harbour was last upgraded when Azure sent the third mail."),
    "arch.upgrade-rehearsal": ("not-rehearsed", 10, ""),
    "arch.lifecycle-tracking": ("nobody", 10, ""),
    "app.safe-to-run-twice": ("reason-only", 13, "The fax gateway owns a modem. Nobody tried two ledgers."),
    "app.graceful-shutdown": ("untested", 13, ""),
    "app.resource-ownership": ("copied", 13, ""),
    "app.schema-change-safety": ("guideline", 13, ""),
    "scale.peaks-and-growth": ("estimated", 16, "Monday mornings, and the first cold week of autumn."),
    "scale.load-test": ("never", 16, ""),
    "scale.limits-known": ("known", 16, "Addresses of the imaging subnet."),
    "scale.network-growth-plan": ("plan", 11, ""),
    "store.data-inventory": ("most-stores", 11, "The imaging archive is not in the register yet."),
    "store.backup-policy": ("approved", 11, ""),
    "store.backup-monitoring": ("mail", 11, ""),
    "store.restore-last": ("older-or-never", 11, "The records database once, in spring 2025. The ledger never."),
    "store.backup-separation": ("possible", 12, "Backups lie in the same account, under the same administrators."),
    "store.keys-escrow": ("untested", 12, ""),
    "cicd.path-to-production": ("several-controlled", 12, ""),
    "cicd.rollback-tested": ("done-within-half-a-year", 12, ""),
    "cicd.pipeline-ownership": ("one-person", 12, ""),
    "cicd.secrets-in-pipelines": ("old-keys", 12, "One access key of 2023 deploys to both clusters."),
    "cicd.artifact-provenance": ("by-tag", 12, ""),
    "cicd.iac-discipline": ("most-and-detected", 12, ""),
    "cicd.environment-promotion": ("same-artefact", 12, ""),
    "dr.rto-rpo": ("mostly", 11, "Four hours for the portal and for records; nobody was asked about payments."),
    "dr.exercise": ("never", 16, ""),
    "dr.rebuild-from-zero": ("in-heads", 16, ""),
    "dr.dns-and-certs": ("one-person-or-slow", 11, ""),
    "dr.break-glass": ("exists", 12, ""),
    "dr.failure-injection": ("node-only", 16, ""),
    "mon.on-call": ("fewer-or-office-hours", 16, ""),
    "mon.alert-quality": ("noisy-or-unknown", 16, "About two hundred alerts a week, most of them known."),
    "mon.detection-source": ("mixed", 16, ""),
    "mon.slo": ("none", 16, ""),
    "mon.runbooks": ("about-half", 16, ""),
    "mon.log-content": ("guideline", 13, ""),
    "sec.data-classification": ("mapped", 12, ""),
    "sec.audit-review": ("nobody", 12, "The audit log of Lakeside is kept; nobody reads it."),
    "sec.incident-response": ("written", 12, ""),
    "sec.access-lifecycle": ("within-three-days", 12, ""),
    "sec.secrets-rotation": ("never-or-unknown", 12, ""),
    "sec.compliance-scope": ("known-and-dated", 9, ""),
}
ATTACHED = {
    "store.backup-policy": "backup-policy.md",
    "store.restore-last": "restore-2025.csv",
}
SIGNED = {"store.backup-policy", "sec.data-classification", "sec.compliance-scope"}
_OF_A_PROVIDER = "# {}\n\nThis stands for a report of a provider: clinic and report do not exist.\n"
_OF_THE_CLINIC = "# {}\n\nThis stands for a document of Lakeside Clinic, which does not exist.\n"
ON_FILE = {
    "aws-soc2-2026.md": _OF_A_PROVIDER.format("AWS SOC 2 Type 2 report, 1 October 2025 to 30 September 2026"),
    "azure-soc2-2026.md": _OF_A_PROVIDER.format("Azure SOC 2 Type 2 report, 1 October 2025 to 30 September 2026"),
    "aws-pci-2026.md": _OF_A_PROVIDER.format("AWS PCI DSS attestation and responsibility matrix, 2026"),
    "azure-pci-2026.md": _OF_A_PROVIDER.format("Azure PCI DSS attestation and responsibility matrix, 2026"),
    "appointment.md": _OF_THE_CLINIC.format("Appointment of the security official, 12 January 2026"),
    "risk-analysis-2026.md": _OF_THE_CLINIC.format("Risk analysis, 18 June 2026"),
    "incident-response-plan.md": _OF_THE_CLINIC.format("Incident response plan, version 7, 30 March 2026"),
    "aws-baa.md": _OF_THE_CLINIC.format("Business associate agreement with AWS, 3 November 2025"),
    "security-policy.md": _OF_THE_CLINIC.format("Information security policy, version 5, 2 February 2026"),
    "suppliers.md": _OF_THE_CLINIC.format("Register of suppliers, 15 September 2026"),
    "audit-committee-2026.md": _OF_THE_CLINIC.format("Minutes of the audit committee, 20 October 2026"),
}
"""What engagement.yaml names. The downtime procedures are named there and missing, on purpose."""
FILES = {
    "backup-policy.md": "# Backup policy of Lakeside Clinic, version 3\n\nApproved by the chief executive on"
    " 14 January 2026.\n\nDatabases: every four hours, kept 35 days. Imaging archive: nightly, kept 10 years."
    " Restores are tried every quarter.\n",
    "restore-2025.csv": "date,what,minutes,content checked by\n2025-04-02,records database,212,nobody\n",
}


def files() -> dict[str, str]:
    """The sheets as people filled them in, and what they attached."""
    return {f"{dimension}.yaml": _filled(dimension) for dimension in DIMENSIONS} | FILES | ON_FILE


def _filled(dimension: str) -> str:
    sheet = questionnaire.template(dimension)
    for question in questions_of(dimension):
        if question.id in ANSWERS:
            head, mark, rest = sheet.partition(f"\n{question.id}:\n")
            empty, blank, others = rest.partition("\n\n")
            sheet = head + mark + _answer(question.id, question.ask[0]) + blank + others
            assert empty.startswith("  choice:"), question.id
    return sheet


def _answer(question_id: str, role: str) -> str:
    choice, day, detail = ANSWERS[question_id]
    attached = f"[{ATTACHED[question_id]}]" if question_id in ATTACHED else "[]"
    said = f" {detail}" if detail else ""
    signed = "true" if question_id in SIGNED else "false"
    return (f"  choice: {choice}\n  detail:{said}\n  date: 2026-11-{day:02}\n  answered_by:\n  role: {role}\n"
            f"  attachments: {attached}\n  signed: {signed}")
