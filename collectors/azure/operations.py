"""Every call that is ever made to Azure Resource Manager. What is not in this list is not sent.

All are reads of settings, and none of them answers with a credential: Azure hands out kubeconfigs and registry
keys only to POST and to paths that are not here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

METHOD = "GET"
_CONTAINER_SERVICE = "2025-10-01"
_INSIGHTS = "2021-05-01-preview"
_GROUP = "/subscriptions/{subscription}/resourceGroups/{resource_group}"
_CLUSTER = f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/{{name}}"


class OperationRefused(Exception):  # noqa: N818 - it names a state
    """Our own code asked Azure for something that is not in the list: a mistake of ours, never an outcome."""


@dataclass(frozen=True)
class Operation:
    """One call: its path, the permission it needs, the kind of evidence it brings and the tables that read it.

    `kind` is "" where the answer only shows which clusters there are. `saved_as` is the name of the file that
    a folder of saved answers keeps it in, and `command` what writes that file.
    """

    name: str
    path: str
    api_version: str
    action: str
    kind: str
    tables: tuple[str, ...]
    is_list: bool
    saved_as: str
    command: str

    def url_path(self, place: Mapping[str, str]) -> str:
        """The path and query of the call for one subscription, resource group and name."""
        filled = self.path.format_map({key: quote(value, safe="") for key, value in place.items()})
        return f"{filled}?api-version={self.api_version}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What paths of this call look like; Resource Manager does not mind the case of letters."""
        parts = (r"[^/]+" if part.startswith("{") else re.escape(part) for part in self.path.split("/"))
        return re.compile("/".join(parts), re.IGNORECASE)


LIST_CLUSTERS = Operation(
    name="list managed clusters",
    path="/subscriptions/{subscription}/providers/Microsoft.ContainerService/managedClusters",
    api_version=_CONTAINER_SERVICE,
    action="Microsoft.ContainerService/managedClusters/read",
    kind="",
    tables=(),
    is_list=True,
    saved_as="managed-clusters",
    command="az aks list -o json",
)
GET_CLUSTER = Operation(
    name="get managed cluster",
    path=_CLUSTER,
    api_version=_CONTAINER_SERVICE,
    action="Microsoft.ContainerService/managedClusters/read",
    kind="aks/ManagedCluster",
    tables=("aks_clusters",),
    is_list=False,
    saved_as="managed-cluster",
    command="az aks show -g {resource_group} -n {name} -o json",
)
LIST_AGENT_POOLS = Operation(
    name="list agent pools",
    path=f"{_CLUSTER}/agentPools",
    api_version=_CONTAINER_SERVICE,
    action="Microsoft.ContainerService/managedClusters/agentPools/read",
    kind="aks/AgentPool",
    tables=("aks_agent_pools",),
    is_list=True,
    saved_as="agent-pools",
    command="az aks nodepool list -g {resource_group} --cluster-name {name} -o json",
)
LIST_DIAGNOSTIC_SETTINGS = Operation(
    name="list diagnostic settings",
    path=f"{_CLUSTER}/providers/Microsoft.Insights/diagnosticSettings",
    api_version=_INSIGHTS,
    action="Microsoft.Insights/diagnosticSettings/read",
    kind="aks/DiagnosticSettings",
    tables=("aks_diagnostic_settings",),
    is_list=True,
    saved_as="diagnostic-settings",
    command="az monitor diagnostic-settings list --resource {id} -o json",
)

OF_SUBSCRIPTION = (LIST_CLUSTERS,)
OF_CLUSTER = (GET_CLUSTER, LIST_AGENT_POOLS, LIST_DIAGNOSTIC_SETTINGS)
OPERATIONS = OF_SUBSCRIPTION + OF_CLUSTER


def actions() -> tuple[str, ...]:
    """The permissions that all calls together need, sorted."""
    return tuple(sorted({operation.action for operation in OPERATIONS}))


def custom_role(subscriptions: tuple[str, ...]) -> dict[str, Any]:
    """The custom role that allows these calls and nothing else, as `az role definition create` takes it.

    It has no data actions and no `listCluster...Credential/action`, so that it gives nobody a kubeconfig.
    """
    return {
        "Name": "kubesurvey reader",
        "IsCustom": True,
        "Description": "Reads the settings of AKS clusters for a survey. No credentials, no data, no changes.",
        "Actions": list(actions()),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [f"/subscriptions/{subscription}" for subscription in subscriptions],
    }


def refuse_unless_listed(method: str, path: str) -> None:
    """Raise OperationRefused for a call that is not one of OPERATIONS."""
    if method.upper() != METHOD or not any(operation.pattern.fullmatch(path) for operation in OPERATIONS):
        raise OperationRefused(f"{method} {path} is not in the list of calls that kubesurvey makes to Azure")
