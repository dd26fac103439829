"""AKS as Azure describes it: managed clusters, their agent pools and where their logs go.

Read-only, by an explicit list of calls (`operations`), none of which answers with a credential.
"""

from __future__ import annotations

from collectors.azure.collection import Clusters, Collected, Gap, collect, source_key
from collectors.azure.live import Live, live
from collectors.azure.operations import OPERATIONS, Operation, OperationRefused, custom_role
from collectors.azure.saved import InvalidPath, Saved, saved

__all__ = [
    "OPERATIONS",
    "Clusters",
    "Collected",
    "Gap",
    "InvalidPath",
    "Live",
    "Operation",
    "OperationRefused",
    "Saved",
    "collect",
    "custom_role",
    "live",
    "saved",
    "source_key",
]
