"""Rows from forms: equal content is one row, however many pods and whichever template have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from collectors.tables.kubernetes.config_key_rows import ConfigKeyReference
from collectors.tables.kubernetes.container_rows import Container
from collectors.tables.kubernetes.placement_rows import PlacementRule
from collectors.tables.kubernetes.pod_rows import ConfigReference
from collectors.tables.kubernetes.pod_spec_rows import ContainerPort, PodSpec, Sysctl, Volume
from collectors.tables.kubernetes.probe_rows import Probe
from collectors.tables.pod_specs import read_pod
from collectors.tables.pod_specs.forms import Form
from collectors.tables.pod_specs.read_config_keys import config_key_references
from collectors.tables.pod_specs.read_container import containers_of
from collectors.tables.pod_specs.read_placement import placement_rules
from collectors.tables.pod_specs.read_probes import probes_of
from collectors.tables.schema import ClusterContext, table_of

Values = dict[str, Any]


def _unchanged(values: Values) -> Values:
    return values


class PartTable(NamedTuple):
    """A table filled from forms: how a form becomes natural keys and values, and these what an API server stores."""

    row: Callable[..., Any]
    key: str
    read: Callable[[Form, int | None], list[tuple[str, Values]]]
    stored: Callable[[Values], Values] = _unchanged

    @property
    def name(self) -> str:
        """The table's name."""
        row: Any = self.row
        return table_of(row).name


PART_TABLES = (
    PartTable(PodSpec, "pod_spec_id", read_pod.pod_specs),
    PartTable(Container, "container_id", containers_of),
    PartTable(Probe, "probe_id", probes_of),
    PartTable(PlacementRule, "placement_rule_id", placement_rules),
    PartTable(Volume, "volume_id", read_pod.volumes),
    PartTable(Sysctl, "sysctl_id", read_pod.sysctls),
    PartTable(ContainerPort, "container_port_id", read_pod.container_ports, read_pod.stored_port),
    PartTable(ConfigKeyReference, "config_key_reference_id", config_key_references),
    PartTable(ConfigReference, "config_reference_id", read_pod.config_references),
)


@dataclass(slots=True)
class _Merged:
    """One distinct content, and where it was seen."""

    values: Values
    from_template: bool
    pods: int
    refs: list[str]
    has_pod_ref: bool = False

    def add(self, form: Form, pods: int) -> None:
        self.from_template = self.from_template or form.from_template
        self.pods += pods
        if form.from_template or not self.has_pod_ref:
            self.refs = [*self.refs, *(ref for ref in form.refs if ref not in self.refs)]
            self.has_pod_ref = self.has_pod_ref or not form.from_template


def part_rows(
    table: PartTable, forms: Iterable[tuple[Form, int]], workload: Values, cluster: ClusterContext
) -> list[Any]:
    """The rows of one table for one workload, given its forms with their numbers of pods.

    `workload` holds the columns that place a row: cluster, namespace, workload_id, basis.
    """
    merged: dict[tuple[str, bytes], _Merged] = {}
    for form, pods in forms:
        contents = {}
        for key, read in table.read(form, cluster.kubernetes_minor):
            values = table.stored(read) if cluster.basis == "running" else read
            contents[key, orjson.dumps(values)] = values
        for content, values in contents.items():
            merged.setdefault(content, _Merged(values, False, 0, [])).add(form, pods)
    named: dict[str, int] = {}
    return [_row(table, key, each, workload, named) for (key, _), each in merged.items()]


def _row(table: PartTable, key: str, found: _Merged, workload: Values, named: dict[str, int]) -> Any:
    named[key] = named.get(key, 0) + 1
    variant = f"~{named[key]}" if named[key] > 1 else ""
    return table.row(
        **workload,
        **found.values,
        **{table.key: f"{workload['workload_id']}:{key}{variant}"},
        from_template=found.from_template,
        pod_count=found.pods,
        evidence_refs=found.refs,
    )
