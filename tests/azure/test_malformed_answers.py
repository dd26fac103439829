"""No answer, however malformed, stops a builder; every row it makes fits its table, and no two share a name."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from collectors.tables.build import base_tables
from collectors.tables.database import arrow
from collectors.tables.families import AZURE, builders_of
from collectors.tables.schema import ClusterContext, Sighting
from tests.azure.bodies import a_list, agent_pool, diagnostic_setting, managed_cluster
from tests.azure.rows import AS_OF

ODD = (
    None, 0, -1, 2**70, True, 1.5, "", "x", "\u202e<b>", "~redacted:literal:none:length=3:mac=00000000",
    [], {}, [None], {"x": None}, [[]], [{}], "9" * 5000,
)  # fmt: skip
ANSWERS = {
    "aks/ManagedCluster": managed_cluster(),
    "aks/AgentPool": a_list(agent_pool("a", nodeLabels={"a": "b"}, nodeTaints=["a=b:NoSchedule"]), agent_pool("b")),
    "aks/DiagnosticSettings": a_list(diagnostic_setting("a"), diagnostic_setting("b")),
}
CONTEXT = ClusterContext("clinic", "running", None, True, AS_OF)


def broken(node: Any, rebuilt: Any) -> Iterator[Any]:
    """The answer once for each of its nodes and each odd value in the node's place, and once without the node."""
    held = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, value in held:
        for odd in (*ODD, "(left out)"):
            changed = copy.deepcopy(node)
            if odd == "(left out)":
                changed.pop(key)
            else:
                changed[key] = odd
            yield rebuilt(changed)
        yield from broken(value, lambda inner, node=node, key=key: rebuilt(_with(node, key, inner)))


def _with(node: Any, key: Any, value: Any) -> Any:
    changed = copy.copy(node)
    changed[key] = value
    return changed


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_row_of_a_broken_answer_fits_its_table(kind: str) -> None:
    rows: dict[str, list[Any]] = {}
    for answer in broken(ANSWERS[kind], lambda whole: whole):
        for builder in (each(CONTEXT) for each in builders_of(AZURE) if kind in each.reads):
            builder.observe(Sighting(kind, None, "clinic-aks", None, 0, answer, ["E-000001#/"]))
            for name, made in builder.rows().items():
                rows.setdefault(name, []).extend(made)
                assert len({row.name for row in made}) == len(made)
    for name, made in rows.items():
        assert arrow(base_tables()[name], made).num_rows == len(made) > 100
        always = [field.name for field in base_tables()[name].fields if not field.nullable]
        assert not any(getattr(row, column) is None for row in made for column in always)


def test_an_answer_of_any_depth_is_read() -> None:
    deep: Any = "x"
    for _ in range(3000):
        deep = {"a": deep}
    for builder in (each(CONTEXT) for each in builders_of(AZURE)):
        builder.observe(Sighting(builder.reads[0], None, "clinic-aks", None, 0, {"properties": deep}, ["E-000001#/"]))
        assert sum(map(len, builder.rows().values())) == 1
