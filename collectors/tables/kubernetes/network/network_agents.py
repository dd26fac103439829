"""Programs on the nodes that make the pods' network, and whether they enforce NetworkPolicies.

Source: the documentation of each plugin; flannel and the AWS VPC plugin without its policy agent enforce nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

from collectors.tables.as_written import Section, section, sections, text, texts
from collectors.tables.identity import surrogate
from collectors.tables.schema import ClusterContext, Column, Sighting, UnseenPart, table

KINDS = ("apps/DaemonSet",)
# What the repository of the image ends with -> the product and whether it enforces policies; None: by its settings.
_AGENTS: tuple[tuple[str, str, bool | None], ...] = (
    ("calico/node", "Calico", True),
    ("calico-node", "Calico", True),
    ("cilium/cilium", "Cilium", True),
    ("cilium-cilium", "Cilium", True),
    ("antrea-ubuntu", "Antrea", True),
    ("antrea-agent-ubuntu", "Antrea", True),
    ("azure-npm", "Azure Network Policy Manager", True),
    ("kube-router", "kube-router", None),
    ("weave-npc", "Weave Net", True),
    ("kube-ovn", "Kube-OVN", True),
    ("ovn-kube-u", "OVN-Kubernetes", True),
    ("kube-network-policies", "kube-network-policies", True),
    ("aws-network-policy-agent", "AWS VPC CNI", None),
    ("amazon-k8s-cni", "AWS VPC CNI", False),
    ("flannel", "flannel", False),
    ("kindnetd", "kindnet", None),
)
_SWITCHES = {"aws-network-policy-agent": ("--enable-network-policy", False), "kube-router": ("--run-firewall", True)}


@table("network_agents", grain="one DaemonSet container that makes the pods' network", kinds=KINDS, part="agent")
class NetworkAgent(NamedTuple):
    """An agent of a network plugin."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    daemon_set: Annotated[str, Column("Name of its DaemonSet.")]
    network_agent_key: Annotated[str, Column("Surrogate key.", identity=True)]
    agent: Annotated[str, Column("Product.")]
    enforces_policies: Annotated[bool | None, Column("Whether it enforces NetworkPolicies on its node.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class NetworkAgents:
    """The containers of DaemonSets whose image is known to be such an agent."""

    reads: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self, cluster: ClusterContext) -> None:
        self._cluster = cluster
        self._rows: list[NetworkAgent] = []

    def observe(self, sighting: Sighting) -> None:
        """One DaemonSet."""
        pod = section(section(section(sighting.object, "spec"), "template"), "spec")
        for agent, enforces in _agents(pod):
            place = (self._cluster.name, sighting.namespace, sighting.name, f"{surrogate(sighting)}/{agent}")
            self._rows.append(NetworkAgent(*place, agent, enforces, self._cluster.basis, sighting.refs))

    def rows(self) -> dict[str, list[Any]]:
        """All agents."""
        return {"network_agents": self._rows}

    def unseen(self) -> list[UnseenPart]:
        """Nothing: a DaemonSet whose containers cannot be read says nothing of the network."""
        return []


def _agents(pod: Section | None) -> Iterator[tuple[str, bool | None]]:
    found: dict[str, bool | None] = {}
    for container in sections(pod, "containers") or ():
        for product, enforces in _known(container):
            found[product] = enforces if product not in found else (found[product] or enforces)
    yield from found.items()


def _known(container: Section | None) -> Iterator[tuple[str, bool | None]]:
    repository = (text(container, "image") or "").partition("@")[0]
    name = repository.rpartition("/")[2].partition(":")[0]
    repository = repository[: len(repository) - len(repository.rpartition("/")[2])] + name
    for ending, product, enforces in _AGENTS:
        if repository.endswith(ending) or (ending in ("flannel", "ovn-kube-u") and name.startswith(ending)):
            yield product, enforces if ending not in _SWITCHES else _switched(container, *_SWITCHES[ending])
            return


def _switched(container: Section | None, flag: str, default: bool) -> bool | None:
    arguments = [texts(container, "command"), texts(container, "args")]
    if None in arguments:
        return None
    said = default
    for each in (word for words in arguments for word in words or ()):
        name, equals, value = each.partition("=")
        if name == flag:
            said = value.lower() != "false" if equals else True
    return said


BUILDERS = (NetworkAgents,)
