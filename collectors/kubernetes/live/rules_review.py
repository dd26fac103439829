"""What one may list in a namespace, asked of the API server itself: SelfSubjectRulesReview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collectors.evidence.item import ItemDraft
from collectors.kubernetes.live.about_the_server import dicts, listed
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.discovery import Served
from collectors.kubernetes.live.drafts import Asking
from collectors.kubernetes.surveyed import LIVE

_REVIEW = "SelfSubjectRulesReview"
_NO_RULE = "the API server's review of one's own rules names none that allows to list it"


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The rules that hold for whoever asks, in one namespace. None: the server cannot tell all of them.

    `silent` says why nothing answered, "" where something did.
    """

    rules: tuple[Mapping[str, Any], ...] | None
    silent: str = ""

    def may_list(self, group: str, plural: str) -> bool:
        """Whether asking makes sense: a rule allows it, or the review does not know."""
        return self.rules is None or any(_opens(rule, group, plural) for rule in self.rules)


def own_rules(connection: Connection, namespace: str) -> OwnRules:
    """Ask which rules hold in a namespace. Authorizers that answer by webhook make the review incomplete."""
    answer = connection.post_review(_REVIEW, {"namespace": namespace})
    status = answer.body.get("status") if answer.is_complete and isinstance(answer.body, dict) else None
    if not answer.is_complete:
        return OwnRules(None, answer.reason)
    if not isinstance(status, dict) or status.get("incomplete") or status.get("evaluationError"):
        return OwnRules(None)
    rules = status.get("resourceRules")
    return OwnRules(tuple(dicts(rules)) if isinstance(rules, list) else None)


def _opens(rule: Mapping[str, Any], group: str, plural: str) -> bool:
    """A rule with resourceNames opens objects by name, never a list of them."""
    named = (("verbs", "list"), ("apiGroups", group), ("resources", plural))
    said = ((word, listed(rule.get(part))) for part, word in named)
    return not rule.get("resourceNames") and all("*" in words or word in words for word, words in said)


def refused_request(namespace: str) -> str:
    """The question under which all that a namespace refuses is stored."""
    return f"POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews (namespace {namespace})"


def refused_draft(asking: Asking, namespace: str, refused: Iterable[Served], at: str, silent: str = "") -> ItemDraft:
    """What is not asked for in a namespace, because the server said beforehand that it would refuse.

    A review that nobody answered (`silent`) refuses nothing.
    """
    kinds = ",".join(served.kind for served in refused)
    about = {"namespace": namespace, "kinds": kinds}
    return ItemDraft(
        source=LIVE,
        cluster=asking.cluster,
        request=refused_request(namespace),
        parameters=asking.parameters() | about,
        principal=asking.principal,
        method="review",
        collection_mode="online_read_only",
        started_at=at,
        ended_at=at,
        outcome="failed" if silent else "denied" if kinds else "complete",
        reason=silent or (_NO_RULE if kinds else ""),
    )
