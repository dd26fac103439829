"""APIServices: who answers for a group of the API, and whether anybody does."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import flag, is_set, section, sections, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Relation, Sighting, Subject, table

GROUP = "apiregistration.k8s.io"
KINDS = (f"{GROUP}/APIService",)


@table(
    "api_services",
    grain="one APIService",
    kinds=KINDS,
    namespaced=False,
    relations=(
        Relation("service", "service_references", (("api_service_key", "referrer_key"),), "The Service that answers.",
                 when="has_service", maximum=1),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="APIService", fixed_group=GROUP),
)  # fmt: skip
class ApiService(NamedTuple):
    """An APIService; one without a Service is answered by the API server itself."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name: version and group.")]
    api_service_key: Annotated[str, Column("Surrogate key.", identity=True)]
    served_group: Annotated[str | None, Column("Group that it serves.")]
    has_service: Annotated[bool | None, Column("Whether a Service answers, not the API server itself.")]
    service_namespace: Annotated[str | None, Column("Namespace of that Service.", guard="has_service")]
    service_name: Annotated[str | None, Column("Name of that Service.", guard="has_service")]
    skips_verification: Annotated[
        bool | None, Column("Whether the API server talks to it without checking who answers.")
    ]
    has_available_condition: Annotated[
        bool | None, Column("Whether the cluster says if it is available; a manifest does not show that.")
    ]
    is_available: Annotated[
        bool | None, Column("Whether the cluster says that it is available.", guard="has_available_condition")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class ApiServices(OneRowPerObject):
    """One row per APIService."""

    reads = KINDS
    fills = "api_services"

    def row(self, sighting: Sighting) -> ApiService:
        """Source: Kubernetes API, APIService of apiregistration.k8s.io/v1."""
        spec = section(sighting.object, "spec")
        service = section(spec, "service")
        status = section(sighting.object, "status") if self.cluster.basis == "running" else None
        conditions = sections(status, "conditions")
        found = {text(each, "type"): text(each, "status") for each in conditions or ()}
        said = None if None in found else False
        return ApiService(
            cluster=self.cluster.name,
            name=sighting.name,
            api_service_key=surrogate(sighting),
            served_group=text(spec, "group", default=""),
            has_service=None if spec is None else is_set(spec, "service"),
            service_namespace=text(service, "namespace"),
            service_name=text(service, "name"),
            skips_verification=flag(spec, "insecureSkipTLSVerify", default=False),
            has_available_condition=None if conditions is None else True if "Available" in found else said,
            is_available={"True": True, "False": False, "Unknown": False}.get(found.get("Available") or ""),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (ApiServices,)
