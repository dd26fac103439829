"""What is known of the drivers that make volumes: encryption, zones, and how many nodes may write.

Sources, read on 2026-11-21: the parameters that each driver documents (AWS EBS and EFS, Azure Disk and File, Google
Persistent Disk and Filestore, Ceph CSI, Longhorn); Kubernetes documentation, "Storage Classes" and "Persistent
Volumes" (access modes), and its table of in-tree drivers that were replaced by CSI.
"""

from __future__ import annotations

from collectors.tables.as_written import Section, text

NOBODY = "kubernetes.io/no-provisioner"
_IN_TREE = "kubernetes.io/"
_EBS = frozenset({"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs"})
_AZURE_DISK = frozenset({"disk.csi.azure.com", "kubernetes.io/azure-disk"})
_GOOGLE_DISK = frozenset({"pd.csi.storage.gke.io", "kubernetes.io/gce-pd"})
_ALWAYS_ENCRYPT = (
    _AZURE_DISK
    | _GOOGLE_DISK
    | {"file.csi.azure.com", "kubernetes.io/azure-file", "blob.csi.azure.com", "filestore.csi.storage.gke.io"}
)
_LONGHORN = "driver.longhorn.io"
_CEPH_BLOCK, _CEPH_FILE = "rbd.csi.ceph.com", "cephfs.csi.ceph.com"


def is_in_tree(provisioner: str | None) -> bool | None:
    """Whether the provisioner was compiled into Kubernetes."""
    return None if provisioner is None else provisioner.startswith(_IN_TREE) and provisioner != NOBODY


def is_encryption_known(provisioner: str) -> bool:
    """Whether we know how volumes of this driver get encrypted."""
    return provisioner in _ALWAYS_ENCRYPT or _encrypts_when_asked(provisioner)


def encrypts(provisioner: str | None, parameters: Section | None) -> bool | None:
    """Whether volumes are encrypted: always, or where the class says `encrypted: "true"`."""
    if provisioner is None or not is_encryption_known(provisioner):
        return None
    if provisioner in _ALWAYS_ENCRYPT:
        return True
    asked = _parameter(parameters, "encrypted")
    return None if asked is None else asked.lower() == "true"


def is_zonal(provisioner: str | None, parameters: Section | None) -> bool | None:
    """Whether it makes disks of one zone; zone-redundant kinds of disk are asked for by a parameter."""
    if provisioner is None:
        return None
    if provisioner in _EBS:
        return True
    if provisioner in _AZURE_DISK:
        sku = _parameter(parameters, "skuname", "storageaccounttype")
        return None if sku is None else not sku.upper().endswith("_ZRS")
    if provisioner in _GOOGLE_DISK:
        kind = _parameter(parameters, "replication-type")
        return None if kind is None else kind != "regional-pd"
    return False


def is_block_storage(provisioner: str | None) -> bool | None:
    """Whether a file system on its volumes can be written by one node only."""
    if provisioner is None:
        return None
    return provisioner in _EBS | _AZURE_DISK | _GOOGLE_DISK or provisioner.endswith(_CEPH_BLOCK)


def _encrypts_when_asked(provisioner: str) -> bool:
    return (
        provisioner in _EBS or provisioner == _LONGHORN or provisioner.endswith((_CEPH_BLOCK, _CEPH_FILE))
    )  # Rook puts its own name before that of Ceph's drivers


def _parameter(parameters: Section | None, *names: str) -> str | None:
    """A parameter by its name in any case, as drivers read them; empty text when absent."""
    if parameters is None:
        return None
    named = {str(key).lower(): key for key in parameters}
    for name in names:
        if name in named:
            return text(parameters, named[name], default="")
    return ""
