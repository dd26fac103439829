"""What kubectl said on stderr beside a list: it prints the same empty list when it was refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from collectors.kubernetes.kinds import kind_of_resource

_SAYS_NOTHING = re.compile(r"\s*(?:Warning:.*|No resources found.*|W\d{4} .*)?", re.IGNORECASE)
_DENIED = re.compile(r"forbidden|unauthorized|must be logged in|cannot list", re.IGNORECASE)
_ABSENT = re.compile(r"doesn't have a resource type|could not find the requested", re.IGNORECASE)
# A message of the API server may quote what it was sent.
QUOTES = re.compile(r"(?i)(bearer\s+|token[=: ]+|password[=: ]+|://[^/\s:]+:)\S+")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a list is not what it seems. `kind` is what was asked, as its file is called; None: unknown.

    `namespace` is where it was asked, None for everywhere; `closed_by` what would close the gap, where that is known.
    """

    outcome: str
    reason: str
    kind: str | None
    namespace: str | None = None
    closed_by: str = ""


def refusal_in(said: str, resource: str) -> Refusal | None:
    """The refusal in what kubectl printed; None when it only warned. `resource` is the name of the list."""
    lines = [line.strip() for line in said.splitlines() if not _SAYS_NOTHING.fullmatch(line)]
    if not lines:
        return None
    reason = QUOTES.sub(r"\1...", lines[0])[:_LONGEST]
    kind = kind_of_resource(resource.removesuffix(".json").removesuffix(".yaml"))
    outcome = "denied" if _DENIED.search(said) else "absent" if _ABSENT.search(said) else "failed"
    return Refusal(outcome, reason, kind)
