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
# plane (eks, aks, or self) and decides which safeguards the provider bears. `environment` is production,
# pre-production or development; anything else counts as production and is flagged. `tier` says how much the
# business depends on it: tier-1 (critical), tier-2 (important) or tier-3 (other). `cloud` is where the cloud
# knows the cluster: account and region (EKS), or subscription and resource_group (AKS); `name` only where the
# cloud calls it something else. `access` is how its API server is reached: a context of a kubeconfig (a path from
# this folder; without it the one that kubectl takes). An account that may only look into some namespaces, and may
# not list them, is told them here.
clusters:
#  prod:
#    display_name: Production, Frankfurt
#    environment: production
#    tier: tier-1
#    kubernetes_version: "1.34"
#    managed: eks
#    cloud: {{account: "111122223333", region: eu-central-1, name: shop-prod}}
#    access: {{context: shop-prod, kubeconfig: kubeconfig.yaml, namespaces: [shop, payments]}}
#  analytics:
#    environment: development
#    tier: tier-3
#    managed: aks
#    cloud: {{subscription: 00000000-0000-0000-0000-000000000000, resource_group: analytics}}

# The first working day of the two weeks: `kubesurvey status` counts from it what is due and overdue.
survey:
#  first_day: 2026-11-09

# Who can do the work that the plan will ask for: person-days a quarter by skill (platform, application,
# security, sre), one number or one for each quarter. `reserve_percent` of it is kept back for what nobody can
# plan. Without capacity the plan assumes one and says so. Without a day rate no page names money.
team:
#  capacity:
#    platform: 30
#    application: 20
#    security: {{1: 8, 2: 4, 3: 8, 4: 8}}
#    sre: 6
#  reserve_percent: 20
#  day_rate: 900
#  currency: EUR
#  gitops: true
#  change_board: false
#  staging: true
#  clear_ownership: true
#  start: 2027-01-04
#  risky_per_quarter: 2

# Remedies that have to be finished by a day, whatever they bring: an audit, a contract, an end of support.
must_do:
#  - remedy: rehearse-restores
#    by: 2027-03-31
#    reason: The insurer asks for a rehearsal within its policy year.
#    clusters: [prod]

# Who owns what, how much the business depends on it, and the most sensitive data it holds (regulated,
# confidential, internal or public). Each entry may name clusters, namespaces and labels; what it names must
# all hold, and one that names nothing holds everything. The first entry that holds an object decides.
owners:
#  - owner: Payments team
#    contact: payments@example.org
#    role: Product owner
#    namespaces: [payments]
tiers:
#  - tier: tier-1
#    clusters: [prod]
#    labels: {{service: checkout}}
data_classes:
#  - data_class: regulated
#    namespaces: [records, imaging]

# Which workloads hold what the rules protect: cardholder data (cde), electronic health information (ephi),
# or simply belong to this survey (in_scope). A scope left out holds everything that is collected. `accounts`
# are the AWS accounts and Azure subscriptions that belong to it.
scopes:
#  ephi:
#    labels: {{data: ephi}}
#    namespaces: [records, imaging]
#    clusters: [prod]
#    accounts: ["111122223333"]

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

# Figures that checks use as `parameter.name`: those of the client's own checks, and four of ours, shown with what
# holds without them. Identities that may act as tools do are named each in angle brackets.
parameters:
#  review_days: 90
#  audit_days: 90
#  audit_refusals_a_day: 100
#  audit_silence_hours: 24
#  audit_known_identities: "<system:serviceaccount:delivery:deployer> <kim@example.com>"
"""


def template(client: str) -> str:
    """A valid engagement.yaml for this client; any text is a name, whatever characters it holds."""
    quoted = yaml.safe_dump(client.strip(), default_style='"', width=10**9, allow_unicode=True)
    return _TEMPLATE.format(client=quoted.strip())
