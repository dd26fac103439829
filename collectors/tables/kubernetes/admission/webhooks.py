"""Admission webhooks: who is asked before something is stored, about what, and what happens when nobody answers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from collectors.kubernetes.kinds import name_of
from collectors.tables.as_written import Section, either, is_set, section, sections, text, whole_number
from collectors.tables.identity import surrogate
from collectors.tables.kubernetes.admission.products import engine_of, product_of
from collectors.tables.kubernetes.admission.webhook_rules import rules_under
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, Subject, UnseenPart, table
from collectors.tables.selectors import requirements

GROUP = "admissionregistration.k8s.io"
KINDS = (f"{GROUP}/MutatingWebhookConfiguration", f"{GROUP}/ValidatingWebhookConfiguration")
_INJECTS_CA = (
    "cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret", "cert-manager.io/inject-apiserver-ca",
    "certmanager.k8s.io/inject-ca-from", "service.beta.openshift.io/inject-cabundle",
)  # fmt: skip


@table(
    "admission_webhooks",
    grain="one webhook of one webhook configuration",
    kinds=KINDS,
    namespaced=False,
    part="webhook_name",
    relations=(
        Relation("service", "service_references", (("webhook_key", "referrer_key"),), "The Service that answers.",
                 when="has_service", maximum=1),
        Relation("scope", "webhook_scopes", (("webhook_key", "webhook_key"),), "Whose requests it sees.",
                 minimum=1, maximum=1),
    ),
    subject=Subject("api_group", "kind", None, "name", part="webhook_name"),
)  # fmt: skip
class AdmissionWebhook(NamedTuple):
    """A webhook, with the defaults of its version of the API applied."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    api_group: Annotated[str, Column("admissionregistration.k8s.io.")]
    kind: Annotated[str, Column("ValidatingWebhookConfiguration or MutatingWebhookConfiguration.")]
    name: Annotated[str, Column("Name of the configuration.")]
    webhook_key: Annotated[str, Column("Surrogate key.", identity=True)]
    webhook_name: Annotated[str | None, Column("Name of the webhook.")]
    is_mutating: Annotated[bool | None, Column("Whether it may change what it sees.")]
    has_product: Annotated[bool, Column("Whether its names are those of a product that we know.")]
    product: Annotated[str | None, Column("That product.", guard="has_product")]
    is_of_policy_engine: Annotated[bool | None, Column("Whether that product refuses what policies forbid.")]
    fails_closed: Annotated[
        bool | None, Column("Whether a request is refused when nobody answers; unset means so since v1.")
    ]
    timeout_seconds: Annotated[int | None, Column("Seconds that the API server waits; unset means 10.")]
    resources: Annotated[list[str] | None, Column("Resources that its rules name, sorted.")]
    sees_everything: Annotated[bool | None, Column("Whether a rule names every resource of every group.")]
    sees_new_pods: Annotated[bool | None, Column("Whether it is asked about new pods.")]
    sees_new_workloads: Annotated[bool | None, Column("Whether it is asked about new pods or what makes pods.")]
    sees_changed_pods: Annotated[bool | None, Column("Whether it is asked when a pod is changed.")]
    sees_debug_containers: Annotated[
        bool | None, Column("Whether it is asked when an ephemeral container is added to a pod.")
    ]
    sees_secrets: Annotated[bool | None, Column("Whether it is shown Secrets as they are stored.")]
    sees_what_the_cluster_needs: Annotated[
        bool | None, Column("Whether it is asked about pods, leases or nodes, without which a cluster cannot heal.")
    ]
    has_namespace_selector: Annotated[bool | None, Column("Whether it sees only some namespaces.")]
    namespace_selector: Annotated[list[str] | None, Column("What selects those; an empty list selects all.")]
    has_object_selector: Annotated[bool | None, Column("Whether it sees only objects with some labels.")]
    object_selector: Annotated[list[str] | None, Column("What selects those; an empty list selects all.")]
    has_match_conditions: Annotated[bool | None, Column("Whether expressions narrow what it sees.")]
    has_url: Annotated[bool | None, Column("Whether a URL answers, not a Service.")]
    url_host: Annotated[str | None, Column("Host of that URL.", guard="has_url")]
    has_service: Annotated[bool | None, Column("Whether a Service of the cluster answers.")]
    service_namespace: Annotated[str | None, Column("Namespace of that Service.", guard="has_service")]
    service_name: Annotated[str | None, Column("Name of that Service.", guard="has_service")]
    service_port: Annotated[int | None, Column("Port of that Service; unset means 443.", guard="has_service")]
    knows_its_ca: Annotated[
        bool | None,
        Column("Whether it holds the authority of its certificate, or asks an injector for it; a manifest without"
               " one may be completed by its product."),
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]  # fmt: skip


class AdmissionWebhooks:
    """One row per webhook of each configuration."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[AdmissionWebhook] = []
        self._unseen: list[UnseenPart] = []

    def observe(self, sighting: Sighting) -> None:
        """Each webhook of a configuration."""
        written = sections(sighting.object, "webhooks")
        if written is None:
            self._unseen.append(UnseenPart("admission_webhooks", sighting.kind, None, surrogate(sighting)))
        for number, webhook in enumerate(written or ()):
            self._rows.append(self._row(sighting, number, webhook))

    def rows(self) -> dict[str, list[Any]]:
        """All rows of the table."""
        return {"admission_webhooks": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Configurations whose webhooks could not be read."""
        return self._unseen

    def _row(self, sighting: Sighting, number: int, webhook: Section | None) -> AdmissionWebhook:
        """Source of defaults: Kubernetes API, ValidatingWebhook and MutatingWebhook of v1 and v1beta1."""
        old = sighting.object.get("apiVersion") == f"{GROUP}/v1beta1"
        client = section(webhook, "clientConfig")
        service = section(client, "service")
        policy = text(webhook, "failurePolicy", default="Ignore" if old else "Fail")
        rules = rules_under(webhook, "rules")
        name = text(webhook, "name")
        names = (sighting.name, name, text(service, "namespace"), text(service, "name"))
        spaces, objects = _selector(webhook, "namespaceSelector"), _selector(webhook, "objectSelector")
        conditions = sections(webhook, "matchConditions")
        return AdmissionWebhook(
            cluster=self._cluster.name,
            api_group=GROUP,
            kind=name_of(sighting.kind),
            name=sighting.name,
            webhook_key=f"{surrogate(sighting)}/{number}",
            webhook_name=name,
            is_mutating=name_of(sighting.kind).startswith("Mutating"),
            has_product=product_of(*names) is not None,
            product=product_of(*names),
            is_of_policy_engine=engine_of(*names) is not None,
            fails_closed={"Fail": True, "Ignore": False}.get(policy or ""),
            timeout_seconds=whole_number(webhook, "timeoutSeconds", default=30 if old else 10),
            resources=rules.resources(),
            sees_everything=rules.take_everything(),
            sees_new_pods=rules.take("CREATE", "", "pods"),
            sees_new_workloads=rules.take_workloads(),
            sees_changed_pods=rules.take("UPDATE", "", "pods"),
            sees_debug_containers=rules.take("UPDATE", "", "pods/ephemeralcontainers"),
            sees_secrets=either(rules.take("CREATE", "", "secrets"), rules.take("UPDATE", "", "secrets")),
            sees_what_the_cluster_needs=either(
                rules.take("CREATE", "", "pods"),
                rules.take("UPDATE", "coordination.k8s.io", "leases"),
                rules.take("UPDATE", "", "nodes", namespaced=False),
                rules.take("UPDATE", "", "nodes/status", namespaced=False),
            ),
            has_namespace_selector=None if spaces is None else bool(spaces),
            namespace_selector=spaces,
            has_object_selector=None if objects is None else bool(objects),
            object_selector=objects,
            has_match_conditions=None if conditions is None else bool(conditions),
            has_url=None if client is None else is_set(client, "url"),
            url_host=_host(text(client, "url")),
            has_service=None if client is None else is_set(client, "service"),
            service_namespace=text(service, "namespace"),
            service_name=text(service, "name"),
            service_port=whole_number(service, "port", default=443),
            knows_its_ca=self._knows_its_ca(sighting, client),
            basis=self._cluster.basis,
            evidence_refs=sighting.refs,
        )

    def _knows_its_ca(self, sighting: Sighting, client: Section | None) -> bool | None:
        annotations = section(section(sighting.object, "metadata"), "annotations")
        if client is None or annotations is None:
            return None
        if client.get("caBundle") or any(annotations.get(each) is not None for each in _INJECTS_CA):
            return True
        return None if self._cluster.basis == "declared" else False


def _selector(webhook: Section | None, name: str) -> list[str] | None:
    """The requirements of a selector; an empty list where it is absent, which selects everything."""
    found = section(webhook, name)
    return None if found is None else requirements(found)


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


BUILDERS = (AdmissionWebhooks,)
