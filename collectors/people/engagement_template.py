"""The engagement.yaml that `kubesurvey init` writes: valid as it stands, each part explained in its place."""

from __future__ import annotations

import yaml

_TEMPLATE = """\
# What only people can say about this survey. kubesurvey reads this file strictly: a key it does not know is
# refused with the nearest right name. Indented lines after a '#' are examples; take the '#' away to use them.

client: {client}

# The day, or the instant with its time zone, that the survey speaks for. Without it: the end of the last
# collection. Everything dated (certificates, exceptions, the plan) is measured from it.
# as_of: 2026-11-21

# The clusters by the names that `kubesurvey collect --cluster NAME` uses. `managed` says who runs the control
# plane (eks, aks, or self) and decides which safeguards the provider bears.
clusters:
#  prod:
#    display_name: Production, Frankfurt
#    environment: production
#    tier: critical
#    kubernetes_version: "1.34"
#    managed: eks

# Which workloads hold what the rules protect: cardholder data (cde), electronic health information (ephi),
# or simply belong to this survey (in_scope). A scope left out holds everything that is collected.
scopes:
#  ephi:
#    labels: {{data: ephi}}
#    namespaces: [records, imaging]
#    clusters: [prod]

# Requirements that do not apply, with the reason and who decided. A section stands for all below it.
not_applicable:
#  - framework: hipaa
#    requirement: 164.314(b)(1)
#    reason: The client is a hospital, not a group health plan.
#    approver: Jane Doe, privacy counsel
#    date: 2026-10-02

# Reports of providers that are on file, such as the cloud provider's SOC 2 Type 2 report, and the frameworks
# for which you rely on them. `covers` limits a report to some requirements or sections.
provider_reports:
#  - provider: aws
#    title: AWS SOC 2 Type 2 report
#    period: {{from: 2025-10-01, to: 2026-09-30}}
#    frameworks: [hipaa]
#    covers: [164.310(a)(1), 164.310(d)(1)]
#    file: questionnaire/aws-soc2-2026.pdf

# Documents on file. `item` is the number, from 1, of what the requirement asks for by hand
# (`kubesurvey frameworks show hipaa` lists them), or its text.
by_hand:
#  - framework: hipaa
#    requirement: 164.308(a)(2)
#    item: 1
#    title: Appointment of the security official
#    date: 2026-01-12
#    signed_by: Jane Doe
#    role: Chief executive
#    file: questionnaire/appointment.pdf

# Who concluded, having seen the evidence, that a requirement is met. A section stands for all below it.
signatures:
#  - framework: hipaa
#    requirement: 164.312(a)(1)
#    signed_by: Jane Doe
#    role: Security official
#    date: 2026-11-20

# Figures that the client's own checks may use as `parameter.name`.
parameters:
#  review_days: 90
"""


def template(client: str) -> str:
    """A valid engagement.yaml for this client; any text is a name, whatever characters it holds."""
    quoted = yaml.safe_dump(client.strip(), default_style='"', width=10**9, allow_unicode=True)
    return _TEMPLATE.format(client=quoted.strip())
