"""What a survey must have seen: the families of tables that each cluster of engagement.yaml calls for."""

from __future__ import annotations

from collectors.people import ANSWERS
from collectors.people.engagement import Engagement
from collectors.tables.families import AUDIT, AWS, AZURE, KUBERNETES, PEOPLE
from collectors.tables.reading import Expected

_CLOUD = {"eks": frozenset({AWS}), "aks": frozenset({AZURE})}


def expected(engagement: Engagement) -> Expected:
    """Cluster -> families: its Kubernetes API, the audit log of it, and the cloud that runs it; people answer for all.

    A cluster that engagement.yaml names and nobody collected is a gap from end to end, and so is the cloud side
    of a managed cluster, and what happened on a cluster whose audit log nobody gave. Where nobody said who manages a
    cluster, no cloud is expected to know it.
    """
    clusters = {
        name: frozenset({KUBERNETES, AUDIT}) | _CLOUD.get(said.managed or "", frozenset())
        for name, said in engagement.clusters.items()
    }
    return clusters | {ANSWERS: frozenset({PEOPLE})}
