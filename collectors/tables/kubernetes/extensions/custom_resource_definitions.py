"""CustomResourceDefinitions: the kinds that extensions add, in which versions, and who converts between them."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, either, flag, is_set, opposite, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "apiextensions.k8s.io"
KINDS = (f"{GROUP}/CustomResourceDefinition",)


@table(
    "custom_resource_definitions",
    grain="one CustomResourceDefinition",
    kinds=KINDS,
    namespaced=False,
    relations=(
        Relation("service", "service_references", (("definition_key", "referrer_key"),),
                 "The Service that converts between its versions.", when="has_conversion_service", maximum=1),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="CustomResourceDefinition", fixed_group=GROUP),
)  # fmt: skip
class CustomResourceDefinition(NamedTuple):
    """A CustomResourceDefinition."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name: plural and group.")]
    definition_key: Annotated[str, Column("Surrogate key.", identity=True)]
    defined_group: Annotated[str | None, Column("Group of the kind that it defines.")]
    defined_kind: Annotated[str | None, Column("Kind that it defines.")]
    is_namespaced: Annotated[bool | None, Column("Whether objects of that kind live in namespaces.")]
    served_versions: Annotated[list[str] | None, Column("Versions that can be read and written, sorted.")]
    deprecated_versions: Annotated[list[str] | None, Column("Served versions that are marked as deprecated, sorted.")]
    stores_deprecated_version: Annotated[
        bool | None, Column("Whether new objects are stored in a version that is marked as deprecated.")
    ]
    has_stored_versions: Annotated[
        bool | None, Column("Whether the cluster says in which versions objects may be stored.")
    ]
    stored_versions: Annotated[
        list[str] | None, Column("Versions in which objects may be stored, sorted.", guard="has_stored_versions")
    ]
    stores_old_version: Annotated[
        bool | None,
        Column("Whether objects may be stored in a version other than the one of today.", guard="has_stored_versions"),
    ]
    stores_unserved_version: Annotated[
        bool | None,
        Column("Whether objects may be stored in a version that is not served.", guard="has_stored_versions"),
    ]
    has_schema: Annotated[bool | None, Column("Whether every served version says what its objects look like.")]
    converts_by_webhook: Annotated[bool | None, Column("Whether a webhook converts between its versions.")]
    has_conversion_service: Annotated[bool | None, Column("Whether a Service of the cluster is that webhook.")]
    service_namespace: Annotated[str | None, Column("Namespace of that Service.", guard="has_conversion_service")]
    service_name: Annotated[str | None, Column("Name of that Service.", guard="has_conversion_service")]
    has_established_condition: Annotated[
        bool | None, Column("Whether the cluster says if it took the definition; a manifest does not show that.")
    ]
    is_established: Annotated[
        bool | None, Column("Whether the cluster took it without objection.", guard="has_established_condition")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class CustomResourceDefinitions(OneRowPerObject):
    """One row per definition."""

    reads = KINDS
    fills = "custom_resource_definitions"

    def row(self, sighting: Sighting) -> CustomResourceDefinition:
        """Source: Kubernetes documentation, "Versions in CustomResourceDefinitions"; v1beta1 is read alike."""
        spec = section(sighting.object, "spec")
        status = section(sighting.object, "status") if self.cluster.basis == "running" else None
        names = section(spec, "names")
        versions = sections(spec, "versions")
        stored, storage = texts(status, "storedVersions"), _named(versions, "storage")
        served = _named(versions, "served")
        conversion = section(spec, "conversion")
        client = _client(conversion)
        service = section(client, "service")
        by_webhook = _is(text(conversion, "strategy", default="None"), "Webhook")
        established = _conditions(status)
        return CustomResourceDefinition(
            cluster=self.cluster.name,
            name=sighting.name,
            definition_key=surrogate(sighting),
            defined_group=text(spec, "group"),
            defined_kind=text(names, "kind"),
            is_namespaced=_is(text(spec, "scope"), "Namespaced"),
            served_versions=served,
            deprecated_versions=_named(versions, "served", "deprecated"),
            stores_deprecated_version=None if versions is None else either(*map(_stores_old, versions)),
            has_stored_versions=None if stored is None else bool(stored),
            stored_versions=None if stored is None else sorted(stored),
            stores_old_version=None if stored is None or storage is None else bool(set(stored) - set(storage)),
            stores_unserved_version=None if stored is None or served is None else bool(set(stored) - set(served)),
            has_schema=_has_schema(spec, versions),
            converts_by_webhook=by_webhook,
            has_conversion_service=both(by_webhook, None if client is None else is_set(client, "service")),
            service_namespace=text(service, "namespace"),
            service_name=text(service, "name"),
            has_established_condition=established[0],
            is_established=established[1],
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )  # fmt: skip


def _named(versions: list[Section | None] | None, *flags: str) -> list[str] | None:
    """The versions for which all of these flags are set."""
    found = []
    for each in versions or ():
        held = both(*(flag(each, name, default=False) for name in flags))
        name = text(each, "name")
        if held is None or (held and name is None):
            return None
        if held and name is not None:
            found.append(name)
    return None if versions is None else sorted(found)


def _stores_old(version: Section | None) -> bool | None:
    return both(flag(version, "storage", default=False), flag(version, "deprecated", default=False))


def _client(conversion: Section | None) -> Section | None:
    """Where the webhook is: v1 has it under webhook, v1beta1 beside the strategy."""
    if conversion is not None and conversion.get("webhookClientConfig") is not None:
        return section(conversion, "webhookClientConfig")
    return section(section(conversion, "webhook"), "clientConfig")


def _has_schema(spec: Section | None, versions: list[Section | None] | None) -> bool | None:
    shared = section(section(spec, "validation"), "openAPIV3Schema")
    if versions is None or shared is None:
        return None
    own = (both(section(section(each, "schema"), "openAPIV3Schema") != {}, None if each is None else True)
           for each in versions)  # fmt: skip
    return True if shared else both(*own)


def _conditions(status: Section | None) -> tuple[bool | None, bool | None]:
    """Whether the cluster says if it took the definition, and whether it did: established, names accepted."""
    conditions = sections(status, "conditions")
    if conditions is None:
        return None, None
    found = {text(each, "type"): text(each, "status") for each in conditions}
    if "Established" not in found:
        return (None if None in found else False), None
    said = {"True": True, "False": False}
    fits = opposite(said.get(found.get("NonStructuralSchema") or "False"))
    return True, both(said.get(found["Established"] or ""), said.get(found.get("NamesAccepted") or "True"), fits)


def _is(value: str | None, wanted: str) -> bool | None:
    return None if value is None else value == wanted


BUILDERS = (CustomResourceDefinitions,)
