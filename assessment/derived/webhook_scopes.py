"""Whose requests an admission webhook sees: those of the platform's own namespaces, and of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from collectors.tables.as_written import both
from collectors.tables.schema import ClusterContext, Column, table
from collectors.tables.selectors import labels_of, matches

NAME_LABEL = "kubernetes.io/metadata.name"
_PLATFORM = "kube-system"


@table(
    "webhook_scopes",
    grain="one admission webhook",
    derived_from=("admission_webhooks", "namespaces"),
    part="webhook_name",
)
class WebhookScope(NamedTuple):
    """What a webhook's selectors let it see, of objects that carry no label made for it."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    webhook_key: Annotated[str, Column("Surrogate key of the webhook.", owner="admission_webhooks")]
    webhook_name: Annotated[str | None, Column("Name of the webhook.")]
    sees_kube_system: Annotated[bool | None, Column("Whether it is asked about what happens in kube-system.")]
    sees_its_own_namespace: Annotated[
        bool | None, Column("Whether it is asked about what happens in the namespace of its own Service.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the webhook.")]


def rows(tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext]) -> list[WebhookScope]:
    """One row a webhook."""
    namespaces = NamespaceLabels(tables["namespaces"])
    return [_scope(webhook, namespaces) for webhook in tables["admission_webhooks"]]


class NamespaceLabels:
    """Labels of namespaces, asked by selectors. Every namespace carries its name as a label, since 1.21."""

    def __init__(self, namespaces: Sequence[Any]) -> None:
        self._seen: dict[tuple[str, str], list[dict[str, str] | None]] = defaultdict(list)
        for each in namespaces:
            self._seen[each.cluster, each.name].append(labels_of(each.labels))

    def meet(self, selector: Sequence[str] | None, cluster: str, name: str | None) -> bool | None:
        """Whether a namespace is selected; what its labels may still change is not known."""
        if selector is None:
            return None
        if not selector:
            return True
        if name is None:
            return None
        own = {NAME_LABEL: name}
        answers = {
            both(*(self._requirement(each, own, labels) for each in selector))
            for labels in self._seen.get((cluster, name)) or [None]
        }
        return answers.pop() if len(answers) == 1 else None

    @staticmethod
    def _requirement(requirement: str, own: Mapping[str, str], labels: Mapping[str, str] | None) -> bool | None:
        about_name = requirement.lstrip("!").split(" ")[0].split("=")[0] == NAME_LABEL
        if labels is None and not about_name:
            return None
        return matches([requirement], {**(labels or {}), **own})


def _scope(webhook: Any, namespaces: NamespaceLabels) -> WebhookScope:
    without_labels = None if webhook.object_selector is None else matches(webhook.object_selector, {})
    unconditional = {True: None, False: True, None: None}[webhook.has_match_conditions]

    def sees(namespace: str | None) -> bool | None:
        selected = namespaces.meet(webhook.namespace_selector, webhook.cluster, namespace)
        return both(selected, without_labels, unconditional)

    own = sees(webhook.service_namespace) if webhook.service_namespace is not None else webhook.has_service and None
    return WebhookScope(
        cluster=webhook.cluster,
        webhook_key=webhook.webhook_key,
        webhook_name=webhook.webhook_name,
        sees_kube_system=sees(_PLATFORM),
        sees_its_own_namespace=own,
        evidence_refs=webhook.evidence_refs,
    )


DERIVED = {"webhook_scopes": rows}
