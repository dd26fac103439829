"""What one may list in a namespace, asked of the API server itself: SelfSubjectRulesReview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from collectors.evidence.item import ItemDraft
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.discovery import Served
from collectors.kubernetes.live.drafts import Asking
from collectors.kubernetes.surveyed import LIVE

_REVIEW = "SelfSubjectRulesReview"
_NO_RULE = "the API server's review of one's own rules names none that allows to list it"


@dataclass(frozen=True, slots=True)
class OwnRules:
    """The rules that hold for whoever asks, in one namespace. None: the server cannot tell all of them."""

    rules: tuple[Mapping[str, Any], ...] | None

    def may_list(self, group: str, plural: str) -> bool:
        """Whether asking makes sense: a rule allows it, or the review does not know."""
        return self.rules is None or any(_opens(rule, group, plural) for rule in self.rules)


def own_rules(connection: Connection, namespace: str) -> OwnRules:
    """Ask which rules hold in a namespace. Authorizers that answer by webhook make the review incomplete."""
    answer = connection.post_review(_REVIEW, {"namespace": namespace})
    status = answer.body.get("status") if answer.is_complete and isinstance(answer.body, dict) else None
    if not isinstance(status, dict) or status.get("incomplete") or status.get("evaluationError"):
        return OwnRules(None)
    rules = status.get("resourceRules")
    return OwnRules(tuple(rule for rule in rules if isinstance(rule, dict)) if isinstance(rules, list) else ())


def _opens(rule: Mapping[str, Any], group: str, plural: str) -> bool:
    """A rule with resourceNames opens objects by name, never a list of them."""
    named = (("verbs", "list"), ("apiGroups", group), ("resources", plural))
    return not rule.get("resourceNames") and all({"*", word} & set(rule.get(part) or ()) for part, word in named)


def refused_request(namespace: str) -> str:
    """The question under which all that a namespace refuses is stored."""
    return f"POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews (namespace {namespace})"


def refused_draft(asking: Asking, namespace: str, refused: Iterable[Served], at: str) -> ItemDraft:
    """What is not asked for in a namespace, because the server said beforehand that it would refuse."""
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
        outcome="denied" if kinds else "complete",
        reason=_NO_RULE if kinds else "",
    )
