"""A client's first check: a file that works as it stands, to be changed line by line."""

from __future__ import annotations

import re

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")

DRAFT = """\
# {check_id}: one question that is asked of every row of a table. Try it at any time:
#     kubesurvey checks test {check_id} --workspace WORKSPACE
# `kubesurvey tables list` names the tables, `kubesurvey tables show TABLE` their columns and relations.

title: Images come from our own registry          # what is true when it passes, readable aloud
why: An image from elsewhere was scanned, signed and kept by nobody we know.
layer: container             # cloud, cluster, container, code
dimension: security          # architecture, applications, scalability, storage-backup, cicd, disaster-recovery,
                             # monitoring-health, security
judges: workloads            # the table: one verdict a row
# within: namespace <> 'sandbox'        # rows for which this is false are out of scope, and counted
passes_when: every(containers, starts_with(image, 'registry.example/'))
impact: 3                    # 1 to 5: share of the worst credible loss
likelihood: 3                # 1 to 5: chance within twelve months
remedy: pin-images           # the work that mends it: one of `ls` in the roadmap's remedies, or a name of your own
fix: spec.template.spec.containers[*].image
sources: [our platform standard]
blind_to:
  - Whether the registry itself takes images in from elsewhere.

# Small worlds with the verdict each must get. A patch changes a minimal Deployment called web.
examples:
  - {{expect: pass, container: {{image: "registry.example/web:1.0"}}}}
  - {{expect: fail, container: {{image: "docker.io/library/nginx:1.29"}}}}
  - {{expect: fail, init_container: {{image: "docker.io/library/busybox:1.37"}}, because: every container counts}}
"""


def is_an_id(check_id: str) -> bool:
    """Is it lower-case words with dots between them, such as house.own_registry?"""
    return _ID.fullmatch(check_id) is not None


def draft(check_id: str) -> str:
    """The text of a new check of that id."""
    return DRAFT.format(check_id=check_id)
