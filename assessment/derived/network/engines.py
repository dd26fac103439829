"""Whether anything in a cluster enforces network policies, from the agents that run on its nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from assessment.derived.unseen import Unseen
from collectors.tables.as_written import either
from collectors.tables.coverage import Gap
from collectors.tables.schema import ClusterContext, Column, table

_ON_WINDOWS = frozenset({"Calico", "Antrea", "Azure Network Policy Manager"})


@table(
    "network_engines", grain="one cluster", namespaced=False, derived_from=("clusters", "network_agents"), part="agents"
)
class NetworkEngine(NamedTuple):
    """What makes the network of a cluster."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    has_agent: Annotated[bool | None, Column("Whether an agent that is known was seen.")]
    agents: Annotated[str, Column("Products of its agents.")]
    enforces_policies: Annotated[
        bool | None, Column("Whether one of its agents enforces network policies; NULL where none is known.")
    ]
    evidence_refs: Annotated[list[str], Column("Evidence of the agents.")]


class Enforcement:
    """Whether policies take effect, ready to be asked workload by workload."""

    def __init__(self, tables: Mapping[str, list[Any]], unseen: Unseen) -> None:
        self._unseen = unseen
        self._agents: dict[str, list[Any]] = defaultdict(list)
        for agent in tables["network_agents"]:
            self._agents[agent.cluster].append(agent)

    def agents_of(self, cluster: str) -> Sequence[Any]:
        """The agents that were seen."""
        return self._agents.get(cluster, ())

    def stated(self, cluster: str) -> bool | None:
        """As the agents say; None where none is known."""
        agents = self._agents.get(cluster, [])
        hidden = [None] if not agents or self._unseen.near(cluster, "network_agents", None) else []
        return either(*(agent.enforces_policies for agent in agents), *hidden)

    def of(self, workload: Any) -> bool | None:
        """Whether policies over these pods take effect. Where every DaemonSet was seen and none is known to be an
        agent, they count as enforced: the network may be made by something else than a DaemonSet."""
        agents = self._agents.get(workload.cluster, [])
        hidden = self._unseen.near(workload.cluster, "network_agents", None)
        stated = either(*(agent.enforces_policies for agent in agents), *([None] if hidden else []))
        if not agents and not hidden:
            stated = True
        if stated is not True:
            return stated
        capable = any(agent.agent in _ON_WINDOWS and agent.enforces_policies for agent in agents)
        return True if capable or workload.is_windows is False else None


def rows(
    tables: Mapping[str, list[Any]], clusters: Mapping[str, ClusterContext], gaps: Sequence[Gap]
) -> list[NetworkEngine]:
    """One row a cluster."""
    unseen = Unseen(gaps)
    enforcement = Enforcement(tables, unseen)
    made = []
    for cluster in tables["clusters"]:
        agents = enforcement.agents_of(cluster.cluster)
        hidden = unseen.near(cluster.cluster, "network_agents", None)
        made.append(
            NetworkEngine(
                cluster=cluster.cluster,
                has_agent=True if agents else None if hidden else False,
                agents=", ".join(sorted({agent.agent or "?" for agent in agents})),
                enforces_policies=enforcement.stated(cluster.cluster),
                evidence_refs=list(dict.fromkeys(ref for agent in agents for ref in agent.evidence_refs)),
            )
        )
    return made


DERIVED_SEEING_GAPS = {"network_engines": rows}
