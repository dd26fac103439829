"""The CSI drivers that a cluster knows.

Source: Kubernetes API reference, CSIDriver.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import flag, section, text
from collectors.tables.identity import surrogate
from collectors.tables.one_row import OneRowPerObject
from collectors.tables.schema import Column, Sighting, Subject, table

_GROUP = "storage.k8s.io"


@table(
    "csi_drivers",
    grain="one CSIDriver",
    kinds=(f"{_GROUP}/CSIDriver",),
    namespaced=False,
    subject=Subject(None, None, None, "name", fixed_group=_GROUP, fixed_kind="CSIDriver"),
)
class CsiDriver(NamedTuple):
    """A CSIDriver."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    name: Annotated[str, Column("Name of the driver.")]
    csi_driver_key: Annotated[str, Column("Surrogate key.", identity=True)]
    is_attached: Annotated[bool | None, Column("Whether its volumes are attached to a node first; unset means yes.")]
    sets_group_by: Annotated[
        str | None, Column("Whether the kubelet changes the group of files; unset means ReadWriteOnceWithFSType.")
    ]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


class CsiDrivers(OneRowPerObject):
    """One row per CSIDriver."""

    reads = (f"{_GROUP}/CSIDriver",)
    fills = "csi_drivers"

    def row(self, sighting: Sighting) -> CsiDriver:
        """The driver as registered."""
        spec = section(sighting.object, "spec")
        return CsiDriver(
            cluster=self.cluster.name,
            name=sighting.name,
            csi_driver_key=surrogate(sighting),
            is_attached=flag(spec, "attachRequired", default=True),
            sets_group_by=text(spec, "fsGroupPolicy", default="ReadWriteOnceWithFSType"),
            basis=self.cluster.basis,
            evidence_refs=sighting.refs,
        )


BUILDERS = (CsiDrivers,)
