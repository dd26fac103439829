"""Whether pods that lose their node find room on others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Nodes that are tried for one pod. Far fewer suffice where there is room; where there is little, the answer is open.
_TRIES = 200


@dataclass(slots=True)
class Room:
    """What is left on one node, or what one pod wants."""

    cpu: int
    memory: int
    pods: int = 1

    def holds(self, wanted: Room) -> bool:
        """Whether so much is left."""
        return self.cpu >= wanted.cpu and self.memory >= wanted.memory and self.pods >= wanted.pods

    def take(self, wanted: Room) -> None:
        """Give it away."""
        self.cpu -= wanted.cpu
        self.memory -= wanted.memory
        self.pods -= wanted.pods


def finds_room(wanted: Sequence[Room], left: Sequence[Room]) -> bool | None:
    """Whether all fit: False where the sums forbid it, True where first-fit by size places every one, else NULL.

    First-fit may fail where a cleverer order would not, so its failure proves nothing.
    """
    for total in (
        sum(each.cpu for each in wanted) - sum(max(each.cpu, 0) for each in left),
        sum(each.memory for each in wanted) - sum(max(each.memory, 0) for each in left),
        sum(each.pods for each in wanted) - sum(max(each.pods, 0) for each in left),
    ):
        if total > 0:
            return False
    return True if _placed(wanted, left) else None


def _placed(wanted: Sequence[Room], left: Sequence[Room]) -> bool:
    copies = (Room(each.cpu, each.memory, each.pods) for each in left)
    nodes = sorted(copies, key=lambda each: (-each.cpu, -each.memory))
    start = 0
    for pod in sorted(wanted, key=lambda each: (-each.cpu, -each.memory)):
        for step in range(min(len(nodes), _TRIES)):
            node = nodes[(start + step) % len(nodes)]
            if node.holds(pod):
                node.take(pod)
                start = (start + step) % len(nodes)
                break
        else:
            return False
    return True
