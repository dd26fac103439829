"""What people know of a cluster: what it is for, who runs its control plane, where a cloud knows it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from collectors.people.checked import Written
from collectors.people.values import KubernetesVersion, Namespace, Text, Tier, lower

ENVIRONMENTS = ("production", "pre-production", "development")
"""Environments that scoring knows; any other text is kept as written and counts as production."""


class Cloud(Written):
    """Where a cloud knows the cluster: account and region of EKS, or subscription and resource group of AKS.

    `name` is the cloud's own name of it; once read in an engagement it is never None.
    """

    account: Text | None = None
    region: Text | None = None
    subscription: Text | None = None
    resource_group: Text | None = None
    name: Text | None = None

    @property
    def provider(self) -> Literal["eks", "aks"]:
        """Whose addresses these are."""
        return "aks" if self.subscription else "eks"

    @model_validator(mode="after")
    def _one_address(self) -> Cloud:
        eks, aks = (self.account, self.region), (self.subscription, self.resource_group)
        if any(eks) and any(aks):
            raise PydanticCustomError("cloud", "mixes EKS (account, region) with AKS (subscription, resource_group).")
        if not (all(eks) or all(aks)):
            raise PydanticCustomError("cloud", "needs account and region (EKS), or subscription and "
                                               "resource_group (AKS).")
        return self


class Access(Written):
    """How the API server of a cluster is reached: a context of a kubeconfig, which holds the credentials.

    `kubeconfig` is a path, from the workspace if it is not absolute; without it the one that kubectl would take.
    `namespaces` are asked one by one where the account may not list them.
    """

    context: Text | None = None
    kubeconfig: Text | None = None
    namespaces: tuple[Namespace, ...] = ()


class Cluster(Written):
    """What people know of a cluster; `managed` says who runs its control plane (`self`: the client)."""

    display_name: Text | None = None
    environment: Text | None = None
    tier: Tier | None = None
    kubernetes_version: KubernetesVersion | None = None
    managed: Annotated[Literal["eks", "aks", "self"], BeforeValidator(lower)] | None = None
    cloud: Cloud | None = None
    access: Access | None = None

    @property
    def environment_is_known(self) -> bool:
        """False where scoring has to take the worst, production, for granted."""
        return self.environment in ENVIRONMENTS

    @field_validator("environment")
    @classmethod
    def _in_any_case(cls, value: str | None) -> str | None:
        return value.lower() if value and value.lower() in ENVIRONMENTS else value

    @field_validator("cloud")
    @classmethod
    def _of_the_same_provider(cls, value: Cloud | None, info: ValidationInfo) -> Cloud | None:
        managed = info.data.get("managed")
        if value is not None and managed is not None and managed != value.provider:
            told = {"provider": value.provider.upper(), "managed": managed}
            raise PydanticCustomError("cloud", "is an address of {provider}, but `managed` says {managed}.", told)
        return value

    def called(self, name: str) -> Cluster:
        """The same, its cloud name filled in with `name` where people left it out."""
        if self.cloud is None or self.cloud.name is not None:
            return self
        return self.model_copy(update={"cloud": self.cloud.model_copy(update={"name": name})})
