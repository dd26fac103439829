"""Objects from which an operator makes pods: a manifest of one shows neither the pods nor their labels.

Source: the API references of the Prometheus operator, Strimzi, CloudNativePG, the Elastic and RabbitMQ operators and
Knative Serving.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.kubernetes.kinds import group_of, name_of
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

_SURVEYED = (
    "monitoring.coreos.com/Alertmanager",
    "monitoring.coreos.com/Prometheus",
    "monitoring.coreos.com/ThanosRuler",
)
# No survey lists these: where nobody speaks of them they count as not there, and a folder shows them.
_OTHERS = (
    "elasticsearch.k8s.elastic.co/Elasticsearch",
    "kafka.strimzi.io/Kafka",
    "kibana.k8s.elastic.co/Kibana",
    "monitoring.coreos.com/PrometheusAgent",
    "postgresql.cnpg.io/Cluster",
    "rabbitmq.com/RabbitmqCluster",
    "serving.knative.dev/Service",
)


@table(
    "operated_workloads",
    grain="one object from which an operator makes pods",
    kinds=_SURVEYED,
    where_served=_OTHERS,
    subject=Subject("api_group", "kind", "namespace", "name"),
)
class OperatedWorkload(NamedTuple):
    """Where such an object is declared, what selects pods may select those that its operator will make."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group.")]
    kind: Annotated[str, Column("Kind.")]
    name: Annotated[str, Column("Name of the object.")]
    operated_workload_key: Annotated[str, Column("Surrogate key.", identity=True)]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class OperatedWorkloads(OneRowPerObject):
    """One row per object."""

    reads = (*_SURVEYED, *_OTHERS)
    fills = "operated_workloads"

    def row(self, sighting: Sighting) -> OperatedWorkload:
        """Only where it is, and what it is called."""
        return OperatedWorkload(
            cluster=self.cluster.name,
            namespace=sighting.namespace,
            api_group=group_of(sighting.kind),
            kind=name_of(sighting.kind),
            name=sighting.name,
            operated_workload_key=surrogate(sighting),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (OperatedWorkloads,)
