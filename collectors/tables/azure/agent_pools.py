"""Agent pools: the groups of machines that an AKS cluster runs on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section
from collectors.tables.azure.node_images import built_at
from collectors.tables.azure.one_row_per_entry import OneRowPerEntry
from collectors.tables.azure.settings import Settings, resource
from collectors.tables.reading import minor_version
from collectors.tables.schema import Column, Relation, Subject, table


@table(
    "aks_agent_pools",
    grain="one agent pool",
    kinds=("aks/AgentPool",),
    namespaced=False,
    relations=(
        Relation("managed_cluster", "aks_clusters", (), "The managed cluster it belongs to.", minimum=1, maximum=1),
        Relation(
            "pools_for_the_same_pods", "aks_agent_pools", (("placement", "placement"),),
            "Pools, itself among them, with the same mode, system, labels and taints: pods may run on any of them.",
            minimum=1,
        ),
    ),
    subject=Subject(None, None, None, "name", fixed_kind="AgentPool", fixed_group="Microsoft.ContainerService"),
)  # fmt: skip
class AgentPool(NamedTuple):
    """An agent pool."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the pool.", identity=True)]
    mode: Annotated[str | None, Column("System (the platform's own pods may run here) or User.")]
    os_type: Annotated[str | None, Column("Linux or Windows.")]
    vm_size: Annotated[str | None, Column("Size of its machines.")]
    node_count: Annotated[int | None, Column("Machines now.")]
    is_autoscaled: Annotated[bool | None, Column("Whether the cluster autoscaler sets the number of machines.")]
    has_bounds: Annotated[bool | None, Column("Whether bounds for the autoscaler are set.")]
    min_count: Annotated[int | None, Column("Fewest machines that the autoscaler leaves.", guard="has_bounds")]
    max_count: Annotated[int | None, Column("Most machines that the autoscaler starts.", guard="has_bounds")]
    zones: Annotated[list[str] | None, Column("Availability zones that its machines are spread over.")]
    zone_count: Annotated[int | None, Column("Number of these zones; 0 when Azure chooses where machines stand.")]
    zone_names: Annotated[str | None, Column("The zones as one text, to compare pools.")]
    placement: Annotated[str | None, Column("Mode, system, labels and taints as one text, to find like pools.")]
    has_public_addresses: Annotated[bool | None, Column("Whether each machine has a public address.")]
    is_encrypted_at_host: Annotated[bool | None, Column("Whether disks and caches are encrypted on the host.")]
    is_spot: Annotated[bool | None, Column("Whether Azure may take its machines away at any time.")]
    kubernetes_version: Annotated[str | None, Column("Kubernetes version that its machines run.")]
    kubernetes_minor: Annotated[int | None, Column("Minor of that version.")]
    node_image: Annotated[str | None, Column("Version of the image of its machines.")]
    node_image_built_at: Annotated[datetime | None, Column("The day that image was built, from its version.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class AgentPools(OneRowPerEntry):
    """One row per pool in the list of pools."""

    reads = ("aks/AgentPool",)
    fills = "aks_agent_pools"

    def row(self, name: str, answered: Section, refs: list[str]) -> AgentPool:
        """The pool with Azure's documented defaults. Public addresses default to none (REST reference)."""
        _, pool = resource(answered, always="provisioningstate")
        version = pool.text("currentorchestratorversion") or pool.text("orchestratorversion")
        image = pool.text("nodeimageversion")
        zones = pool.texts("availabilityzones")
        autoscaled = pool.flag("enableautoscaling", default=False)
        mode, system = pool.text("mode"), pool.text("ostype", default="Linux")
        return AgentPool(
            cluster=self.cluster.name,
            name=name,
            mode=mode,
            os_type=system,
            vm_size=pool.text("vmsize"),
            node_count=pool.number("count"),
            is_autoscaled=autoscaled,
            has_bounds=False if autoscaled is False else pool.is_given("mincount", "maxcount"),
            min_count=pool.number("mincount") if autoscaled else None,
            max_count=pool.number("maxcount") if autoscaled else None,
            zones=None if zones is None else sorted(set(zones)),
            zone_count=None if zones is None else len(set(zones)),
            zone_names=None if zones is None else " ".join(sorted(set(zones))),
            placement=_placement(mode, system, pool),
            has_public_addresses=pool.flag("enablenodepublicip", default=False),
            is_encrypted_at_host=pool.flag("enableencryptionathost", default=False),
            is_spot=_is(pool.text("scalesetpriority", default="Regular"), "spot"),
            kubernetes_version=version,
            kubernetes_minor=minor_version(version),
            node_image=image,
            node_image_built_at=built_at(image),
            basis=self.cluster.basis,
            evidence_refs=refs,
        )


def _placement(mode: str | None, system: str | None, pool: Settings) -> str | None:
    labels, taints = pool.pairs("nodelabels"), pool.texts("nodetaints")
    if mode is None or system is None or labels is None or taints is None:
        return None
    return " ".join([mode.lower(), system.lower(), *labels, "taints:", *sorted(taints)])


def _is(value: str | None, word: str) -> bool | None:
    return None if value is None else value.lower() == word


BUILDERS = (AgentPools,)
